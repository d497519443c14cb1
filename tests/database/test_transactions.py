from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import selectinload

from participation.database import db, engine, locked, transaction, transactions
from participation.errors import Busy, Conflict
from tests.database.tables import Remark, Spot, Tally


class RefusedError(Exception):
    """What a service raises in the middle of an act."""


def behind_our_back(statement):
    """Write as another process would."""
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(statement)


@contextmanager
def counted_statements():
    """Collect the statements that reach the database."""
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def stored_names():
    with db.engine.connect() as connection:
        return connection.scalars(select(Spot.name).order_by(Spot.id)).all()


def test_what_is_written_together_is_saved_together(session):
    with transaction() as writing:
        spot = Spot(name="tree")
        writing.add(spot)
        writing.flush()
        writing.add(Remark(spot_id=spot.id))
    assert stored_names() == ["tree"]


def test_nothing_of_a_refused_act_is_saved(session):
    def act():
        with transaction() as writing:
            writing.add(Spot(name="tree"))
            writing.flush()
            raise RefusedError

    with pytest.raises(RefusedError):
        act()
    assert stored_names() == []


def test_objects_stay_readable_after_the_commit_without_another_query(make_spot):
    spot = make_spot(name="tree")
    with counted_statements() as statements:
        assert (spot.id, spot.name, spot.version) == (1, "tree", 1)
    assert statements == []


def test_objects_with_what_was_loaded_stay_readable_after_a_refused_act(make_spot):
    spot_id = make_spot(name="tree").id
    db.session.remove()
    spot = db.session.scalars(select(Spot).options(selectinload(Spot.remarks)).where(Spot.id == spot_id)).one()

    def act():
        with transaction() as writing:
            locked(writing, spot)
            raise RefusedError

    with pytest.raises(RefusedError):
        act()
    assert (spot.name, spot.remarks) == ("tree", [])
    assert spot not in db.session


def test_a_savepoint_takes_back_only_its_own_part(make_spot):
    spot = make_spot(name="tree")

    def part(writing):
        with writing.begin_nested():
            writing.add(Spot(name="bank", votes=-1))

    with transaction() as writing:
        spot.name = "old tree"
        writing.flush()
        with pytest.raises(IntegrityError):
            part(writing)
        assert spot in writing
        writing.add(Spot(name="path"))
    assert stored_names() == ["old tree", "path"]
    assert spot.name == "old tree"


def test_an_object_whose_deletion_was_refused_is_there_again(make_spot):
    spot = make_spot(name="tree")

    def act():
        with transaction() as writing:
            writing.delete(spot)
            writing.flush()
            raise RefusedError

    with pytest.raises(RefusedError):
        act()
    assert spot.name == "tree"
    assert stored_names() == ["tree"]


def test_after_a_refused_act_the_next_one_works(make_spot):
    make_spot(name="tree")

    def act():
        with transaction() as writing:
            writing.add(Spot(name="bank", votes=-1))

    for _ in range(2):
        with pytest.raises(Exception, match="votes"):
            act()
    make_spot(name="path")
    assert stored_names() == ["tree", "path"]


def test_transactions_do_not_nest(session):
    def act():
        with transaction() as outer:
            outer.add(Spot(name="tree"))
            with transaction():
                pass

    with pytest.raises(RuntimeError, match="nest"):
        act()
    assert stored_names() == []
    with transaction() as writing:
        writing.add(Spot(name="bank"))
    assert stored_names() == ["bank"]


@pytest.mark.parametrize("change", ["new", "changed", "deleted"])
def test_a_change_made_before_the_transaction_is_refused(make_spot, change):
    spot = make_spot(name="tree")
    if change == "new":
        db.session.add(Spot(name="stray"))
    elif change == "changed":
        spot.name = "stray"
    else:
        db.session.delete(spot)

    def act():
        with transaction():
            pass

    with pytest.raises(RuntimeError, match="before"):
        act()
    db.session.expunge_all()
    assert stored_names() == ["tree"]


def test_an_attribute_set_to_what_it_is_counts_as_no_change(make_spot):
    spot = make_spot(name="tree")
    spot.name = "tree"
    with transaction():
        spot.name = "old tree"
    assert stored_names() == ["old tree"]


def test_a_read_does_not_smuggle_a_change_in(make_spot):
    make_spot(name="tree")
    db.session.add(Spot(name="stray"))
    with pytest.raises(RuntimeError, match="only inside"):
        db.session.scalars(select(Spot)).all()
    with pytest.raises(RuntimeError, match="only inside"):
        db.session.commit()
    db.session.remove()
    assert stored_names() == ["tree"]


@pytest.mark.parametrize("statement", [insert(Spot).values(name="x"), update(Spot).values(name="x"), delete(Spot)])
def test_writing_statements_outside_a_transaction_are_refused(session, statement):
    with pytest.raises(RuntimeError, match="only inside"):
        db.session.execute(statement)


def test_a_transaction_sees_what_others_saved_since_the_last_read(make_spot):
    make_spot(name="tree")
    assert db.session.scalars(select(Spot.name)).all() == ["tree"]
    behind_our_back(text("UPDATE spot SET name = 'stump'"))
    with transaction() as writing:
        assert writing.scalars(select(Spot.name)).all() == ["stump"]


