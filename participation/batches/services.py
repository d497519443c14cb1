"""Choosing many items, deciding about them, going on, taking the whole back."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext
from sqlalchemy import insert, select, update
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.batches.models import MOST_ITEMS, Batch, BatchItem, BatchState, Problem
from participation.batches.queries import Progress, progress_of, undo_needs_reasons
from participation.contributions.models import Contribution
from participation.contributions.states import STEPS, is_limit
from participation.database import Session, db, locked, transaction
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.permissions import is_too_old
from participation.moderation.queue import Kind
from participation.moderation.services import REASONS_LONGEST, check_reasons
from participation.moderation.text_blocks import PLACEHOLDER, fill
from participation.notices.queries import open_notices
from participation.notices.services import decide, undo
from participation.proceedings.models import TITLE_LONGEST, Proceeding
from participation.proceedings.permissions import may_moderate

MODELS: dict[Kind, type[Contribution] | type[Comment]] = {"contribution": Contribution, "comment": Comment}
STEP = 25
NAMED = 10
CHUNK = 500


class Chosen(NamedTuple):
    """An item someone chose, and the version they saw."""

    kind: Kind
    id: int
    version: int


def open_batch(moderator: Actor, proceeding: Proceeding, chosen: Sequence[Chosen]) -> Batch:
    """Keep what a moderator chose, to decide about it; nothing is decided yet.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: nothing or too much was chosen, or something that is not of this proceeding: all are refused,
            and it is named.
    """
    require(may_moderate(moderator, proceeding.id), actor=moderator)
    chosen = list(dict.fromkeys(chosen))
    if not chosen:
        raise InvalidInput(lazy_gettext("Choose at least one text first."))
    if len(chosen) > MOST_ITEMS:
        raise InvalidInput(lazy_gettext("Choose at most %(count)s texts at once. Narrow the filter.", count=MOST_ITEMS))
    known = {(kind, id_) for kind in MODELS for id_ in _ids_here(proceeding, kind, chosen)}
    _refuse(
        [one for one in chosen if (one.kind, one.id) not in known],
        lazy_gettext("These texts are not in this consultation. Nothing was chosen:"),
    )
    with transaction() as session:
        batch = Batch(
            proceeding_id=proceeding.id,
            moderator_id=moderator.user_id,
            item_count=len(chosen),
            created_at=clock.now(),
        )
        session.add(batch)
        session.flush()
        session.execute(
            insert(BatchItem),
            [
                {
                    "batch_id": batch.id,
                    "position": position,
                    "contribution_id": one.id if one.kind == "contribution" else None,
                    "comment_id": one.id if one.kind == "comment" else None,
                    "seen_version": one.version,
                }
                for position, one in enumerate(chosen, start=1)
            ],
        )
    return batch


def _ids_here(proceeding: Proceeding, kind: Kind, chosen: Iterable[Chosen]) -> Iterable[int]:
    ids, model = [one.id for one in chosen if one.kind == kind], MODELS[kind]
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        statement = select(model.id).where(model.id.in_(part), model.proceeding_id == proceeding.id)
        yield from db.session.scalars(statement)


def _refuse(wrong: Sequence[Chosen], why: object) -> None:
    """Refuse a whole batch because of some of its items, and name them."""
    if wrong:
        names = {"contribution": lazy_gettext("contribution"), "comment": lazy_gettext("comment")}
        named = [f"{names[one.kind]} {one.id}" for one in wrong[:NAMED]]
        more = ["…"] if len(wrong) > NAMED else []
        raise InvalidInput(f"{why} {', '.join(named + more)}")


def start_batch(
    moderator: Actor, batch: Batch, *, outcome: Outcome, ground: str | None = None, statement_of_reasons: str = ""
) -> None:
    """Decide about all items of a batch; `go_on` carries it out.

    Args:
        moderator: who decides.
        batch: what was chosen.
        outcome: publish, reject or hide.
        ground: key of the broken rule, for a limit.
        statement_of_reasons: for a limit; with placeholders, filled for each item.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: reasons are missing, or the table has no such step for one of the items: all are refused, and it
            is named.
        Conflict: it was started already.
    """
    require(may_moderate(moderator, batch.proceeding_id), actor=moderator)
    states = _states(batch)
    _refuse(
        [one for one, state in states if state not in STEPS[outcome]],
        lazy_gettext("This decision is not possible for these texts. Nothing was decided:"),
    )
    if any(is_limit(state, STEPS[outcome][state]) for _, state in states):
        statement_of_reasons = _checked(batch, ground, statement_of_reasons)
    else:
        ground, statement_of_reasons = None, ""
    with transaction() as session:
        locked(session, batch)
        if batch.state is not BatchState.CHOOSING:
            raise Conflict(lazy_gettext("This batch was started already."))
        _start(session, moderator, batch, outcome, ground, statement_of_reasons)


def _checked(batch: Batch, ground: str | None, statement_of_reasons: str) -> str:
    """Return the reasons as they will be kept; there is room for what is put in for each item."""
    statement = check_reasons(batch.proceeding_id, ground, statement_of_reasons).statement
    longest = REASONS_LONGEST - len(PLACEHOLDER.findall(statement)) * TITLE_LONGEST
    if len(statement) > longest:
        message = lazy_gettext("Write at most %(count)s characters; the placeholders need the rest.", count=longest)
        raise InvalidInput(message, field="statement_of_reasons")
    return statement


def _states(batch: Batch) -> list[tuple[Chosen, Any]]:
    found = []
    for kind, model in MODELS.items():
        column = getattr(BatchItem, f"{kind}_id")
        statement = (
            select(BatchItem.position, model.id, BatchItem.seen_version, model.state)
            .join(model, model.id == column)
            .where(BatchItem.batch_id == batch.id)
        )
        found += [
            (pos, Chosen(kind, id_, version), state) for pos, id_, version, state in db.session.execute(statement)
        ]
    return [(one, state) for _, one, state in sorted(found, key=lambda row: row[0])]


def _start(
    session: Session, moderator: Actor, batch: Batch, outcome: Outcome, ground: str | None, statement: str
) -> None:
    batch.state = BatchState.RUNNING
    batch.outcome = outcome
    batch.ground = ground
    batch.statement_of_reasons = statement
    add_event(
        session,
        moderator,
        "batches.start",
        batch,
        proceeding_id=batch.proceeding_id,
        outcome=outcome,
        items=batch.item_count,
        undoes=batch.undoes_id,
    )


def undo_batch(moderator: Actor, batch: Batch, *, ground: str | None = None, statement_of_reasons: str = "") -> Batch:
    """Take back what a batch decided, as another batch; items that were decided about again meanwhile are left alone.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: it takes something from the public again, and reasons are missing.
        Conflict: it still runs, decided nothing, or was taken back already.
    """
    require(may_moderate(moderator, batch.proceeding_id), actor=moderator)
    if undo_needs_reasons(batch):
        statement_of_reasons = _checked(batch, ground, statement_of_reasons)
    with transaction() as session:
        locked(session, batch)
        undone = session.scalar(select(Batch.id).where(Batch.undoes_id == batch.id))
        decided = session.scalars(
            select(BatchItem)
            .where(BatchItem.batch_id == batch.id, BatchItem.decision_id.is_not(None))
            .order_by(BatchItem.position)
        ).all()
        if batch.state is not BatchState.DONE or batch.outcome is Outcome.UNDO or undone or not decided:
            raise Conflict(lazy_gettext("There is nothing to take back here (any more)."))
        undoing = Batch(
            proceeding_id=batch.proceeding_id,
            moderator_id=moderator.user_id,
            undoes_id=batch.id,
            item_count=len(decided),
            created_at=clock.now(),
        )
        session.add(undoing)
        session.flush()
        _start(session, moderator, undoing, Outcome.UNDO, ground, statement_of_reasons)
        session.execute(
            insert(BatchItem),
            [
                {
                    "batch_id": undoing.id,
                    "position": entry.position,
                    "contribution_id": entry.contribution_id,
                    "comment_id": entry.comment_id,
                    "seen_version": 0,
                    "undoes_decision_id": entry.decision_id,
                }
                for entry in decided
            ],
        )
    return undoing


def go_on(moderator: Actor, proceeding: Proceeding, batch: Batch, *, step: int = STEP) -> Progress:
    """Decide about the next items of a running batch; each in its own transaction, so that it can stop anywhere.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(moderator, proceeding.id), actor=moderator)
    if batch.state is BatchState.RUNNING:
        waiting = (
            select(BatchItem.position)
            .where(BatchItem.batch_id == batch.id, BatchItem.decision_id.is_(None), BatchItem.problem.is_(None))
            .order_by(BatchItem.position)
            .limit(step)
        )
        for position in db.session.scalars(waiting).all():
            entry = db.session.get_one(BatchItem, (batch.id, position))
            problem = _carry_out(moderator, proceeding, batch, entry)
            if problem is not None:
                _leave_alone(batch.id, position, problem)
    progress = progress_of(batch)
    if batch.state is BatchState.RUNNING and not progress.waiting:
        _finish(moderator, batch.id, progress)
    return progress


