"""Reading what programs send; whatever is wrong is said in the reader's language, with the field it is about."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext, lazy_gettext
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import UnsupportedMediaType

from participation.errors import InvalidInput, ParticipationError
from participation.geodata.errors import N_, GeodataError
from participation.geodata.strict_json import read_json
from participation.interfaces.api.base import KEY_PATTERN

Model = TypeVar("Model", bound=BaseModel)
KEY_HEADER = "Idempotency-Key"
MOST_ERRORS = 20
DEEPEST = 16
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,10}")  # int() takes 1_2 and other digits, too
# By pydantic's names; placeholders are those of its context.
WORDS = {
    "missing": N_("This is missing."),
    "extra_forbidden": N_("There is no such field."),
    "string_type": N_("This must be a text."),
    "string_too_long": N_("Write at most %(max_length)s characters."),
    "string_too_short": N_("Write at least %(min_length)s characters."),
    "string_pattern_mismatch": N_("This text has characters that are not possible here."),
    "int_type": N_("This must be a whole number."),
    "int_parsing_size": N_("This number is too large."),
    "int_from_float": N_("This must be a whole number."),
    "bool_type": N_("This must be true or false."),
    "dict_type": N_("This must be an object."),
    "model_type": N_("This must be an object."),
    "list_type": N_("This must be a list."),
    "too_long": N_("At most %(max_length)s are possible."),
    "literal_error": N_("Possible is: %(expected)s."),
    "enum": N_("Possible is: %(expected)s."),
    "greater_than_equal": N_("This must be at least %(ge)s."),
    "less_than_equal": N_("This must be at most %(le)s."),
}
OTHER = N_("This is not possible here.")


class UnreadableBodyError(ParticipationError):
    """What was sent is no JSON text (RFC 8259) that we take."""

    title = lazy_gettext("This is not readable JSON.")


def read_body(model: type[Model]) -> Model:
    """Return the JSON body of the request.

    Raises:
        UnsupportedMediaType: it does not say that it is JSON.
        UnreadableBodyError: it is not, or not strictly; the message says where.
        InvalidInput: a field is wrong.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    data = request.get_data()
    try:
        read_json(data, max_depth=DEEPEST)
    except GeodataError as error:
        raise UnreadableBodyError(gettext(error.message, **error.parameters), field="body") from error
    try:
        return model.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise _invalid(error) from error


def read_query(model: type[Model]) -> Model:
    """Return the query of the address; a parameter that is not known, or given twice, is refused.

    Raises:
        InvalidInput: naming the parameter.
    """
    sent: dict[str, Any] = {}
    for name, values in request.args.lists():
        field = model.model_fields.get(name)
        is_list = field is not None and field.default == []
        if len(values) > 1 and not is_list:
            raise InvalidInput(lazy_gettext("This is given twice."), field=name[:100])
        is_number = field is not None and field.annotation is int and WHOLE_NUMBER.fullmatch(values[0])
        sent[name] = values if is_list else int(values[0]) if is_number else values[0]
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise _invalid(error) from error


@contextmanager
def naming(parameter: str) -> Iterator[None]:
    """Name the parameter that something refused is about, where nobody did."""
    try:
        yield
    except InvalidInput as error:
        error.field = error.field or parameter
        raise


def idempotency_key() -> str:
    """Return the key by which a repeated sending is recognised, or nothing.

    Raises:
        InvalidInput: it is none.
    """
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return ""
    if not re.fullmatch(KEY_PATTERN, key):
        message = lazy_gettext("Use 1 to 64 letters, digits, “-” and “_”, another key for each sending.")
        raise InvalidInput(message, field=KEY_HEADER)
    return key


def _invalid(error: ValidationError) -> InvalidInput:
    found = error.errors(include_url=False, include_input=False)[:MOST_ERRORS]
    errors = [(_path(one["loc"]), _words(one)) for one in found]
    refusal = InvalidInput(errors[0][1], field=errors[0][0])
    refusal.errors = errors
    return refusal


def _path(loc: tuple[int | str, ...]) -> str:
    """Return where in the body something is, such as “place.geometry.coordinates[0]”."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return words.removeprefix(".")[:100] or "body"


def _words(one: ErrorDetails) -> str:
    words: str = gettext(WORDS.get(one["type"], OTHER), **one.get("ctx", {}))
    return words
