"""Putting what happens into the ledger: beside the act, then into the chain.

An act adds a waiting row in its own transaction, and takes no lock for it: votes in one proceeding do not wait for each
other. Whoever holds the chain seals what waits, in the order of the ids. Acts on one contribution hold its row until
they are committed, so their ids are in the order in which they happened.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, exists, func, insert, select

from participation import clock
from participation.database import Session, db, transaction
from participation.database.bulk_insert import insert_rows
from participation.errors import Busy
from participation.jobs.work import chore
from participation.ledger.chains import Chain
from participation.ledger.models import Kind, Ledger, LedgerEntry, Publicity, WaitingEntry
from participation.ledger.queries import has_waiting
from participation.proceedings.models import Proceeding

WAITING = cast("Table", WaitingEntry.__table__)
ENTRY = cast("Table", LedgerEntry.__table__)
SEALED_AT_A_TIME = 2_000
MOST_STEPS = 5  # of sealing before a page is shown
CHAIN_LOCK = 20_261_125  # any number, the same in all processes


def append(
    session: Session,
    kind: Kind,
    *,
    proceeding_id: int,
    contribution_id: int | None = None,
    comment_id: int | None = None,
    state: Publicity | None = None,
    leading_id: int | None = None,
    joint_votes: tuple[int, int] | None = None,
    voter_id: int | None = None,
    vote: tuple[int, int] | None = None,
    commitment: str | None = None,
    details: str | None = None,
) -> None:
    """Put one act into the ledger; joins the transaction of the act, after it has taken its locks.

    Args:
        session: of the act.
        kind: what happened.
        proceeding_id: where.
        contribution_id: what it is about, or what the comment is on; none if nobody may learn which it is.
        comment_id: the comment it is about.
        state: as much as the public sees of the state afterwards.
        leading_id: the contribution it is now merged into, or was until now.
        joint_votes: votes for and against of the leading contribution afterwards.
        voter_id: the participant who voted.
        vote: how it counted before and counts now: 1, -1, or 0 for none.
        commitment: to the text as it is now.
        details: commitment to what was decided.
    """
    votes_for, votes_against = joint_votes or (None, None)
    before, value = vote or (None, None)
    session.execute(
        insert(WAITING),
        {
            "proceeding_id": proceeding_id,
            "kind": kind,
            "happened_at": clock.now(),
            "contribution_id": contribution_id,
            "comment_id": comment_id,
            "state": state,
            "leading_id": leading_id,
            "votes_for": votes_for,
            "votes_against": votes_against,
            "participant_id": voter_id,
            "value": value,
            "before": before,
            "commitment": commitment,
            "details": details,
        },
    )


def append_all(session: Session, kind: Kind, proceeding_id: int, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put many acts into the ledger as `append` does each, and return how many; joins their transaction.

    Args:
        session: of the acts.
        kind: what happened.
        proceeding_id: where.
        rows: some columns of `ledger_waiting`, the same in each.
    """
    same = {"proceeding_id": proceeding_id, "kind": kind, "happened_at": clock.now()}
    return insert_rows(session, WAITING, ({**same, **row} for row in rows), is_analyzed=False)


def append_many(
    session: Session,
    kind: Kind,
    proceeding_id: int,
    rows: Iterable[Mapping[str, Any]],
    *,
    happened_at: datetime | None = None,
) -> int:
    """Put many acts straight into the chain, and return how many; joins a transaction that holds it to its end.

    Args:
        session: of whoever brought them in.
        kind: what happened.
        proceeding_id: where.
        rows: some columns of `ledger_waiting`, as they are there.
        happened_at: when; now unless given.
    """
    chain = held_chain(session, proceeding_id)
    while _seal_some(session, chain):
        pass
    same = {"kind": kind, "happened_at": happened_at or clock.now()}
    return insert_rows(session, ENTRY, (chain.add({**same, **row}) for row in rows), is_analyzed=False)


def seal(proceeding_id: int, most_steps: int = MOST_STEPS) -> int:
    """Put what waits into the chain, and return how many entries; each step is a short transaction.

    While another process does it, or holds the database, nothing is done here: what is not sealed is not shown yet.
    """
    sealed = 0
    for _ in range(most_steps):
        if not has_waiting(proceeding_id):
            break
        try:
            with transaction() as session:
                if not _takes_chain(session, proceeding_id):
                    break
                sealed += _seal_some(session, held_chain(session, proceeding_id))
        except Busy:
            break
    return sealed


@chore
def seal_waiting() -> None:
    """Put what waits anywhere into the chains; a worker asks for it every second."""
    for proceeding_id in db.session.scalars(
        select(Proceeding.id).where(exists().where(WAITING.c.proceeding_id == Proceeding.id))
    ).all():
        seal(proceeding_id)


def _seal_some(session: Session, chain: Chain) -> int:
    rows = (
        session.execute(
            select(WAITING)
            .where(WAITING.c.proceeding_id == chain.proceeding_id)
            .order_by(WAITING.c.id)
            .limit(SEALED_AT_A_TIME)
        )
        .mappings()
        .all()
    )
    if rows:
        session.execute(insert(ENTRY), [chain.add(dict(row)) for row in rows])
        ids = [row["id"] for row in rows]
        # Between the first and the last there may be acts of other proceedings, and such that are not committed yet.
        for some in _parts(ids):
            session.execute(delete(WAITING).where(WAITING.c.id.in_(some)))
    return len(rows)


def _parts(ids: list[int], size: int = 500) -> Iterator[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _takes_chain(session: Session, proceeding_id: int) -> bool:
    """Hold the chain until the end of the transaction, unless somebody else does. On SQLite, nobody else writes."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(CHAIN_LOCK, proceeding_id))))


def held_chain(session: Session, proceeding_id: int) -> Chain:
    """Return the end of the chain, held; a proceeding without a chain gets its first entry."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK, proceeding_id)))
    secret = session.scalar(select(Ledger.secret).where(Ledger.proceeding_id == proceeding_id))
    if secret is None:
        secret = secrets.token_hex(32)
        session.execute(insert(Ledger), {"proceeding_id": proceeding_id, "secret": secret})
    chain = Chain(proceeding_id, bytes.fromhex(secret))
    last = session.execute(
        select(ENTRY.c.number, ENTRY.c.hash)
        .where(ENTRY.c.proceeding_id == proceeding_id)
        .order_by(ENTRY.c.number.desc())
        .limit(1)
    ).first()
    if last is None:
        slug = session.scalars(select(Proceeding.slug).where(Proceeding.id == proceeding_id)).one()
        session.execute(insert(ENTRY), chain.begin(slug, clock.now().date().isoformat()))
    else:
        chain.number, chain.hash = last
    return chain
