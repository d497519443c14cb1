"""CSV files as they really come: encodings, separators, line breaks in cells, broken rows."""

import csv
import io

import pytest

from participation.imports.reading import decoded, likely_delimiter, read_source


@pytest.mark.parametrize("encoding, shown", [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("windows-1252", "windows-1252"), ("utf-16", "utf-16"),
])  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found_out_and_shown(run, stored, encoding, shown, delimiter):
    rows = [["Titel", "Text", "Länge", "Breite"], ["Bänke – für „alle“", "Im Schatten, bitte; ja.", "12.37", "51.34"]]
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=delimiter).writerows(rows)
    result = run(content.getvalue().encode(encoding))
    assert result.exit_code == 0, result.output
    assert f"CSV, {shown}, “{'tab' if delimiter == chr(9) else delimiter}”, 1 row" in result.output
    assert [(row.title, row.text) for row in stored()] == [tuple(rows[1][:2])]
    assert stored()[0].geometry.coords[0] == (12.37, 51.34)


def test_encoding_and_separator_can_be_named(run, stored):
    content = "title;text,title\tx\nBänke am Ring;Mit Lehne, bitte.\t1\n".encode()
    result = run(content.replace(b"\t", b"#"), "--delimiter", "#", "--encoding", "utf-8", "--title", "title;text,title")
    assert result.exit_code == 1
    assert "No column of the file looks like “text”" in result.output
    assert "There is no encoding “klingon”" in run("title,text\n", "--encoding", "klingon").output
    assert "is not in the encoding “utf-8”" in run("ä".encode("latin-1"), "--encoding", "utf-8").output
    assert "neither in UTF-8 nor in Windows-1252" in run(b"t\xc3\x28\x81").output


def test_excels_own_hint_of_its_separator_is_no_row(run, stored):
    result = run("sep=;\r\ntitle;text\r\nBänke am Ring;Mit Lehne, bitte.\r\nKurz;x\r\n", "--skip-bad")
    assert "Line 4, title:" in result.stderr
    assert [row.title for row in stored()] == ["Bänke am Ring"]


def test_bad_rows_are_named_by_their_line_also_after_cells_with_line_breaks(run, stored):
    table = 'title,text\n"Ein Titel","Ein Text\nmit drei\nZeilen"\n\nKurz,Hier ist der Text.\n"Noch\neiner",x\n'
    result = run(table)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[:2] == [
        "Line 6, title: The headline needs at least 5 characters.",
        "Line 7, text: Write at least 10 characters.",
    ]
    assert stored() == []


def test_a_row_with_too_few_or_too_many_cells_is_bad_and_empty_ones_at_the_end_are_nothing(run, stored, table):
    result = run(table("a2;Zwei;Zellen", "a3;Ein Titel;Text; mit Semikolon;12,3;51,3", "a4;Ein Titel;Text genug;;;;"))
    assert [line.split(":")[0] for line in result.stderr.splitlines()[:-1]] == ["Line 3", "Line 4", "Line 5"][:2]
    assert "This row has 3 cells, but the table has 5 columns." in result.stderr


def test_a_wrong_quotation_mark_does_not_hide_the_rows_after_it(run, stored, table):
    result = run(table('a2;"Wo" ist;der Text dazu;;', "a3;Ein Weg fehlt;Hier fehlt ein Weg.;;"), "--skip-bad")
    assert "Line 3: A quotation mark is missing or too many" in result.stderr
    assert [row.import_key for row in stored()] == ["a1", "a3"]


def test_a_quotation_mark_that_is_never_closed_is_a_bad_row(run, stored, table):
    result = run(table('a2;"Nie zu;der Text dazu;;', "a3;Ein Weg fehlt;Hier fehlt ein Weg.;;"), "--skip-bad")
    assert "Line 3: A quotation mark is missing" in result.stderr
    assert [row.import_key for row in stored()] == ["a1"]


@pytest.mark.parametrize("content, message", [
    (b"", "first line of the table must name its columns"),
    (b"\n\n", "first line of the table must name its columns"),
    (b"PK\x03\x04" + b"\x00" * 50, "no XLSX file"),
    (b'{"type": "FeatureCollection"}', "“features”"),
    (b"title,text\n" + b'x,"' + b"a" * 2_000_000, "A quotation mark is missing"),
])  # fmt: skip
def test_a_file_that_is_none_is_told_so(run, content, message):
    result = run(content, name="file")
    assert result.exit_code == 1
    assert message in result.output


def test_a_file_that_is_too_large_or_has_too_many_rows_is_refused(run, table, monkeypatch):
    monkeypatch.setattr("participation.imports.reading.MOST_ROWS", 2)
    assert "more than 2 rows" in run(table("a;b;c;;", "a;b;c;;")).output
    monkeypatch.setattr("participation.imports.reading.MOST_BYTES", 20)
    assert "larger than 0 megabytes" in run(table()).output


def test_the_head_decides_about_the_separator():
    assert likely_delimiter('"a;b;c",d,e\n1;2;3;4;5') == ","
    assert likely_delimiter("nur eine Spalte\n") == ","
    assert decoded(b"\xff\xfea\x00")[1] == "utf-16"
    assert read_source(b"a\r1\r2", "x.csv").rows[1].number == 3
