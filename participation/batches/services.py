"""Choosing many items, deciding about them, going on, taking the whole back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext, lazy_gettext
from sqlalchemy import insert, or_, select, update

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.batches.items import carry_out
from participation.batches.models import MOST_ITEMS, Batch, BatchItem, BatchOutcome, BatchState, Problem
from participation.batches.queries import Progress, languages_of, progress_of, reports_in, undo_needs_reasons
from participation.contributions.models import Contribution
from participation.contributions.states import STEPS, is_limit
from participation.database import Session, db, locked, transaction
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import Outcome
from participation.moderation.queue import Kind
from participation.moderation.services import REASONS_LONGEST, check_reasons
from participation.moderation.text_blocks import PLACEHOLDER
from participation.notices.queries import newest_open
from participation.notices.services import check_answer
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate

MODELS: dict[Kind, type[Contribution] | type[Comment]] = {"contribution": Contribution, "comment": Comment}
BATCHED = (Outcome.PUBLISH, Outcome.REJECT, Outcome.HIDE)
Reasons = Mapping[str, str]  # by language
FILLED_LONGEST = 254  # what a placeholder becomes: a title has 200 characters, an address 254
STEP = 25
NAMED = 10
CHUNK = 500
IS_WAITING = (BatchItem.decision_id.is_(None), BatchItem.answered_at.is_(None), BatchItem.problem.is_(None))


class Chosen(NamedTuple):
    """An item someone chose, and the version they saw."""

    kind: Kind
    id: int
    version: int


def open_batch(moderator: Actor, proceeding: Proceeding, chosen: Sequence[Chosen]) -> Batch:
    """Keep what a moderator chose, to decide about it; nothing is decided yet. What they chose before is forgotten.

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
    reported = _reported(chosen)
    with transaction() as session:
        own = {"proceeding_id": proceeding.id, "moderator_id": moderator.user_id}
        for left in session.scalars(select(Batch).filter_by(**own, state=BatchState.CHOOSING)).all():
            session.delete(left)
        batch = Batch(
            **own,
            reasons={},
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
                    "seen_notice": reported.get((one.kind, one.id)),
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


def _reported(chosen: Sequence[Chosen]) -> dict[tuple[Kind, int], int]:
    """Return the newest open notice about each of those that were reported."""
    found: dict[tuple[Kind, int], int] = {}
    for kind in MODELS:
        ids = [one.id for one in chosen if one.kind == kind]
        for start in range(0, len(ids), CHUNK):
            newest = newest_open(kind, ids[start : start + CHUNK])
            found |= {(kind, id_): notice_id for id_, notice_id in newest.items()}
    return found


def _refuse(wrong: Sequence[Chosen], why: object) -> None:
    """Refuse a whole batch because of some of its items, and name them."""
    if wrong:
        named = [
            gettext("comment %(number)s", number=one.id)
            if one.kind == "comment"
            else gettext("contribution %(number)s", number=one.id)
            for one in wrong[:NAMED]
        ]
        more = ["…"] if len(wrong) > NAMED else []
        raise InvalidInput(f"{why} {', '.join(named + more)}")


def start_batch(
    moderator: Actor,
    proceeding: Proceeding,
    batch: Batch,
    *,
    outcome: Outcome,
    ground: str | None = None,
    reasons: Reasons | None = None,
) -> None:
    """Decide about all items of a batch; `go_on` carries it out.

    Args:
        moderator: who decides.
        proceeding: the batch's.
        batch: what was chosen.
        outcome: publish, reject or hide.
        ground: key of the broken rule, for a limit.
        reasons: for a limit, the statement of reasons in each language of `languages_of`; with placeholders, filled
            for each item.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: reasons are missing, or the table has no such step for one of the items: all are refused, and it
            is named.
        Conflict: it was started already.
    """
    require(may_moderate(moderator, batch.proceeding_id), actor=moderator)
    if outcome not in BATCHED:
        raise InvalidInput(lazy_gettext("Choose a decision."), field="outcome")
    states = _states(batch)
    _refuse(
        [one for one, state in states if state not in STEPS[outcome]],
        lazy_gettext("This decision is not possible for these texts. Nothing was decided:"),
    )
    is_limiting = any(is_limit(state, STEPS[outcome][state]) for _, state in states)
    checked = _checked(proceeding, batch, ground, reasons) if is_limiting else {}
    with transaction() as session:
        locked(session, batch)
        if batch.state is not BatchState.CHOOSING:
            raise Conflict(lazy_gettext("This batch was started already."))
        _start(session, moderator, batch, BatchOutcome(outcome), ground if is_limiting else None, checked)


def start_answers(moderator: Actor, batch: Batch, *, answers: Mapping[str, str]) -> None:
    """Say about all items of a batch that they may stay, to those who reported them; `go_on` carries it out.

    Args:
        moderator: who decides.
        batch: what was chosen.
        answers: in each language of `reports_in`.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: an answer is missing, or one of the items is not reported: all are refused, and it is named.
        Conflict: it was started already.
    """
    require(may_moderate(moderator, batch.proceeding_id), actor=moderator)
    unreported = select(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.seen_notice.is_(None))
    _refuse(
        [
            Chosen("comment" if one.comment_id else "contribution", one.comment_id or one.contribution_id or 0, 0)
            for one in db.session.scalars(unreported.order_by(BatchItem.position).limit(NAMED + 1))
        ],
        lazy_gettext("Nobody reported these texts. Nothing was decided:"),
    )
    checked = {}
    for language in reports_in(batch).languages:
        try:
            checked[language] = check_answer(answers.get(language, ""))
        except InvalidInput as error:
            raise InvalidInput(error.message, field=f"answers_{language}") from error
    if not checked:
        raise InvalidInput(lazy_gettext("These reports are settled already."))
    with transaction() as session:
        locked(session, batch)
        if batch.state is not BatchState.CHOOSING:
            raise Conflict(lazy_gettext("This batch was started already."))
        _start(session, moderator, batch, BatchOutcome.KEEP, None, checked)


def _checked(proceeding: Proceeding, batch: Batch, ground: str | None, reasons: Reasons | None) -> dict[str, str]:
    """Return the reasons as they will be kept, in each language; there is room for what is put in for each item."""
    checked = {}
    for language in languages_of(batch, proceeding):
        try:
            statement = check_reasons(batch.proceeding_id, ground, (reasons or {}).get(language, "")).statement
        except InvalidInput as error:
            field = f"reasons_{language}" if error.field == "statement_of_reasons" else error.field
            raise InvalidInput(error.message, field=field) from error
        longest = REASONS_LONGEST - len(PLACEHOLDER.findall(statement)) * FILLED_LONGEST
        if len(statement) > longest:
            message = lazy_gettext("Write at most %(count)s characters; the placeholders need the rest.", count=longest)
            raise InvalidInput(message, field=f"reasons_{language}")
        checked[language] = statement
    return checked


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
    session: Session, moderator: Actor, batch: Batch, outcome: BatchOutcome, ground: str | None, reasons: dict[str, str]
) -> None:
    batch.state = BatchState.RUNNING
    batch.outcome = outcome
    batch.ground = ground
    batch.reasons = reasons
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


