"""What a decision means for the author, in a headline and a sentence; the reasons are in reasons.py."""

from typing import NamedTuple

from flask_babel import gettext
from sqlalchemy import select

from participation.contributions.states import PublicationState
from participation.database import db
from participation.languages import text_in
from participation.moderation.models import BLOCKS, ModerationDecision, Outcome
from participation.proceedings.models import Category, ContributionType


class News(NamedTuple):
    """A headline such as “Your text is public”, and what it means; without a meaning the reasons say all.

    `words` are the moderator's own sentence, to be set apart from what the application says.
    """

    headline: str
    meaning: str
    words: str = ""


def news_of(decision: ModerationDecision) -> News:
    """Return what a decision means for the author, in the reader's language."""
    if decision.outcome is Outcome.UNDO:
        return _news_of_undo(decision)
    match decision.outcome:
        case Outcome.REDACT:
            news = News(_removal(decision), "")
        case Outcome.REJECT:
            news = News(gettext("Your text was not published"), "")
        case Outcome.HIDE:
            news = News(gettext("Your text is no longer public"), "")
        case Outcome.MERGE:
            news = News(gettext("Your contribution was merged with another one"), "")
        case Outcome.MOVE:
            news = News(gettext("Your contribution was moved"), moves_of(decision), decision.statement_of_reasons)
        case Outcome.WARN:
            news = News(gettext("A warning about your text"), "")
        case outcome if outcome in BLOCKS:
            news = News(gettext("You are blocked for a time"), "")
        case _:
            meaning = gettext("A person read it and published it. Others can now agree, disagree and answer.")
            news = News(gettext("Your text is public"), meaning)
    return news


def _removal(decision: ModerationDecision) -> str:
    is_name_only = decision.changes.get("name") and not (decision.changes["title"] or decision.changes["text"])
    return str(
        gettext("The name shown with your text was removed")
        if is_name_only
        else gettext("Passages were removed from your text")
    )


def _news_of_undo(decision: ModerationDecision) -> News:
    undone = db.session.scalar(select(ModerationDecision.outcome).where(ModerationDecision.id == decision.undoes_id))
    back = gettext("We have taken our decision back.")
    match undone:
        case Outcome.WARN:
            return News(
                gettext("We have taken our warning back"), gettext("The warning about your text does not count.")
            )
        case outcome if outcome in BLOCKS:
            return News(gettext("You can write and vote again"), back)
        case Outcome.MOVE:
            return News(gettext("Your contribution is back where it was"), f"{back} {moves_of(decision)}")
    if decision.state_after is PublicationState.SUBMITTED:
        more = gettext("A person reads your text once more, and you will hear from us.")
        return News(gettext("Your text is checked once more"), f"{back} {more}")
    if decision.state_after is not PublicationState.PUBLISHED:
        return News(gettext("We have taken our decision back"), back)
    meaning = {
        Outcome.REDACT: gettext("Your text is shown in full again."),
        Outcome.MERGE: gettext("Your contribution stands on its own again."),
    }.get(undone or Outcome.UNDO, gettext("Your text is public again."))
    return News(gettext("Your text is public"), f"{back} {meaning}")


def moves_of(decision: ModerationDecision) -> str:
    """Say from where to where a contribution was moved; else nothing."""
    lines = []
    if "category_id" in decision.changes:
        before, after = (_name(db.session.get(Category, id_)) for id_ in decision.changes["category_id"])
        lines.append(_instead(gettext("Topic"), before, after))
    if "type_id" in decision.changes:
        before, after = (_name(db.session.get(ContributionType, id_ or 0)) for id_ in decision.changes["type_id"])
        lines.append(_instead(gettext("What it is"), before, after))
    if "geometry" in decision.changes:
        lines.append(gettext("It has another place on the map."))
    return " ".join(lines)


def _instead(what: str, before: str, after: str) -> str:
    words: str = gettext("%(what)s: %(after)s instead of %(before)s.", what=what, before=before, after=after)
    return words


def _name(found: Category | ContributionType | None) -> str:
    return text_in(found.name) if found else str(gettext("nothing"))