def test_a_row_someone_else_changed_meanwhile_is_a_conflict(make_spot):
    spot = make_spot(name="tree")
    behind_our_back(text("UPDATE spot SET name = 'stump', version = version + 1"))

    def act():
        with transaction():
            spot.name = "mine"

    with pytest.raises(Conflict):
        act()
    assert stored_names() == ["stump"]
    assert (spot.id, spot.votes, spot in db.session) == (1, 0, False)


@pytest.mark.parametrize("statement", ["UPDATE tally SET number = 7", "DELETE FROM tally"], ids=["changed", "deleted"])
def test_a_locked_row_is_as_it_is_now_or_a_conflict(session, statement):
    with transaction() as writing:
        tally = Tally(number=1)
        writing.add(tally)
    behind_our_back(text(statement))

    def act():
        with transaction() as writing:
            assert locked(writing, tally) is tally
            assert tally.number == 7
            tally.number += 1

    if "DELETE" in statement:
        with pytest.raises(Conflict):
            act()
    else:
        act()
        assert db.session.scalar(text("SELECT number FROM tally")) == 8


def test_locking_keeps_loaded_relationships_and_works_beside_joined_ones(make_spot):
    spot = make_spot(name="tree")
    with transaction() as writing:
        writing.add(Remark(spot_id=spot.id))
    db.session.remove()
    spot = db.session.scalars(select(Spot).options(selectinload(Spot.remarks))).one()
    behind_our_back(text("UPDATE spot SET name = 'stump'"))
    with transaction() as writing, counted_statements() as statements:
        assert locked(writing, spot).name == "stump"
        (remark,) = spot.remarks
        assert locked(writing, remark).spot is spot
    assert len([one for one in statements if "FROM" in one]) == 2


def test_locking_needs_a_transaction(make_spot):
    spot = make_spot()
    with pytest.raises(RuntimeError, match="only inside"):
        locked(db.session(), spot)


@pytest.fixture
def impatient(session, is_sqlite, monkeypatch):
    """Let every writer wait a twentieth of a second instead of five."""
    for module in (engine, transactions):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)

    def hurry(connection, _record):
        if not is_sqlite:
            connection.execute("SET lock_timeout = '50ms'")
            connection.commit()

    event.listen(db.engine, "connect", hurry)
    db.engine.dispose()
    yield
    event.remove(db.engine, "connect", hurry)
    db.session.remove()
    db.engine.dispose()


def test_waiting_too_long_for_another_writer_is_busy_and_saves_nothing(impatient, make_spot, is_sqlite):
    spot = make_spot(name="tree")

    def act():
        with transaction():
            spot.name = "mine"

    with db.engine.connect().execution_options(writing=True) as other:
        other.execute(text("UPDATE spot SET name = 'theirs'"))
        with pytest.raises(Busy):
            act()
        other.commit()
    assert stored_names() == ["theirs"]
    # SQLite refuses at the door, PostgreSQL at the row.
    assert (spot.name, spot in db.session) == ("tree" if is_sqlite else "mine", False)
    make_spot(name="bank")
    assert stored_names() == ["theirs", "bank"]


def test_a_reader_in_the_middle_of_its_rows_blocks_no_writer_and_sees_one_state(session):
    with transaction() as writing:
        writing.execute(insert(Spot), [{"name": f"{number:05}"} for number in range(5_000)])
    with db.engine.connect().execution_options(stream_results=True, yield_per=100) as reader:
        rows = reader.execute(select(Spot.id, Spot.name).order_by(Spot.id))
        assert next(rows).name == "00000"
        with transaction() as writing:
            writing.execute(update(Spot).values(name="changed"))
            writing.add(Spot(name="new"))
        names = [row.name for row in rows]
    assert names == [f"{number:05}" for number in range(1, 5_000)]
    assert set(stored_names()) == {"changed", "new"}


def test_a_writer_in_the_middle_of_its_act_blocks_no_reader(make_spot):
    make_spot(name="tree")
    with transaction() as writing:
        writing.execute(update(Spot).values(name="changed"))
        assert stored_names() == ["tree"]
    assert stored_names() == ["changed"]


def test_readers_never_take_the_write_lock(session, is_sqlite):
    if not is_sqlite:
        return
    statements = []
    event.listen(db.engine, "checkout", trace := lambda one, *_: one.set_trace_callback(statements.append))
    db.session.scalars(select(Spot)).all()
    db.session.remove()
    with transaction():
        pass
    event.remove(db.engine, "checkout", trace)
    assert [one for one in statements if one.startswith("BEGIN")] == ["BEGIN", "BEGIN IMMEDIATE"]


def test_sqlite_is_set_up_as_promised(session, is_sqlite):
    if not is_sqlite:
        return
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers")
    with db.engine.connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    assert values == ["wal", 2, 1, 5000, 1]


def test_errors_are_logged_without_what_people_wrote(session):
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "secret words"})
    assert "secret words" not in str(caught.value)
