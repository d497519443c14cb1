"""Plots as SVG, light and dark, without a library: how the time of a page grows, and what the limits are."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from tools.bench.bars import Results

TITLES = {
    "growth": "Median time of pages by number of contributions",
    "limits": "Share of what a bare program reaches on the same database",
}
SHOWN = ("list, newest", "detail", "map, whole city", "map, a street", "OGC, 1,000 items, middle")
SHARES = (
    ("GeoJSON, bare loop", "downloads", "GeoJSON", "bare loop"),
    ("GeoJSON, ogr2ogr", "downloads", "GeoJSON", "ogr2ogr"),
    ("GeoJSON, bare stream", "streams", "GeoJSON", "bare stream"),
    ("votes, bare upsert", "acts", "vote", "bare vote"),
)
COLORS = {"sqlite": "#1f5fbf", "postgresql": "#c2571a"}
WIDTH, ROW, LEFT = 720, 26, 190
PANEL, PANEL_HEIGHT = 230, 170
STYLE = (
    "<style>text{font:13px system-ui,sans-serif;fill:#222}.soft{fill:#666}.grid{stroke:#bbb;stroke-width:1}"
    "@media (prefers-color-scheme:dark){text{fill:#eee}.soft{fill:#aaa}.grid{stroke:#555}}</style>"
)


def pictures(results: Results) -> dict[str, str]:
    """Return the plots by name."""
    return {"growth": _growth(results), "limits": _limits(results)}


def _svg(title: str, width: float, height: float, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
    legend = "".join(
        f'<rect x="{8 + 110 * number}" y="30" width="12" height="12" fill="{color}"/>'
        f'<text x="{26 + 110 * number}" y="41">{name}</text>'
        for number, (name, color) in enumerate(zip(("SQLite", "PostgreSQL"), COLORS.values(), strict=True))
    )
    return "\n".join([head, f"<title>{escape(title)}</title>", STYLE, f'<text x="8" y="18">{escape(title)}</text>',
                      legend, *parts, "</svg>\n"])  # fmt: skip


def _growth(results: Results) -> str:
    parts: list[str] = []
    for number, page in enumerate(SHOWN):
        left, top = 8 + number % 3 * (PANEL + 10), 60 + number // 3 * (PANEL_HEIGHT + 20)
        parts += _panel(results, page, left, top)
    rows = (len(SHOWN) + 2) // 3
    return _svg(TITLES["growth"], WIDTH + 8, 60 + rows * (PANEL_HEIGHT + 20), parts)


def _panel(results: Results, page: str, left: float, top: float) -> Iterator[str]:
    lines = {database: list(_times(sizes, page)) for database, sizes in results.items()}
    highest = max((time for line in lines.values() for _, time in line), default=1.0)
    bottom, height = top + PANEL_HEIGHT - 34, PANEL_HEIGHT - 64
    yield f'<text x="{left}" y="{top + 14}">{escape(page)}</text>'
    yield f'<text class="soft" x="{left}" y="{top + 32}">{highest:.1f} ms</text>'
    yield f'<line class="grid" x1="{left}" y1="{bottom}" x2="{left + PANEL - 20}" y2="{bottom}"/>'
    sizes = sorted({size for line in lines.values() for size, _ in line})
    step = (PANEL - 70) / max(1, len(sizes) - 1)
    for place, size in enumerate(sizes):
        yield f'<text class="soft" x="{left + place * step}" y="{bottom + 18}">{size:,}</text>'
    for database, line in lines.items():
        points = [(left + 10 + sizes.index(size) * step, bottom - height * time / highest) for size, time in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{COLORS[database]}" stroke-width="2"/>'
        for x, y in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLORS[database]}"/>'


def _times(sizes: Mapping[str, Any], page: str) -> Iterator[tuple[int, float]]:
    for size in sorted(sizes, key=int):
        figures = sizes[size].get("pages", {}).get(page)
        if figures:
            yield int(size), figures["median"]


def _limits(results: Results) -> str:
    parts, y = [], 64
    for title, part, ours, limit in SHARES:
        parts.append(f'<text x="8" y="{y + 13}">{escape(title)}</text>')
        for database, sizes in results.items():
            measured = sizes[max(sizes, key=int)].get(part, {})
            if ours not in measured or limit not in measured:
                continue
            one, other = measured[ours], measured[limit]
            share = one["rate"] / other["rate"] if "rate" in one else other["seconds"] / one["seconds"]
            width = min(1.5, share) * 300
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{width:.0f}" height="15" fill="{COLORS[database]}"/>')
            parts.append(f'<text x="{LEFT + width + 8:.0f}" y="{y + 12}">{share:.2f}</text>')
            y += 19
        y += ROW - 14
    parts.append(f'<line class="grid" x1="{LEFT + 300}" y1="56" x2="{LEFT + 300}" y2="{y}"/>')
    return _svg(TITLES["limits"], WIDTH, y + 10, parts)
