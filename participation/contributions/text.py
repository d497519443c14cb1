"""Texts of citizens: cleaned for storage, folded for search."""

import unicodedata

from participation.database import fold

CONTROL_CHARACTERS = {code: None for code in (*range(0x20), 0x7F) if chr(code) not in "\n\t"}
# Letters and symbols by their category, but nothing is seen: empty Braille, fillers of Hangul syllables.
BLANKS = frozenset("\u2800\u3164\u115f\u1160\uffa0")


def clean_text(text: str) -> str:
    """Keep what was typed: only line ends become LF, control characters go, and outer white space is cut."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL_CHARACTERS).strip()


def clean_line(text: str) -> str:
    """Clean a text of one line: every run of white space becomes one space."""
    return " ".join(clean_text(text).split())


def visible_length(text: str) -> int:
    """Return how many characters leave a mark: no spaces, no format characters such as U+200B (zero width space)."""
    return sum(unicodedata.category(character)[0] not in "CZ" and character not in BLANKS for character in text)


def search_form(*texts: str) -> str:
    """Fold texts so that case, width and composed letters make no difference (Unicode NFKC, case folding)."""
    return fold(" ".join(texts))
