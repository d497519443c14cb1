"""What can go wrong, and how it is told: a page for people, problem details (RFC 9457) for programs."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Self

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from participation.geodata.errors import GeodataError

JSON_SUFFIXES = (
    *(".json", ".geojson", ".jsonfg", ".csv", ".xlsx", ".gpkg"),
    *(".atom", ".xml", ".jsonld", ".ttl", "/oembed"),
)
JSON_PREFIXES = ("/api/v1/",)


class ParticipationError(Exception):
    """An act that the rules refuse; `message` says in plain words what to do."""

    status = HTTPStatus.BAD_REQUEST
    title = lazy_gettext("That did not work.")
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, message: Any = "", *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(ParticipationError):
    """The input breaks a rule; `field` names the form field, if there is one.

    `errors`: all that is wrong, as (field, message), where more than one thing was looked at.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = lazy_gettext("Please check your entries.")
    errors: Sequence[tuple[str, Any]] = ()

    @classmethod
    def of_geodata(cls, error: GeodataError, field: str) -> Self:
        """Say in the reader's language what is wrong with a place or a file."""
        return cls(gettext(error.message, **error.parameters), field=field)


class NotFound(ParticipationError):
    """There is no such thing, or this person may not know of it."""

    status = HTTPStatus.NOT_FOUND
    title = lazy_gettext("This page does not exist.")


class Gone(ParticipationError):
    """It was public once and is no longer."""

    status = HTTPStatus.GONE
    title = lazy_gettext("This is no longer public.")


class NotSignedIn(ParticipationError):
    """Only people with an account may do this."""

    status = HTTPStatus.UNAUTHORIZED
    title = lazy_gettext("Please sign in.")


class InvalidToken(NotSignedIn):
    """A program sent a token that is none, or none any more (RFC 6750, 3.1)."""

    title = lazy_gettext("This token is not valid.")
    headers: ClassVar[Mapping[str, str]] = {
        "WWW-Authenticate": 'Bearer realm="tokens", error="invalid_token", Basic realm="tokens"'
    }

    def __init__(self) -> None:
        super().__init__(
            lazy_gettext("It is wrong, has expired or was revoked. Make a new one under “My account”, “Tokens”.")
        )


class NotPermitted(ParticipationError):
    """This person's roles do not allow it."""

    status = HTTPStatus.FORBIDDEN
    title = lazy_gettext("You may not do this.")


class Blocked(NotPermitted):
    """A moderator's decision keeps this person from acting for a time; `message`: why, until when, what helps."""

    title = lazy_gettext("You cannot write or vote here at the moment.")


class Conflict(ParticipationError):
    """Someone else was faster, or the state does not allow it (any more)."""

    status = HTTPStatus.CONFLICT
    title = lazy_gettext("Someone was faster.")


class PhaseClosed(Conflict):
    """The proceeding's phase does not allow this now."""

    title = lazy_gettext("This is not open at the moment.")


class TooMany(ParticipationError):
    """A rate limit was reached."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = lazy_gettext("That was a lot in a short time.")


class Busy(ParticipationError):
    """The database could not take the write in time; nothing was saved."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = lazy_gettext("Too many people are writing right now.")


