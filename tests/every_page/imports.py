"""Imports in each state, for the pages about them."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from participation.accounts.actors import Actor
from participation.accounts.models import Role, User
from participation.contributions.models import Origin
from participation.database import db
from participation.imports import runs
from participation.imports.choices import Choices
from participation.imports.models import ImportRun, RunState
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug
from tests.every_page.page_state import PageState

TABLE = """nr;titel;text;lon;lat;thema
1;Bänke am Ring;Zwei Bänke im Schatten.;12.3707;51.3421;green
2;Eine Linde mehr;An der Ecke fehlt ein Baum.;12.3712;51.3424;green
3;Ein Titel;kurz;;;green
4;Vertauschter Ort;Dieser Ort ist verdreht.;51.3421;12.3707;green
"""

# The file whose columns are being named has none for the topic: it cannot be checked yet.
HEADS = {state: "ort" if state is RunState.OPEN else "thema" for state in RunState}


def make_imports(slug: str) -> dict[str, int]:
    """Bring a file to each of the steps at which an import waits for its manager; return the ids."""
    proceeding = proceeding_by_slug(Actor(is_administrator=True), slug)
    ids = {}
    for state in (RunState.UNDONE, RunState.DONE, RunState.CHECKED, RunState.OPEN):
        email = "manager@example.org" if state is RunState.OPEN else "admin@example.org"
        user_id = db.session.scalar(select(User.id).where(User.email == email))
        manager = Actor(user_id=user_id, roles=frozenset({(proceeding.id, Role.MANAGER)}))
        run = runs.take_file(manager, proceeding, TABLE.replace("thema", HEADS[state]).encode(), f"Saal {state}.csv")
        ids[state.value] = run.id
        if state is RunState.OPEN:
            continue
        runs.begin_check(manager, proceeding, run, Choices.from_json(run.choices), Origin.HALL)
        _go_on(manager, proceeding, run.id)
        if state is RunState.CHECKED:
            continue
        runs.bring_in(manager, proceeding, db.session.get_one(ImportRun, run.id))
        _go_on(manager, proceeding, run.id)
        if state is RunState.UNDONE:
            runs.undo(manager, proceeding, db.session.get_one(ImportRun, run.id))
            _go_on(manager, proceeding, run.id)
    return ids


def import_pages(imports: dict[str, int], slug: str, empty: str, manager: str) -> list[PageState]:
    """Return the pages about them, and that of a proceeding without imports."""
    return [
        PageState("imports", f"/manage/{slug}/import", manager),
        PageState("imports, none yet, English", f"/en/manage/{empty}/import", manager),
        PageState("imports, no file", f"/manage/{empty}/import", manager, "#import-form [type=submit]", 422),
        PageState("import, columns", f"/manage/{slug}/import/{imports['open']}", manager),
        PageState("import, columns, error", f"/manage/{slug}/import/{imports['open']}", manager, "[name=check]", 422),
        PageState("import, checked, English", f"/en/manage/{slug}/import/{imports['checked']}", manager),
        PageState("import, done", f"/manage/{slug}/import/{imports['done']}", manager),
        PageState("import, undone, English", f"/en/manage/{slug}/import/{imports['undone']}", manager),
    ]


def _go_on(manager: Actor, proceeding: Proceeding, run_id: int) -> None:
    while True:
        progress = runs.go_on(manager, proceeding, db.session.get_one(ImportRun, run_id), ZoneInfo("Europe/Berlin"))
        if progress.done >= progress.total:
            return
