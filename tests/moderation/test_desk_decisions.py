"""Every outcome through the page of a case, without script, and what its author then reads."""

from html import unescape

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.moderation.models import ModerationDecision

FACTS = "Darin steht eine Telefonnummer."
REASONS = {"ground": "personal_data", "statement_of_reasons": FACTS}
TEXT = "Ruft mich an: 0341 555 01 23. Im Schatten ist es angenehm."
HERE = "/proceedings/churchyard/contributions"


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def author(make_guest):
    return make_guest("author@example.org")


@pytest.fixture
def contribution(proceeding, author, make_contribution):
    return make_contribution(proceeding, author=author, text=TEXT)


@pytest.fixture
def desk(proceeding, make_actor, make_client):
    return make_client(make_actor(proceeding, Role.MODERATOR))


@pytest.fixture
def fresh(app):
    """The contribution as it is now."""

    def read(contribution):
        with app.app_context():
            return db.session.get_one(Contribution, contribution.id)

    return read


def decide(desk, contribution, outcome, version=1, **values):
    data = {"seen_version": str(version), "outcome": outcome, **REASONS, **values}
    return desk.send(f"/moderation/churchyard/contribution/{contribution.id}", data)


def text_of(response):
    return unescape(response.get_data(as_text=True))


def receipt(client, app, contribution):
    with app.app_context():
        secret = receipt_secret(db.session.get_one(Contribution, contribution.id))
    return text_of(client.get(f"/receipts/{secret}"))


def test_personal_data_stand_out_and_are_suggested_for_removal(desk, contribution):
    page = text_of(desk.get(f"/moderation/churchyard/contribution/{contribution.id}"))
    assert "<mark>0341 555 01 23</mark>" in page
    assert "1 Stelle sieht nach persönlichen Daten aus." in page
    assert "Ruft mich an: [entfernt]. Im Schatten" in page
    assert 'data-key="s"' in page


def test_a_preview_decides_nothing(desk, contribution, fresh):
    response = decide(desk, contribution, "redact", passages="im Schatten\nIm Schatten", look="1")
    assert response.status_code == 200
    assert "0341 555 01 23. [entfernt] ist es angenehm." in text_of(response)
    assert fresh(contribution).version == 1


def test_redacting_shows_the_rest_and_the_author_the_original(app, client, desk, contribution, fresh):
    assert decide(desk, contribution, "redact", passages="0341 555 01 23").status_code == 303
    assert fresh(contribution).text == "Ruft mich an: [entfernt]. Im Schatten ist es angenehm."
    page = receipt(client, app, contribution)
    for part in (TEXT, "Ruft mich an: [entfernt].", FACTS, "danach wurden Stellen entfernt", contribution.fingerprint):
        assert part in page
    case = text_of(desk.get(f"/moderation/churchyard/contribution/{contribution.id}"))
    assert "Was die Person geschrieben hat" in case
    assert "<del>" in case
    assert "0341 555" not in text_of(client.get(f"{HERE}/{contribution.id}"))


def test_words_that_are_not_there_are_named_and_nothing_typed_is_lost(desk, contribution, fresh):
    response = decide(desk, contribution, "redact", passages="steht nicht da")
    page = text_of(response)
    assert response.status_code == 422
    assert "Diese Wörter stehen nicht im Text: steht nicht da" in page
    assert FACTS in page
    assert fresh(contribution).version == 1


def test_merging_finds_by_words_and_links_both_pages(client, desk, proceeding, contribution, make_contribution, fresh):
    leading = make_contribution(proceeding, title="Ein Brunnen am Rand")
    found = text_of(decide(desk, contribution, "merge", leading_search="Brunnen", look="1"))
    assert f'name="candidate" value="{leading.id}"' in found
    assert FACTS in found
    assert decide(desk, contribution, "merge", candidate=str(leading.id)).status_code == 303
    assert fresh(contribution).leading_id == leading.id
    page = text_of(client.get(f"{HERE}/{contribution.id}"))
    assert f'href="{HERE}/{leading.id}"' in page
    assert 'name="vote"' not in page
    assert f'href="{HERE}/{contribution.id}"' in text_of(client.get(f"{HERE}/{leading.id}"))


def test_a_hidden_leading_one_is_not_linked_to_strangers(client, desk, proceeding, contribution, make_contribution):
    leading = make_contribution(proceeding)
    decide(desk, contribution, "merge", leading=str(leading.id))
    decide(desk, leading, "hide")
    page = text_of(client.get(f"{HERE}/{contribution.id}"))
    assert f'href="{HERE}/{leading.id}"' not in page
    assert "Der führende Beitrag ist zurzeit nicht öffentlich." in page


def test_merging_with_nothing_chosen_says_so(desk, contribution):
    response = decide(desk, contribution, "merge", leading="99999999999999999999")
    assert response.status_code == 422
    assert "keinen anderen Beitrag mit dieser Nummer" in text_of(response)


