"""Cut Fira Sans down to the letters European languages in Latin script need: 130 kB become about 22 kB a weight.

Used by `make build`; tools/build.mjs puts the results where the style sheet's font addresses point.
"""

import hashlib
import logging
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "node_modules/@kern-ux/native/dist/fonts/fira-sans"
TARGET = PROJECT / ".cache/fonts"
WEIGHTS = ("Regular", "Medium", "SemiBold")
LARGEST = 30_000  # bytes a file; the page weight we promise counts on it

LETTERS = (
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x180),  # Latin-1 and Latin Extended-A: German to Turkish
    *(0x0218, 0x0219, 0x021A, 0x021B),  # Romanian
    0x1E9E,  # ẞ
    *(0x2009, 0x2010, 0x2011, 0x2013, 0x2014, 0x202F),  # thin spaces, hyphens, dashes
    *(0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2039, 0x203A),  # quotation marks
    *(0x2020, 0x2022, 0x2026, 0x2030, 0x2032, 0x2033),
    *(0x20AC, 0x2116, 0x2122),  # € № ™
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2196, 0x2197, 0x2198, 0x2199),  # arrows
    *(0x2212, 0x2248, 0x2260, 0x2264, 0x2265),  # − ≈ ≠ ≤ ≥
)
# Combining marks for names typed in decomposed form; tabular figures for tables and counters.
MARKS = (0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0306, 0x0307, 0x0308, 0x030A, 0x030B, 0x030C, 0x0327, 0x0328)
FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "tnum")


def subset_font(source: Path, target: Path) -> None:
    """Write the letters we use of one font as woff2."""
    from fontTools import subset  # noqa: PLC0415  # half a second, wasted when all fonts are there already

    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = list(FEATURES)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # names, copyright and licence stay in the file
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*LETTERS, *MARKS])
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(target), options)
    if target.stat().st_size > LARGEST:
        size = target.stat().st_size
        target.unlink()
        sys.exit(
            f"{target.name} would have {size} bytes, more than {LARGEST}. Take letters out of tools/subset_fonts.py."
        )


def main() -> None:
    """Subset every weight whose source, or this file, has changed since the last time."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    recipe = Path(__file__).read_bytes()
    for weight in WEIGHTS:
        source = SOURCE / f"FiraSans-{weight}.woff2"
        if not source.is_file():
            sys.exit(f"{source.relative_to(PROJECT)} is missing. Run `make setup` first.")
        target, made_from = TARGET / source.name, TARGET / f"{source.name}.sha256"
        digest = hashlib.sha256(recipe + source.read_bytes()).hexdigest()
        if target.is_file() and made_from.is_file() and made_from.read_text() == digest:
            continue
        subset_font(source, target)
        made_from.write_text(digest)


if __name__ == "__main__":
    main()
