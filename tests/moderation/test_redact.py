"""Removing passages: the public reads “[removed]”, the original is sealed, and nobody finds the words any more."""

import json

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.errors import InvalidInput
from participation.moderation.differences import words_changed
from participation.moderation.models import Outcome, SealedText
from participation.moderation.queries import (
    decisions_about,
    sealed_original,
    sealed_texts,
    statements_in_force,
    undoable_decisions,
)
from participation.moderation.redaction import passages_in, personal_data, without, words_of
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars

REASONS = {"ground": "personal_data", "statement_of_reasons": "Darin steht eine Telefonnummer."}
TITLE = "Ruft 0341 555 01 23 an"
TEXT = "Wer Interesse hat: 0341 555 01 23 oder\nh.beispiel@example.org. Ich gebe die Bilder gern."
WORDS = ("0341 555 01 23", "h.beispiel@example.org")


@pytest.fixture
def redacted(app_context, make_proceeding, make_contribution, make_actor, make_guest):
    """A contribution without its phone number and address, the decision, and a moderator."""
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=State.SUBMITTED, author=make_guest(), title=TITLE, text=TEXT)
    moderator = make_actor(proceeding, Role.MODERATOR)
    return contribution, redact(moderator, contribution, *WORDS), moderator


def redact(moderator, item, *words):
    particulars = Particulars(passages=words)
    return decide(
        moderator, item, outcome=Outcome.REDACT, seen_version=item.version, particulars=particulars, **REASONS
    )


def test_the_public_reads_that_something_is_removed_and_search_does_not_find_it(redacted):
    contribution, _, _ = redacted
    assert contribution.state is State.PUBLISHED
    assert contribution.title == "Ruft [entfernt] an"
    assert contribution.text == "Wer Interesse hat: [entfernt] oder\n[entfernt]. Ich gebe die Bilder gern."
    assert "555" not in contribution.search_text
    assert "beispiel@" not in contribution.search_text


def test_the_mark_is_in_the_language_of_the_text(app_context):
    assert without("call me", [(0, 4)], "en") == "[removed] me"
    assert without("ruf an", [(0, 3)], "de") == "[entfernt] an"


def test_the_original_is_kept_and_taking_back_restores_it_exactly(redacted):
    contribution, decision, moderator = redacted
    original = sealed_original(contribution)
    assert (original.title, original.text, original.decision_id) == (TITLE, TEXT, decision.id)
    undo(moderator, contribution, decision, seen_version=contribution.version, **REASONS)
    assert (contribution.title, contribution.text, contribution.state) == (TITLE, TEXT, State.SUBMITTED)
    assert sealed_original(contribution) is None


def test_redacting_twice_keeps_the_first_original(redacted):
    contribution, _, moderator = redacted
    second = redact(moderator, contribution, "die Bilder")
    assert sealed_original(contribution).text == TEXT
    undo(moderator, contribution, second, seen_version=contribution.version)
    assert contribution.text.endswith("Ich gebe die Bilder gern.")
    assert "[entfernt]" in contribution.text
    assert sealed_original(contribution).text == TEXT


def decided(moderator, item, outcome, **reasons):
    return decide(moderator, item, outcome=outcome, seen_version=item.version, **reasons)


def test_what_was_decided_about_the_state_since_and_taken_back_leaves_the_removal_as_it_is(redacted):
    contribution, decision, moderator = redacted
    hiding = decided(moderator, contribution, Outcome.HIDE, **REASONS)
    assert [one for one, _ in statements_in_force(decisions_about(contribution))] == [hiding, decision]
    undo(moderator, contribution, hiding, seen_version=contribution.version)
    assert [one for one, _ in statements_in_force(decisions_about(contribution))] == [decision]
    assert undoable_decisions(contribution) == [decision]
    undo(moderator, contribution, decision, seen_version=contribution.version, **REASONS)
    assert (contribution.text, contribution.state) == (TEXT, State.SUBMITTED)
    assert [one.undoes_id for one, _ in statements_in_force(decisions_about(contribution))] == [decision.id]


def test_who_published_again_since_keeps_it_public_when_the_words_come_back(redacted):
    contribution, decision, moderator = redacted
    decided(moderator, contribution, Outcome.HIDE, **REASONS)
    published = decided(moderator, contribution, Outcome.PUBLISH)
    assert undoable_decisions(contribution) == [published, decision]
    undo(moderator, contribution, decision, seen_version=contribution.version)
    assert (contribution.text, contribution.state) == (TEXT, State.PUBLISHED)
    assert sealed_original(contribution) is None
    assert undoable_decisions(contribution) == [published]


