"""Imports through the page, step by step: take a file, name its columns, check, bring in, undo."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from sqlalchemy import Table, select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.contributions.imported import delete_contributions
from participation.contributions.models import Origin
from participation.contributions.states import PublicationState
from participation.contributions.text import clean_line
from participation.database import Session, db, locked, purge, transaction
from participation.database.bulk_insert import insert_rows
from participation.errors import Conflict, NotFound
from participation.imports.checking import Candidate, RowChecker
from participation.imports.choices import Choices, guessed_choices
from participation.imports.models import BEFORE_IMPORT, NAME_LONGEST, ImportedContribution, ImportRun, RunState
from participation.imports.queries import Progress, progress_of
from participation.imports.reading import read_source
from participation.imports.services import Comparison, import_contributions, let_screening_know
from participation.imports.shelf import folder, path_of, put_on_shelf, shelf_of
from participation.imports.source import FileKind
from participation.imports.undoing import next_of
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_manage
from participation.screening.services import forget_texts

LINK = cast("Table", ImportedContribution.__table__)
KEPT_FOR = timedelta(days=1)
UNDONE_WITHIN = timedelta(days=30)
GUESSED_FROM = 50
CHECKED_AT_A_TIME = 1_000
UNDONE_AT_A_TIME = 500
# On SQLite others wait for up to 5 seconds before they are told to try again; this many rows take about 4.
MOST_ON_SQLITE = 70_000
CHANGED = lazy_gettext("This import has gone on meanwhile. Please look at its present state.")


def take_file(manager: Actor, proceeding: Proceeding, data: bytes, name: str, *, layer: str = "") -> ImportRun:
    """Take a file apart and keep its rows; nothing is imported yet. What this person left unfinished is forgotten.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: the file as a whole cannot be read; `field` is file or layer.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    sweep()
    source = read_source(data, name, layer=layer.strip())
    choices = guessed_choices(source.kind, source.columns, source.epsg, source.rows[:GUESSED_FROM], proceeding)
    token = secrets.token_urlsafe(32)
    put_on_shelf(token, source, data if source.kind is FileKind.CSV else b"")
    own = select(ImportRun).where(
        ImportRun.proceeding_id == proceeding.id,
        ImportRun.user_id == manager.user_id,
        ImportRun.state.in_(BEFORE_IMPORT),
    )
    with transaction() as session:
        left = session.scalars(own).all()
        tokens = [run.token for run in left]
        for run in left:
            session.delete(run)
        run = ImportRun(
            proceeding_id=proceeding.id,
            user_id=manager.user_id,
            file_name=clean_line(name)[:NAME_LONGEST] or source.kind.value,
            kind=source.kind,
            token=token,
            file_digest=hashlib.sha256(data).hexdigest(),
            choices=choices.to_json(),
            row_count=len(source.rows),
            created_at=clock.now(),
        )
        session.add(run)
        session.flush()
        add_event(session, manager, "imports.take_file", run, proceeding_id=proceeding.id, rows=run.row_count)
    _throw_away(tokens)
    return run


