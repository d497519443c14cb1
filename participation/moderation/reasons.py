"""The statement of reasons: the parts that Regulation (EU) 2022/2065, Art. 17(3) asks for, in the author's language."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext, lazy_gettext

from participation.contributions.states import PublicationState
from participation.languages import local, show_datetime, text_in
from participation.moderation.models import BLOCKS, TO_VOTERS, ModerationDecision, Outcome
from participation.proceedings.models import Rule

OBJECTION_MONTHS = 6  # Art. 20(1)
REMEDY = lazy_gettext("You can object free of charge. Another person will then look at it. You can also go to court.")
TIME_IS_OVER = lazy_gettext("One can object for six months. This time is over.")
COUNTED = lazy_gettext("A computer counts how many votes come in how fast; a person decided.")
RESTRICTIONS = {
    PublicationState.REJECTED: lazy_gettext("It will not be published, for good."),
    PublicationState.HIDDEN: lazy_gettext("It is no longer public, until a moderator decides otherwise."),
    PublicationState.SUBMITTED: lazy_gettext("It is not public while it is checked once more."),
    PublicationState.MERGED: lazy_gettext(
        "It is counted with another contribution and no longer in the list or on the map, until a moderator decides"
        " otherwise. It can still be read at its own address."
    ),
}


@dataclass(frozen=True, slots=True)
class StatementOfReasons:
    """What the author reads: restriction and its duration, facts, ground, use of automation, remedies."""

    restriction: str
    facts: str
    ground: str
    automation: str
    remedy: str
    until: datetime


def statement_of(decision: ModerationDecision) -> StatementOfReasons | None:
    """Return the statement of a decision that limits something or warns; nothing for a publication."""
    if decision.rule is None:
        return None
    return StatementOfReasons(
        restriction=restriction_of(decision),
        facts=decision.statement_of_reasons,
        ground=ground_of(decision.rule),
        automation=_automation(decision),
        remedy=str(REMEDY),
        until=objection_ends_at(decision.decided_at),
    )


def _automation(decision: ModerationDecision) -> str:
    return str(COUNTED) if decision.outcome in TO_VOTERS else automation_of(was_automated=decision.was_automated)


def automation_of(*, was_automated: bool) -> str:
    """Say what part a machine had in a decision (Art. 17(3)(c))."""
    words: str = (
        gettext("A machine pointed this text out; a person decided.")
        if was_automated
        else gettext("A person decided this, not a computer.")
    )
    return words


def restriction_of(decision: ModerationDecision) -> str:
    """Say what a decision limits, and for how long; what is only a warning says so."""
    words: str
    match decision.outcome:
        case Outcome.REDACT:
            words = _removal(decision)
        case Outcome.WARN:
            words = gettext("This is a warning. Your text stays as it is.")
        case outcome if outcome in BLOCKS:
            until = show_datetime(datetime.fromisoformat(decision.changes["until"]))
            words = gettext("You cannot write or vote in this consultation until %(date)s.", date=until)
        case _:
            words = str(RESTRICTIONS[decision.state_after])
    return words


def _removal(decision: ModerationDecision) -> str:
    has_passages = bool(decision.changes.get("title") or decision.changes.get("text"))
    if not decision.changes.get("name"):
        words = gettext("Passages are removed from it, for good. The rest is public.")
    elif has_passages:
        words = gettext("Passages and the shown name are removed from it, for good. The rest is public.")
    else:
        words = gettext("The shown name is removed from it, for good. The text is public.")
    return str(words)


def ground_of(rule: Rule) -> str:
    """Return what someone is told of the rule they broke: the breach, the rule's number, the law if there is one."""
    number = gettext("rule %(number)s", number=rule.position)
    return f"{text_in(rule.breach).removesuffix('.')} ({', '.join(filter(None, (number, rule.law)))})."


def objection_ends_at(decided_at: datetime) -> datetime:
    """Return until when one can object to what was decided then: the end of that day, six months later (Art. 20(1))."""
    last_day = months_later(local(decided_at), OBJECTION_MONTHS)
    return last_day.replace(hour=23, minute=59, second=59, microsecond=999_999).astimezone(UTC)


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day some months later, or the last day of that month where it has fewer."""
    year, month = divmod(moment.month - 1 + months, 12)
    day = moment.day
    while True:
        try:
            return moment.replace(year=moment.year + year, month=month + 1, day=day)
        except ValueError:
            day -= 1
