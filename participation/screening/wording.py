"""The rules and what they found, in words for managers and moderators."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, gettext, lazy_gettext, ngettext

from participation.screening.models import HoldingRule

NAMES = {
    HoldingRule.LINKS: lazy_gettext("Links"),
    HoldingRule.WORDS: lazy_gettext("Listed words"),
    HoldingRule.BURST: lazy_gettext("Many texts in a short time"),
    HoldingRule.SIMILAR: lazy_gettext("Like something hidden or rejected"),
    HoldingRule.OUTSIDE: lazy_gettext("Outside the planning area"),
    HoldingRule.FIRST_POST: lazy_gettext("First text of a guest"),
}
EXPLANATIONS = {
    HoldingRule.LINKS: lazy_gettext(
        "Holds a text with an internet or e-mail address. Advertising nearly always has one; "
        "many good texts have one, too."
    ),
    HoldingRule.WORDS: lazy_gettext(
        "Holds a text with a word of your list, in any German form. Only whole words count. The list finds rude words. "
        "It does not find hate that is put politely, and it does not know whether a word is only quoted."
    ),
    HoldingRule.BURST: lazy_gettext(
        "Holds a text when the same person sent many within a short time. Contributions and comments count alike."
    ),
    HoldingRule.SIMILAR: lazy_gettext(
        "Holds a text that has much in common with one that moderators hid or rejected in this consultation. "
        "Texts with fewer than 20 letters are not compared."
    ),
    HoldingRule.OUTSIDE: lazy_gettext(
        "Holds a contribution whose place lies outside the planning area. Works only where places can be chosen freely."
    ),
    HoldingRule.FIRST_POST: lazy_gettext(
        "Holds what someone without an account writes, until one of their texts was published. "
        "Accounts are never held by it."
    ),
}
NOTHING_FOUND = {
    HoldingRule.LINKS: lazy_gettext("No links"),
    HoldingRule.WORDS: lazy_gettext("No listed words"),
    HoldingRule.BURST: lazy_gettext("Not many texts in a short time"),
    HoldingRule.SIMILAR: lazy_gettext("Not like anything hidden or rejected"),
    HoldingRule.OUTSIDE: lazy_gettext("Place not outside the planning area"),
    HoldingRule.FIRST_POST: lazy_gettext("Not the first text of a guest"),
}
ICONS = {
    HoldingRule.LINKS: "link",
    HoldingRule.WORDS: "eye",
    HoldingRule.BURST: "clock",
    HoldingRule.SIMILAR: "layers",
    HoldingRule.OUTSIDE: "no-place",
    HoldingRule.FIRST_POST: "user",
}


def rule_icon(rule: HoldingRule) -> str:
    """Return the icon of a rule."""
    return ICONS[rule]


def nothing_found_words(rule: HoldingRule) -> str:
    """Return what is said of a rule that did not fire."""
    return str(NOTHING_FOUND[rule])


def brief_words(rule: HoldingRule, evidence: Mapping[str, Any]) -> str:
    """Return what was found, as short as a badge."""
    words: str
    match rule:
        case HoldingRule.LINKS:
            words = ngettext("%(num)s link", "%(num)s links", len(evidence["spans"]))
        case HoldingRule.WORDS:
            words = ngettext("%(num)s listed word", "%(num)s listed words", len(evidence["spans"]))
        case HoldingRule.BURST:
            words = gettext(
                "%(count)s texts in %(minutes)s minutes", count=evidence["count"], minutes=evidence["minutes"]
            )
        case HoldingRule.SIMILAR:
            words = gettext("%(percent)s %% like something hidden or rejected", percent=evidence["percent"])
        case HoldingRule.OUTSIDE:
            words = gettext("%(metres)s m outside", metres=format_decimal(evidence["metres"]))
        case HoldingRule.FIRST_POST:
            words = gettext("First text of a guest")
    return words


def advice_words(rule: HoldingRule) -> str:
    """Return what to look at, as a sentence behind the brief words."""
    sentences: dict[HoldingRule, str] = {
        HoldingRule.LINKS: gettext("The places are marked above."),
        HoldingRule.WORDS: gettext("The places are marked above. The word may be quoted, or meant otherwise."),
        HoldingRule.BURST: gettext("All by the same person."),
        HoldingRule.SIMILAR: gettext("Compare both; the reasons given then may not fit here."),
        HoldingRule.OUTSIDE: gettext("It may still concern the plan."),
        HoldingRule.FIRST_POST: gettext("Nothing by this person was published yet."),
    }
    return sentences[rule]
