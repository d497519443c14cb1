"""Where managers bring contributions in from a file: choose it, name its columns, see what would come, import, undo."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.config import Settings
from participation.contributions.feature_collections import place_feature
from participation.contributions.models import Origin
from participation.errors import Conflict, InvalidInput, NotFound, wants_json
from participation.forms import require_token
from participation.imports import queries, runs, undoing
from participation.imports.bad_rows import bad_rows_as_csv
from participation.imports.checking import BadRow, Candidate
from participation.imports.choices import Choices
from participation.imports.forms import (
    COLUMN,
    ORIGIN_NAMES,
    ChoicesForm,
    TableForm,
    UploadForm,
    choices_form,
    table_form,
)
from participation.imports.models import ImportRun, RunState
from participation.imports.shelf import shelf_of
from participation.imports.source import FILE_KIND_NAMES, SourceRow
from participation.imports.topics import topic_words
from participation.pages.rules_desk import managed_proceedings
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_manage
from participation.proceedings.queries import proceeding_by_slug

bp = Blueprint("import_desk", __name__, url_prefix="/manage/<slug>/import")

PREVIEWED = 10
REASONS_SHOWN = 20
GOING = (RunState.CHECKING, RunState.NOTING, RunState.UNDOING)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they would come in, and the places of those that have one."""

    rows: list[Candidate | BadRow]
    features: dict[str, Any]
    has_topic: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """The step at which a file's columns and words are named.

    column: that of the topic, whose words are listed. others: how many further words it has.
    """

    form: ChoicesForm
    table_form: TableForm | None
    choices: Choices
    first: list[SourceRow]
    column: str
    others: int


@bp.route("", methods=["GET", "POST"])
def imports(slug: str) -> Any:
    """List past imports; take a file."""
    settings: Settings = current_app.extensions["settings"]
    most = settings.max_upload_megabytes
    actor, proceeding = _here(slug)
    try:
        form = UploadForm()
        if form.validate_on_submit():
            with closing(form.file.data) as sent:
                data, file_name = sent.read(), sent.filename or ""
            found = runs.take_file(actor, proceeding, data, file_name, layer=form.layer.data or "")
            return _to(slug, found)
    except RequestEntityTooLarge:
        form = UploadForm(formdata=None)
        form.file.errors = [gettext("The file is larger than %(megabytes)s megabytes. Split it.", megabytes=most)]
    except InvalidInput as error:
        form[error.field if error.field == "layer" else "file"].errors = [str(error.message)]
    page = render_template(
        "manage/imports.html",
        proceeding=proceeding,
        proceedings=managed_proceedings(actor),
        form=form,
        runs=queries.runs_of(actor, proceeding),
        origins=ORIGIN_NAMES,
        most=most,
    )
    return page, InvalidInput.status if form.errors else HTTPStatus.OK


@bp.route("/<id:run_id>", methods=["GET", "POST"])
def run(slug: str, run_id: int) -> Any:
    """Show an import at each of its steps; take how its rows are to be read."""
    actor, proceeding = _here(slug)
    found = queries.run_of(actor, proceeding, run_id)
    if found.state is not RunState.OPEN:
        if request.method == "POST":
            flash(str(runs.CHANGED), "warn")
            return _to(slug, found)
        return _page(proceeding, found, **_found_by_check(found))
    if "again" in request.form:
        return _read_again(actor, proceeding, found)
    step = _naming(proceeding, found)
    if step.form.validate_on_submit():
        step = replace(step, choices=step.form.choices())
        if "check" in request.form:
            runs.begin_check(actor, proceeding, found, step.choices, Origin(step.form.origin.data))
            return _to(slug, found)
    return _naming_page(proceeding, found, step), InvalidInput.status if step.form.errors else HTTPStatus.OK


def _read_again(actor: Actor, proceeding: Proceeding, found: ImportRun) -> Any:
    """Take a table apart in another way; if that cannot be, say so beside what was chosen."""
    step = _naming(proceeding, found, formdata=None)
    form = step.table_form
    if form is None:
        raise NotFound
    form.process(request.form)
    if form.validate():
        try:
            encoding, delimiter = form.encoding.data, form.delimiter.data
            runs.read_again(actor, proceeding, found, encoding=encoding, delimiter=delimiter)
            return _to(proceeding.slug, found)
        except InvalidInput as error:
            form.encoding.errors = [str(error.message)]
    return _naming_page(proceeding, found, step), InvalidInput.status


