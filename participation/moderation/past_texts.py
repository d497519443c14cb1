"""Contributions and comments as screening reads them: what a trial asks for, and what screening does not know yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Select, exists, select

from participation.contributions.models import Contribution
from participation.contributions.states import standing_of
from participation.database import Session, db
from participation.discussion.models import Comment
from participation.proceedings.models import Proceeding
from participation.screening.models import ScreenedText
from participation.screening.rules import Posting, Standing

AT_A_TIME = 1_000
Item = Contribution | Comment
MODELS: tuple[type[Contribution] | type[Comment], ...] = (Contribution, Comment)


def postings_of(texts: Sequence[ScreenedText]) -> dict[tuple[str, int], Posting]:
    """Return the texts themselves, by kind and id; those that were deleted are missing."""
    ids = defaultdict(list)
    for text in texts:
        ids[text.item_kind].append(text.item_id)
    found: dict[tuple[str, int], Posting] = {}
    for model in MODELS:
        statement = select(model).where(model.id.in_(ids[model.__tablename__]))
        for item in cast("Iterable[Item]", db.session.scalars(statement)):
            found[model.__tablename__, item.id] = posting_of_item(item)
    return found


def posting_of_item(item: Item) -> Posting:
    """Return a stored contribution or comment as the rules see it."""
    return Posting(
        item_kind=item.__tablename__,
        item_id=item.id,
        proceeding_id=item.proceeding_id,
        participant_id=item.participant_id,
        posted_at=item.created_at,
        title=item.title if isinstance(item, Contribution) else "",
        text=item.text,
        geometry=item.geometry if isinstance(item, Contribution) else None,
    )


def unknown_texts(session: Session, proceeding_id: int) -> list[tuple[Posting, Standing]]:
    """Return some texts that came in before screening knew them, the oldest first, and hold them."""
    found: list[tuple[Posting, Standing]] = []
    for model in MODELS:
        statement = _unknown(model, proceeding_id).limit(AT_A_TIME - len(found)).with_for_update(key_share=True)
        items = cast("Iterable[Item]", session.scalars(statement))
        found += ((posting_of_item(item), standing_of(item.state, item.published_at)) for item in items)
    return found


def is_any_unknown(proceeding: Proceeding) -> bool:
    """Whether screening does not know every text of a proceeding."""
    return any(db.session.scalar(_unknown(model, proceeding.id).limit(1)) is not None for model in MODELS)


def _unknown(model: type[Contribution] | type[Comment], proceeding_id: int) -> Select[Any]:
    is_known = exists().where(ScreenedText.item_kind == model.__tablename__, ScreenedText.item_id == model.id)
    return select(model).where(model.proceeding_id == proceeding_id, ~is_known).order_by(model.id)
