"""Publish, reject, hide, merge: the state of the item, and for merging the leading contribution.

`changes` of a merge, or of a publication that ends one: {"leading_id": id}. A leading contribution is public and in the
same proceeding; nothing is merged into what is itself merged, and what has others merged into it stays where it is.
Whoever changes a group holds its proceeding first, then the leading contribution, then the merged one.
"""

from flask_babel import lazy_gettext
from sqlalchemy import select

from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import LISTED_STATES, PublicationState
from participation.database import Session, locked
from participation.discussion.joint_votes import recount_votes
from participation.discussion.models import Comment
from participation.discussion.services import hold_contribution_of, set_comment_state
from participation.errors import Conflict, InvalidInput
from participation.moderation.mails import GROUP_MAIL
from participation.moderation.models import ModerationDecision
from participation.moderation.steps.base import Item, Letter, Particulars
from participation.proceedings.models import Proceeding


class ChangeState:
    """The steps of the transition table that change nothing else."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold the contribution of a comment, or the group of a contribution."""
        if isinstance(item, Comment):
            hold_contribution_of(session, item)
        elif leading_id is not None:
            session.execute(
                select(Proceeding.id).where(Proceeding.id == item.proceeding_id).with_for_update(key_share=True)
            )
            leading = session.get(Contribution, leading_id)
            if leading is not None:
                locked(session, leading)

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Take the step."""
        return change_state(session, item, decision.state_after, decision, particulars.leading_id)

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Take it back."""
        return change_state(
            session, item, decision.state_before, undoing, decision.changes.get("leading_id"), is_undoing=True
        )


def change_state(
    session: Session,
    item: Item,
    new: PublicationState,
    decision: ModerationDecision,
    leading_id: int | None = None,
    *,
    is_undoing: bool = False,
) -> list[Letter]:
    """Bring an item into a state; merged or separated contributions get the counters that they have then.

    Raises:
        InvalidInput: it cannot be merged into that contribution.
        Conflict: the table has no such step, or a comment is to be merged.
    """
    if isinstance(item, Comment):
        if new is PublicationState.MERGED:
            raise Conflict(lazy_gettext("A comment stays with its contribution."))
        set_comment_state(session, item, new, is_undoing=is_undoing)
        return []
    left_id, joined_id = item.leading_id, None
    if new is PublicationState.MERGED:
        joined_id = _leading(session, item, leading_id).id
    set_state(session, item, new, leading_id=joined_id, is_undoing=is_undoing)
    group_id = joined_id or left_id
    if group_id is None:
        return []
    decision.changes = {"leading_id": group_id}
    session.flush()
    recount_votes(session, group_id)
    leading = session.get_one(Contribution, group_id)
    is_same_author = leading.participant_id == item.participant_id
    return [] if is_same_author else [Letter(GROUP_MAIL, leading.participant_id)]


def _leading(session: Session, item: Contribution, leading_id: int | None) -> Contribution:
    """Return the contribution to merge into, which `hold` holds."""
    leading = None if leading_id is None else session.get(Contribution, leading_id)
    if leading is None or leading.proceeding_id != item.proceeding_id or leading.id == item.id:
        raise InvalidInput(
            lazy_gettext("There is no other contribution with this number in this consultation."), field="leading"
        )
    if leading.state not in LISTED_STATES:
        raise InvalidInput(
            lazy_gettext("The contribution with this number is not public. Choose a public one."), field="leading"
        )
    if session.scalar(select(Contribution.id).where(Contribution.leading_id == item.id).limit(1)) is not None:
        raise InvalidInput(
            lazy_gettext(
                "Others are merged into this contribution. Merge the other one into it, or separate them first."
            ),
            field="leading",
        )
    return leading