class CannotSave(ParticipationError):
    """The database takes no writes, e.g. on a full disk; nothing was saved, and reading goes on."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = lazy_gettext("Nothing can be saved at the moment.")
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "300"}

    def __init__(self) -> None:
        super().__init__(
            lazy_gettext(
                "The fault is ours, and we know of it. Nothing was saved. What you typed is still there if you go back."
            )
        )


EXPLANATIONS: dict[int, Any] = {
    400: lazy_gettext("The browser sent something we do not understand. Please go back and try again."),
    401: lazy_gettext("This page is for people with an account."),
    403: lazy_gettext("Your account has no right to see this page. Ask the manager of the consultation."),
    404: lazy_gettext("Perhaps the link is old or has a typing error."),
    405: lazy_gettext("This address cannot be used like that. Please go back and try again."),
    409: lazy_gettext("Someone changed this at the same time. Please look at it again."),
    410: lazy_gettext("Its author or a moderator took it back. The discussion goes on."),
    413: lazy_gettext("What you sent is too large. Please shorten it."),
    415: lazy_gettext("This kind of file or data is not accepted here."),
    429: lazy_gettext("Please wait a few minutes and then go on. What you typed is still there if you go back."),
    500: lazy_gettext("The mistake is ours, and it is recorded. Please try again in a few minutes."),
    503: lazy_gettext("Please try again in a few seconds. What you typed is still there if you go back."),
}
TITLES: dict[int, Any] = {
    error.status: error.title
    for error in (InvalidInput, NotFound, Gone, NotSignedIn, NotPermitted, Conflict, TooMany, Busy)
} | {
    400: ParticipationError.title,
    405: ParticipationError.title,
    413: lazy_gettext("That is too much at once."),
    415: ParticipationError.title,
    500: lazy_gettext("Something broke on our side."),
}
RETRY_AFTER_SECONDS = {429: 60, 503: 2}
NO_HEADERS: Mapping[str, str] = {}


def wants_json() -> bool:
    """Whether the client reads JSON: by the address' ending or by its Accept header."""
    if request.path.endswith(JSON_SUFFIXES) or request.path.startswith(JSON_PREFIXES) or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return (
        best is not None
        and best != "text/html"
        and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]
    )


def error_response(
    status: int,
    message: Any = "",
    *,
    title: Any = "",
    field: str = "",
    errors: Sequence[tuple[str, Any]] = (),
    headers: Mapping[str, str] = NO_HEADERS,
) -> Response:
    """Answer with a page or problem details, in the language of the request; by default with what the status says."""
    title = str(title or TITLES.get(status, ParticipationError.title))
    detail = str(message or EXPLANATIONS.get(status, EXPLANATIONS[400]))
    if wants_json():
        problem: dict[str, Any] = {"type": "about:blank", "title": title, "status": int(status), "detail": detail}
        if field:
            problem["field"] = field
        if errors:
            problem["errors"] = [{"field": name, "detail": str(words)} for name, words in errors]
        response = jsonify(problem)
        response.content_type = "application/problem+json"
        if status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Bearer realm="tokens"'
    else:
        response = current_app.make_response(_error_page(status=int(status), title=title, detail=detail))
    response.status_code = status
    if status in RETRY_AFTER_SECONDS:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS[status])
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers)
    return response


def _error_page(**context: Any) -> str:
    """Write the page; when the database does not answer, which knows who reads, write it for a stranger."""
    try:
        return render_template("error.html", **context, has_database=True)
    except SQLAlchemyError:
        current_app.extensions["act_as_stranger"]()
        return render_template("error.html", **context, has_database=False)


def init_errors(app: Flask, act_as_stranger: Callable[[], None]) -> None:
    """Turn whatever is raised into an answer.

    Args:
        app: to be connected.
        act_as_stranger: makes the request one of a stranger, without asking the database.
    """
    app.extensions["act_as_stranger"] = act_as_stranger

    @app.errorhandler(ParticipationError)
    def on_refusal(error: ParticipationError) -> Response:
        return error_response(
            error.status,
            error.message,
            title=error.title,
            field=error.field,
            errors=error.errors if isinstance(error, InvalidInput) else (),
            headers=error.headers,
        )

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Any:
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error
        response = error_response(error.code)
        for name, value in error.get_headers(request.environ):
            if name not in ("Content-Type", "Content-Length"):
                response.headers.setdefault(name, value)
        return response

    @app.errorhandler(Exception)
    def on_fault(error: Exception) -> Response:
        app.logger.error("unhandled %s on %s", type(error).__name__, request.endpoint, exc_info=error)
        if app.testing:
            raise error
        return error_response(HTTPStatus.INTERNAL_SERVER_ERROR)
