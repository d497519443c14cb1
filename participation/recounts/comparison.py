"""Whether the ledger is whole, and says what the tables say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from participation.audit.models import AuditEvent
from participation.contributions.models import Contribution
from participation.contributions.receipts import present_commitment, sent_commitment
from participation.contributions.states import PublicationState, publicity_of
from participation.database import db
from participation.discussion.models import Comment, Vote
from participation.discussion.services import comment_commitment
from participation.ledger.chains import Chain
from participation.ledger.commitments import commitment
from participation.ledger.models import Ledger, LedgerEntry, Publicity, WaitingEntry
from participation.ledger.services import seal
from participation.ledger.verify_ledger import Counted, FaultError, Recount
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.recording import SALT, decision_fingerprint, settling_fingerprint
from participation.proceedings.models import Category, ContributionType, Proceeding

ROWS_AT_A_TIME = 5_000
CONTRIBUTION_COLUMNS = (
    *(Contribution.id, Contribution.state, Contribution.leading_id, Contribution.category_id, Contribution.type_id),
    *(Contribution.salt, Contribution.fingerprint, Contribution.title, Contribution.text, Contribution.geometry),
    *(Contribution.created_at, Contribution.votes_for, Contribution.votes_against, Contribution.comment_count),
)
EVENT_COLUMNS = (
    *(AuditEvent.action, AuditEvent.details, AuditEvent.happened_at, AuditEvent.subject_kind, AuditEvent.subject_id),
)
MOST_FAULTS = 20  # that are told; the others are only counted


@dataclass(slots=True)
class Comparison:
    """What was found; faults: plain sentences, at most MOST_FAULTS. erased: so many texts cannot be compared."""

    proceeding: Proceeding
    recount: Recount
    chain: Chain
    details: set[str] = field(default_factory=set)
    decisions: dict[int, ModerationDecision] = field(default_factory=dict)
    recorded: set[int] = field(default_factory=set)  # ids of decisions made since there is a ledger
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0
    erased: int = 0

    def fault(self, sentence: str) -> None:
        """Note that something is wrong."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)

    def counted(self, name: str) -> Counted | None:
        """Return what the ledger says of `contribution-7` or `comment-7`."""
        return self.recount.items.get(self.chain.pseudonym(name))


def compare(proceeding: Proceeding) -> Comparison:
    """Read the whole ledger of a proceeding and compare it with the tables, all as of one moment.

    What waits is sealed first; what came in meanwhile is read as it waits.
    """
    while seal(proceeding.id):
        pass
    db.session.commit()  # ends what was read until now; objects stay as they are
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        found = read_ledger(proceeding)
        if not found.fault_count:
            read_decisions(found)
            for part in (_contributions, _comments, _votes, _deleted):
                part(found)
        return found
    finally:
        db.session.commit()


def read_ledger(proceeding: Proceeding) -> Comparison:
    """Check the chain and count what it says, with what waits to be sealed; faults of the chain end it."""
    secret = db.session.scalar(select(Ledger.secret).where(Ledger.proceeding_id == proceeding.id))
    found = Comparison(proceeding, Recount(), Chain(proceeding.id, bytes.fromhex(secret or "")))
    recount = found.recount
    try:
        for number, body, hash_ in _rows(LedgerEntry, LedgerEntry.number, LedgerEntry.body, LedgerEntry.hash, of=found):
            entry = orjson.loads(body)
            if number != recount.number + 1:
                raise FaultError(f"entry {recount.number + 1} is missing")
            recount.read_entry(entry, body.encode(), hash_)
            found.details.add(entry.get("details", ""))
        found.chain.number, found.chain.hash = recount.number, recount.hash
        waiting = select(WaitingEntry.__table__).where(WaitingEntry.proceeding_id == proceeding.id)
        for happened in db.session.execute(waiting.order_by(WaitingEntry.id)).mappings():
            row = found.chain.add(dict(happened))
            entry = orjson.loads(row["body"])
            recount.read_entry(entry, row["body"].encode(), row["hash"])
            found.details.add(entry.get("details", ""))
    except (FaultError, KeyError, TypeError, ValueError) as fault:
        found.fault(f"Entry {recount.number + 1}: {fault}.")
    if recount.number and recount.proceeding != proceeding.slug and not found.fault_count:
        found.fault(f"The ledger is that of another consultation: {recount.proceeding}.")
    return found


def _rows(model: Any, key: InstrumentedAttribute[int], *columns: Any, of: Comparison) -> Iterator[Any]:
    statement = select(key, *columns).where(model.proceeding_id == of.proceeding.id).order_by(key)
    options = {"stream_results": True, "yield_per": ROWS_AT_A_TIME}
    yield from db.session.connection().execute(statement, execution_options=options)


