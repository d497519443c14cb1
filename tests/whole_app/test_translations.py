"""German and English have every text of the interface, no more, with the same placeholders."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from tools import translations

PERCENT = re.compile(r"%\((\w+)\)[a-z]|%%")  # filled by the server
BRACES = re.compile(r"\{(\w+)\}")  # filled by the scripts


@pytest.fixture(scope="module")
def in_sources() -> Catalog:
    return translations.texts_in_sources()


@pytest.fixture(scope="module", params=translations.LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    assert translations.catalogue_file(request.param).exists(), "make texts"
    return translations.read_catalogue(request.param)


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def keys(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, forms(message.id)[0]) for message in messages(catalogue)}


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> tuple[set[str], set[str]]:
    return {name for name in PERCENT.findall(text) if name}, set(BRACES.findall(text))


def test_catalogue_has_exactly_the_texts_of_the_sources(catalogue: Catalog, in_sources: Catalog) -> None:
    missing, left_over = keys(in_sources) - keys(catalogue), keys(catalogue) - keys(in_sources)
    assert (missing, left_over) == (set(), set()), "bring the catalogues in line: make texts"


def test_every_text_is_translated_in_all_its_forms(catalogue: Catalog) -> None:
    empty = [message.id for message in messages(catalogue) if not all(form.strip() for form in forms(message.string))]
    assert empty == []


def test_no_translation_is_only_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []


def test_translations_have_the_placeholders_of_the_text(catalogue: Catalog) -> None:
    wrong = []
    for message in messages(catalogue):
        if not all(forms(message.string)):
            continue  # the test above names it
        wanted = placeholders(forms(message.id)[-1])
        # A singular may say “one” instead of the number; the plural decides.
        if placeholders(forms(message.string)[-1]) != wanted:
            wrong.append(message.id)
        wrong += [form for form in forms(message.string)[:-1] if not placeholders(form)[0] <= wanted[0]]
    assert wrong == []


def test_percent_signs_and_brackets_of_translations_are_sound(catalogue: Catalog) -> None:
    assert [(message.id, errors) for message, errors in catalogue.check()] == []


def test_english_says_what_the_source_says() -> None:
    english = translations.read_catalogue("en")
    assert [message.id for message in messages(english) if forms(message.id) != forms(message.string)] == []


def test_german_addresses_people_formally_and_without_shouting() -> None:
    texts = [form for message in messages(translations.read_catalogue("de")) for form in forms(message.string)]
    familiar = re.compile(r"!|\b(du|dein|deine|dir|dich)\b", re.IGNORECASE)
    assert [text for text in texts if familiar.search(text)] == []


def test_what_people_take_part_in_has_one_name_in_each_language() -> None:
    other_names = {"en": "proceeding", "de": "Beteiligung"}  # instead of consultation, Verfahren
    for language, name in other_names.items():
        texts = [form for message in messages(translations.read_catalogue(language)) for form in forms(message.string)]
        assert [text for text in texts if name.lower() in PERCENT.sub("", text).lower()] == []
