"""Folding: what looks the same is the same, and every place leads back into the text as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.screening.folding import folded, folded_places, words_only


@pytest.mark.parametrize("written, same", [
    ("I\u200bDIOT", "idiot"), ("i\u00addiot", "idiot"), ("\u202eidiot", "idiot"), ("i\ufe0fdiot", "idiot"),
    ("ｉｄｉｏｔ", "idiot"), ("ïdíöt", "idiöt"), ("Arschlo\u0308cher", "arschlöcher"), ("Straße", "strasse"),
    ("\u0301", ""), ("ﬁnden", "finden"),
])  # fmt: skip
def test_case_accents_and_invisible_characters_make_no_difference(written, same):
    assert folded(written) == same


def test_umlauts_make_a_difference():
    assert folded("schön") != folded("schon")


def test_only_letters_and_digits_are_compared():
    assert words_only(" Ein  Rad-Weg!!\n(schnell) ") == "ein rad weg schnell"


@given(st.text(max_size=200))
def test_every_folded_character_has_its_place_in_the_text(text):
    plain, places = folded_places(text)
    assert len(places) == len(plain) + 1
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=200))
def test_western_texts_are_folded_alike_with_and_without_places(text):
    assert folded_places(text)[0] == folded(text)
