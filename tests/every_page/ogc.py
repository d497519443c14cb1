"""The pages of OGC API – Features."""

from tests.every_page.page_state import PageState


def ogc_pages(slug: str, contribution_id: int) -> list[PageState]:
    """Every page and state of them."""
    contributions = f"/ogc/collections/{slug}.contributions"
    return [
        PageState("OGC: landing page", "/ogc/"),
        PageState("OGC: landing page, English", "/en/ogc/"),
        PageState("OGC: conformance", "/ogc/conformance"),
        PageState("OGC: definition", "/ogc/api?f=html"),
        PageState("OGC: definition, English", "/en/ogc/api?f=html"),
        PageState("OGC: collections", "/ogc/collections"),
        PageState("OGC: collections, by a manager", "/ogc/collections", "manager@example.org"),
        PageState("OGC: collection", contributions),
        PageState("OGC: collection of areas, English", "/en/ogc/collections/proceedings"),
        PageState("OGC: queryables", f"{contributions}/queryables"),
        PageState("OGC: vector tiles", f"{contributions}/tiles?f=html"),
        PageState("OGC: one tile set, English", f"/en{contributions}/tiles/WebMercatorQuad?f=html"),
        PageState("OGC: features", f"{contributions}/items"),
        PageState("OGC: features, page by page, English", f"/en{contributions}/items?limit=5"),
        PageState("OGC: features, nothing matches", f"{contributions}/items?q=gibtesnicht"),
        PageState("OGC: areas", "/ogc/collections/proceedings/items"),
        PageState("OGC: feature", f"{contributions}/items/{contribution_id}"),
        PageState("OGC: feature without a map, English", f"/en/ogc/collections/{slug}.area/items/1"),
        PageState("OGC: parameter refused", f"{contributions}/items?limit=0", status=400),
        PageState("OGC: no such collection", "/ogc/collections/gibtesnicht", status=404),
    ]
