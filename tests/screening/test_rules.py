"""What each rule looks for, and what it leaves alone."""

from datetime import UTC, datetime, timedelta

import pytest
from shapely import Point, box
from shapely.geometry import MultiPolygon

from participation.proceedings.models import Placing, Proceeding
from participation.screening.links import addresses_in
from participation.screening.models import HoldingRule
from participation.screening.rule_settings import first_settings
from participation.screening.rules import LOOKS, MOST_SPANS, Posting, Resemblance, Surroundings, hits_in
from participation.screening.words import SHIPPED, listed_forms, listed_words_in

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
AREA = MultiPolygon([box(12.3690, 51.3410, 12.3725, 51.3432)])


def posting(text="Mehr Bänke.", **changes):
    values = {"item_kind": "contribution", "proceeding_id": 1, "posted_at": NOON, "text": text}
    return Posting(**(values | changes))


def around(placing=Placing.FREE, **changes):
    return Surroundings(Proceeding(placing=placing, project_area=AREA), **changes)


def evidence(rule, one, surroundings=None, **settings):
    return LOOKS[rule](one, surroundings or around(), first_settings(rule) | settings)


@pytest.mark.parametrize("text, found", [
    ("Siehe www.example.org/x.", "www.example.org/x"),
    ("(http://a.b/c)", "http://a.b/c"),
    ("HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"),
    ("Jetzt: example.com, bitte", "example.com"),
    ("auf müll.de steht es", "müll.de"),
    ("bit.ly/3abc", "bit.ly/3abc"),
    ("пример.рф", "пример.рф"),
    ("https://пример.испытание/x", "https://пример.испытание/x"),
    ("xn--mll-hoa.de", "xn--mll-hoa.de"),
    ("mailto:a@example.org", "mailto:a@example.org"),
    ("h.beispiel@example.org", "h.beispiel@example.org"),
    ("ex\u200bample.com", "ex\u200bample.com"),
    ("ｅｘａｍｐｌｅ．ｃｏｍ", "ｅｘａｍｐｌｅ．ｃｏｍ"),
    ("example。com", "example。com"),
    ("tg://join?x=1", "tg://join?x=1"),
])  # fmt: skip
def test_addresses_are_found_in_every_form(text, found):
    assert [text[start:end] for start, end in addresses_in(text)] == [found]


@pytest.mark.parametrize("text", [
    "z.B. am Weg.Die Straße", "um 12.30 Uhr", "Str.12", "d.h. nicht", "und/oder", "St.Pauli", "10.000/Jahr", "Nr.3/4",
    "usw.usf.", "Version 1.2.3", "Weg.am See", "Ende...Anfang", "@name", "a:b",
])  # fmt: skip
def test_what_only_resembles_an_address_is_left_alone(text):
    assert list(addresses_in(text)) == []


@pytest.mark.parametrize("text, found", [
    ("Ihr Idioten!", ["Idioten"]), ("ihr idioten!", ["idioten"]), ("Solche Arschlöcher", ["Arschlöcher"]),
    ("Arschlo\u0308chern", ["Arschlo\u0308chern"]), ("du I\u200bd\u00adiot", ["I\u200bd\u00adiot"]),
    ("den Hurensöhnen und Schlampen", ["Hurensöhnen", "Schlampen"]), ("verreckt doch", ["verreckt"]),
    ("fucking idiots", ["fucking", "idiots"]), ("ＩＤＩＯＴ", ["ＩＤＩＯＴ"]),
])  # fmt: skip
def test_listed_words_are_found_in_their_forms(text, found):
    forms = listed_forms(SHIPPED)
    assert [text[start:end] for start, end in listed_words_in(text, forms)] == found


