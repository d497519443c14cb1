import base64
import functools
import json
import operator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from participation.database import db, page_after, transaction
from participation.errors import InvalidInput
from tests.database.tables import Spot

START = datetime(2026, 3, 1, tzinfo=UTC)
ORDERS = {
    "newest": [(Spot.seen_at, True), (Spot.id, True)],
    "oldest": [(Spot.seen_at, False), (Spot.id, False)],
    "votes, newest": [(Spot.votes, True), (Spot.seen_at, True), (Spot.id, True)],
    "votes, oldest": [(Spot.votes, True), (Spot.id, False)],
    "name": [(Spot.name, False), (Spot.id, False)],
    "name and votes, mixed": [(Spot.name, False), (Spot.votes, True), (Spot.id, True)],
}
every_order = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())


@pytest.fixture
def spots(session):
    """23 rows with many ties."""
    with transaction() as writing:
        writing.execute(
            insert(Spot),
            [
                {
                    "name": "äbc"[number % 3],
                    "votes": number % 4,
                    "seen_at": START + timedelta(microseconds=number // 5),
                    "version": 1,
                }
                for number in range(23)
            ],
        )


def in_one_go(order):
    columns = [column.desc() if is_descending else column.asc() for column, is_descending in order]
    return db.session.scalars(select(Spot.id).order_by(*columns)).all()


def ids(page):
    return [spot.id for spot in page.items]


@every_order
@pytest.mark.parametrize("limit", [1, 5, 23, 100])
def test_pages_forward_and_back_give_every_row_once_in_order(spots, order, limit):
    pages = [page_after(select(Spot), order, limit=limit)]
    while pages[-1].next_cursor:
        pages.append(page_after(select(Spot), order, after=pages[-1].next_cursor, limit=limit))
    forward = [ids(page) for page in pages]
    assert functools.reduce(operator.iadd, forward, []) == in_one_go(order)
    assert pages[0].previous_cursor is None
    back = [pages[-1]]
    while back[-1].previous_cursor:
        back.append(page_after(select(Spot), order, before=back[-1].previous_cursor, limit=limit))
    assert [ids(page) for page in reversed(back)] == forward


def test_new_rows_do_not_move_the_next_page(spots):
    order = ORDERS["newest"]
    first = page_after(select(Spot), order, limit=5)
    expected = in_one_go(order)[5:10]
    with transaction() as writing:
        writing.add_all(Spot(seen_at=START + timedelta(days=1)) for _ in range(7))
    assert ids(page_after(select(Spot), order, after=first.next_cursor, limit=5)) == expected


def test_conditions_of_the_statement_stay(spots):
    page = page_after(select(Spot).where(Spot.votes == 3), ORDERS["oldest"], limit=2)
    second = page_after(select(Spot).where(Spot.votes == 3), ORDERS["oldest"], after=page.next_cursor, limit=2)
    assert {spot.votes for spot in (*page.items, *second.items)} == {3}


def test_no_rows_give_one_empty_page(session):
    page = page_after(select(Spot), ORDERS["newest"], limit=5)
    assert (page.items, page.next_cursor, page.previous_cursor) == ([], None, None)


def test_a_cursor_is_safe_in_an_address(spots):
    cursor = page_after(select(Spot), ORDERS["name"], limit=1).next_cursor
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursor.isascii()


def made(keys):
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "ä",
        "====",
        "AAAA",
        "!" * 20,
        "W" * 100_000,
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        made({}),
        made(None),
        made([]),
        made([1]),
        made(["2026-03-01T00:00:00+00:00", 1, 2]),
        made([1, 1]),
        made(["2026-03-01T00:00:00", 1]),
        made(["yesterday", 1]),
        made(["2026-03-01T00:00:00+00:00", "1"]),
        made(["2026-03-01T00:00:00+00:00", True]),
        made(["2026-03-01T00:00:00+00:00", 1.0]),
        made(["2026-03-01T00:00:00+00:00", None]),
        made(["2026-03-01T00:00:00+00:00", 2**31]),
        made(["0001-01-01T00:00:00+23:59", 1]),
        made(["9999-12-31T23:59:59-23:59", 1]),
    ],
)
def test_what_is_no_cursor_of_this_order_is_refused(session, cursor):
    for arguments in ({"after": cursor}, {"before": cursor}):
        with pytest.raises(InvalidInput):
            page_after(select(Spot), ORDERS["newest"], limit=5, **arguments)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_cursor_with_a_text_no_database_takes_is_refused(session, text):
    with pytest.raises(InvalidInput):
        page_after(select(Spot), ORDERS["name"], after=made([text, 1]), limit=5)


def test_a_page_cannot_be_after_and_before(session):
    with pytest.raises(InvalidInput):
        page_after(select(Spot), ORDERS["name"], after="a", before="b", limit=5)
