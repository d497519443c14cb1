"""The figures of all runs as text, as docs/performance.md and as plots."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.bench import bars, plots
from tools.bench.bars import Results

BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
PAGE_COLUMNS = (
    ("median", "median, ms", "{:.1f}"),
    ("p99", "p99, ms", "{:.1f}"),
    ("rate", "requests/s", "{:,.0f}"),
    ("cpu", "CPU, ms", "{:.1f}"),
    ("size", "kB", "{:.1f}"),
    ("queries", "queries", "{:.0f}"),
    ("milliseconds", "of these, ms", "{:.1f}"),
)
ACTS = {"vote": "votes", "bare vote": "bare votes", "contribute": "contributions", "bare read": "bare reads"}


def write(results: Results, folder: Path) -> None:
    """Bring the page and its plots up to date; what stands outside the marks stays."""
    page = folder / "performance.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{as_markdown(results)}\n{END}{after}", encoding="utf-8")
    for name, picture in plots.pictures(results).items():
        (folder / "performance" / f"{name}.svg").write_text(picture, encoding="utf-8")


def as_markdown(results: Results) -> str:
    """Return everything for the page."""
    lines = ["### Bars", "", *table(("what", "bar", "database", "found", ""), bars.judged(results, NAMES)), ""]
    for name, title in plots.TITLES.items():
        lines += [f"![{title}](performance/{name}.svg)", ""]
    for database, sizes in results.items():
        for size, found in sorted(sizes.items(), key=lambda item: int(item[0])):
            lines += [f"### {NAMES[database]}, {int(size):,} contributions", "", *section(found), ""]
    return "\n".join(lines).rstrip() + "\n"


def as_text(database: str, size: int, found: dict[str, Any]) -> str:
    """Return one round for the terminal."""
    judged = bars.judged({database: {str(size): found}}, NAMES)
    title = f"{NAMES[database]}, {size:,} contributions"
    return "\n".join(["", title, "", *section(found), "", *table(("what", "bar", "database", "found", ""), judged)])


def section(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables of one round."""
    yield f"{found['at']}, {found['machine']}; {found['workers']} processes, {found['clients']} clients."
    if pages := found.get("pages"):
        yield ""
        rows = [
            [name, *(form.format(one.get(key, 0) / (1_000 if key == "size" else 1)) for key, _, form in PAGE_COLUMNS)]
            for name, one in pages.items()
        ]
        yield from table(("page", *(title for _, title, _ in PAGE_COLUMNS)), rows)
    acts = found.get("acts", {}) | ({"bare read": found["bare read"]} if "bare read" in found else {})
    if acts:
        yield ""
        rows = [
            [title, *(f"{acts[name][key]:,.{digits}f}" for key, digits in (("rate", 0), ("cpu", 1), ("crowd p99", 0)))]
            for name, title in ACTS.items()
            if name in acts
        ]
        yield from table(("many at once", "per second", "CPU, ms", "p99, ms"), rows)
    if downloads := found.get("downloads"):
        yield ""
        yield from table(("in one process", "s", "CPU, s", "MB", "memory grew by, MB"), _download_rows(downloads))
    if streams := found.get("streams"):
        yield ""
        yield from table(("over HTTP", "s", "CPU, s", "MB"), _download_rows(streams, with_growth=False))


def _download_rows(downloads: Mapping[str, Mapping[str, float]], *, with_growth: bool = True) -> Iterator[list[str]]:
    for name, one in downloads.items():
        cells = [f"{one['seconds']:.2f}", f"{one['cpu']:.2f}" if "cpu" in one else ""]
        cells.append(f"{one['size'] / 1e6:,.1f}" if "size" in one else "")
        if with_growth:
            cells.append(f"{one['growth']:.1f}" if "growth" in one else "")
        yield [name, *cells]


def table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table whose columns are as wide as their cells, the first one flush left, as prettier has it."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(head))]
    for number, row in enumerate(cells):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        if number == 0:
            yield "| " + " | ".join("-" * width for width in widths) + " |"