def _contributions(found: Comparison) -> None:
    # What moderators changed before there was a ledger is known in it by what the author had sent.
    changed_before = {
        decision.contribution_id
        for decision in found.decisions.values()
        if decision.id not in found.recorded and decision.outcome in (Outcome.REDACT, Outcome.MOVE)
    }
    decided = _last_states(found, "contribution_id")
    here = {"proceeding_id": found.proceeding.id}
    keys: dict[Any, dict[int | None, str]] = {
        model: dict(db.session.execute(select(model.id, model.key).filter_by(**here)).all())
        for model in (Category, ContributionType)
    }
    for one in _rows(Contribution, *CONTRIBUTION_COLUMNS, of=found):
        name, counted = f"Contribution {one.id}", found.counted(f"contribution-{one.id}")
        if counted is None:
            found.fault(f"{name} is not in the ledger.")
            continue
        _state(found, name, counted, one.state, decided.get(one.id))
        leading = None if one.leading_id is None else found.chain.pseudonym(f"contribution-{one.leading_id}")
        if counted.leading != leading:
            found.fault(f"{name} is merged into another one than the ledger says.")
        words = (found.proceeding.slug, keys[Category][one.category_id], keys[ContributionType].get(one.type_id))
        was_changed_before = one.id in changed_before
        _text(found, name, counted, sent_commitment(one) if was_changed_before else present_commitment(one, *words))
        for word, in_ledger, in_table in (
            ("votes for", counted.votes_for, one.votes_for),
            ("votes against", counted.votes_against, one.votes_against),
            ("public comments", counted.comments, one.comment_count),
        ):
            if in_ledger != in_table:
                found.fault(f"{name} has {in_table} {word}, the ledger counts {in_ledger}.")


def _comments(found: Comparison) -> None:
    decided = _last_states(found, "comment_id")
    for one in _rows(Comment, Comment.id, Comment.state, Comment.salt, Comment.text, of=found):
        name, counted = f"Comment {one.id}", found.counted(f"comment-{one.id}")
        if counted is None:
            found.fault(f"{name} is not in the ledger.")
            continue
        _state(found, name, counted, one.state, decided.get(one.id))
        _text(found, name, counted, comment_commitment(one))


def _state(
    found: Comparison, name: str, counted: Counted, state: PublicationState, decided: PublicationState | None
) -> None:
    """Compare a state with the ledger, and why something is not public with the last decision, to which it commits."""
    if counted.state != publicity_of(state):
        found.fault(f"{name} is {publicity_of(state)}, the ledger says {counted.state or 'nothing'}.")
    elif decided not in (None, state) and state is not PublicationState.WITHDRAWN:
        found.fault(f"{name} is {state}, the last decision says {decided}.")


def _last_states(found: Comparison, column: str) -> dict[int, PublicationState]:
    """Return by id where the last recorded decision led."""
    return {getattr(found.decisions[id_], column): found.decisions[id_].state_after for id_ in sorted(found.recorded)}


def _text(found: Comparison, name: str, counted: Counted, commitment_: str | None) -> None:
    if commitment_ is None:
        found.erased += 1
    elif counted.commitment != commitment_:
        found.fault(f"{name} reads otherwise than when it was put into the ledger.")


def _votes(found: Comparison) -> None:
    in_ledger = dict(found.recount.votes)
    statement = (
        select(Vote.contribution_id, Vote.participant_id, Vote.value)
        .join(Contribution, Contribution.id == Vote.contribution_id)
        .where(Contribution.proceeding_id == found.proceeding.id)
    )
    options = {"stream_results": True, "yield_per": ROWS_AT_A_TIME}
    for contribution_id, participant_id, value in db.session.connection().execute(statement, execution_options=options):
        voter = bytes.fromhex(found.chain.pseudonym(f"contribution-{contribution_id}-{participant_id}"))
        if in_ledger.pop(voter, 0) != value:
            found.fault(f"On contribution {contribution_id} somebody voted otherwise than the ledger says.")
    for _ in in_ledger:
        found.fault("A vote that the ledger holds is missing.")


def _deleted(found: Comparison) -> None:
    there = set()
    for kind, model in (("contribution", Contribution), ("comment", Comment)):
        there |= {found.chain.pseudonym(f"{kind}-{id_}") for (id_,) in _rows(model, model.id, of=found)}
    for pseudonym, counted in found.recount.items.items():
        if pseudonym not in there and counted.state != Publicity.REMOVED:
            found.fault(f"{counted.public_id or 'Something that was never public'} is in the ledger and was deleted.")


def read_decisions(found: Comparison) -> None:
    """Compare moderators' acts with what the ledger holds of them."""
    for column, model in (("contribution_id", Contribution), ("comment_id", Comment)):
        here = select(model.id).where(model.proceeding_id == found.proceeding.id)
        about = select(ModerationDecision).where(getattr(ModerationDecision, column).in_(here))
        found.decisions |= {
            one.id: one for one in db.session.scalars(about, execution_options={"populate_existing": True})
        }
    for event in _rows(AuditEvent, AuditEvent.id, *EVENT_COLUMNS, of=found):
        salt, decision_id = event.details.get(SALT), event.details.get("decision_id")
        if salt is None:
            continue
        if decision_id is None:
            fingerprint = settling_fingerprint(event)
        elif decision_id in found.decisions:
            found.recorded.add(decision_id)
            fingerprint = decision_fingerprint(found.decisions[decision_id])
        else:
            continue  # it went with its text
        if commitment(salt, fingerprint) not in found.details:
            found.fault(f"{event.action} ({event.happened_at:%Y-%m-%d %H:%M}) is not in the ledger as it stands now.")
    for decision in unrecorded(found):
        found.fault(f"Decision {decision.id} is not in the ledger.")


def unrecorded(found: Comparison) -> list[ModerationDecision]:
    """Return decisions that are younger than the first one in the ledger, and not in it."""
    first = min(found.recorded, default=0)
    return [found.decisions[id_] for id_ in sorted(found.decisions.keys() - found.recorded) if 0 < first < id_]
