"""Which column of a file is what: named by the person who imports, or guessed by the names people usually give."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from flask_babel import gettext

from participation.errors import InvalidInput

# “name” and “author” are not guessed: in tables from paper and halls these are people who never agreed to be shown.
GUESSES: dict[str, tuple[str, ...]] = {
    "title": ("title", "titel", "überschrift", "headline", "betreff", "subject", "kurztitel"),
    "text": ("text", "content", "inhalt", "beschreibung", "description", "beitrag", "beitragstext", "body", "langtext"),
    "lon": (
        "lon",
        "lng",
        "long",
        "longitude",
        "länge",
        "längengrad",
        "geolänge",
        "x",
        "ostwert",
        "rechtswert",
        "easting",
        "e",
    ),
    "lat": ("lat", "latitude", "breite", "breitengrad", "geobreite", "y", "nordwert", "hochwert", "northing", "n"),
    "wkt": ("wkt", "geometrywkt"),
    "category": ("category", "kategorie", "thema", "topic", "rubrik"),
    "type": ("type", "typ", "art", "beitragsart"),
    "id": ("documentid", "id", "contributionid", "nr", "nummer", "beitragsnummer", "lfdnr"),
    "created_at": ("createdat", "created", "erstelltam", "erstellt", "datum", "date", "eingangsdatum", "eingang"),
    "language": ("language", "lang", "sprache"),
    "public_name": ("publicname", "anzeigename", "displayname"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The file's column for each part of a contribution; empty where the file has none."""

    title: str = ""
    text: str = ""
    lon: str = ""
    lat: str = ""
    wkt: str = ""
    category: str = ""
    type: str = ""
    id: str = ""
    created_at: str = ""
    language: str = ""
    public_name: str = ""

    def found(self) -> dict[str, str]:
        """Return part → column, for the parts the file has."""
        return {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}


def find_columns(names: Sequence[str], chosen: Mapping[str, str | None]) -> Columns:
    """Return which column is what.

    Args:
        names: the file's columns.
        chosen: part → column as somebody named it; empty for “the file has none”; None or missing to guess.

    Raises:
        InvalidInput: the file has no such column, several of this name, or only one of lon and lat.
    """
    found: dict[str, str] = {}
    for part in GUESSES:
        wanted = chosen.get(part)
        found[part] = guessed_column(names, part) if wanted is None else _named(names, wanted)
    if bool(found["lon"]) != bool(found["lat"]):
        is_letter = folded(found["lon"] or found["lat"]) in ("x", "y", "e", "n")  # alone, it is something else
        if not found["wkt"] and not (is_letter and chosen.get("lon") is None and chosen.get("lat") is None):
            raise _one_coordinate(*("lon", "lat") if found["lon"] else ("lat", "lon"), found)
        found["lon"] = found["lat"] = ""
    return Columns(**found)


def _one_coordinate(known: str, missing: str, found: Mapping[str, str]) -> InvalidInput:
    return InvalidInput(
        gettext(
            "The file has a column for one coordinate only (“%(column)s”). "
            "Name the other one with --%(missing)s, or say --%(known)s '' if it is no coordinate.",
            column=found[known],
            known=known,
            missing=missing,
        )
    )


def _named(names: Sequence[str], wanted: str) -> str:
    if not wanted:
        return ""
    matches = [name for name in names if name == wanted] or [name for name in names if folded(name) == folded(wanted)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise InvalidInput(gettext("The file has several columns “%(column)s”. Rename all but one.", column=wanted))
    raise InvalidInput(
        gettext(
            "The file has no column “%(column)s”. It has: %(columns)s.", column=wanted, columns=", ".join(names) or "–"
        )
    )


def guessed_column(names: Sequence[str], part: str) -> str:
    """Return the column with the first of the usual names that occurs exactly once."""
    plain = [folded(name) for name in names]
    for guess in GUESSES[part]:
        if plain.count(folded(guess)) == 1:
            return names[plain.index(folded(guess))]
    return ""


def folded(name: str) -> str:
    """Return a name for comparing: without case, accents and signs; ä is the same as ae."""
    name = re.sub("([äöü])", lambda match: match[1] + "e", unicodedata.normalize("NFC", name.casefold()))
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(character for character in decomposed if character.isalnum())
