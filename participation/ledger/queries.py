"""Reading the ledger; whoever shows it lets what waits be sealed first (services.seal)."""

from collections.abc import Iterator
from typing import NamedTuple

import orjson
from sqlalchemy import exists, func, literal, select

from participation.database import db
from participation.ledger.chains import NOTHING_BEFORE
from participation.ledger.commitments import canonical, found_by
from participation.ledger.models import LedgerEntry, WaitingEntry

LINES_AT_A_TIME = 2_000
HEXADECIMAL = frozenset("0123456789abcdef")
DIGITS = 64


class Head(NamedTuple):
    """The last entry: its number and its hash."""

    number: int
    hash: str


def head_of(proceeding_id: int) -> Head:
    """Return the end of a chain; number 0 where there is no entry yet."""
    statement = select(LedgerEntry.number, LedgerEntry.hash).where(LedgerEntry.proceeding_id == proceeding_id)
    last = db.session.execute(statement.order_by(LedgerEntry.number.desc()).limit(1)).first()
    return Head(0, NOTHING_BEFORE) if last is None else Head(*last)


def has_waiting(proceeding_id: int) -> bool:
    """Whether something waits to be sealed."""
    return bool(db.session.scalar(select(exists().where(WaitingEntry.proceeding_id == proceeding_id))))


def waiting_count(proceeding_id: int) -> int:
    """Return how much waits to be sealed."""
    statement = select(func.count()).where(WaitingEntry.proceeding_id == proceeding_id)
    return db.session.scalar(statement) or 0


def lines(proceeding_id: int, head: Head) -> Iterator[bytes]:
    """Yield the public file up to an entry, many lines at a time; the last line repeats its number and hash."""
    line = literal('{"entry":') + LedgerEntry.body + literal(',"hash":"') + LedgerEntry.hash + literal('"}\n')
    statement = (
        select(line)
        .where(LedgerEntry.proceeding_id == proceeding_id, LedgerEntry.number <= head.number)
        .order_by(LedgerEntry.number)
    )
    options = {"stream_results": True, "yield_per": LINES_AT_A_TIME}
    for rows in db.session.connection().execute(statement, execution_options=options).partitions():
        yield "".join(row[0] for row in rows).encode()
    yield canonical({"head": head._asdict()}) + b"\n"


def entries_with(proceeding_id: int, commitment: str) -> list[str]:
    """Return the entries with a commitment, as they are published, oldest first."""
    if len(commitment) != DIGITS or not HEXADECIMAL.issuperset(commitment):
        return []
    statement = (
        select(LedgerEntry.body)
        .where(LedgerEntry.proceeding_id == proceeding_id, LedgerEntry.found_by == found_by(commitment))
        .order_by(LedgerEntry.number)
    )
    return [body for body in db.session.scalars(statement) if orjson.loads(body)["commitment"] == commitment]