@pytest.mark.parametrize("place, expected", [
    ({"kind": "keep"}, "point"), ({"kind": "none"}, "none"), ({}, "point"),
    ({"kind": "point", "latitude": "51.3425", "longitude": "12.3711"}, "point"),
])  # fmt: skip
def test_moving_takes_topic_and_place_without_script(app, client, desk, contribution, fresh, place, expected):
    values = {"category": "paths", "type": "question", "statement_of_reasons": "Es geht um den Weg.", **place}
    assert decide(desk, contribution, "move", **values).status_code == 303
    moved = fresh(contribution)
    assert moved.geometry_kind == expected
    assert (moved.geometry is not None and moved.geometry.x == 12.3711) is ("latitude" in place)
    page = receipt(client, app, contribution)
    assert "Ihr Beitrag wurde verschoben" in page
    assert "Wege statt Grün und Klima" in page
    assert "Es geht um den Weg." in page


def test_moving_out_of_the_area_is_refused_at_the_place(desk, contribution, fresh):
    response = decide(desk, contribution, "move", category="green", kind="point", latitude="48.8", longitude="2.3")
    assert response.status_code == 422
    assert "Kilometer" in text_of(response)
    assert fresh(contribution).version == 1


def test_a_warning_is_read_by_its_author_only(app, client, desk, contribution, make_contribution, proceeding, author):
    assert decide(desk, contribution, "warn").status_code == 303
    assert FACTS in receipt(client, app, contribution)
    assert FACTS not in text_of(client.get(f"{HERE}/{contribution.id}"))
    later = make_contribution(proceeding, author=author)
    assert "schon 1-mal verwarnt" in text_of(desk.get(f"/moderation/churchyard/contribution/{later.id}"))


def test_a_warning_about_a_comment_is_read_by_its_author_only(
    client, desk, contribution, author, make_comment, make_client
):
    comment = make_comment(contribution, author=author)
    data = {"seen_version": "1", "outcome": "warn", **REASONS}
    assert desk.send(f"/moderation/churchyard/comment/{comment.id}", data).status_code == 303
    assert FACTS in text_of(make_client(author).get(f"{HERE}/{contribution.id}"))
    assert FACTS not in text_of(client.get(f"{HERE}/{contribution.id}"))


def test_who_is_blocked_is_told_why_and_loses_nothing_typed(
    desk, contribution, author, proceeding, make_contribution, make_client
):
    assert decide(desk, contribution, "block", block_days="3").status_code == 303
    other = make_contribution(proceeding)
    client = make_client(author)
    response = client.send(f"{HERE}/{other.id}/comments", {"text": "Ein langer Gedanke."})
    assert response.status_code == 403
    assert "Ein langer Gedanke." in text_of(response)
    assert FACTS in text_of(response)
    answer = client.send(f"{HERE}/{other.id}/vote", {"vote": "for"}, headers={"Accept": "application/json"})
    assert (answer.status_code, FACTS in answer.get_json()["detail"]) == (403, True)
    steps = "/proceedings/churchyard/contribute"
    client.send(f"{steps}/place", {"kind": "none"})
    client.send(f"{steps}/topic", {"category": "green", "type": "idea"})
    client.send(f"{steps}/text", {"title": "Mehr Bäume am Rand", "text": "Bitte pflanzen Sie hier Linden."})
    response = client.send(f"{steps}/check", {"consent": "y"})
    assert (response.status_code, FACTS in text_of(response)) == (403, True)
    assert "Mehr Bäume am Rand" in text_of(client.get(f"{steps}/check"))
    case = text_of(desk.get(f"/moderation/churchyard/contribution/{contribution.id}"))
    assert "Die Person ist bis" in case


@pytest.mark.parametrize("outcome, values", [
    ("move", {"category": "paths"}), ("warn", {}), ("block", {"block_days": "3"}),
])  # fmt: skip
def test_what_limits_nothing_when_taken_back_is_taken_back_by_one_button(app, desk, contribution, outcome, values):
    decide(desk, contribution, outcome, **values)
    decide(desk, contribution, "hide", version=2)
    with app.app_context():
        decision_id = db.session.scalar(select(ModerationDecision.id).where(ModerationDecision.outcome == outcome))
    case = text_of(desk.get(f"/moderation/churchyard/contribution/{contribution.id}"))
    assert f"/moderation/decisions/{decision_id}/undo" in case
    assert desk.send(f"/moderation/decisions/{decision_id}/undo").status_code == 303
    with app.app_context():
        newest = db.session.scalars(select(ModerationDecision).order_by(ModerationDecision.id.desc())).first()
        assert (newest.undoes_id, newest.state_after) == (decision_id, State.HIDDEN)


def test_a_comment_is_neither_merged_nor_moved(desk, contribution, make_comment):
    comment = make_comment(contribution)
    page = text_of(desk.get(f"/moderation/churchyard/comment/{comment.id}"))
    assert 'value="redact"' in page
    assert 'value="merge"' not in page
    assert 'value="move"' not in page
    data = {"seen_version": "1", "outcome": "move", **REASONS}
    assert desk.send(f"/moderation/churchyard/comment/{comment.id}", data).status_code == 422


def test_who_was_slower_keeps_the_passages(desk, contribution, proceeding, make_actor, make_client):
    decide(make_client(make_actor(proceeding, Role.MODERATOR)), contribution, "hide")
    response = decide(desk, contribution, "redact", passages="Im Schatten ist es angenehm.")
    page = text_of(response)
    assert response.status_code == 409
    assert "Jemand war schneller." in page
    assert "Im Schatten ist es angenehm.</textarea>" in page