def _naming(proceeding: Proceeding, found: ImportRun, **sent: Any) -> Naming:
    choices = Choices.from_json(found.choices)
    with shelf_of(found.token) as shelf:
        columns, _ = shelf.head()
        wanted = request.form.get(f"{COLUMN}category", "") if not sent and request.form else choices.columns["category"]
        column = wanted if wanted in columns else ""
        words = topic_words(shelf.values(column) if column else (), proceeding)
        first = shelf.first(PREVIEWED)
        original = shelf.original()
    form = choices_form(found, columns, proceeding, choices, words, **sent)
    how = table_form(original, formdata=None) if original else None
    return Naming(form, how, choices, first, column, words.others)


def _naming_page(proceeding: Proceeding, found: ImportRun, step: Naming) -> str:
    preview = _preview(proceeding, step.choices, step.first)
    return _page(proceeding, found, form=step.form, step=step, preview=preview)


@bp.route("/<id:run_id>/go", methods=["POST"])
def go(slug: str, run_id: int) -> AnyResponse:
    """Do the next part of what an import is at."""
    actor, proceeding = _here(slug)
    require_token()
    found = queries.run_of(actor, proceeding, run_id)
    settings: Settings = current_app.extensions["settings"]
    progress = runs.go_on(actor, proceeding, found, settings.time_zone)
    if wants_json():
        return jsonify(done=progress.done, total=progress.total)
    return _to(slug, found)


@bp.route("/<id:run_id>/act", methods=["POST"])
def act(slug: str, run_id: int) -> AnyResponse:
    """Import the good rows, turn the places, go back to the columns, discard the file, or undo the import."""
    actor, proceeding = _here(slug)
    require_token()
    found = queries.run_of(actor, proceeding, run_id)
    acts: dict[str, Callable[[Actor, Proceeding, ImportRun], None]] = {
        "import": runs.bring_in,
        "turn": runs.turn_axes,
        "change": runs.change_columns,
        "discard": runs.discard,
        "undo": runs.undo,
    }
    wanted = request.form.get("act", "")
    if wanted not in acts:
        raise InvalidInput
    try:
        acts[wanted](actor, proceeding, found)
    except Conflict as error:
        flash(str(error.message), "warn")
    if wanted == "discard":
        return redirect(url_for(".imports", slug=slug), HTTPStatus.SEE_OTHER)
    return _to(slug, found)


@bp.route("/<id:run_id>/bad-rows.csv")
def bad_rows(slug: str, run_id: int) -> Response:
    """Give the rows that cannot come in, with the reasons in front of them."""
    actor, proceeding = _here(slug)
    found = queries.run_of(actor, proceeding, run_id)
    with shelf_of(found.token) as shelf:
        bad = shelf.bad_rows()
    text = "".join(bad_rows_as_csv(found.kind, bad, ";"))
    response = current_app.response_class(text.encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{proceeding.slug}-bad-rows-{found.id}.csv"'
    return response


def _here(slug: str) -> tuple[Actor, Proceeding]:
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_manage(actor, proceeding.id), actor=actor)
    return actor, proceeding


def _to(slug: str, found: ImportRun) -> AnyResponse:
    return redirect(url_for(".run", slug=slug, run_id=found.id), HTTPStatus.SEE_OTHER)


def _found_by_check(found: ImportRun) -> dict[str, Any]:
    """Return what the check found, as long as the file is there."""
    try:
        with shelf_of(found.token) as shelf:
            return {"counts": shelf.counts(), "reasons": shelf.reasons(REASONS_SHOWN), "topics": shelf.topics()}
    except NotFound:
        return {}


def _preview(proceeding: Proceeding, choices: Choices, first: list[SourceRow]) -> Preview:
    settings: Settings = current_app.extensions["settings"]
    # As long as no topic is chosen, the rest can be seen: any topic stands in for it, and is not shown.
    has_topic = bool(choices.category or choices.columns["category"])
    shown = choices if has_topic else replace(choices, category=proceeding.categories[0].key)
    checker = runs.checker_for(proceeding, shown, settings.time_zone)
    rows = [checker.check(row) for row in first]
    categories = {category.key: category for category in proceeding.categories}
    features = [
        place_feature(row.new.geometry, categories[row.new.category] if has_topic else None)
        for row in rows
        if isinstance(row, Candidate) and row.new.geometry is not None
    ]
    return Preview(rows, {"type": "FeatureCollection", "features": features}, has_topic)


def _page(proceeding: Proceeding, found: ImportRun, **parts: Any) -> str:
    form: ChoicesForm | None = parts.pop("form", None)
    return render_template(
        "manage/import.html",
        proceeding=proceeding,
        run=found,
        form=form,
        kind_name=FILE_KIND_NAMES[found.kind],
        progress=queries.progress_of(found) if found.state in GOING else None,
        may_be_undone=runs.may_be_undone(found),
        kept_counts=undoing.kept_counts(found) if found.state in (RunState.DONE, RunState.UNDONE) else {},
        kept=undoing.kept(found) if found.state is RunState.UNDONE else [],
        **parts,
    )