@pytest.mark.parametrize("text", [
    "idiotensicher", "Marsch durch die Marschlande", "Zecken im Gras", "die Spaten", "Bastardplatane", "Nut ten",
    "Penne", "Das Fressen der Enten", "Verbrecher", "Hundekot", "schlampig", "Neger\u200dtal",
])  # fmt: skip
def test_parts_of_words_and_other_words_are_left_alone(text):
    assert list(listed_words_in(text, listed_forms(SHIPPED))) == []


@pytest.mark.parametrize("text", ["ІDIOT", "1d10t", "I d i o t", "id*ot"], ids=["Cyrillic", "digits", "spaces", "star"])
def test_what_a_word_list_cannot_do(text):
    """Documented in docs/screening.md: who wants to get around a list of words, does."""
    assert list(listed_words_in(text, listed_forms(SHIPPED))) == []


def test_a_list_holds_any_form_of_a_word():
    assert list(listed_words_in("ein Radweg", listed_forms(("radwege",)))) == [(4, 10)]


def test_words_and_addresses_are_found_in_the_title_too_and_not_more_than_can_be_shown():
    found = evidence(HoldingRule.WORDS, posting("Ihr Idioten", title="Idiot"))
    assert found == {"spans": [["title", 0, 5], ["text", 4, 11]]}
    assert len(evidence(HoldingRule.LINKS, posting("a.de " * 100))["spans"]) == MOST_SPANS


@pytest.mark.parametrize("seconds, count", [(599, 3), (600, None)])
def test_a_burst_counts_what_one_participant_sent_within_the_minutes(seconds, count):
    posts = (NOON - timedelta(seconds=seconds), NOON - timedelta(seconds=1))
    found = evidence(HoldingRule.BURST, posting(), around(posts_before=posts), count=3, minutes=10)
    assert found == (count and {"count": 3, "minutes": 10})


@pytest.mark.parametrize("percent, is_held", [(69, False), (70, True)])
def test_a_text_is_similar_from_a_percentage_on(percent, is_held):
    found = evidence(HoldingRule.SIMILAR, posting(), around(resembles=Resemblance("comment", 7, percent)))
    assert found == ({"item_kind": "comment", "item_id": 7, "percent": percent} if is_held else None)


def test_a_place_outside_is_told_with_its_distance_where_places_are_free():
    far, near = Point(12.3800, 51.3421), Point(12.3707, 51.3421)
    assert evidence(HoldingRule.OUTSIDE, posting(geometry=far)) == {"metres": pytest.approx(522, abs=3)}
    assert evidence(HoldingRule.OUTSIDE, posting(geometry=far), metres=600) is None
    assert evidence(HoldingRule.OUTSIDE, posting(geometry=near)) is None
    assert evidence(HoldingRule.OUTSIDE, posting()) is None
    assert evidence(HoldingRule.OUTSIDE, posting(geometry=far), around(Placing.INSIDE)) is None


def test_only_rules_that_are_given_are_asked():
    one = posting("Ihr Idioten auf example.org")
    assert hits_in(one, around(is_newcomer=True), {}) == []
    rules = {rule: first_settings(rule) for rule in (HoldingRule.FIRST_POST, HoldingRule.LINKS)}
    assert [hit.rule for hit in hits_in(one, around(is_newcomer=True), rules)] == ["links", "first_post"]


HOSTILE = [
    "a" * 10_000, "a." * 5_000, "a-" * 5_000, "http://" * 1_400, "a@" * 5_000, "www." * 2_500, ("a" * 62 + ".") * 150,
    "\u0301" * 10_000, "a\u200b" * 5_000, "ﷺ" * 10_000, "Haus" * 2_500, "un" * 5_000, "\U0001f468\u200d" * 5_000,
    "".join(map(chr, range(0x20, 0x2720))),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_end_in_evidence_or_none(text):
    """Whoever makes an expression quadratic sees this test hang."""
    rules = {rule: first_settings(rule) for rule in HoldingRule}
    for hit in hits_in(posting(text, title=text[:200]), around(), rules):
        assert all(0 <= start < end <= len(text) for _, start, end in hit.evidence.get("spans", []))
