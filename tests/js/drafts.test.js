import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFresh, isKept, kept, restorable } from "../../static/js/drafts.js";

const field = (name, type, value, more = {}) => ({ name, type, value, checked: false, dataset: {}, ...more });

describe("a draft", () => {
  const form = [
    field("title", "text", "Bench"),
    field("category", "radio", "green", { checked: true }),
    field("category", "radio", "red"),
    field("csrf_token", "hidden", "secret"),
    field("geometry", "hidden", "{}", { dataset: { draft: "" } }),
    field("password", "password", "secret"),
    field("", "text", "nameless"),
  ];

  test("keeps what was typed and drawn, never tokens or passwords", () => {
    assert.deepEqual(kept(form), { title: ["Bench"], category: ["green"], geometry: ["{}"] });
    assert.equal(isKept(form[3]), false);
  });

  test("brings back only what differs from the page", () => {
    const fields = { title: ["Bench and tree"], category: ["red"], geometry: ["{}"] };
    const changes = restorable(form, fields).map(({ element, ...change }) => [element.name, element.value, change]);
    assert.deepEqual(changes, [
      ["title", "Bench", { value: "Bench and tree" }],
      ["category", "green", { checked: false }],
      ["category", "red", { checked: true }],
    ]);
  });

  test("of another version brings back only texts for which the page has nothing", () => {
    const changed = [
      field("outcome", "radio", "undo"),
      field("days", "text", "7"),
      field("reasons", "textarea", "", { defaultValue: "" }),
      field("passages", "textarea", "Kim", { defaultValue: "Kim" }),
    ];
    const fields = { outcome: ["undo"], days: ["3"], reasons: ["Typed"], passages: ["Lou"] };
    const changes = restorable(changed, fields, { isSame: false });
    assert.deepEqual(changes, [{ element: changed[2], value: "Typed" }]);
  });

  test("is forgotten after a week, and when it is no draft", () => {
    const day = 24 * 60 * 60 * 1000;
    assert.equal(isFresh({ at: 0, fields: {} }, 6 * day), true);
    assert.equal(isFresh({ at: 0, fields: {} }, 8 * day), false);
    assert.equal(isFresh(null, 0), false);
  });
});
