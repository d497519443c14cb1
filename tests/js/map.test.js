import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arcs, mainColor, RADIUS, sizeOf } from "../../static/js/map/arcs.js";
import { nextIndex } from "../../static/js/map/walk.js";

describe("the ring of a group", () => {
  test("goes once around, largest category first", () => {
    const ring = arcs({ green: 1, orange: 3 });
    assert.deepEqual(
      ring.map(({ color }) => color),
      ["orange", "green"],
    );
    const round = 2 * Math.PI * RADIUS;
    assert.ok(Math.abs(ring[0].length - (round * 3) / 4) < 2);
    assert.ok(Math.abs(-ring[1].offset - (round * 3) / 4) < 1e-9);
    for (const { length, gap } of ring) assert.ok(Math.abs(length + gap - round) < 1e-9);
  });

  test("of one category has no gap", () => {
    const [only] = arcs({ red: 7 });
    assert.ok(only.gap < 1e-9);
  });

  test("shows even one in a thousand", () => {
    const least = arcs({ green: 1, orange: 999 }).at(-1);
    assert.equal(least.color, "green");
    assert.ok(least.length > 0);
  });

  test("is larger for more", () => assert.deepEqual([2, 5, 10, 25].map(sizeOf), ["", "m", "l", "xl"]));
});

test("what most of a group is about", () => {
  assert.deepEqual(mainColor({ green: 4 }), { color: "green", share: "all" });
  assert.deepEqual(mainColor({ green: 1, orange: 3 }), { color: "orange", share: "most" });
  assert.deepEqual(mainColor({ green: 2, orange: 2, red: 1 }), { color: "green", share: "some" });
});

describe("walking the pins", () => {
  test("ends at both ends", () => {
    assert.equal(nextIndex("ArrowDown", 4, 5), 4);
    assert.equal(nextIndex("ArrowLeft", 0, 5), 0);
    assert.equal(nextIndex("ArrowDown", 3, 5), 4);
  });
  test("jumps to both ends", () => {
    assert.equal(nextIndex("Home", 3, 5), 0);
    assert.equal(nextIndex("End", 3, 5), 4);
  });
  test("leaves other keys alone", () => assert.equal(nextIndex("Tab", 3, 5), undefined));
});
