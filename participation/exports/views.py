"""Downloads for the public and for planners: one address for each table in each format."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import lazy_gettext
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import current_actor, signed_in_actor
from participation.contributions.filters import ContributionFilter
from participation.errors import Gone, InvalidInput, NotFound
from participation.exports.editions import Edition
from participation.exports.files import edition_of, is_fresh, is_large, require_own, start_file
from participation.exports.formats import FORMATS, Format, format_of
from participation.exports.sending import answer, file_name
from participation.exports.services import note_personal_download
from participation.exports.tables import TABLES, Audience
from participation.forms import BaseForm
from participation.jobs.models import KEPT_FOR, Job, JobState
from participation.jobs.queries import job_by_secret, job_secret, result_path
from participation.proceedings.permissions import may_plan, may_see_proceeding
from participation.proceedings.queries import proceeding_by_slug
from participation.security import private_page

bp = Blueprint("exports", __name__)

SCHEMAS = {path.stem: path.read_bytes() for path in (Path(__file__).parent / "schemas").glob("*.json")}
ADDRESS = f"<any({', '.join(TABLES)}):table>.<suffix>"


@bp.route(f"/proceedings/<slug>/{ADDRESS}")
def public(slug: str, table: str, suffix: str) -> Response:
    """Download what is public of a table."""
    format_ = _format(suffix)
    proceeding = proceeding_by_slug(current_actor(), slug)
    edition = Edition(TABLES[table], proceeding, ContributionFilter.from_arguments(request.args))
    if is_large(edition, format_):
        return redirect(_here(".prepare_public", slug, table, suffix), 303)
    return answer(edition, format_)


@bp.route(f"/planning/<slug>/{ADDRESS}")
def planners(slug: str, table: str, suffix: str) -> Response:
    """Download the planners' edition of a table."""
    actor = signed_in_actor()
    edition, format_ = _planners_edition(actor, slug, table), _format(suffix)
    if is_large(edition, format_):
        return redirect(_here(".prepare_planners", slug, table, suffix), 303)
    response = answer(edition, format_)
    is_sent = request.method == "GET" and response.status_code == HTTPStatus.OK
    if edition.audience is Audience.PERSONAL and is_sent:
        note_personal_download(actor, edition.proceeding)
    return response


@bp.route(f"/proceedings/<slug>/{ADDRESS}/prepare", methods=["GET", "POST"])
def prepare_public(slug: str, table: str, suffix: str) -> Response | str:
    """Say how large a file will be, and let it be made."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    edition = Edition(TABLES[table], proceeding, ContributionFilter.from_arguments(request.args))
    return _prepare(current_actor(), edition, _format(suffix))


@bp.route(f"/planning/<slug>/{ADDRESS}/prepare", methods=["GET", "POST"])
def prepare_planners(slug: str, table: str, suffix: str) -> Response | str:
    """Do the same with the planners' edition."""
    actor = signed_in_actor()
    return _prepare(actor, _planners_edition(actor, slug, table), _format(suffix))


@bp.route("/downloads/<secret>")
def job(secret: str) -> Response:
    """Show how far a file is, then the link to it."""
    found, edition = _own_job(secret)
    page = render_template(
        "exports/job.html",
        job=found,
        proceeding=edition.proceeding,
        is_fresh=found.state is not JobState.DONE or is_fresh(found),
        file_url=url_for(".file", secret=secret),
        again_url=_again(found, edition),
        kept_until=found.finished_at and found.finished_at + KEPT_FOR,
    )
    return private_page(page)


@bp.route("/downloads/<secret>/file")
def file(secret: str) -> Response:
    """Send a file that was made in the background, unless something of it was hidden since."""
    found, edition = _own_job(secret)
    path = result_path(found)
    if found.state is not JobState.DONE or not path.exists():
        raise NotFound
    if not is_fresh(found):
        raise Gone(lazy_gettext("Something of it is no longer public. Please let the file be made again."))
    format_ = FORMATS[found.arguments["suffix"]]
    if edition.audience is Audience.PERSONAL and request.method == "GET":
        note_personal_download(current_actor(), edition.proceeding)
    response = send_file(path, format_.media_type, as_attachment=True, download_name=file_name(edition, format_))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/schemas/<name>.json")
def schema(name: str) -> Response:
    """Show the JSON schema of a table's rows; a change of it is a new version."""
    if name not in SCHEMAS:
        raise NotFound
    response = Response(SCHEMAS[name], content_type="application/schema+json")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _planners_edition(actor: Actor, slug: str, table: str) -> Edition:
    proceeding = proceeding_by_slug(actor, slug)
    require(may_plan(actor, proceeding.id), actor=actor)
    audience = Audience.PERSONAL if _choice("personal", "1") else Audience.PLANNERS
    return Edition(TABLES[table], proceeding, ContributionFilter.from_arguments(request.args), audience)


def _prepare(actor: Actor, edition: Edition, format_: Format) -> Response | str:
    if format_.write is None:
        raise NotFound  # it is streamed: there is nothing to prepare
    form = BaseForm()
    if form.validate_on_submit():
        secret = job_secret(start_file(actor, edition, format_))
        return redirect(url_for(".job", secret=secret), 303)
    page = render_template(
        "exports/prepare.html", proceeding=edition.proceeding, count=edition.count(),
        format=format_, form=form,
    )  # fmt: skip
    return private_page(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)


def _own_job(secret: str) -> tuple[Job, Edition]:
    try:
        found = job_by_secret(secret)
    except NotFound:
        message = lazy_gettext(
            "There is no file at this address. Files are deleted after a day; you can have yours made anew."
        )
        raise NotFound(message) from None
    require_own(current_actor(), found)
    edition = edition_of(found)
    require(may_see_proceeding(current_actor(), edition.proceeding), actor=current_actor())
    return found, edition


def _again(found: Job, edition: Edition) -> str:
    endpoint = ".prepare_public" if edition.audience is Audience.PUBLIC else ".prepare_planners"
    values: dict[str, Any] = {
        "slug": edition.proceeding.slug,
        "table": edition.table.name,
        "suffix": found.arguments["suffix"],
        "personal": "1" if edition.audience is Audience.PERSONAL else None,
        **edition.wanted.to_arguments(),
    }
    return url_for(endpoint, **values)


def _here(endpoint: str, slug: str, table: str, suffix: str) -> str:
    """Return the address of another page about the same file."""
    values: dict[str, Any] = request.args.to_dict(flat=False)
    return url_for(endpoint, **{**values, "slug": slug, "table": table, "suffix": suffix})


def _format(suffix: str) -> Format:
    return format_of(suffix, for_german_excel=_choice("excel", "de"))


def _choice(name: str, value: str) -> bool:
    """Whether a word of the address has its one value; refuse any other."""
    wanted = request.args.get(name, "")
    if wanted not in ("", "0", value):
        hint = lazy_gettext("Use “%(name)s=%(value)s”, or leave it out.", name=name, value=value)
        raise InvalidInput(hint, field=name)
    return wanted == value
