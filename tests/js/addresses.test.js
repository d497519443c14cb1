import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as addresses from "../../static/js/addresses.js";

const PAGE = "https://example.org/en/proceedings/square?category=green&after=abc&sort=votes&map=51.3,12.3,17&view=map";

describe("where the map stands", () => {
  test("is read from the address and written back the same", () => {
    const { center, zoom } = addresses.parseView("51.34254,12.36895,18.25");
    assert.deepEqual(center, [51.34254, 12.36895]);
    assert.equal(addresses.formatView({ lat: center[0], lng: center[1] }, zoom), "51.34254,12.36895,18.25");
  });
  for (const text of [null, "", "51,12", "51,12,abc", "95,12,10", "51,200,10", ",,", "51,12,99"]) {
    test(`“${text}” is nowhere`, () => assert.equal(addresses.parseView(text), null));
  }
  test("replaces what the address said before", () => {
    assert.equal(new URL(addresses.withView(PAGE, "1,2,3")).searchParams.get("map"), "1,2,3");
    assert.ok(addresses.withView(PAGE, "1,2,3").endsWith("map=1,2,3&view=map"));
  });
});

describe("the address of a filter", () => {
  const fields = [
    ["q", ""],
    ["category", "green"],
    ["category", "orange"],
  ];
  test("has what was chosen, keeps map and view, and starts on the first page", () => {
    const url = addresses.filterUrl("https://example.org/en/proceedings/square", fields, PAGE);
    assert.equal(
      url,
      "https://example.org/en/proceedings/square?category=green&category=orange&map=51.3,12.3,17&view=map",
    );
  });
});

describe("what the map asks", () => {
  const url = new URL(
    addresses.mapDataUrl("/proceedings/square/map.json", PAGE, [12.1234567, -91, 181, 51.5], 17.333333),
  );
  test("is the filter of the page", () => assert.deepEqual(url.searchParams.getAll("category"), ["green"]));
  test("is a box within the world", () => assert.equal(url.searchParams.get("box"), "12.123457,-90,180,51.5"));
  test("is a zoom of two decimals", () => assert.equal(url.searchParams.get("zoom"), "17.33"));
  test("is neither order nor page nor layout", () => {
    for (const name of ["sort", "after", "map", "view"]) assert.equal(url.searchParams.has(name), false, name);
  });
});

test("a group at one spot becomes a filter of the list", () => {
  const url = new URL(addresses.withBox(PAGE, [1, 2, 3, 4]));
  assert.equal(url.searchParams.get("bbox"), "1,2,3,4");
  assert.equal(url.searchParams.has("after"), false);
});