def read_again(manager: Actor, proceeding: Proceeding, run: ImportRun, *, encoding: str, delimiter: str) -> None:
    """Take a CSV file apart in another way; its columns are guessed anew, the other choices stay.

    Raises:
        NotPermitted: not a manager of this proceeding.
        NotFound: the file was swept, or is of another kind.
        InvalidInput: it cannot be read in this way.
        Conflict: its columns are not being named any more.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    with shelf_of(run.token) as shelf:
        original = shelf.original()
    if original is None:
        raise NotFound
    source = read_source(original.data, run.file_name, kind=FileKind.CSV, encoding=encoding, delimiter=delimiter)
    guess = guessed_choices(source.kind, source.columns, source.epsg, source.rows[:GUESSED_FROM], proceeding)
    if run.state is not RunState.OPEN:
        raise Conflict(CHANGED)
    put_on_shelf(run.token, source, original.data)
    with transaction() as session:
        _require_state(session, run, RunState.OPEN)
        kept = replace(Choices.from_json(run.choices), columns=guess.columns, epsg=guess.epsg, words={})
        run.choices = kept.to_json()
        run.row_count = len(source.rows)


def checker_for(proceeding: Proceeding, choices: Choices, zone: ZoneInfo) -> RowChecker:
    """Return what checks rows as they are to be read.

    Raises:
        InvalidInput: there is no such coordinate system.
    """
    return RowChecker(proceeding, choices.columns_found(), choices.wishes(proceeding), zone)


def begin_check(manager: Actor, proceeding: Proceeding, run: ImportRun, choices: Choices, origin: Origin) -> None:
    """Keep how the file is to be read, and let all its rows be checked; `go_on` does it.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: there is no such coordinate system.
        Conflict: it was imported already.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    if run.state not in BEFORE_IMPORT:
        raise Conflict(CHANGED)
    # First the rows: broken off in between, no old verdict is taken for one about the new choices.
    with shelf_of(run.token) as shelf:
        shelf.forget_check()
    with transaction() as session:
        _require_state(session, run, *BEFORE_IMPORT)
        run.choices = choices.to_json()
        run.origin = origin
        run.state = RunState.CHECKING


def turn_axes(manager: Actor, proceeding: Proceeding, run: ImportRun) -> None:
    """Exchange the two coordinates of every place, and check all again; for what `begin_check` raises see there."""
    choices = Choices.from_json(run.choices)
    begin_check(manager, proceeding, run, replace(choices, swaps_axes=not choices.swaps_axes), run.origin)


def change_columns(manager: Actor, proceeding: Proceeding, run: ImportRun) -> None:
    """Go back to naming columns.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: it was imported already.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    with transaction() as session:
        _require_state(session, run, *BEFORE_IMPORT)
        run.state = RunState.OPEN


def go_on(manager: Actor, proceeding: Proceeding, run: ImportRun, zone: ZoneInfo) -> Progress:
    """Do the next part of what an import is at; each part is kept, so that it can stop anywhere.

    Raises:
        NotPermitted: not a manager of this proceeding.
        NotFound: the rows of the file were swept.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    if run.state is RunState.CHECKING:
        _check_on(proceeding, run, zone)
    elif run.state is RunState.NOTING and not let_screening_know(proceeding):
        _step(run, RunState.NOTING, RunState.DONE)
    elif run.state is RunState.UNDOING:
        _undo_on(manager, run)
    return progress_of(run)


def _check_on(proceeding: Proceeding, run: ImportRun, zone: ZoneInfo) -> None:
    with shelf_of(run.token) as shelf:
        shelf.check_some(checker_for(proceeding, Choices.from_json(run.choices), zone), CHECKED_AT_A_TIME)
        counts = shelf.counts()
    if counts.checked == counts.total:
        _step(run, RunState.CHECKING, RunState.CHECKED)


def _step(run: ImportRun, before: RunState, after: RunState) -> None:
    with transaction() as session:
        locked(session, run)
        if run.state is before:
            run.state = after


