import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import postcss from "postcss";

const FOLDER = new URL("../../static/css/", import.meta.url);
const sheets = readdirSync(FOLDER).filter((name) => name.endsWith(".css"));
const read = (name) => readFileSync(new URL(name, FOLDER), "utf8");
const declarations = (rule) => rule.nodes.map(({ prop, value }) => `${prop}: ${value}`);

test("dark colours are the same whether the system or the reader wants them", () => {
  const rules = [];
  postcss.parse(read("tokens-dark.css")).walkRules((rule) => void rules.push(rule));
  assert.equal(rules.length, 2);
  assert.deepEqual(declarations(rules[0]), declarations(rules[1]));
});

test("every style sheet is part of main.css", () => {
  const imported = [...read("main.css").matchAll(/"\.\/([\w-]+\.css)"/g)].map(([, name]) => name);
  assert.deepEqual(imported.toSorted(), sheets.filter((name) => name !== "main.css").toSorted());
});

test("every token that is used is declared", () => {
  const all = sheets.map(read).join("\n");
  const declared = new Set([...all.matchAll(/(--dp-[\w-]+):/g)].map(([, name]) => name));
  const used = new Set([...all.matchAll(/var\((--dp-[\w-]+)/g)].map(([, name]) => name));
  assert.deepEqual(
    [...used].filter((name) => !declared.has(name)),
    [],
  );
});

test("no rule stands in two style sheets", () => {
  const places = {};
  for (const name of sheets) {
    for (const rule of postcss.parse(read(name)).nodes.filter(({ type }) => type === "rule")) {
      for (const selector of rule.selectors) (places[selector] ??= new Set()).add(name);
    }
  }
  const twice = Object.entries(places).filter(([, found]) => found.size > 1);
  assert.deepEqual(
    twice.map(([selector, found]) => [selector, ...found]),
    [],
  );
});