def _carry_out(moderator: Actor, proceeding: Proceeding, batch: Batch, entry: BatchItem) -> Problem | None:
    """Decide about one item, or say why not."""
    item = _item(entry)
    if item is None:
        return Problem.GONE
    contribution = item.contribution if isinstance(item, Comment) else item

    def note(session: Session, decision: ModerationDecision) -> None:
        locked(session, entry)
        if entry.decision_id is not None or entry.problem is not None:
            raise Conflict  # another process was here first
        entry.decision_id = decision.id

    reasons: dict[str, Any] = {
        "ground": batch.ground,
        "statement_of_reasons": fill(batch.statement_of_reasons, proceeding, contribution, item),
    }
    try:
        if entry.undoes_decision_id is None:
            seen_notice = open_notices(moderator, item).newest_id
            decide(
                moderator,
                item,
                outcome=batch.outcome,
                seen_version=entry.seen_version,
                seen_notice=seen_notice,
                and_then=note,
                **reasons,
            )
        else:
            decision = db.session.get_one(ModerationDecision, entry.undoes_decision_id)
            if is_too_old(decision):
                return Problem.TOO_OLD
            undo(moderator, item, decision, seen_version=item.version, and_then=note, **reasons)
    except Conflict:
        return Problem.CHANGED
    except InvalidInput:
        return Problem.RULE_ENDED
    return None


def _item(entry: BatchItem) -> Contribution | Comment | None:
    if entry.contribution_id is not None:
        return db.session.get(Contribution, entry.contribution_id)
    statement = select(Comment).where(Comment.id == entry.comment_id).options(joinedload(Comment.contribution))
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _leave_alone(batch_id: int, position: int, problem: Problem) -> None:
    """Note why an item was left alone, unless another process has decided about it meanwhile."""
    with transaction() as session:
        session.execute(
            update(BatchItem)
            .where(
                BatchItem.batch_id == batch_id,
                BatchItem.position == position,
                BatchItem.decision_id.is_(None),
                BatchItem.problem.is_(None),
            )
            .values(problem=problem)
            .execution_options(synchronize_session=False)
        )


def _finish(moderator: Actor, batch_id: int, progress: Progress) -> None:
    with transaction() as session:
        batch = locked(session, session.get_one(Batch, batch_id))
        if batch.state is BatchState.DONE:
            return
        batch.state = BatchState.DONE
        batch.finished_at = clock.now()
        add_event(
            session,
            moderator,
            "batches.finish",
            batch,
            proceeding_id=batch.proceeding_id,
            decided=progress.decided,
            left_alone=progress.left_alone,
        )
