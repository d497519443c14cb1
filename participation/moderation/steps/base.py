"""What all steps have in common."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm.attributes import flag_modified

from participation.contributions.models import Contribution
from participation.database import Session
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision

Item = Contribution | Comment


class Place(NamedTuple):
    """Another place for a contribution: lon, lat (WGS 84), or none."""

    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a moderator chose besides the outcome; each step reads its own part.

    passages: words to remove, as they stand in the title or text. removes_name: whether the shown name goes.
    leading_id: what to merge into. category, type: keys to move to. place: to move to; without one it stays.
    block_days: for how long someone is blocked. voter_id: the participant who voted and is blocked.
    """

    passages: tuple[str, ...] = ()
    removes_name: bool = False
    leading_id: int | None = None
    category: str = ""
    type: str = ""
    place: Place | None = None
    block_days: int = 0
    voter_id: int | None = None


NO_PARTICULARS = Particulars()


class Letter(NamedTuple):
    """A mail to someone else than the author of the item."""

    template: str
    participant_id: int | None


class Step(Protocol):
    """One outcome; all its methods join the transaction of the decision."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold what is changed besides the item, before the item itself is held: everybody waits in this order."""

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Change the item as decided; fill in `decision.changes`.

        Raises:
            InvalidInput: the particulars are wrong; `field` says which.
            Conflict: it cannot be done (any more).
        """

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Change the item back from `decision`.

        Raises:
            Conflict: it cannot be done any more.
        """


def subject_of(item: Item) -> dict[str, Any]:
    """Return the column that names an item, in tables that are about either kind."""
    return {f"{item.__tablename__}_id": item.id}


def note_decision(item: Item) -> None:
    """Give the item a new version though nothing in it changes: whoever decides about the old one is told."""
    flag_modified(item, "state")
