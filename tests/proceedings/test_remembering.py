"""A proceeding is remembered between requests, and nobody can tell: whatever changes is seen at once."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.exc import InvalidRequestError

from participation import clock
from participation.accounts.actors import STRANGER
from participation.database import db, transaction
from participation.errors import NotFound
from participation.proceedings.models import Category, ContributionType, Phase, Proceeding
from participation.proceedings.queries import proceeding_by_slug

CHANGES = {
    "title": update(Proceeding).values(title={"de": "Neu", "en": "New"}),
    "a category": update(Category).where(Category.key == "green").values(color="red"),
    "a category less": delete(Category).where(Category.key == "green"),
    "a type": update(ContributionType).values(name={"de": "Neu", "en": "New"}),
    "a phase": update(Phase).values(ends_at=clock.now() + timedelta(days=300)),
    "a phase less": delete(Phase),
}


def told():
    """What a new request reads: every column of the proceeding and its parts."""
    db.session.remove()
    proceeding = proceeding_by_slug(STRANGER, "churchyard")
    parts = (proceeding, *proceeding.phases, *proceeding.categories, *proceeding.types)
    return [[getattr(one, column.key) for column in one.__mapper__.column_attrs] for one in parts]


def as_stored():
    """The same past what is remembered: a writing transaction never asks it."""
    db.session.remove()
    with transaction() as session:
        proceeding = proceeding_by_slug(STRANGER, "churchyard")
        assert proceeding in session
        parts = (proceeding, *proceeding.phases, *proceeding.categories, *proceeding.types)
        return [[getattr(one, column.key) for column in one.__mapper__.column_attrs] for one in parts]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_by_whomever_is_seen_by_the_next_request(app_context, make_proceeding, change):
    make_proceeding("churchyard")
    before = told()
    assert told() == before == as_stored()
    with db.engine.begin() as elsewhere:
        elsewhere.execute(change)
    assert told() == as_stored() != before


def test_what_is_remembered_belongs_to_the_session_and_is_not_read_again(app_context, make_proceeding):
    make_proceeding("churchyard")
    told()
    db.session.remove()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    proceeding = proceeding_by_slug(STRANGER, "churchyard")
    assert len([words for words in asked if words.startswith("SELECT")]) == 4
    assert db.session.get(Category, proceeding.categories[0].id) is proceeding.categories[0]
    with pytest.raises(InvalidRequestError):
        _ = proceeding.rules
    with transaction() as session:
        session.add(proceeding)
        proceeding.organiser = "Amt für Stadtgrün"
    assert db.session.scalar(select(Proceeding.organiser)) == "Amt für Stadtgrün"
    assert told() == as_stored()


def test_a_deleted_proceeding_is_forgotten(app_context, make_proceeding):
    make_proceeding("churchyard")
    told()
    db.session.remove()
    with db.engine.begin() as elsewhere:
        elsewhere.execute(text("DELETE FROM proceeding"))
    with pytest.raises(NotFound):
        told()
