"""Look-alikes: near-duplicates are found, however much there is, by an index."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.demo.seeding import seed
from participation.proceedings.models import Proceeding
from participation.screening.models import ScreenedText
from participation.screening.queries import hits_of, look_alikes
from participation.screening.signatures import SHORTEST, likeness, signature_of

GOOD = "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich gerne aus."
MANY = 20_000
BANDS_OF_GOOD = (-730736885, 365913990, 1530764127, 203416650, -1041831199, -288347771, 97488139, -1495262449)


def test_equal_texts_have_everything_in_common():
    assert likeness(signature_of(GOOD).places, signature_of(GOOD.upper() + " !!").places) == 100


def test_other_texts_have_next_to_nothing_in_common():
    other = "Der Brunnen am Markt sollte wieder laufen, auch im Winter, wenn Kinder dort spielen."
    assert likeness(signature_of(GOOD).places, signature_of(other).places) < 20


def grams(text):
    return {text[at : at + 4] for at in range(len(text) - 3)}


@given(st.text(alphabet="abcdef ", min_size=60, max_size=200), st.text(alphabet="abcdef ", min_size=60, max_size=200))
def test_the_likeness_of_signatures_estimates_the_share_of_common_grams(one, other):
    """Six standard errors of 64 places: what lies outside is a fault, not chance."""
    one, other = (" ".join(text.split()) for text in (one, other + one[:100]))
    if min(len(one), len(other)) < SHORTEST:
        return
    common = len(grams(one) & grams(other)) / len(grams(one) | grams(other))
    assert abs(likeness(signature_of(one).places, signature_of(other).places) / 100 - common) < 0.38


def test_signatures_are_the_same_on_every_machine():
    """Stored ones are compared with new ones for years."""
    assert signature_of(GOOD).bands == BANDS_OF_GOOD


def test_they_are_looked_for_within_the_proceeding_and_without_the_text_itself(
    app_context, make_proceeding, make_contribution, make_comment, fill_texts
):
    proceeding, elsewhere = make_proceeding(), make_proceeding("elsewhere")
    first = make_contribution(proceeding, text=GOOD, title="Eine Bank")
    second = make_contribution(proceeding, text=GOOD + " Bitte!", title="Eine Bank", state=State.HIDDEN)
    far = make_contribution(elsewhere, text=GOOD, title="Eine Bank")
    comment = make_comment(first, "Eine Bank " + GOOD)
    make_contribution(proceeding, text="Der Brunnen am Markt sollte wieder laufen.", title="Brunnen")
    for one in (proceeding, elsewhere):
        fill_texts(one)
    found = look_alikes(proceeding, "contribution", first.id, 10)
    assert [(one.item_kind, one.item_id) for one in found] == [("comment", comment.id), ("contribution", second.id)]
    assert found[0].percent == 100 > found[1].percent >= 60
    assert len(look_alikes(proceeding, "contribution", first.id, 1)) == 1
    assert look_alikes(elsewhere, "contribution", far.id, 10) == []
    assert look_alikes(elsewhere, "contribution", first.id, 10) == []


def test_what_screening_does_not_know_has_no_look_alikes(app_context, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    assert look_alikes(proceeding, "contribution", make_contribution(proceeding, text=GOOD).id, 10) == []


@pytest.fixture
def statements(app_context):
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_among_many_they_are_found_by_two_queries_that_use_the_index(app_context, fill_texts, statements):
    seed(slug="seed", contributions=MANY)
    proceeding = db.session.scalars(select(Proceeding)).one()
    fill_texts(proceeding)
    assert db.session.scalar(select(func.count()).select_from(ScreenedText)) == MANY
    some = db.session.scalars(select(Contribution.id).order_by(Contribution.id).limit(3)).all()
    for id_ in some:
        statements.clear()
        assert look_alikes(proceeding, "contribution", id_, 5)
        assert len(statements) == 2
        assert all(uses_index(*one) for one in list(statements))
    statements.clear()
    hits_of([("contribution", id_) for id_ in some] + [("comment", 1)])
    assert len(statements) == 1
    assert uses_index(*statements[0], table="screening_hit")


def uses_index(statement, parameters, table="screened_text"):
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
            return table == "screening_hit" or "Seq Scan" not in json.dumps(plan)
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return not any(re.match(rf"SCAN {table}(?! USING)", row[3]) for row in rows)
