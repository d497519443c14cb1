"""The bars that the project holds itself to, and what a run says about each."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Round = Mapping[str, Any]
Results = Mapping[str, Mapping[str, Round]]
MANY = 100  # from here on, decimals tell nothing
# Counted in thousandths of a second, the clock's noise would say that a page got slower.
NOISE_MS = 2.0


COMPARED = {"≥": operator.ge, ">": operator.gt, "≤": operator.le, "<": operator.lt, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure to reach. found: takes the largest round and the smallest, None where it was not measured."""

    what: str
    sign: str
    limit: float
    found: Callable[[Round, Round], float | None]
    compares_sizes: bool = False

    def is_met(self, found: float) -> bool:
        """Whether a figure reaches it."""
        return bool(COMPARED[self.sign](found, self.limit))


def judged(results: Results, names: Mapping[str, str]) -> list[list[str]]:
    """Return for each bar and database what the largest round says: what, bar, database, found, whether it is met."""
    rows = []
    for bar in BARS:
        for database, sizes in results.items():
            largest, smallest = max(sizes, key=int), min(sizes, key=int)
            if bar.compares_sizes and largest == smallest:
                continue
            found = bar.found(sizes[largest], sizes[smallest])
            if found is None:
                continue
            place = f"{names[database]}, {int(largest):,}"
            verdict = "met" if bar.is_met(found) else "missed"
            rows.append([bar.what, f"{bar.sign} {_written(bar.limit)}", place, _written(found), verdict])
    return rows


def _written(number: float) -> str:
    return f"{number:,.0f}" if number >= MANY or number == int(number) else f"{number:.2f}".rstrip("0").rstrip(".")


def _ratio(part: str, ours: str, limit: str, figure: str) -> Callable[[Round, Round], float | None]:
    """Return how near ours comes to a limit: of seconds the inverse, of rates the share."""

    def found(largest: Round, _smallest: Round) -> float | None:
        measured = largest.get(part, {})
        if ours not in measured or limit not in measured:
            return None
        one, other = float(measured[ours][figure]), float(measured[limit][figure])
        return one / other if figure == "rate" else other / one

    return found


def _pages(name: str, largest: Round) -> Iterator[tuple[str, Mapping[str, float]]]:
    for page, figures in largest.get("pages", {}).items():
        if page.startswith(name):
            yield page, figures


def _worst(name: str, figure: str, *, highest: bool = True) -> Callable[[Round, Round], float | None]:
    def found(largest: Round, _smallest: Round) -> float | None:
        values = [figures[figure] for _, figures in _pages(name, largest)]
        return (max(values) if highest else min(values)) if values else None

    return found


def _growth(name: str, figure: str) -> Callable[[Round, Round], float | None]:
    """Return how many times more the largest round takes than the smallest, on the page that grows most."""

    def found(largest: Round, smallest: Round) -> float | None:
        small = dict(_pages(name, smallest))
        values = [
            max(figures[figure], NOISE_MS) / max(small[page][figure], NOISE_MS)
            for page, figures in _pages(name, largest)
            if page in small
        ]
        return max(values) if values else None

    return found


def _figure(part: str, name: str, figure: str) -> Callable[[Round, Round], float | None]:
    def found(largest: Round, _smallest: Round) -> float | None:
        value = largest.get(part, {}).get(name, {}).get(figure)
        return None if value is None else float(value)

    return found


def _depth(largest: Round, _smallest: Round) -> float | None:
    pages = dict(_pages("OGC", largest))
    if not pages:
        return None
    return max(figures["median"] for figures in pages.values()) / pages["OGC, 1,000 items, first"]["median"]


def _lost(largest: Round, _smallest: Round) -> float | None:
    acts = largest.get("acts")
    if not acts:
        return None
    wrong = sum(abs(acts[name]["acknowledged"] - acts[name]["written"]) for name in ("vote", "contribute"))
    return float(wrong + abs(acts["vote"]["counters differ by"]))


def _kilobytes(largest: Round, smallest: Round) -> float | None:
    size = _worst("map", "size")(largest, smallest)
    return None if size is None else size / 1_000


BARS = (
    Bar("GeoJSON beside the bare loop", "≥", 0.7, _ratio("downloads", "GeoJSON", "bare loop", "seconds")),
    Bar("GeoJSON beside the bare loop, by CPU", "≥", 0.7, _ratio("downloads", "GeoJSON", "bare loop", "cpu")),
    Bar("GeoJSON beside ogr2ogr", ">", 1, _ratio("downloads", "GeoJSON", "ogr2ogr", "seconds")),
    Bar("memory grows while GeoJSON is sent, MB", "<", 50, _figure("downloads", "GeoJSON", "growth")),
    Bar("map: p99 of the slowest view, ms", "<", 100, _worst("map", "p99")),
    Bar("map: largest view, kB", "≤", 60, _kilobytes),
    Bar("map: growth of the median", "≤", 3, _growth("map", "median"), compares_sizes=True),
    Bar("list: requests/s, slowest", "≥", 300, _worst("list", "rate", highest=False)),
    Bar("detail: requests/s", "≥", 300, _worst("detail", "rate", highest=False)),
    Bar("list: growth of p99", "≤", 2, _growth("list", "p99"), compares_sizes=True),
    Bar("detail: growth of p99", "≤", 2, _growth("detail", "p99"), compares_sizes=True),
    Bar("OGC: deepest page beside the first", "≤", 1.2, _depth),
    Bar("votes beside a bare upsert", "≥", 0.6, _ratio("acts", "vote", "bare vote", "rate")),
    Bar("contributions/s", "≥", 300, _figure("acts", "contribute", "rate")),
    Bar("acknowledged but not there, or twice", "=", 0, _lost),
    Bar("seeded contributions/s", "≥", 20_000, _figure("seed", "contributions", "rate")),
    Bar("first answer after the start, s", "<", 1, _figure("start", "server", "seconds")),
    Bar("memory of a worker, MB", "<", 110, _figure("start", "server", "memory")),
)
