"""Redact: the passages become “[removed]”, the shown name goes; what was there before is sealed.

`changes`: {"title": [[start, end], …], "text": [[start, end], …]}, offsets in the text before; "name": true if it went.
"""

from flask_babel import lazy_gettext
from sqlalchemy import select

from participation import clock
from participation.contributions.models import Contribution
from participation.contributions.services import set_words
from participation.database import Session
from participation.discussion.models import Comment
from participation.discussion.services import hold_contribution_of
from participation.errors import InvalidInput
from participation.moderation.models import ModerationDecision, SealedText
from participation.moderation.redaction import is_anything_left, missing_words, passages_in, without
from participation.moderation.steps.base import Item, Letter, Particulars, subject_of
from participation.moderation.steps.state import change_state
from participation.proceedings.models import TITLE_LONGEST

MOST_PASSAGES = 100


class Redact:
    """Publish without some passages or the name, or remove them from what is public."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold the contribution of a comment."""
        if isinstance(item, Comment):
            hold_contribution_of(session, item)

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Seal the text, and show it without the passages."""
        words, before = particulars.passages, words_said(item)
        _check(item, particulars, before)
        title, text = (passages_in(one, words) for one in before)
        if not is_anything_left(before[1], text):
            raise InvalidInput(
                lazy_gettext("Nothing would be left of the text. Reject or hide it instead."), field="passages"
            )
        after = without(before[0], title, item.language), without(before[1], text, item.language)
        if len(after[0]) > TITLE_LONGEST:
            raise InvalidInput(
                lazy_gettext("The headline may have at most %(count)s characters.", count=TITLE_LONGEST),
                field="passages",
            )
        _go(session, item, decision)
        decision.changes = {"title": [list(one) for one in title], "text": [list(one) for one in text]}
        session.add(
            SealedText(
                **subject_of(item),
                decision=decision,
                title=before[0],
                text=before[1],
                public_name=item.public_name,
                sealed_at=decision.decided_at,
            )
        )
        if particulars.removes_name:
            decision.changes |= {"name": True}
        _say(item, *after, None if particulars.removes_name else item.public_name)
        return []

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Show the text again as it was before this decision."""
        sealed = session.scalars(select(SealedText).where(SealedText.decision_id == decision.id)).one()
        _go(session, item, undoing, is_undoing=True)
        sealed.opened_at = clock.now()
        _say(item, sealed.title, sealed.text, sealed.public_name if decision.changes.get("name") else item.public_name)
        return []


def _go(session: Session, item: Item, decision: ModerationDecision, *, is_undoing: bool = False) -> None:
    """Change the state if it changes; before the words, since that reads the item again."""
    if item.state is not decision.state_after:
        change_state(session, item, decision.state_after, decision, is_undoing=is_undoing)


def words_said(item: Item) -> tuple[str, str]:
    """Return title and text of an item; a comment has no title."""
    return (item.title, item.text) if isinstance(item, Contribution) else ("", item.text)


def _say(item: Item, title: str, text: str, public_name: str | None) -> None:
    if isinstance(item, Contribution):
        set_words(item, title, text, public_name)
    else:
        item.text, item.public_name = text, public_name


def _check(item: Item, particulars: Particulars, before: tuple[str, str]) -> None:
    words = particulars.passages
    if particulars.removes_name and item.public_name is None:
        raise InvalidInput(lazy_gettext("No name is shown with this text (any more)."), field="removes_name")
    if not words and not particulars.removes_name:
        raise InvalidInput(lazy_gettext("Say which words to remove."), field="passages")
    if len(words) > MOST_PASSAGES:
        raise InvalidInput(
            lazy_gettext("Remove at most %(count)s passages at once.", count=MOST_PASSAGES), field="passages"
        )
    missing = missing_words(before, words)
    if missing:
        raise InvalidInput(
            lazy_gettext("These words do not stand in the text: %(words)s", words=" · ".join(missing)),
            field="passages",
        )
