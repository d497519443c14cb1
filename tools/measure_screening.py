"""How many texts each rule that can be judged by a text alone would hold, and what listed words find and miss.

python tools/measure_screening.py [--data ../shared/data]

Reads the Bonn contributions and the German HateCheck (moderation/hatecheck_de.csv); needs no database. The other rules
depend on when, where and by whom something was sent: managers try them on their own consultation.
"""

import argparse
import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from participation.screening.links import addresses_in  # noqa: E402  # the project's folder is known only now
from participation.screening.signatures import Signature, likeness, signature_of  # noqa: E402
from participation.screening.words import SHIPPED, listed_forms, listed_words_in  # noqa: E402

LIKENESSES = (60, 70, 90)


def bonn_texts(data: Path) -> list[tuple[str, str]]:
    """Return (title, text) of each contribution."""
    with (data / "contributions/bonn_raddialog_2017.csv").open(encoding="cp1252", newline="") as file:
        return [(row["title"], row["text"]) for row in csv.DictReader(file, delimiter=";")]


def share(count: int, total: int) -> str:
    """Return a count with its share."""
    return f"{count:,} of {total:,} ({count / total:.1%})"


def report_bonn(texts: list[tuple[str, str]]) -> None:
    """Print what links and listed words would hold, and how many texts have look-alikes."""
    forms = listed_forms(SHIPPED)
    started = time.perf_counter()
    links = [one for one in texts if any(list(addresses_in(part)) for part in one)]
    words = [one for one in texts if any(list(listed_words_in(part, forms)) for part in one)]
    print(f"Bonn, links: {share(len(links), len(texts))}")
    print(f"Bonn, listed words: {share(len(words), len(texts))}")
    print(f"  both in {time.perf_counter() - started:.1f} s")
    found = [text for one in words for part in one for text in _words_in(part, forms)]
    print(f"  words: {', '.join(sorted(set(found))) or 'none'}")
    signatures = [signature_of(*one) for one in texts]
    by_band = defaultdict(list)
    for number, signature in enumerate(signatures):
        for band in enumerate(signature.bands if signature else ()):
            by_band[band].append(number)
    pairs = {(a, b) for numbers in by_band.values() for a in numbers for b in numbers if a < b}
    for least in LIKENESSES:
        alike = {number for pair in pairs if _likeness(signatures, pair) >= least for number in pair}
        print(f"Bonn, another text at least {least} % alike: {share(len(alike), len(texts))}")


def _likeness(signatures: list[Signature | None], pair: tuple[int, int]) -> int:
    one, other = (signatures[number] for number in pair)
    return likeness(one.places, other.places) if one and other else 0


def _words_in(text: str, forms: frozenset[str]) -> list[str]:
    return [text[start:end] for start, end in listed_words_in(text, forms)]


def report_hatecheck(data: Path) -> None:
    """Print how much of what is hateful the shipped list finds, and how much it holds that is not."""
    forms = listed_forms(SHIPPED)
    with (data / "moderation/hatecheck_de.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    is_held = [bool(_words_in(row["test_case"], forms)) for row in rows]
    for label in ("hateful", "non-hateful"):
        held = [one for one, row in zip(is_held, rows, strict=True) if row["label_gold"] == label]
        print(f"HateCheck, {label}, held: {share(sum(held), len(held))}")
    groups = defaultdict(list)
    for one, row in zip(is_held, rows, strict=True):
        groups[row["functionality"], row["label_gold"]].append(one)
    for (group, label), held in sorted(groups.items()):
        print(f"  {group} ({label}): {share(sum(held), len(held))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared/data")
    data: Path = parser.parse_args().data
    report_bonn(bonn_texts(data))
    report_hatecheck(data)


if __name__ == "__main__":
    main()
