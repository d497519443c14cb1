"""What a contribution could be merged into."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.contributions.filters import MOST_WORDS
from participation.contributions.models import Contribution
from participation.contributions.search import contains_words
from participation.contributions.states import PublicationState
from participation.contributions.text import search_form
from participation.database import db

MOST_CANDIDATES = 8
NEAR_PIXELS = 4_000  # at zoom 20, about 400 metres in Germany: without words, who is farther says something else


def contributions_to_lead(contribution: Contribution, words: str = "") -> Sequence[Contribution]:
    """Return public contributions of the same proceeding, nearest first, which contain the words or are near.

    Args:
        contribution: the one to be merged.
        words: of title or text; without any, only what is near is looked at, which the index of the map finds.
    """
    statement = select(Contribution).where(
        Contribution.proceeding_id == contribution.proceeding_id,
        Contribution.state == PublicationState.PUBLISHED,
        Contribution.id != contribution.id,
        *contains_words(search_form(words).split()[:MOST_WORDS]),
    )
    if contribution.pin_x is not None and contribution.pin_y is not None:
        east, south = Contribution.pin_x - contribution.pin_x, Contribution.pin_y - contribution.pin_y
        statement = statement.order_by((east * east + south * south).asc().nulls_last())
        if not words.strip():
            x, y = contribution.pin_x, contribution.pin_y
            statement = statement.where(
                Contribution.pin_x.between(x - NEAR_PIXELS, x + NEAR_PIXELS),
                Contribution.pin_y.between(y - NEAR_PIXELS, y + NEAR_PIXELS),
            )
    return db.session.scalars(
        statement.order_by(Contribution.created_at.desc(), Contribution.id.desc())
        .limit(MOST_CANDIDATES)
        .options(joinedload(Contribution.category))
    ).all()
