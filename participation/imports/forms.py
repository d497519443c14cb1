"""The forms of an import: which file, and how its rows are to be read."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from participation.contributions.models import Origin
from participation.contributions.states import PublicationState
from participation.forms import AtMost, BaseForm, SelectChoice, ask
from participation.imports.choices import Choices, parts_of
from participation.imports.columns import GUESSES
from participation.imports.coordinates import WGS84, conversion_from
from participation.imports.models import ImportRun
from participation.imports.reading import DELIMITERS
from participation.imports.shelf import Original
from participation.imports.topics import TopicWord, TopicWords
from participation.languages import text_in
from participation.proceedings.models import TITLE_LONGEST, Proceeding

PART_NAMES: dict[str, Any] = {
    "title": lazy_gettext("Headline"),
    "text": lazy_gettext("Text"),
    "lon": lazy_gettext("Longitude, or east value"),
    "lat": lazy_gettext("Latitude, or north value"),
    "wkt": lazy_gettext("Place as WKT"),
    "category": lazy_gettext("Topic"),
    "type": lazy_gettext("Type"),
    "id": lazy_gettext("Number of the row"),
    "created_at": lazy_gettext("Day it came in"),
    "language": lazy_gettext("Language"),
    "public_name": lazy_gettext("Name that is shown in public"),
}
ORIGIN_NAMES: dict[Origin, Any] = {
    Origin.PAPER: lazy_gettext("On paper"),
    Origin.HALL: lazy_gettext("At an event"),
    Origin.IMPORT: lazy_gettext("From another system"),
}
STATE_NAMES: dict[PublicationState, Any] = {
    PublicationState.PUBLISHED: lazy_gettext("Publish them at once"),
    PublicationState.SUBMITTED: lazy_gettext("Have moderators check them first"),
}
ENCODING_NAMES = {"utf-8": "UTF-8", "windows-1252": "Windows-1252", "utf-16": "UTF-16"}
DELIMITER_NAMES: dict[str, Any] = {
    ",": lazy_gettext("Comma"),
    ";": lazy_gettext("Semicolon"),
    "\t": lazy_gettext("Tab"),
    "|": lazy_gettext("Vertical bar"),
}
COLUMN = "column_"
WORD = "word_"
SOURCE_LONGEST = 60


class UploadForm(BaseForm):
    """A file."""

    file = FileField(lazy_gettext("File"), [FileRequired(lazy_gettext("Choose a file."))])
    layer = StringField(
        lazy_gettext("Sheet or layer"),
        [AtMost(200)],
        description=lazy_gettext("Only if the file has several."),
        default="",
    )


class TableForm(BaseForm):
    """How a CSV file is taken apart."""

    encoding = SelectField(lazy_gettext("Encoding"))
    delimiter = SelectField(lazy_gettext("What separates the cells"))


class ChoicesForm(BaseForm):
    """How the rows are to be read; `choices_form` adds a field for each part of a contribution and each topic word."""

    words: Sequence[TopicWord] = ()

    title = StringField(lazy_gettext("Headline of rows that have none"), [AtMost(TITLE_LONGEST)], default="")
    text = TextAreaField(lazy_gettext("Text of rows that have none"), [AtMost(1_500)], default="")
    category = SelectField(lazy_gettext("Topic of rows that have none, or an unknown one"), default="")
    epsg = IntegerField(
        lazy_gettext("Coordinate system (EPSG code)"),
        [InputRequired(lazy_gettext("Enter a number such as 25832. Longitude and latitude are 4326."))],
        description=lazy_gettext("4326: longitude and latitude, 25832 and 25833: ETRS89 / UTM, 31468: Gauß-Krüger."),
        default=WGS84,
    )
    swaps_axes = BooleanField(lazy_gettext("The two coordinates are exchanged: turn them"))
    drops_wrong_places = BooleanField(lazy_gettext("Take rows with a wrong place, but without the place"))
    origin = RadioField(
        lazy_gettext("How the contributions came in"),
        choices=[SelectChoice(origin.value, name) for origin, name in ORIGIN_NAMES.items()],
        default=Origin.IMPORT.value,
    )
    state = RadioField(
        lazy_gettext("What is done with them"),
        choices=[SelectChoice(state.value, name) for state, name in STATE_NAMES.items()],
        default=PublicationState.PUBLISHED.value,
    )
    source = StringField(
        lazy_gettext("Name of this source"),
        [AtMost(SOURCE_LONGEST)],
        description=lazy_gettext("Needed if several files number their rows from 1: it keeps them apart."),
        default="",
    )

    def validate_epsg(self, field: IntegerField) -> None:
        """Refuse a code that is no system of places."""
        if field.data is not None:
            ask(conversion_from, field.data)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for what each row needs: a column for it, or what holds for all rows."""
        is_valid = bool(super().validate(extra_validators))
        for part, message in (
            ("title", gettext("Choose a column for the headline, or enter one for all rows.")),
            ("text", gettext("Choose a column for the text, or enter one for all rows.")),
            ("category", gettext("Choose a column for the topic, or a topic for all rows.")),
        ):
            if not self[COLUMN + part].data and not (self[part].data or "").strip():
                self[part].errors = [*self[part].errors, message]
                is_valid = False
        if COLUMN + "lon" in self and bool(self[COLUMN + "lon"].data) != bool(self[COLUMN + "lat"].data):
            missing = self[COLUMN + ("lat" if self[COLUMN + "lon"].data else "lon")]
            missing.errors = [gettext("Choose both columns of the place, or none.")]
            is_valid = False
        return is_valid

    @property
    def topics(self) -> list[Any]:
        """The fields in which words are given to topics, the most frequent word first."""
        return [self[name_of(word)] for word in self.words]

    @property
    def columns(self) -> list[Any]:
        """The fields in which columns are chosen, in the order of GUESSES."""
        return [self[COLUMN + part] for part in GUESSES if COLUMN + part in self]

    def choices(self) -> Choices:
        """Return what was chosen; only of a form that is valid."""
        columns = {part: self[COLUMN + part].data if COLUMN + part in self else "" for part in GUESSES}
        return Choices(
            columns=columns,
            title=(self.title.data or "").strip(),
            text=(self.text.data or "").strip(),
            category=self.category.data or "",
            words={
                word.folded: self[name_of(word)].data
                for word in self.words
                if self[name_of(word)].data not in ("", word.topic)
            },
            source=(self.source.data or "").strip(),
            epsg=self.epsg.data or WGS84,
            swaps_axes=self.swaps_axes.data,
            drops_wrong_places=self.drops_wrong_places.data,
            state=self.state.data,
        )


