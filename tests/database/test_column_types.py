from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Text, func, insert, select, text
from sqlalchemy.exc import StatementError

from participation.database import db, transaction
from tests.database.tables import Color, Spot

BERLIN_SUMMER = timezone(timedelta(hours=2))
MOMENT = datetime(2026, 7, 1, 0, 30, 15, 123456, tzinfo=BERLIN_SUMMER)


def stored(column, spot):
    db.session.expire_all()
    return db.session.scalar(select(column).where(Spot.id == spot.id))


def test_a_time_comes_back_as_the_same_instant_in_utc_with_microseconds(make_spot):
    spot = make_spot(seen_at=MOMENT)
    seen_at = stored(Spot.seen_at, spot)
    assert seen_at == MOMENT
    assert seen_at.tzinfo is UTC
    assert seen_at.isoformat() == "2026-06-30T22:30:15.123456+00:00"


def test_a_time_without_a_zone_is_refused(make_spot):
    with pytest.raises(StatementError, match="without a zone"):
        make_spot(seen_at=datetime(2026, 7, 1))  # noqa: DTZ001


def test_times_are_compared_and_sorted_as_instants_whatever_zone_they_came_in(make_spot):
    later = make_spot(name="later", seen_at=MOMENT.astimezone(UTC) + timedelta(microseconds=1))
    make_spot(name="earlier", seen_at=MOMENT)
    assert db.session.scalars(select(Spot.name).order_by(Spot.seen_at)).all() == ["earlier", "later"]
    assert db.session.scalars(select(Spot.name).where(Spot.seen_at > MOMENT)).all() == ["later"]
    assert db.session.scalar(select(func.max(Spot.seen_at))) == later.seen_at


def test_times_of_whole_seconds_sort_before_those_with_a_fraction(make_spot):
    whole = MOMENT.replace(microsecond=0)
    make_spot(name="fraction", seen_at=whole + timedelta(microseconds=1))
    make_spot(name="whole", seen_at=whole)
    assert db.session.scalars(select(Spot.name).order_by(Spot.seen_at)).all() == ["whole", "fraction"]


def test_an_enum_is_stored_as_its_value_and_comes_back_as_a_member(make_spot):
    spot = make_spot(color=Color.LIGHT_BLUE)
    assert db.session.scalar(text("SELECT color FROM spot")) == "lightblue"
    assert stored(Spot.color, spot) is Color.LIGHT_BLUE
    assert db.session.scalars(select(Spot.id).where(Spot.color == Color.LIGHT_BLUE)).all() == [spot.id]


def test_a_value_that_no_member_has_is_refused(make_spot):
    with pytest.raises(StatementError):
        make_spot(color="purple")


def test_a_new_enum_member_needs_no_migration(session):
    assert Spot.__table__.c.color.type.compile(db.engine.dialect) == "VARCHAR(40)"
    assert not [one for one in Spot.__table__.constraints if "color" in str(getattr(one, "sqltext", ""))]


def test_a_str_is_text_of_any_length(make_spot):
    assert isinstance(Spot.__table__.c.name.type, Text)
    assert stored(Spot.name, make_spot(name="ä" * 100_000)) == "ä" * 100_000


def test_translated_texts_and_json_come_back_equal(make_spot):
    title = {"de": "Grüne Wege „hier“", "en": "Green paths"}
    spot = make_spot(title=title, details={"a": [1, None, {"b": "ü"}]}, words=["Baum", "Bank"])
    assert stored(Spot.title, spot) == title
    assert stored(Spot.details, spot) == {"a": [1, None, {"b": "ü"}]}
    assert stored(Spot.words, spot) == ["Baum", "Bank"]


@pytest.mark.parametrize("wrong", ["text", {"de": 1}, {1: "text"}, ["de"], {"de": None}])
def test_a_translated_text_that_is_no_dict_of_texts_is_refused(make_spot, wrong):
    with pytest.raises(StatementError, match="translated text"):
        make_spot(title=wrong)


def test_nothing_is_stored_as_null_in_every_type(make_spot):
    make_spot()
    row = db.session.execute(text("SELECT color, place, seen_at, title, details, words FROM spot")).one()
    assert row == (None,) * 6
    assert db.session.scalars(select(Spot.id).where(Spot.details.is_(None), Spot.title.is_(None))).one()


def test_core_inserts_of_many_rows_convert_every_value(session):
    rows = [
        {"name": str(number), "seen_at": MOMENT, "title": {"de": str(number)}, "color": "green"} for number in range(3)
    ]
    with transaction() as writing:
        writing.execute(insert(Spot), rows)
    assert db.session.scalars(select(Spot).order_by(Spot.id)).all()[2].title == {"de": "2"}
