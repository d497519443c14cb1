"""What a file holds lies on the shelf as it was, whatever it is; and comes back as a refusal or as bad rows."""

import json
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale

from participation.errors import InvalidInput
from participation.imports.bad_rows import bad_rows_as_csv
from participation.imports.choices import guessed_choices
from participation.imports.reading import read_source
from participation.imports.runs import checker_for
from participation.imports.shelf import path_of, put_on_shelf, shelf_of
from participation.imports.source import FileKind
from tests.imports.test_foreign_files import case_files

TOKEN = "a-token-for-tests-only-1234567890"
ODD = {"big": 10**30, "nested": [{"a": [None, True]}], "nul": "a\0b", "emoji": "🌳", "float": 1e308, "": "no name"}


def through_the_shelf(proceeding, data, name):
    """Return how many rows are good and bad; raises only what the page shows."""
    source = read_source(data, name)
    put_on_shelf(TOKEN, source)
    with shelf_of(TOKEN) as shelf:
        columns, epsg = shelf.head()
        choices = guessed_choices(source.kind, columns, epsg, shelf.first(50), proceeding)
        shelf.check_some(checker_for(proceeding, choices, ZoneInfo("Europe/Berlin")), 1_000_000)
        counts = shelf.counts()
        assert counts.checked == counts.total == len(source.rows)
        "".join(bad_rows_as_csv(FileKind.GEOJSON, shelf.bad_rows())).encode()
        shelf.candidates()
    path_of(TOKEN).unlink()
    return counts.good, counts.bad


def feature(properties):
    point = {"type": "Point", "coordinates": [12.3707, 51.3421]}
    return {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": point, "properties": properties}]}


@pytest.mark.parametrize("properties", [{key: value} for key, value in ODD.items()] + [ODD], ids=[*ODD, "all"])
def test_odd_values_lie_on_the_shelf(app_context, make_proceeding, properties):
    named = {"titel": "Bänke am Ring", "text": "Zwei Bänke im Schatten.", "thema": "green"}
    data = json.dumps(feature(named | properties)).encode()
    assert through_the_shelf(make_proceeding(), data, "a.geojson") == (1, 0)


def test_every_foreign_file_is_refused_or_read_row_by_row(app_context, make_proceeding):
    proceeding = make_proceeding()
    read, refused = 0, 0
    with force_locale("en"):
        for path in case_files():
            try:
                through_the_shelf(proceeding, path.read_bytes(), path.name)
                read += 1
            except InvalidInput:
                refused += 1
    assert read > 100
    assert refused > 100
