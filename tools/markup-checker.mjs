// Check pages for tests/markup.py: one JSON string with a page per line in, one JSON list of findings per line out.
// One process serves a whole test run; starting html-validate takes longer than checking a page.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { esmResolver, FileSystemConfigLoader, HtmlValidate } from "html-validate/node";

const PAGE = fileURLToPath(new URL("../page.html", import.meta.url)); // no such file; the settings beside it count
const checker = new HtmlValidate(new FileSystemConfigLoader([esmResolver()]));

for await (const line of createInterface({ input: process.stdin })) {
  const { results } = await checker.validateString(JSON.parse(line), PAGE);
  const findings = results
    .flatMap(({ messages }) => messages)
    .filter(({ severity }) => severity === 2)
    .map((found) => `${found.line}:${found.column} ${found.ruleId}: ${found.message} (${found.selector ?? "–"})`);
  process.stdout.write(`${JSON.stringify(findings)}\n`);
}
