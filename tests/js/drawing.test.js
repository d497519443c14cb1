import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crossesItself, isClosed, isInside, nearestStreet } from "../../static/js/drawing/geometry.js";
import * as model from "../../static/js/drawing/model.js";
import { nearWords } from "../../static/js/drawing/words.js";

const drawn = (tool, ...points) => points.reduce(model.withPoint, model.emptyDrawing(tool));

describe("a drawing", () => {
  test("of a point keeps only the newest place", () => {
    assert.deepEqual(model.toGeometry(drawn("point", [12.37, 51.34], [12.38, 51.35])), {
      type: "Point",
      coordinates: [12.38, 51.35],
    });
  });

  test("becomes a closed ring, and is read back from it", () => {
    const area = drawn("area", [0, 0], [1, 0], [1, 1]);
    const geometry = model.toGeometry(area);
    assert.deepEqual(geometry.coordinates[0].at(-1), [0, 0]);
    assert.deepEqual(model.fromGeometry(geometry), area);
  });

  test("is no geometry before it has enough points", () => {
    assert.equal(model.toGeometry(drawn("line", [0, 0])), null);
    assert.equal(model.toGeometry(drawn("area", [0, 0], [1, 1])), null);
    assert.equal(model.toGeometry(drawn("none", [0, 0])), null);
  });

  test("keeps its points when a line becomes an area, and the last one when it becomes a point", () => {
    const line = drawn("line", [0, 0], [1, 0]);
    assert.deepEqual(model.withTool(line, "area").points, line.points);
    assert.deepEqual(model.withTool(line, "point").points, [[1, 0]]);
    assert.deepEqual(model.withTool(line, "none").points, []);
  });

  test("never gets more corners than the server takes", () => {
    const many = Array.from({ length: model.MOST_POINTS + 5 }, (_, i) => [i / 1000, 0]);
    assert.equal(drawn("line", ...many).points.length, model.MOST_POINTS);
  });

  test("rounds to about ten centimetres", () => {
    assert.deepEqual(drawn("point", [12.37071234567, 51.1]).points, [[12.370712, 51.1]]);
  });

  test("moves and loses single corners", () => {
    const line = drawn("line", [0, 0], [1, 0], [2, 0]);
    assert.deepEqual(model.withMoved(line, 1, [1, 1]).points, [
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
    assert.deepEqual(model.without(line, 0).points, [
      [1, 0],
      [2, 0],
    ]);
  });

  test("of a foreign kind is not read", () => {
    assert.equal(model.fromGeometry({ type: "MultiPoint", coordinates: [[0, 0]] }), null);
    assert.equal(model.fromGeometry(null), null);
  });
});

test("coordinates are written as the language of the page writes numbers", () => {
  const texts = { coordinates: "{lat} Nord, {lon} Ost" };
  globalThis.document = { documentElement: { lang: "de" } };
  assert.equal(nearWords([12.3, 48.1], [], texts), "48,10000 Nord, 12,30000 Ost");
  globalThis.document.documentElement.lang = "en";
  assert.equal(nearWords([12.3, 48.1], [], texts), "48.10000 Nord, 12.30000 Ost");
  delete globalThis.document;
});

describe("typed coordinates", () => {
  test("may have a decimal comma", () =>
    assert.deepEqual(model.typedPlace("12,3707", " 51.3421 "), [12.3707, 51.3421]));
  for (const [lon, lat] of [
    ["", "51"],
    ["12", ""],
    ["east", "51"],
    ["7031", "50.7"],
    ["12", "91"],
  ]) {
    test(`“${lon}”, “${lat}” are no place`, () => assert.equal(model.typedPlace(lon, lat), null));
  }
});

describe("geometry", () => {
  const square = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
    [0, 0],
  ];
  const hole = [
    [1, 1],
    [2, 1],
    [2, 2],
    [1, 2],
    [1, 1],
  ];

  test("a place in a hole is outside", () => {
    assert.equal(isInside([3, 3], [[square, hole]]), true);
    assert.equal(isInside([1.5, 1.5], [[square, hole]]), false);
    assert.equal(isInside([5, 5], [[square, hole]]), false);
  });

  test("a metre beside a border is still inside, as the server sees it", () => {
    const metre = 1 / 111_320;
    assert.equal(isInside([4 + 0.9 * metre, 2], [[square, hole]]), true);
    assert.equal(isInside([4 + 1.2 * metre, 2], [[square, hole]]), false);
    assert.equal(isInside([1 + 0.9 * metre, 1.5], [[square, hole]]), true);
    assert.equal(isInside([1 + 1.2 * metre, 1.5], [[square, hole]]), false);
  });

  test("a bow tie crosses itself, a square does not", () => {
    assert.equal(crossesItself(square.slice(0, -1)), false);
    assert.equal(
      crossesItself([
        [0, 0],
        [4, 4],
        [4, 0],
        [0, 4],
      ]),
      true,
    );
  });

  test("knows a closed ring", () => {
    assert.equal(isClosed(square), true);
    assert.equal(isClosed(square.slice(0, -1)), false);
    assert.equal(isClosed([[0, 0]]), false);
  });

  test("names the nearest street and its distance", () => {
    const at = 51.34;
    const street = (name, lat) => ({
      name,
      coordinates: [
        [12.36, lat],
        [12.38, lat],
      ],
    });
    const { name, metres } = nearestStreet(
      [12.37, at],
      [street("Nordstraße", at + 0.002), street("Südstraße", at - 0.001)],
    );
    assert.equal(name, "Südstraße");
    assert.ok(Math.abs(metres - 111) < 1, `${metres} m`);
    assert.equal(nearestStreet([12.37, at], []), null);
  });
});
