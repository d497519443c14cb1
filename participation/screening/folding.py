"""Texts as rules compare them: without case, accents and what nobody sees, and back to places in the text."""

import re
import unicodedata
from collections.abc import Iterator

INVISIBLE = "Cf"  # U+200B zero width space, U+00AD soft hyphen, directions: they split words for programs only
MARKS = frozenset({"Mn", "Me"})
DIAERESIS = "\u0308"
UMLAUTS = {"a": "ä", "o": "ö", "u": "ü"}
NOT_WORDS = re.compile(r"[\W_]+")


class _Folding(dict[int, str]):
    """Map of code points to their folded form, filled as they come; used by str.translate."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded_character(chr(code))
        return folded


def _folded_character(character: str) -> str:
    if unicodedata.category(character) == INVISIBLE:
        return ""
    parts = unicodedata.normalize("NFKD", character.casefold())
    if len(parts) == 2 and parts[1] == DIAERESIS and parts[0] in UMLAUTS:
        return UMLAUTS[parts[0]]
    return "".join(part for part in parts if unicodedata.category(part) not in MARKS)


_FOLDING = _Folding()


def folded(text: str) -> str:
    """Return a text without case, accents (umlauts stay) and invisible characters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text)).translate(_FOLDING)


def words_only(text: str) -> str:
    """Return letters and digits of a text, folded, with one space between words."""
    return NOT_WORDS.sub(" ", folded(text)).strip()


def folded_places(text: str) -> tuple[str, list[int]]:
    """Return a folded text, and for each of its characters where it stands in the text; one more for the end."""
    pieces: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        piece = folded(cluster)
        pieces.append(piece)
        places += [start] * len(piece)
    return "".join(pieces), [*places, len(text)]


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield each character with the marks and invisible characters after it, and where it begins."""
    start = 0
    for place, character in enumerate(text):
        if place and unicodedata.category(character) not in (INVISIBLE, *MARKS):
            yield start, text[start:place]
            start = place
    if text:
        yield start, text[start:]
