"""What can be set at each rule, between which limits, and what it is set to at first."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from participation.errors import InvalidInput
from participation.screening.folding import folded
from participation.screening.models import HoldingRule
from participation.screening.rules import Settings
from participation.screening.words import LONGEST_WORD, SHIPPED, WORD

MOST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number with its limits."""

    least: int
    most: int
    first: int


NUMBERS: dict[HoldingRule, dict[str, Number]] = {
    HoldingRule.BURST: {"count": Number(2, 100, 5), "minutes": Number(1, 1_440, 10)},
    HoldingRule.SIMILAR: {"percent": Number(60, 100, 70)},
    HoldingRule.OUTSIDE: {"metres": Number(0, 20_000, 0)},
}


def first_settings(rule: HoldingRule) -> dict[str, Any]:
    """Return what a rule is set to before anybody changed it."""
    if rule is HoldingRule.WORDS:
        return {"words": list(SHIPPED)}
    return {name: number.first for name, number in NUMBERS.get(rule, {}).items()}


def checked_settings(rule: HoldingRule, settings: Settings) -> dict[str, Any]:
    """Return settings as they are stored: equal ones are the same.

    Raises:
        InvalidInput: a number is out of its limits, or a line is not one word; `field` says where.
    """
    if rule is HoldingRule.WORDS:
        return {"words": _checked_words(settings.get("words") or [])}
    checked = {}
    for name, number in NUMBERS.get(rule, {}).items():
        value = settings.get(name)
        if not isinstance(value, int) or not number.least <= value <= number.most:
            raise InvalidInput(
                lazy_gettext("Enter a number from %(least)s to %(most)s.", least=number.least, most=number.most),
                field=name,
            )
        checked[name] = value
    return checked


def _checked_words(lines: list[str]) -> list[str]:
    words = {folded(line).strip() for line in lines} - {""}
    if not words:
        raise InvalidInput(lazy_gettext("Enter at least one word."), field="words")
    if len(words) > MOST_WORDS:
        raise InvalidInput(lazy_gettext("Enter at most %(count)s words.", count=MOST_WORDS), field="words")
    for word in sorted(words):
        if not WORD.fullmatch(word) or len(word) > LONGEST_WORD:
            raise InvalidInput(
                lazy_gettext("“%(word)s” is not one word. Write one word in each line.", word=word[:LONGEST_WORD]),
                field="words",
            )
    return sorted(words)