def bring_in(manager: Actor, proceeding: Proceeding, run: ImportRun) -> None:
    """Bring the good rows in, in one transaction: the public sees none of them, or all.

    Raises:
        NotPermitted: not a manager of this proceeding.
        NotFound: the rows of the file were swept.
        Conflict: it is not checked, was imported already, or has too many rows for a database with one writer.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    with shelf_of(run.token) as shelf:
        candidates, counts = shelf.candidates(), shelf.counts()
    if counts.checked != counts.total:
        raise Conflict(CHANGED)
    if counts.good > MOST_ON_SQLITE and db.engine.dialect.name == "sqlite":
        message = lazy_gettext(
            "More than %(count)s rows at once would keep everybody else from writing for too long. Split the file, or "
            "ask the operator to import it by the command at night.",
            count=MOST_ON_SQLITE,
        )
        raise Conflict(message)

    def note(session: Session, ids: Sequence[int], compared: Comparison) -> None:
        _require_state(session, run, RunState.CHECKED)
        run.bad_count = counts.bad
        _note_result(session, run, ids, compared)

    import_contributions(
        manager,
        proceeding,
        candidates,
        state=PublicationState(Choices.from_json(run.choices).state),
        origin=run.origin,
        file_digest=run.file_digest,
        note=note,
    )


def bring_in_by_command(
    proceeding: Proceeding,
    candidates: Sequence[Candidate],
    run: ImportRun,
    *,
    state: PublicationState,
) -> Comparison:
    """Bring checked rows in as `flask import` does, so that managers find and undo it on the page as any other.

    A file of which every row was here already leaves no trace.

    Args:
        run: the import, new and not yet stored.
    """

    def note(session: Session, ids: Sequence[int], compared: Comparison) -> None:
        if ids:
            session.add(run)
            session.flush()
            _note_result(session, run, ids, compared)

    compared = import_contributions(
        None, proceeding, candidates, state=state, origin=run.origin, file_digest=run.file_digest, note=note
    )
    while let_screening_know(proceeding):
        pass
    if compared.new:
        _step(run, RunState.NOTING, RunState.DONE)
    return compared


def _note_result(session: Session, run: ImportRun, ids: Sequence[int], compared: Comparison) -> None:
    run.state = RunState.NOTING
    run.imported_at = clock.now()
    run.added_count = len(ids)
    run.existing_count = len(compared.same) + len(compared.changed)
    insert_rows(session, LINK, ({"contribution_id": id_, "run_id": run.id} for id_ in ids))


def undo(manager: Actor, proceeding: Proceeding, run: ImportRun) -> None:
    """Begin to take an import back; `go_on` does it. What people did something with stays.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: it is being imported, was undone already, or is too long ago.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    with transaction() as session:
        _require_state(session, run, RunState.DONE)
        if not may_be_undone(run):
            raise Conflict(lazy_gettext("An import can be undone for 30 days. They are over."))
        run.state = RunState.UNDOING
        run.undone_at = clock.now()
        add_event(session, manager, "imports.undo", run, proceeding_id=proceeding.id)


def may_be_undone(run: ImportRun) -> bool:
    """Whether an import is done, and not too long ago."""
    return run.state is RunState.DONE and run.imported_at is not None and clock.now() - run.imported_at <= UNDONE_WITHIN


def _undo_on(manager: Actor, run: ImportRun) -> None:
    with transaction() as session:
        locked(session, run)
        if run.state is not RunState.UNDOING:
            return
        found = next_of(run, UNDONE_AT_A_TIME)
        if not found:
            run.state = RunState.UNDONE
            add_event(
                session, manager, "imports.undone", run, proceeding_id=run.proceeding_id, deleted=run.undone_count
            )
            return
        going = [row.id for row in found if row.why is None]
        forget_texts(session, "contribution", going)
        delete_contributions(session, going)
        run.undone_count += len(going)
        run.undone_to = found[-1].id


def discard(manager: Actor, proceeding: Proceeding, run: ImportRun) -> None:
    """Forget a file that was not imported.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: it was imported already.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    token = run.token
    with transaction() as session:
        _require_state(session, run, *BEFORE_IMPORT)
        session.delete(run)
    _throw_away([token])


def sweep(*, is_dry: bool = False) -> int:
    """Delete uploaded files older than a day, and what was not imported from them; return how many were left."""
    oldest = clock.now() - KEPT_FOR
    left = (ImportRun.state.in_(BEFORE_IMPORT), ImportRun.created_at < oldest)
    count = purge(ImportRun, *left, is_dry=True)
    if is_dry:
        return count
    if count:
        purge(ImportRun, *left, is_dry=False)
    for path in folder().iterdir():
        if path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)
    return count


def _throw_away(tokens: Sequence[str]) -> None:
    for token in tokens:
        path_of(token).unlink(missing_ok=True)


def _require_state(session: Session, run: ImportRun, *states: RunState) -> None:
    locked(session, run)
    if run.state not in states:
        raise Conflict(CHANGED)
