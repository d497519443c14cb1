"""Addresses of vector tiles under /ogc (OGC API – Tiles Part 1): the list of tile sets, one tile set, one tile."""

from http import HTTPStatus

from flask import Blueprint, Response, request
from flask_babel import gettext

from participation.accounts.sessions import current_actor
from participation.errors import NotFound, ParticipationError
from participation.geodata.tiles import Tile
from participation.interfaces.ogc.answers import answer, open_to_other_sites
from participation.interfaces.ogc.collections import collection_by_id
from participation.interfaces.ogc.formats import JSON_TYPE, TILE_TYPE
from participation.interfaces.ogc.parameters import require_known
from participation.interfaces.ogc.problems import InvalidParameter, NotAcceptable, on_refusal
from participation.interfaces.ogc.tiles import MATRIX_SET, tile_of, tileset_document, tilesets_document

bp = Blueprint("ogc_tiles", __name__, url_prefix="/ogc/collections/<collection_id>/tiles")
bp.register_error_handler(ParticipationError, on_refusal)
bp.after_request(open_to_other_sites)


@bp.route("")
def tilesets(collection_id: str) -> Response:
    """List the tile sets of a collection."""
    require_known()
    found = collection_by_id(current_actor(), collection_id)
    return answer("ogc/tiles.html", JSON_TYPE, lambda links: tilesets_document(found, links), collection=found)


@bp.route(f"/{MATRIX_SET}")
def tileset(collection_id: str) -> Response:
    """Describe the tile set, with the template of its tiles' addresses."""
    require_known()
    found = collection_by_id(current_actor(), collection_id)
    return answer("ogc/tiles.html", JSON_TYPE, lambda links: tileset_document(found, links), collection=found)


@bp.route(f"/{MATRIX_SET}/<int:zoom>/<int:row>/<int:column>")
def tile(collection_id: str, zoom: int, row: int, column: int) -> Response:
    """Send one tile; an empty one is 204."""
    require_known()
    _require_tiles_wanted()
    actor = current_actor()
    found = collection_by_id(actor, collection_id)
    wanted = Tile(zoom, row, column)
    if not wanted.exists:
        raise NotFound(gettext("There is no such tile. Zoom, row and column start at 0, the deepest zoom is 20."))
    response = Response(content_type=TILE_TYPE)
    response.headers["Cache-Control"] = "private, no-cache" if actor.is_signed_in else "public, no-cache"
    if found.edition:
        response.set_etag(found.edition.etag(request.path))
        if response.make_conditional(request).status_code == HTTPStatus.NOT_MODIFIED:
            return response
    response.data = tile_of(found, wanted)
    if not found.edition:
        response.add_etag()
        response.make_conditional(request)
    elif not response.data:
        response.status_code = HTTPStatus.NO_CONTENT
    return response


def _require_tiles_wanted() -> None:
    """Refuse other formats.

    Raises:
        InvalidParameter: `f` is not mvt.
        NotAcceptable: the Accept header wants something else.
    """
    if request.args.get("f", "mvt") != "mvt":
        raise InvalidParameter("f", gettext("“f” must be mvt."))
    accepted = request.accept_mimetypes
    if accepted.provided and "f" not in request.args and not accepted.best_match([TILE_TYPE, "application/x-protobuf"]):
        raise NotAcceptable(gettext("This address answers as one of: %(types)s.", types=TILE_TYPE))
