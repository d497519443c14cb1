import pytest
from shapely import Point
from sqlalchemy import BigInteger, Column, MetaData, Table, insert, inspect, select, text

from participation.database import (
    Geometry,
    db,
    missing_features,
    rebuild_spatial_index,
    spatial_index_problems,
    transaction,
)
from participation.database.spatial_index import keep_spatial_indexes, rtree_name
from tests.database.tables import OwnBase, Remark, Spot

HERE = Point(12.37, 51.34)


def problems():
    with db.engine.connect() as connection:
        return spatial_index_problems(connection, OwnBase.metadata)


def execute(*statements):
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        for statement in statements:
            connection.execute(text(statement))


def indexed(is_sqlite, table="spot"):
    if not is_sqlite:
        return None
    return db.session.scalar(text(f"SELECT count(*) FROM {rtree_name(table, 'place')}"))


def test_this_machine_has_what_is_needed(session):
    with db.engine.connect() as connection:
        assert missing_features(connection) == []


def test_tables_take_their_indexes_along(session):
    assert problems() == []
    OwnBase.metadata.drop_all(db.engine)
    left = inspect(db.engine).get_table_names()
    assert not [name for name in left if "spot" in name or "remark" in name]
    OwnBase.metadata.create_all(db.engine)
    OwnBase.metadata.create_all(db.engine)
    assert problems() == []


def test_deleting_a_parent_takes_its_children_out_of_the_index(make_spot, is_sqlite):
    spot = make_spot(place=HERE)
    with transaction() as writing:
        writing.add(Remark(spot_id=spot.id, place=HERE))
    with transaction() as writing:
        writing.execute(text("DELETE FROM spot"))
    assert db.session.scalars(select(Remark.id)).all() == []
    assert indexed(is_sqlite, "remark") in (0, None)
    assert problems() == []


def test_replacing_a_row_replaces_its_entry(make_spot, is_sqlite):
    if not is_sqlite:
        return
    spot = make_spot(place=HERE)
    execute(f"INSERT OR REPLACE INTO spot (id, name, votes, version) VALUES ({spot.id}, 'without a place', 0, 1)")
    assert indexed(is_sqlite) == 0
    execute(f"UPDATE OR REPLACE spot SET votes = 3 WHERE id = {spot.id}")
    assert problems() == []


def test_a_rollback_takes_the_entry_back(make_spot, is_sqlite):
    def write_and_fail():
        with transaction() as writing:
            writing.add(Spot(place=HERE))
            writing.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert indexed(is_sqlite) in (0, None)
    assert problems() == []


def test_ids_survive_vacuum_and_so_does_the_index(session, is_sqlite):
    if not is_sqlite:
        return
    with transaction() as writing:
        writing.execute(insert(Spot), [{"place": Point(12 + number / 100, 51)} for number in range(50)])
    execute("DELETE FROM spot WHERE id % 2 = 0")
    connection = db.engine.raw_connection()
    connection.driver_connection.execute("VACUUM")
    connection.close()
    found = db.session.scalars(select(Spot).where(Spot.place.in_bbox(12.1, 50, 12.2, 52))).all()
    assert [spot.place.x for spot in found] == pytest.approx([12.1, 12.12, 12.14, 12.16, 12.18, 12.2])


def test_lost_triggers_are_noticed_and_mended(make_spot, is_sqlite):
    make_spot(place=HERE)
    if is_sqlite:
        execute('DROP TRIGGER "spot_place_rtree_insert"')
    else:
        execute("DROP INDEX spot_place_gist")
    assert [problem.split(":")[0] for problem in problems()] == ["spot.place"]
    make_spot(place=HERE)
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        rebuild_spatial_index(connection, "spot", "place")
    assert problems() == []
    make_spot(place=HERE)
    assert len(db.session.scalars(select(Spot.id).where(Spot.place.in_bbox(12, 51, 13, 52))).all()) == 3
    assert indexed(is_sqlite) in (3, None)


def test_lost_entries_are_noticed_and_mended(session, is_sqlite):
    if not is_sqlite:
        return
    with transaction() as writing:
        writing.execute(insert(Spot), [{"place": HERE} for _ in range(20)])
    execute("DELETE FROM spot_place_rtree WHERE id = 20")
    assert "20 rows with a geometry, but 19" in problems()[0]
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        rebuild_spatial_index(connection, "spot", "place")
    assert problems() == []


@pytest.mark.parametrize("keys", [[Column("id", BigInteger, primary_key=True)], []], ids=["big", "none"])
def test_a_table_whose_rows_could_be_numbered_anew_is_refused(session, keys):
    metadata = MetaData()
    keep_spatial_indexes(metadata)
    Table("unstable", metadata, *keys, Column("place", Geometry()))
    with pytest.raises(TypeError, match="unstable"), db.engine.begin() as connection:
        metadata.create_all(connection)
    assert "unstable" not in inspect(db.engine).get_table_names()
