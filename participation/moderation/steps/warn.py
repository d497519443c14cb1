"""Warn: the author is told which rule a text nearly broke; nothing else changes, and nobody else reads it."""

from participation.database import Session
from participation.moderation.models import ModerationDecision
from participation.moderation.steps.base import Item, Letter, Particulars, note_decision


class Warn:
    """The decision itself is the warning."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold nothing else."""

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Change nothing but the version."""
        note_decision(item)
        return []

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Change nothing but the version."""
        note_decision(item)
        return []
