"""Reads of imports."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participation.accounts.actors import Actor, require
from participation.database import db
from participation.errors import NotFound
from participation.imports.models import BEFORE_IMPORT, ImportedContribution, ImportRun, RunState
from participation.imports.shelf import shelf_of
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_manage
from participation.screening.models import ScreenedText

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is with what it is at."""

    done: int
    total: int


def run_of(manager: Actor, proceeding: Proceeding, run_id: int) -> ImportRun:
    """Return an import into a proceeding, for its managers.

    Raises:
        NotPermitted: not a manager here.
        NotFound: there is none with this number here.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    run = db.session.get(ImportRun, run_id, options=[joinedload(ImportRun.user)])
    if run is None or run.proceeding_id != proceeding.id:
        raise NotFound(lazy_gettext("There is no such import. A file that was not imported is deleted after a day."))
    return run


def runs_of(manager: Actor, proceeding: Proceeding) -> Sequence[ImportRun]:
    """Return the newest imports into a proceeding, and this manager's own file that is not imported yet."""
    require(may_manage(manager, proceeding.id), actor=manager)
    statement = (
        select(ImportRun)
        .where(
            ImportRun.proceeding_id == proceeding.id,
            ImportRun.state.not_in(BEFORE_IMPORT) | (ImportRun.user_id == manager.user_id),
        )
        .order_by(ImportRun.id.desc())
        .limit(SHOWN)
        .options(joinedload(ImportRun.user))
    )
    return db.session.scalars(statement).all()


def progress_of(run: ImportRun) -> Progress:
    """Return how far an import is with what it is at; all of it when it is at nothing."""
    if run.state is RunState.CHECKING:
        with shelf_of(run.token) as shelf:
            counts = shelf.counts()
        return Progress(counts.checked, counts.total)
    links = select(func.count()).select_from(ImportedContribution).where(ImportedContribution.run_id == run.id)
    done = run.added_count
    if run.state is RunState.NOTING:
        is_known = (ScreenedText.item_kind == "contribution") & (
            ScreenedText.item_id == ImportedContribution.contribution_id
        )
        # The last step is the one that finds nothing to do.
        done = min(db.session.scalar(links.join(ScreenedText, is_known)) or 0, run.added_count - 1)
    elif run.state is RunState.UNDOING:
        seen = db.session.scalar(links.where(ImportedContribution.contribution_id <= run.undone_to)) or 0
        done = min(run.undone_count + seen, run.added_count - 1)
    return Progress(max(done, 0), run.added_count or (1 if run.state is RunState.NOTING else 0))
