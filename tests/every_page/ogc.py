"""The pages of OGC API – Features."""

from tests.every_page.page_state import PageState


def ogc_pages(slug: str, proceeding_id: int, contribution_id: int) -> list[PageState]:
    """Every page and state of them."""
    contributions = f"/ogc/collections/{slug}.contributions"
    return [
        PageState("OGC: landing page", "/ogc/?f=html"),
        PageState("OGC: landing page, English", "/en/ogc/?f=html"),
        PageState("OGC: conformance", "/ogc/conformance?f=html"),
        PageState("OGC: definition", "/ogc/api?f=html"),
        PageState("OGC: definition, English", "/en/ogc/api?f=html"),
        PageState("OGC: collections", "/ogc/collections?f=html"),
        PageState("OGC: collections, by a manager", "/ogc/collections?f=html", "manager@example.org"),
        PageState("OGC: collection", f"{contributions}?f=html"),
        PageState("OGC: collection of areas, English", "/en/ogc/collections/proceedings?f=html"),
        PageState("OGC: queryables", f"{contributions}/queryables?f=html"),
        PageState("OGC: vector tiles", f"{contributions}/tiles?f=html"),
        PageState("OGC: one tile set, English", f"/en{contributions}/tiles/WebMercatorQuad?f=html"),
        PageState("OGC: features", f"{contributions}/items?f=html"),
        PageState("OGC: features, page by page, English", f"/en{contributions}/items?limit=5&f=html"),
        PageState("OGC: features, nothing matches", f"{contributions}/items?q=gibtesnicht&f=html"),
        PageState("OGC: areas", "/ogc/collections/proceedings/items?f=html"),
        PageState("OGC: feature", f"{contributions}/items/{contribution_id}?f=html"),
        PageState(
            "OGC: feature without a map, English", f"/en/ogc/collections/{slug}.area/items/{proceeding_id}?f=html"
        ),
        PageState("OGC: parameter refused", f"{contributions}/items?limit=0&f=html", status=400),
    ]
