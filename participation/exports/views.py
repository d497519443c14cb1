"""Downloads for the public and for planners."""

from collections.abc import Callable, Iterator
from http import HTTPStatus

from flask import Blueprint, Response, request, stream_with_context

from participation.accounts.actors import require
from participation.accounts.sessions import current_actor, signed_in_actor
from participation.contributions.filters import ContributionFilter
from participation.database import db
from participation.exports import csv_format, geojson_format
from participation.exports.editions import Edition
from participation.exports.services import note_personal_download
from participation.exports.tables import CONTRIBUTIONS, Audience
from participation.proceedings.permissions import PUBLIC_STATES, may_plan
from participation.proceedings.queries import proceeding_by_slug

bp = Blueprint("exports", __name__)

Chunks = Callable[[Edition], Iterator[bytes]]


@bp.route("/proceedings/<slug>/contributions.geojson")
def public_geojson(slug: str) -> Response:
    """Download the public contributions as GeoJSON."""
    return _geojson(_public(slug))


@bp.route("/proceedings/<slug>/contributions.csv")
def public_csv(slug: str) -> Response:
    """Download the public contributions as a table."""
    return _csv(_public(slug))


@bp.route("/planning/<slug>/contributions.geojson")
def planners_geojson(slug: str) -> Response:
    """Download the planners' edition as GeoJSON."""
    return _geojson(_planners(slug))


@bp.route("/planning/<slug>/contributions.csv")
def planners_csv(slug: str) -> Response:
    """Download the planners' edition as a table."""
    return _csv(_planners(slug))


def _public(slug: str) -> Edition:
    proceeding = proceeding_by_slug(current_actor(), slug)
    return Edition(CONTRIBUTIONS, proceeding, ContributionFilter.from_arguments(request.args))


def _planners(slug: str) -> Edition:
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_plan(actor, proceeding.id), actor=actor)
    audience = Audience.PERSONAL if request.args.get("personal") == "1" else Audience.PLANNERS
    return Edition(CONTRIBUTIONS, proceeding, ContributionFilter.from_arguments(request.args), audience)


def _geojson(edition: Edition) -> Response:
    return _download(edition, "geojson", geojson_format.MEDIA_TYPE, geojson_format.geojson_chunks)


def _csv(edition: Edition) -> Response:
    for_german_excel = request.args.get("excel") == "de"
    return _download(
        edition, "csv", csv_format.MEDIA_TYPE, lambda one: csv_format.csv_chunks(one, for_german_excel=for_german_excel)
    )


def _download(edition: Edition, suffix: str, media_type: str, chunks: Chunks) -> Response:
    """Answer a download: not at all when the client has it (ETag), else streamed."""
    response = Response(content_type=media_type)
    # Asked for the length, Werkzeug would collect the whole file in memory first.
    response.automatically_set_content_length = False
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(edition, suffix)}"'
    is_open = edition.audience is Audience.PUBLIC and edition.proceeding.state in PUBLIC_STATES
    response.headers["Cache-Control"] = "public, no-cache" if is_open else "private, no-cache"
    response.set_etag(edition.etag(request.full_path))
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK and request.method == "GET":
        if edition.audience is Audience.PERSONAL:
            note_personal_download(signed_in_actor(), edition.proceeding)
        response.response = stream_with_context(_closing(chunks(edition)))
    return response


def _closing(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """End the reading transaction when the last chunk is sent, or the client has gone."""
    try:
        yield from chunks
    finally:
        db.session.rollback()


def _file_name(edition: Edition, suffix: str) -> str:
    kind = edition.table.name if edition.audience is Audience.PUBLIC else f"{edition.table.name}-planning"
    return f"{edition.proceeding.slug}-{kind}.{suffix}"
