"""Removing passages from texts: where words stand, what a text is without them, what looks like personal data."""

import re
from collections.abc import Iterable, Sequence

from flask_babel import force_locale, gettext

from participation.contributions.text import clean_line, visible_length

Passage = tuple[int, int]  # first character, and the one after the last

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Seven digits or more that begin as a German or international number does, with what people write between them.
PHONE = re.compile(r"(?<![\w/.,-])(?:\+|00|\(?0)[\d ()/.\-–]{5,}\d(?![\w])")
DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}")
FEWEST_DIGITS = 7


def words_of(typed: str) -> tuple[str, ...]:
    """Return the passages of a text field, one a line, each once."""
    return tuple(dict.fromkeys(filter(None, map(clean_line, typed.splitlines()))))


def passages_in(text: str, words: Iterable[str]) -> list[Passage]:
    """Return where the words stand in a text, every time, joined where they touch; spaces match line ends, too."""
    found = sorted(match.span() for word in words for match in _pattern(word).finditer(text))
    joined: list[Passage] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def missing_words(texts: Sequence[str], words: Iterable[str]) -> list[str]:
    """Return the words that stand in none of the texts."""
    return [word for word in words if not any(_pattern(word).search(text) for text in texts)]


def removed_mark(language: str) -> str:
    """Return what stands in place of removed passages, in the language of a text."""
    with force_locale(language):
        mark: str = gettext("[removed]")
    return mark


def without(text: str, passages: Iterable[Sequence[int]], language: str) -> str:
    """Return the text with “[removed]”, in its own language, in place of the passages (in order, apart)."""
    mark = removed_mark(language)
    parts, at = [], 0
    for start, end in passages:
        parts += [text[at:start], mark]
        at = end
    return "".join([*parts, text[at:]])


def is_anything_left(text: str, passages: Iterable[Passage]) -> bool:
    """Whether a text still says something without the passages."""
    left = list(text)
    for start, end in passages:
        left[start:end] = " " * (end - start)
    return visible_length("".join(left)) > 0


def personal_data(*texts: str) -> list[str]:
    """Return what looks like a phone number or an e-mail address, as it stands there; only a suggestion."""
    found = [
        match.group()
        for text in texts
        for pattern in (EMAIL, PHONE)
        for match in pattern.finditer(text)
        if pattern is EMAIL or _has_number(match.group())
    ]
    return list(dict.fromkeys(map(clean_line, found)))


def _has_number(found: str) -> bool:
    return not DATE.match(found) and sum(character.isdigit() for character in found) >= FEWEST_DIGITS


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, word.split())))
