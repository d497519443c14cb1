"""What each outcome does to a contribution or comment, and how that is taken back; services.py asks them."""

from participation.moderation.models import Outcome
from participation.moderation.steps.base import NO_PARTICULARS, Particulars, Place, Step
from participation.moderation.steps.block import Block, BlockVoter
from participation.moderation.steps.move import Move
from participation.moderation.steps.redact import Redact
from participation.moderation.steps.state import ChangeState
from participation.moderation.steps.warn import Warn

__all__ = ["NO_PARTICULARS", "STEP_OF", "Particulars", "Place", "Step"]

STEP_OF: dict[Outcome, Step] = {
    Outcome.PUBLISH: ChangeState(),
    Outcome.REJECT: ChangeState(),
    Outcome.HIDE: ChangeState(),
    Outcome.MERGE: ChangeState(),
    Outcome.REDACT: Redact(),
    Outcome.MOVE: Move(),
    Outcome.WARN: Warn(),
    Outcome.BLOCK: Block(),
    Outcome.BLOCK_VOTER: BlockVoter(),
}