def test_of_two_removals_the_later_one_is_taken_back_first(redacted):
    contribution, first, moderator = redacted
    second = redact(moderator, contribution, "die Bilder")
    assert undoable_decisions(contribution) == [second]
    undo(moderator, contribution, second, seen_version=contribution.version)
    assert undoable_decisions(contribution) == [first]
    undo(moderator, contribution, first, seen_version=contribution.version, **REASONS)
    assert contribution.text == TEXT


def test_what_took_a_publication_back_holds_no_longer_once_a_complaint_made_it_public(redacted):
    contribution, decision, moderator = redacted
    undo(moderator, contribution, decision, seen_version=contribution.version, **REASONS)
    rejected = decided(moderator, contribution, Outcome.REJECT, **REASONS)
    undo(moderator, contribution, rejected, seen_version=contribution.version, on_complaint=True)
    assert contribution.state is State.PUBLISHED
    assert statements_in_force(decisions_about(contribution)) == []


def test_history_says_word_by_word_what_was_removed_even_when_taken_back(redacted):
    contribution, decision, moderator = redacted
    undo(moderator, contribution, decision, seen_version=contribution.version, **REASONS)
    (sealed,) = sealed_texts(contribution)
    differences = words_changed(sealed, decision, "de")
    assert [one.taken for one in differences if one.taken] == ["0341 555 01 23", *WORDS]
    assert "".join(one.same + one.taken for one in differences) == f"{TITLE}\n{TEXT}"


def test_the_decision_itself_holds_no_word_of_the_text(redacted):
    _, decision, _ = redacted
    assert set(decision.changes) == {"title", "text"}
    assert "555" not in json.dumps(decision.changes)


def test_a_comment_is_redacted_like_a_contribution(
    app_context, make_proceeding, make_contribution, make_comment, make_actor
):
    proceeding = make_proceeding()
    comment = make_comment(make_contribution(proceeding), "Mein Nachbar Max Muster stört.")
    decision = redact(moderator := make_actor(proceeding, Role.MODERATOR), comment, "Max Muster")
    assert comment.text == "Mein Nachbar [entfernt] stört."
    undo(moderator, comment, decision, seen_version=comment.version)
    assert comment.text == "Mein Nachbar Max Muster stört."


@pytest.mark.parametrize("words, problem", [
    ((), "welche Wörter"), (("steht nicht da",), "steht nicht da"), ((TEXT,), "Vom Text bliebe nichts"),
    (tuple(str(number) for number in range(101)), "höchstens 100"),
])  # fmt: skip
def test_what_cannot_be_removed_is_said_and_changes_nothing(
    app, make_proceeding, make_contribution, make_actor, words, problem
):
    contribution = make_contribution(proceeding := make_proceeding(), text=TEXT)
    moderator = make_actor(proceeding, Role.MODERATOR)
    with app.test_request_context():
        item = db.session.get_one(Contribution, contribution.id)
        with pytest.raises(InvalidInput) as refused:
            redact(moderator, item, *words)
        assert refused.value.field == "passages"
        assert problem in str(refused.value.message)
        assert db.session.scalars(select(SealedText)).all() == []
        assert db.session.get_one(Contribution, contribution.id).text == TEXT


def test_passages_are_found_every_time_over_line_ends_and_joined_where_they_touch():
    assert passages_in("ab ab\nab", ("ab",)) == [(0, 2), (3, 5), (6, 8)]
    assert passages_in("Max\nMuster wohnt", ("Max Muster", "Muster wohnt")) == [(0, 16)]
    assert words_of(" Max  Muster \r\n\nMax Muster\nKim") == ("Max Muster", "Kim")


@pytest.mark.parametrize("text, found", [
    ("Ruf an: 0341 555 01 23.", ["0341 555 01 23"]), ("+49 (0)341-5550123 geht auch", ["+49 (0)341-5550123"]),
    ("h.beispiel+x@mail.example.org, bitte", ["h.beispiel+x@mail.example.org"]), ("0151/23456789", ["0151/23456789"]),
    ("Von 1951 bis 2026 standen hier 12 Linden.", []), ("Am 01.02.2026 um 10:30 Uhr", []), ("Flurstück 0815", []),
    ("Kosten: 1.500.000 Euro", []),
])  # fmt: skip
def test_phone_numbers_and_addresses_are_suggested_and_dates_are_not(text, found):
    assert personal_data(text) == found