def choices_form(
    run: ImportRun, columns: Sequence[str], proceeding: Proceeding, choices: Choices, words: TopicWords, **sent: Any
) -> ChoicesForm:
    """Make the form for a file with these columns and topic words, filled in with what was chosen or guessed so far.

    Args:
        sent: `formdata=None` for a form that shows only that.
    """
    options = [SelectChoice("", gettext("– no column –")), *(SelectChoice(name, name) for name in columns if name)]
    fields: dict[str, Any] = {
        COLUMN + part: SelectField(PART_NAMES[part], choices=options, default="") for part in parts_of(run.kind)
    }
    topics = [SelectChoice(category.key, text_in(category.name)) for category in proceeding.categories]
    for word in words.words:
        unknown = [] if word.topic else [SelectChoice("", gettext("– none of them –"))]
        count = ngettext("%(num)s row", "%(num)s rows", word.count)
        fields[name_of(word)] = SelectField(word.text, choices=[*unknown, *topics], description=count)
    kept = choices.to_json() | {COLUMN + part: column for part, column in choices.columns.items()}
    kept |= {name_of(word): choices.words.get(word.folded, word.topic) for word in words.words}
    fields["words"] = words.words
    form: ChoicesForm = type("ChoicesFormOfFile", (ChoicesForm,), fields)(
        data=kept | {"origin": run.origin.value}, **sent
    )
    form.category.choices = [SelectChoice("", gettext("– none –")), *topics]
    return form


def name_of(word: TopicWord) -> str:
    """Return the name of the field of a topic word: the same whatever else is in the file."""
    return WORD + hashlib.sha256(word.folded.encode()).hexdigest()[:16]


def table_form(original: Original, **sent: Any) -> TableForm:
    """Make the form that says how a CSV file was taken apart; for `sent` see `choices_form`."""
    encoding = original.encoding.removesuffix("-sig")
    form = TableForm(data={"encoding": encoding, "delimiter": original.delimiter}, **sent)
    encodings = dict.fromkeys([*ENCODING_NAMES, encoding])
    form.encoding.choices = [SelectChoice(one, ENCODING_NAMES.get(one, one)) for one in encodings]
    delimiters = dict.fromkeys([*DELIMITERS, original.delimiter])
    form.delimiter.choices = [SelectChoice(one, DELIMITER_NAMES.get(one, one)) for one in delimiters]
    return form
