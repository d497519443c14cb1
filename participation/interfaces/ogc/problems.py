"""What clients did wrong, as problem details (RFC 9457) that name the parameter, or as a page for people."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_babel import lazy_gettext

from participation.errors import ParticipationError, error_response
from participation.interfaces.ogc.formats import prefers_html

PROBLEM_TYPE = "application/problem+json"


class InvalidParameter(ParticipationError):
    """A query parameter has a value that it cannot have, or does not exist; `field` names it."""

    status = HTTPStatus.BAD_REQUEST
    title = lazy_gettext("Please check the address.")

    def __init__(self, parameter: str, message: Any) -> None:
        super().__init__(message, field=parameter)


class NotAcceptable(ParticipationError):
    """The client takes none of the media types there are."""

    status = HTTPStatus.NOT_ACCEPTABLE
    title = lazy_gettext("There is no such format.")


def on_refusal(error: ParticipationError) -> Response:
    """Answer in the form that the client reads."""
    if prefers_html():
        return error_response(error.status, error.message, title=error.title, field=error.field, headers=error.headers)
    problem = {
        "type": "about:blank",
        "title": str(error.title),
        "status": int(error.status),
        "detail": str(error.message or error.title),
    }
    response = jsonify(problem | ({"parameter": error.field} if error.field else {}))
    response.status_code = error.status
    response.content_type = PROBLEM_TYPE
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(error.headers)
    return response
