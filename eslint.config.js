import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["static/dist/", "node_modules/", "tests/browser/", ".cache/", ".venv/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 12],
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Citizens write texts: use textContent or DOM nodes." },
        { property: "outerHTML", message: "Citizens write texts: use textContent or DOM nodes." },
        { property: "insertAdjacentHTML", message: "Citizens write texts: use textContent or DOM nodes." },
        { object: "document", property: "write", message: "Use DOM nodes." },
      ],
      "no-shadow": "error",
      "no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: ["static/js/**"], languageOptions: { globals: globals.browser } },
  { files: ["tests/accessibility.js"], languageOptions: { globals: { ...globals.browser, axe: "readonly" } } },
  {
    files: ["tools/**", "tests/js/**", "eslint.config.js"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
];
