"""Block: the author of a text may not contribute, comment or vote in this proceeding for some days.

`changes`: {"until": instant in UTC, ISO 8601}.
"""

from datetime import timedelta

from flask_babel import lazy_gettext
from sqlalchemy import or_, select

from participation import clock
from participation.accounts.models import Membership, Participant, User
from participation.database import Session
from participation.errors import InvalidInput
from participation.moderation.models import BLOCK_DAYS_LONGEST, ModerationDecision, ParticipantBlock
from participation.moderation.steps.base import Item, Letter, Particulars, note_decision


class Block:
    """Keep someone away for a time; their texts stay as they are."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold nothing else."""

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Add the block."""
        if not 1 <= particulars.block_days <= BLOCK_DAYS_LONGEST:
            raise InvalidInput(
                lazy_gettext("Choose from 1 to %(count)s days.", count=BLOCK_DAYS_LONGEST), field="block_days"
            )
        if _is_of_the_team(session, item.participant_id, item.proceeding_id):
            raise InvalidInput(lazy_gettext("People of the own team cannot be blocked."), field="block_days")
        ends_at = decision.decided_at + timedelta(days=particulars.block_days)
        decision.changes = {"until": ends_at.isoformat()}
        session.add(
            ParticipantBlock(
                participant_id=item.participant_id,
                proceeding_id=item.proceeding_id,
                decision=decision,
                starts_at=decision.decided_at,
                ends_at=ends_at,
            )
        )
        note_decision(item)
        return []

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Lift the block."""
        block = session.scalars(select(ParticipantBlock).where(ParticipantBlock.decision_id == decision.id)).one()
        block.lifted_at = clock.now()
        note_decision(item)
        return []


def _is_of_the_team(session: Session, participant_id: int | None, proceeding_id: int) -> bool:
    team = select(Membership.user_id).where(Membership.proceeding_id == proceeding_id)
    statement = (
        select(Participant.id)
        .join(User, User.id == Participant.user_id)
        .where(Participant.id == participant_id, or_(User.is_administrator, User.id.in_(team)))
    )
    return session.scalar(statement) is not None
