// Take from KERN's style sheet (400 kB) only what our pages use: rules of classes that occur in templates, scripts and
// our own style sheets, and the design tokens those rules and ours refer to.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import postcss from "postcss";

const PLACES = ["templates", "participation", "static/js", "static/css"];
const KINDS = new Set([".html", ".py", ".js", ".css"]);

/** Text of all our sources that may name a KERN class or token. */
export async function ourSources(project) {
  const texts = [];
  for (const place of PLACES) {
    const entries = await readdir(path.join(project, place), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && KINDS.has(path.extname(entry.name))) {
        texts.push(await readFile(path.join(entry.parentPath, entry.name), "utf8"));
      }
    }
  }
  return texts.join("\n");
}

/** Class names in a text: whole ones, and beginnings that a template or script completes (`kern-alert--{{ level }}`). */
export function classesIn(text) {
  const whole = new Set();
  const beginnings = new Set();
  for (const [, name, next] of text.matchAll(/(?<!-)\b(kern-[a-z0-9_-]*)(\{\{|\$\{|\{|%\()?/gi)) {
    (next || name.endsWith("-") ? beginnings : whole).add(name);
  }
  return (name) => whole.has(name) || [...beginnings].some((beginning) => name.startsWith(beginning));
}

/** Does a selector apply to our pages? What stands in :not(…) need not occur, of what stands in :is(…) only one. */
function isUsed(selector, isOurs) {
  const positive = selector.replace(/:not\([^)]*\)/g, "");
  const alternatives = positive.match(/:is\(([^)]*)\)/)?.[1].split(",") ?? [];
  if (alternatives.some((alternative) => !alternative.includes(".kern-"))) return true;
  return [...positive.matchAll(/\.(kern-[\w-]+)/g)].every(([, name]) => isOurs(name));
}

function tokensIn(text) {
  return new Set(text.match(/--kern-[\w-]+/g));
}

/** Remove token declarations nobody refers to, until none is left: tokens refer to tokens. */
function dropUnusedTokens(sheet, ours) {
  for (;;) {
    const used = tokensIn(ours);
    sheet.walkDecls((declaration) => tokensIn(declaration.value).forEach((token) => used.add(token)));
    const unused = [];
    sheet.walkDecls(/^--kern-/, (declaration) => void (used.has(declaration.prop) || unused.push(declaration)));
    if (!unused.length) return;
    unused.forEach((declaration) => declaration.remove());
  }
}

/** The part of KERN's style sheet that our sources use. */
export function kernParts(css, ours) {
  const sheet = postcss.parse(css);
  const isOurs = classesIn(ours);
  sheet.walkComments((comment) => comment.remove());
  sheet.walkRules((rule) => {
    if (rule.parent.name?.endsWith("keyframes")) return;
    const selectors = rule.selectors.filter((selector) => isUsed(selector, isOurs));
    if (selectors.length) rule.selectors = selectors;
    else rule.remove();
  });
  dropUnusedTokens(sheet, ours);
  sheet.walkRules((rule) => void (rule.nodes.length || rule.remove()));
  sheet.walkAtRules((rule) => void (rule.nodes?.length === 0 && rule.remove()));
  return sheet.toString();
}
