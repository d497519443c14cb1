"""How a file is to be read, said on the page: its topics' words, its encoding, what separates its cells."""

import re

import pytest

HEAD = "titel;text;thema\n"
WORDS = ["Grün und Klima", "Radwege", "RADWEGE", "Parken, ruhend", "n/a"]
TOPICS = "".join(f"Ein Titel {n};Ein Text dazu, bitte.;{word}\n" for n, word in enumerate(WORDS))
NAME = re.compile(r'name="(word_\w+)"')


def labelled(page):
    """Return the fields of words: label → (name, number of rows)."""
    parts = re.findall(r'<label for="(word_\w+)">([^<]+)</label>\s*<p class="hint"[^>]*>([^<]+)<', page)
    return {label: (name, count) for name, label, count in parts}


def topics(stored):
    return [one.category_id for one in stored()]


def test_each_word_for_a_topic_is_counted_and_can_be_given_to_a_topic(desk, stored, place, markup_findings):
    desk.upload(HEAD + TOPICS)
    page = desk.text()
    assert markup_findings(page) == []
    words = labelled(page)
    assert {label: count for label, (_, count) in words.items()} == {
        "Grün und Klima": "1 row", "Radwege": "2 rows", "Parken, ruhend": "1 row"
    }  # fmt: skip
    fields = desk.fields()
    assert fields[words["Grün und Klima"][0]] == "green"
    assert fields[words["Radwege"][0]] == ""
    assert "“Radwege” is none of the topics." in page
    chosen = {words["Radwege"][0]: "paths", words["Grün und Klima"][0]: "paths", words["Parken, ruhend"][0]: "green"}
    preview = desk.client.send(desk.path(), fields | chosen | {"preview": "1"}).text
    assert "is none of the topics" not in preview
    assert preview.count("<td>Paths</td>") == 3
    desk.check(category="green", **chosen)
    assert "Green and climate: 2, Paths: 3" in desk.text()
    desk.act("change")
    kept = desk.fields()
    assert {name: kept[name] for name in chosen} == chosen
    desk.check(**chosen, category="green")
    desk.act("import")
    green, paths = (one.id for one in place.categories)
    assert topics(stored) == [paths, paths, paths, green, green]


def test_the_words_are_those_of_the_column_that_is_chosen(desk):
    rare = "".join(f"Wort{n};Ein Text dazu, bitte.;{'lang ' * 30}{n}\n" for n in range(52))
    desk.upload(HEAD + rare)
    assert labelled(desk.text()) == {}
    page = desk.client.send(desk.path(), desk.fields() | {"column_category": "titel", "preview": "1"}).text
    assert len(labelled(page)) == 50
    assert "2 rarer words are not listed." in page
    assert "stand in the column “titel”" in page


@pytest.mark.parametrize("name, value", [("word_0000000000000000", "green"), ("<b>", "x")])
def test_a_word_that_is_not_in_the_file_is_nothing(desk, name, value):
    desk.upload(HEAD + TOPICS)
    assert desk.check(category="green", **{name: value}).status_code == 303
    assert desk.run().choices["words"] == {}


def test_a_topic_that_does_not_exist_is_refused_at_its_word(desk):
    desk.upload(HEAD + TOPICS)
    name, _ = labelled(desk.text())["Radwege"]
    answer = desk.check(category="green", **{name: "none such"})
    assert (answer.status_code, "Not a valid choice" in answer.text) == (422, True)


def test_encoding_and_separator_are_shown_and_can_be_changed(desk, stored):
    table = "titel|text;mehr|thema\nBänke für „alle“|Ein Text, bitte.|Grün und Klima\n"
    desk.upload(table.encode("windows-1252"))
    shown = desk.fields()
    assert (shown["encoding"], shown["delimiter"]) == ("windows-1252", "|")
    preview = desk.client.send(desk.path(), shown | {"column_text": "text;mehr", "preview": "1"}).text
    assert "Bänke für „alle“" in preview
    wrong = desk.client.send(desk.path(), {"again": "1", "encoding": "utf-8", "delimiter": "|"})
    assert wrong.status_code == 422
    assert "The file is not in the encoding “utf-8”." in wrong.text
    assert '<option selected value="utf-8">' in wrong.text
    for values in ({"encoding": "klingon", "delimiter": "|"}, {"encoding": "utf-8", "delimiter": "x"}, {}):
        assert desk.client.send(desk.path(), {"again": "1", **values}).status_code == 422
    desk.client.send(desk.path(), {"again": "1", "encoding": "windows-1252", "delimiter": ";"})
    again = desk.fields()
    assert (again["delimiter"], again["column_title"]) == (";", "")
    assert 'value="titel|text"' in desk.text()
    desk.client.send(desk.path(), {"again": "1", "encoding": "windows-1252", "delimiter": "|"})
    desk.check(column_text="text;mehr", category="green")
    late = desk.client.send(desk.path(), {"again": "1", "encoding": "utf-8", "delimiter": ";"})
    assert late.status_code == 303
    desk.act("import")
    assert [one.title for one in stored()] == ["Bänke für „alle“"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_of_the_encoding_is_no_part_of_the_first_column(desk, encoding):
    desk.upload((HEAD + TOPICS).encode(encoding))
    desk.client.send(desk.path(), {"again": "1", "encoding": encoding.removesuffix("-sig"), "delimiter": ";"})
    assert desk.fields()["column_title"] == "titel"


def test_only_tables_of_text_have_an_encoding(desk):
    desk.upload('{"type": "FeatureCollection", "features": []}', "a.geojson")
    assert "encoding" not in desk.fields()
    assert desk.client.send(desk.path(), {"again": "1", "encoding": "utf-8", "delimiter": ";"}).status_code == 404
