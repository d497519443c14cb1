"""Which column is what."""

import pytest

from participation.errors import InvalidInput
from participation.imports.columns import Columns, find_columns, folded


@pytest.mark.parametrize("names, expected", [
    (["document_id", "title", "text", "url", "lat", "lon"],
     {"id": "document_id", "title": "title", "text": "text", "lon": "lon", "lat": "lat"}),
    (["Nr.", "Überschrift", "Beschreibung", "Länge", "Breite", "Thema", "Datum"],
     {"id": "Nr.", "title": "Überschrift", "text": "Beschreibung", "lon": "Länge", "lat": "Breite", "category": "Thema",
      "created_at": "Datum"}),
    (["TITEL", "Inhalt", "LNG", "Latitude", "Kategorie", "Art", "Sprache"],
     {"title": "TITEL", "text": "Inhalt", "lon": "LNG", "lat": "Latitude", "category": "Kategorie", "type": "Art",
      "language": "Sprache"}),
    (["id", "lon", "lat", "wkt", "title", "text", "public_name"],
     {"id": "id", "lon": "lon", "lat": "lat", "wkt": "wkt", "title": "title", "text": "text",
      "public_name": "public_name"}),
])  # fmt: skip
def test_usual_names_are_understood(names, expected):
    assert find_columns(names, {}).found() == expected


@pytest.mark.parametrize("name", ["name", "Name", "author", "Verfasser", "E-Mail"])
def test_a_persons_name_is_never_taken_for_a_headline_or_shown(name):
    assert find_columns([name, "text"], {}) == Columns(text="text")


def test_a_name_that_occurs_twice_is_not_guessed_and_not_taken():
    assert find_columns(["Titel", "titel", "headline"], {}).title == "headline"
    with pytest.raises(InvalidInput, match="several columns"):
        find_columns(["Titel", "Titel"], {"title": "Titel"})


def test_what_somebody_names_wins_and_can_be_nothing():
    names = ["title", "Anliegen", "type"]
    assert find_columns(names, {"title": "anliegen", "type": ""}) == Columns(title="Anliegen")
    with pytest.raises(InvalidInput, match=r"no column “Titel”\. It has: title, Anliegen, type"):
        find_columns(names, {"title": "Titel"})


def test_one_coordinate_alone_is_refused_unless_there_is_a_geometry():
    with pytest.raises(InvalidInput, match="one coordinate only"):
        find_columns(["title", "lat"], {})
    assert find_columns(["title", "lat", "wkt"], {}) == Columns(title="title", wkt="wkt")
    assert find_columns(["title", "lat"], {"lat": ""}) == Columns(title="title")


def test_names_are_compared_without_case_accents_and_signs():
    assert folded("Geo-Länge") == folded("geolaenge") == folded("GEO_LA\u0308NGE")
