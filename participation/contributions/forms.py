"""The four steps of contributing. Forms check shape and wording; the rules are in checking.py."""

import json
import re
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from participation.contributions.checking import (
    KINDS,
    NAME_LONGEST,
    allowed_kinds,
    check_place,
    check_text,
    check_title,
)
from participation.forms import BaseForm, SelectChoice, ask, email_address
from participation.geodata.errors import GeodataError
from participation.geodata.strict_json import read_json
from participation.languages import text_in
from participation.proceedings.models import TITLE_LONGEST, GeometryKind, Proceeding

LONGEST_GEOMETRY_JSON = 60_000
KIND_LABELS = {
    GeometryKind.POINT: lazy_gettext("Point"),
    GeometryKind.LINE: lazy_gettext("Line"),
    GeometryKind.AREA: lazy_gettext("Area"),
    GeometryKind.NONE: lazy_gettext("No place"),
}
TO_DRAW = {
    GeometryKind.POINT: lazy_gettext("Set one point on the map."),
    GeometryKind.LINE: lazy_gettext("Draw a line on the map, with two points or more."),
    GeometryKind.AREA: lazy_gettext("Draw an area on the map, with three points or more."),
}
WITH_COORDINATES = lazy_gettext("Coordinates set a point. Please choose “Point”, or draw on the map.")
DEGREES = re.compile(r"[-+]?[0-9]{1,4}(\.[0-9]+)?")  # float() takes 1_2 and 1e1, too


class PlaceFields:
    """A drawing (GeoJSON geometry), coordinates by hand, or no place; for forms about a `proceeding`."""

    proceeding: Proceeding
    place: dict[str, Any] | None = None
    kind = RadioField(lazy_gettext("What would you like to draw?"))
    geometry = HiddenField(validators=[Length(max=LONGEST_GEOMETRY_JSON)])
    longitude = StringField(lazy_gettext("Longitude (east)"), [Length(max=20)], render_kw={"inputmode": "decimal"})
    latitude = StringField(lazy_gettext("Latitude (north)"), [Length(max=20)], render_kw={"inputmode": "decimal"})

    def validate_kind(self, field: RadioField) -> None:
        """Read the place from what was filled in.

        For a point typed coordinates win: with script they are those of the drawing, and without it the drawing is old.
        """
        if field.errors:  # none of the choices; WTForms asks us all the same
            return
        kind = GeometryKind(field.data)
        if kind is GeometryKind.NONE:
            return
        drawn, typed = self._drawn(), self._typed()
        self.place = (typed or drawn) if kind is GeometryKind.POINT else (drawn or typed)
        if self.place is None:
            raise ValidationError(gettext("Set a place on the map, enter coordinates, or choose “No place”."))
        if KINDS.get(str(self.place.get("type"))) is not kind:
            raise ValidationError(WITH_COORDINATES if self.place is typed else TO_DRAW[kind])
        ask(check_place, self.proceeding, self.place)

    def _drawn(self) -> dict[str, Any] | None:
        if not self.geometry.data:
            return None
        try:
            drawn = read_json(self.geometry.data.encode())
        except GeodataError as error:
            raise ValidationError(gettext(error.message, **error.parameters)) from error
        return drawn if isinstance(drawn, dict) else None

    def _typed(self) -> dict[str, Any] | None:
        typed = [(field.data or "").strip().replace(",", ".") for field in (self.longitude, self.latitude)]
        if not any(typed):
            return None
        if not all(DEGREES.fullmatch(number) for number in typed):
            raise ValidationError(gettext("Enter both coordinates as numbers, for example 12.3707 and 51.3421."))
        return {"type": "Point", "coordinates": [float(number) for number in typed]}


def kind_choices(proceeding: Proceeding) -> list[Any]:
    """Return what may be drawn in a proceeding, for a field."""
    return [SelectChoice(kind.value, KIND_LABELS[kind]) for kind in allowed_kinds(proceeding)]


class PlaceForm(PlaceFields, BaseForm):
    """Step 1: where it is."""

    def __init__(self, proceeding: Proceeding, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.proceeding = proceeding
        self.kind.choices = kind_choices(proceeding)

    def answers(self) -> dict[str, Any]:
        """Return what the draft keeps."""
        return {"kind": self.kind.data, "geometry": None if self.place is None else json.dumps(self.place)}


class TopicForm(BaseForm):
    """Step 2: category and type."""

    category = RadioField(lazy_gettext("Topic"), [InputRequired(lazy_gettext("Choose a topic."))], validate_choice=True)
    type = RadioField(lazy_gettext("What is it?"), [Optional()])

    def __init__(self, proceeding: Proceeding, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.category.choices = [
            SelectChoice(category.key, text_in(category.name)) for category in proceeding.categories
        ]
        self.type.choices = [SelectChoice(type_.key, text_in(type_.name)) for type_ in proceeding.types]

    def answers(self) -> dict[str, Any]:
        """Return what the draft keeps."""
        return self.values()


class TextForm(BaseForm):
    """Step 3: title and text."""

    title = StringField(
        lazy_gettext("Headline"),
        description=lazy_gettext("In one sentence, for example: “A bench is missing in front of the nursery”"),
        render_kw={"maxlength": TITLE_LONGEST},
    )
    text = TextAreaField(
        lazy_gettext("Description"),
        description=lazy_gettext("How is it today? What do you wish for? Please leave out names and phone numbers."),
    )

    def __init__(self, proceeding: Proceeding, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text_max = proceeding.text_max
        self.text.render_kw = {"maxlength": proceeding.text_max}

    def validate_title(self, field: StringField) -> None:
        """Ask the rule."""
        ask(check_title, field.data or "")

    def validate_text(self, field: TextAreaField) -> None:
        """Ask the rule."""
        ask(check_text, field.data or "", self.text_max)

    def answers(self) -> dict[str, Any]:
        """Return what the draft keeps."""
        return self.values()


class CheckForm(BaseForm):
    """Step 4: name, e-mail, consent; and the key by which a repeated sending is recognised."""

    public_name = StringField(
        lazy_gettext("Name that is shown"),
        [Length(max=NAME_LONGEST)],
        description=lazy_gettext("If you leave it empty, it says “Anonymous”."),
        render_kw={"autocomplete": "nickname", "maxlength": NAME_LONGEST},
    )
    email = StringField(
        lazy_gettext("E-mail for answers"),
        [Length(max=254), email_address],
        description=lazy_gettext(
            "Is not published. You learn when your contribution appears and when the city answers."
        ),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    idempotency_key = HiddenField(validators=[Length(max=64)])
    consent = BooleanField(
        validators=[InputRequired(lazy_gettext("Please agree to the rules; without that we may not show your text."))]
    )
