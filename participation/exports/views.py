"""Downloads for the public and for planners: one address for each table in each format."""

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext

from participation.accounts.actors import require
from participation.accounts.sessions import current_actor, signed_in_actor
from participation.contributions.filters import ContributionFilter
from participation.errors import InvalidInput, NotFound
from participation.exports.editions import Edition
from participation.exports.formats import Format, format_of
from participation.exports.sending import answer
from participation.exports.services import note_personal_download
from participation.exports.tables import TABLES, Audience
from participation.proceedings.permissions import may_plan
from participation.proceedings.queries import proceeding_by_slug

bp = Blueprint("exports", __name__)

SCHEMAS = {path.stem: path.read_bytes() for path in (Path(__file__).parent / "schemas").glob("*.json")}
ADDRESS = f"<any({', '.join(TABLES)}):table>.<suffix>"


@bp.route(f"/proceedings/<slug>/{ADDRESS}")
def public(slug: str, table: str, suffix: str) -> Response:
    """Download what is public of a table."""
    format_ = _format(suffix)
    proceeding = proceeding_by_slug(current_actor(), slug)
    return answer(Edition(TABLES[table], proceeding, ContributionFilter.from_arguments(request.args)), format_)


@bp.route(f"/planning/<slug>/{ADDRESS}")
def planners(slug: str, table: str, suffix: str) -> Response:
    """Download the planners' edition of a table."""
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_plan(actor, proceeding.id), actor=actor)
    format_ = _format(suffix)
    audience = Audience.PERSONAL if _choice("personal", "1") else Audience.PLANNERS
    edition = Edition(TABLES[table], proceeding, ContributionFilter.from_arguments(request.args), audience)
    response = answer(edition, format_)
    if audience is Audience.PERSONAL and request.method == "GET" and response.status_code == HTTPStatus.OK:
        note_personal_download(actor, proceeding)
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


def _format(suffix: str) -> Format:
    return format_of(suffix, for_german_excel=_choice("excel", "de"))


def _choice(name: str, value: str) -> bool:
    """Whether a word of the address has its one value; refuse any other."""
    wanted = request.args.get(name, "")
    if wanted not in ("", "0", value):
        hint = lazy_gettext("Use “%(name)s=%(value)s”, or leave it out.", name=name, value=value)
        raise InvalidInput(hint, field=name)
    return wanted == value
