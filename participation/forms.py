"""The form every other form inherits from.

Its token (against cross-site request forgery) is bound to the session or to the guest cookie, and needs neither:
a page that is only read sets no cookie. Browsers that send Origin or Sec-Fetch-Site are checked in `security.py` too.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app, request, session
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import Field, SelectChoice, ValidationError  # type: ignore[attr-defined]  # the stubs lack SelectChoice
from wtforms.csrf.core import CSRF

from participation.errors import InvalidInput

__all__ = [
    "GUEST_COOKIE",
    "ActForm",
    "AtMost",
    "BaseForm",
    "SelectChoice",
    "ask",
    "checked_email",
    "email_address",
    "is_valid_token",
    "issue_token",
    "require_token",
]

GUEST_COOKIE = "guest"
TOKEN_LIFETIME_SECONDS = 24 * 3600
TOO_OLD = lazy_gettext("This page was open for too long. Please send it once more; nothing is lost.")


def issue_token() -> str:
    """Make a form token for this browser."""
    return _serializer().dumps(_bound_to(session.get("key") or request.cookies.get(GUEST_COOKIE) or ""))


def is_valid_token(token: str) -> bool:
    """Whether the token was made here, for this browser, within a day."""
    try:
        bound = _serializer().loads(token, max_age=TOKEN_LIFETIME_SECONDS)
    except BadSignature:
        return False
    return isinstance(bound, str) and any(hmac.compare_digest(bound, _bound_to(identity)) for identity in _identities())


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="form")


def _identities() -> list[str]:
    """Return for whom the form may have been made: for this browser, or for the stranger it was until its first act.

    A stranger's token is anybody's. From a guest it counts only if the browser said where the form came from, which
    `security.py` has checked; otherwise a page opened before the first vote would refuse the second.
    """
    if key := session.get("key"):
        return [key]
    has_origin = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    return [request.cookies.get(GUEST_COOKIE, ""), *([""] if has_origin else [])]


def _bound_to(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:24]


class BoundToken(CSRF):
    """WTForms' interface to the functions above."""

    def generate_csrf_token(self, csrf_token_field: Field) -> str:  # noqa: ARG002
        """Give the form its token."""
        return issue_token()

    def validate_csrf_token(self, form: Any, field: Field) -> None:  # noqa: ARG002
        """Refuse a form that was not made for this browser or is older than a day."""
        if not is_valid_token(field.data or ""):
            raise ValidationError(str(TOO_OLD))


def checked_email(typed: str) -> str:
    """Return an address that can exist (RFC 5321), or nothing where nothing was typed; asks no network.

    Raises:
        InvalidInput: it cannot exist.
    """
    if not typed.strip():
        return ""
    try:
        return str(validate_email(typed.strip(), check_deliverability=False).normalized)
    except EmailNotValidError:
        message = lazy_gettext("Enter an e-mail address such as name@example.org.")
        raise InvalidInput(message, field="email") from None


def email_address(_form: Any, field: Field) -> None:
    """Accept no address, or one that can exist; a validator for WTForms."""
    if field.data:
        ask(checked_email, field.data)
        field.data = checked_email(field.data)


class AtMost:
    """Accept so many characters, as they are stored: a line end is one, white space around the text is none."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, _form: Any, field: Field) -> None:
        if len((field.data or "").replace("\r\n", "\n").strip()) > self.longest:
            raise ValidationError(str(lazy_gettext("Write at most %(count)s characters.", count=self.longest)))


def ask(rule: Callable[..., object], *entered: Any) -> None:
    """Ask a rule of services.py about what was entered; for validators, which tell its refusal at their field."""
    try:
        rule(*entered)
    except InvalidInput as error:
        raise ValidationError(str(error.message)) from error


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with its token; `values()` is the data without it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Use our token instead of Flask-WTF's, which would set a cookie on every page with a form."""

        csrf_class = BoundToken

    def values(self) -> dict[str, Any]:
        """Return what was entered, by field name."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class ActForm(BaseForm):
    """A form that is only a button."""


def require_token() -> None:
    """Check the token of a form that is only a button, where no form object is at hand.

    Raises:
        InvalidInput: the form was not made for this browser or is older than a day.
    """
    if not is_valid_token(request.form.get("csrf_token", "")):
        raise InvalidInput(TOO_OLD)
