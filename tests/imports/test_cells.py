"""Numbers, days and texts in cells, as people and their programs write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from participation.imports.cells import is_missing, moment_in, number_in, plain_cell, safe_cell

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("text, number", [
    ("12.37", 12.37), ("12,37", 12.37), (" -0,5 ", -0.5), ("\N{MINUS SIGN}3", -3.0), ("7031", 7031.0), (".5", 0.5),
    ("1e1", 10.0), ("+5", 5.0), ("１２", 12.0),
    ("", None), ("NA", None), ("12.345,6", None), ("7.103.850", None), ("12 37", None), ("0x1F", None), ("1_000", None),
    ("inf", None), ("nan", None), ("1e999", None), ("N 51.3", None), ("٣", None),
])  # fmt: skip
def test_a_number_has_one_decimal_point_or_comma(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text, moment", [
    ("2026-03-28", datetime(2026, 3, 27, 23, tzinfo=UTC)),
    ("2026-03-29 03:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # the clocks went forward an hour before
    ("2026-03-28T12:00:00Z", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    ("2026-03-28T12:00:00.5+05:00", datetime(2026, 3, 28, 7, 0, 0, 500_000, tzinfo=UTC)),
    ("28.3.2026", datetime(2026, 3, 27, 23, tzinfo=UTC)),
    ("28.03.2026 14:30", datetime(2026, 3, 28, 13, 30, tzinfo=UTC)),
    ("28. 03. 2026, 14.30 Uhr", datetime(2026, 3, 28, 13, 30, tzinfo=UTC)),
    ("31.02.2026", None), ("03/28/2026", None), ("28.03.26", None), ("20260328", None), ("gestern", None), ("", None),
    ("0001-01-01", None), ("2026-03-28T25:00", None),
])  # fmt: skip
def test_a_day_is_written_as_in_germany_or_as_in_iso_8601(text, moment):
    assert moment_in(text, BERLIN) == moment


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''-", "@x", "\t", "\r=", "＝1", "-", "'", "'a", "a=1", "", "ä"])
def test_what_a_download_defuses_an_import_restores(text):
    assert plain_cell(safe_cell(text)) == text
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_words_for_nothing_are_known():
    assert all(map(is_missing, ["", " ", "NA", "n/a", "NULL", "None", "-", "–"]))
    assert not any(map(is_missing, ["0", "nein", "NA.", "Nana"]))
