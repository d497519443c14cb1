import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { without } from "../../static/js/modules/redaction.js";

describe("the preview of a text without passages", () => {
  for (const [text, words, expected] of [
    ["Ruf an: 0341 555", ["0341 555"], "Ruf an: […]"],
    ["ab ab\nab", ["ab"], "[…] […]\n[…]"],
    ["Max\nMuster wohnt", ["Max Muster", "Muster wohnt"], "[…]"],
    ["Max Muster wohnt", ["Max", "Muster"], "[…] […] wohnt"],
    ["a.b (c)?", ["(c)?", "a.b"], "[…] […]"],
    ["nichts davon", ["steht nicht da"], "nichts davon"],
    ["abab", ["ab"], "[…]"],
  ]) {
    test(`${JSON.stringify(text)} without ${words.join(", ")}`, () =>
      assert.equal(without(text, words, "[…]"), expected));
  }
});