def undo_batch(
    moderator: Actor,
    proceeding: Proceeding,
    batch: Batch,
    *,
    ground: str | None = None,
    reasons: Reasons | None = None,
) -> Batch:
    """Take back what a batch decided, as another batch; items that changed or were decided about since are left alone.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: it takes something from the public again, and reasons are missing.
        Conflict: it still runs, decided nothing, or was taken back already.
    """
    require(may_moderate(moderator, batch.proceeding_id), actor=moderator)
    checked = _checked(proceeding, batch, ground, reasons) if undo_needs_reasons(batch) else {}
    with transaction() as session:
        locked(session, batch)
        undone = session.scalar(select(Batch.id).where(Batch.undoes_id == batch.id))
        decided = session.scalars(
            select(BatchItem)
            .where(
                BatchItem.batch_id == batch.id,
                or_(BatchItem.decision_id.is_not(None), BatchItem.answered_at.is_not(None)),
            )
            .order_by(BatchItem.position)
        ).all()
        if batch.state is not BatchState.DONE or batch.outcome is BatchOutcome.UNDO or undone or not decided:
            raise Conflict(lazy_gettext("There is nothing to take back here (any more)."))
        undoing = Batch(
            proceeding_id=batch.proceeding_id,
            moderator_id=moderator.user_id,
            undoes_id=batch.id,
            reasons={},
            item_count=len(decided),
            created_at=clock.now(),
        )
        session.add(undoing)
        session.flush()
        _start(session, moderator, undoing, BatchOutcome.UNDO, ground if checked else None, checked)
        session.execute(
            insert(BatchItem),
            [
                {
                    "batch_id": undoing.id,
                    "position": entry.position,
                    "contribution_id": entry.contribution_id,
                    "comment_id": entry.comment_id,
                    "seen_version": entry.seen_version,
                    "undoes_decision_id": entry.decision_id,
                }
                for entry in decided
            ],
        )
    return undoing


def take_over(moderator: Actor, batch: Batch) -> None:
    """Go on with a colleague's batch: what is still to be decided is the moderator's own decision.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(moderator, batch.proceeding_id), actor=moderator)
    with transaction() as session:
        locked(session, batch)
        before, batch.moderator_id = batch.moderator_id, moderator.user_id
        add_event(session, moderator, "batches.take_over", batch, proceeding_id=batch.proceeding_id, before=before)


def go_on(moderator: Actor, proceeding: Proceeding, batch: Batch, *, step: int = STEP) -> Progress:
    """Decide about the next items of a running batch; each in its own transaction, so that it can stop anywhere.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        Conflict: a colleague started it: who goes on decides, see `take_over`.
    """
    require(may_moderate(moderator, proceeding.id), actor=moderator)
    if batch.state is BatchState.RUNNING and batch.moderator_id != moderator.user_id:
        raise Conflict(lazy_gettext("A colleague started this. You can take it over."))
    if batch.state is BatchState.RUNNING:
        waiting = (
            select(BatchItem.position)
            .where(BatchItem.batch_id == batch.id, *IS_WAITING)
            .order_by(BatchItem.position)
            .limit(step)
        )
        for position in db.session.scalars(waiting).all():
            entry = db.session.get_one(BatchItem, (batch.id, position))
            problem = carry_out(moderator, proceeding, batch, entry)
            if problem is not None:
                _leave_alone(batch.id, position, problem)
    progress = progress_of(batch)
    if batch.state is BatchState.RUNNING and not progress.waiting:
        _finish(moderator, batch.id, progress)
    return progress


def _leave_alone(batch_id: int, position: int, problem: Problem) -> None:
    """Note why an item was left alone, unless another process has decided about it meanwhile."""
    with transaction() as session:
        session.execute(
            update(BatchItem)
            .where(
                BatchItem.batch_id == batch_id,
                BatchItem.position == position,
                *IS_WAITING,
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
