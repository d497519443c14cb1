"""Block: someone may not contribute, comment or vote in this proceeding for some days; see ADR 18 for those who voted.

`changes`: {"until": instant in UTC, ISO 8601}.
"""

from datetime import timedelta

from flask_babel import lazy_gettext
from sqlalchemy import or_, select

from participation import clock
from participation.accounts.models import Membership, Participant, User
from participation.database import Session
from participation.discussion.joint_votes import has_voted
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.mails import VOTER_MAIL
from participation.moderation.models import BLOCK_DAYS_LONGEST, ModerationDecision, ParticipantBlock
from participation.moderation.steps.base import Item, Letter, Particulars, note_decision


class Block:
    """Keep the author of a text away for a time; their texts stay as they are."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold nothing else."""

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Add the block."""
        _add_block(session, item, decision, item.participant_id, particulars.block_days)
        return []

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Lift the block."""
        _lift_block(session, item, decision)
        return []


class BlockVoter(Block):
    """Keep someone away for a time who voted on a contribution; votes stay counted, and only they are told."""

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Add the block; the statement is in the language of who is blocked."""
        if isinstance(item, Comment):
            raise Conflict(lazy_gettext("Nobody votes on comments."))
        voter = session.get(Participant, particulars.voter_id) if particulars.voter_id else None
        if voter is None or not has_voted(session, item.id, voter.id):
            raise InvalidInput(lazy_gettext("This person has no vote here (any more)."), field="block_days")
        decision.addressee_id, decision.language = voter.id, voter.language
        decision.was_automated = True  # counting votes pointed them out
        _add_block(session, item, decision, voter.id, particulars.block_days)
        return [Letter(VOTER_MAIL, voter.id)]

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Lift the block."""
        undoing.addressee_id, undoing.language = decision.addressee_id, decision.language
        _lift_block(session, item, decision)
        return [Letter(VOTER_MAIL, decision.addressee_id)]


def _add_block(
    session: Session, item: Item, decision: ModerationDecision, participant_id: int | None, days: int
) -> None:
    if not 1 <= days <= BLOCK_DAYS_LONGEST:
        raise InvalidInput(
            lazy_gettext("Choose from 1 to %(count)s days.", count=BLOCK_DAYS_LONGEST), field="block_days"
        )
    if _is_of_the_team(session, participant_id, item.proceeding_id):
        raise InvalidInput(lazy_gettext("People of the own team cannot be blocked."), field="block_days")
    ends_at = decision.decided_at + timedelta(days=days)
    decision.changes = {"until": ends_at.isoformat()}
    session.add(
        ParticipantBlock(
            participant_id=participant_id,
            proceeding_id=item.proceeding_id,
            decision=decision,
            starts_at=decision.decided_at,
            ends_at=ends_at,
        )
    )
    note_decision(item)


def _lift_block(session: Session, item: Item, decision: ModerationDecision) -> None:
    """End the block now; there is none any more if the person was erased."""
    block = session.scalar(select(ParticipantBlock).where(ParticipantBlock.decision_id == decision.id))
    if block is not None:
        block.lifted_at = clock.now()
    note_decision(item)


def _is_of_the_team(session: Session, participant_id: int | None, proceeding_id: int) -> bool:
    team = select(Membership.user_id).where(Membership.proceeding_id == proceeding_id)
    statement = (
        select(Participant.id)
        .join(User, User.id == Participant.user_id)
        .where(Participant.id == participant_id, or_(User.is_administrator, User.id.in_(team)))
    )
    return session.scalar(statement) is not None
