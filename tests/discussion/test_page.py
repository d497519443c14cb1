"""The discussion on its page: what is refused keeps its text, and authors read why their comment is not public."""

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion import queries, services
from participation.discussion.models import Comment
from participation.errors import Busy
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.proceedings.models import ModerationMode

TEXT = "Ein Trinkbrunnen <gehört> dazu."
HIDDEN, REJECTED, SUBMITTED = PublicationState.HIDDEN, PublicationState.REJECTED, PublicationState.SUBMITTED


@pytest.fixture
def proceeding(make_proceeding):
    """A proceeding in which comments are public at once."""
    make_proceeding("elsewhere")
    return make_proceeding(moderation_mode=ModerationMode.AFTER)


@pytest.fixture
def contribution(proceeding, make_contribution):
    """A public contribution in it."""
    return make_contribution(proceeding)


@pytest.fixture
def path(contribution):
    return f"/proceedings/churchyard/contributions/{contribution.id}"


def text_of(response) -> str:
    return unescape(response.get_data(as_text=True))


def has_form_with(page: str, text: str) -> bool:
    """Whether the one form on the page, not an answer to anything, has this text."""
    return page.count('id="comment-form"') == 1 and 'name="parent_id" value=""' in page and text in page


@pytest.mark.parametrize("parent_id", ["hidden", "0", "x", "9" * 18, "9" * 40])
def test_a_reply_to_what_is_not_public_comes_back_as_a_comment_of_its_own(
    client, contribution, make_comment, path, parent_id
):
    hidden = make_comment(contribution, state=HIDDEN)
    response = client.send(
        f"{path}/comments", {"text": TEXT, "parent_id": str(hidden.id) if parent_id == "hidden" else parent_id}
    )
    page = text_of(response)
    assert response.status_code == 409
    assert has_form_with(page, TEXT)
    assert "Sie können Ihren Text als eigenen Kommentar senden." in page


@pytest.mark.parametrize("parent", ["999", "0", "x", "9" * 18, "9" * 40])
def test_a_reply_to_nothing_with_another_mistake_keeps_its_form(client, path, parent):
    response = client.send(f"{path}/comments", {"text": "x", "public_name": "Kim Haselmaus", "parent_id": parent})
    assert response.status_code == 422
    assert has_form_with(text_of(response), "Kim Haselmaus")


@pytest.mark.parametrize("reply", ["999", "0", "x", "-1", "9" * 40, ""])
def test_a_page_whose_comment_to_answer_is_gone_still_has_a_form(client, path, reply):
    response = client.get(f"{path}?reply={reply}")
    assert response.status_code == 200
    assert has_form_with(text_of(response), "")


def test_whoever_wants_to_answer_a_hidden_comment_is_told(client, contribution, make_comment, path):
    parent = make_comment(contribution, state=HIDDEN)
    make_comment(contribution, parent=parent)
    page = text_of(client.get(f"{path}?reply={parent.id}"))
    assert has_form_with(page, "Der Kommentar, auf den Sie antworten, ist nicht mehr öffentlich.")


def test_after_the_phase_the_text_is_still_there_to_be_copied(client, path, set_clock):
    set_clock(clock.now() + timedelta(days=20))
    response = client.send(f"{path}/comments", {"text": TEXT})
    page = text_of(response)
    assert response.status_code == 409
    assert TEXT in page
    assert "Ihr Text wurde nicht gesendet." in page
    assert f'action="{path}/comments' not in page


def test_a_busy_database_gives_the_text_back(client, path, monkeypatch):
    def refuse(*_arguments, **_words):
        raise Busy("Nichts gespeichert.")

    monkeypatch.setattr(services, "add_comment", refuse)
    response = client.send(f"{path}/comments", {"text": TEXT})
    assert response.status_code == 503
    assert has_form_with(text_of(response), TEXT)
    assert "Nichts gespeichert." in text_of(response)


def test_a_comment_on_what_was_hidden_meanwhile_comes_back(client, make_proceeding, make_contribution):
    contribution = make_contribution(make_proceeding(), state=HIDDEN)
    response = client.send(f"/proceedings/churchyard/contributions/{contribution.id}/comments", {"text": TEXT})
    assert response.status_code == 410
    assert TEXT in text_of(response)


def test_the_author_of_a_new_comment_lands_on_the_page_that_has_it(
    app, client, contribution, make_comment, path, monkeypatch
):
    monkeypatch.setattr(queries, "THREADS_ON_A_PAGE", 2)
    for _ in range(4):
        make_comment(contribution)
    response = client.send(f"{path}/comments", {"text": TEXT})
    with app.app_context():
        added = db.session.scalars(select(Comment).where(Comment.text == TEXT)).one()
    assert response.headers["Location"].endswith(f"#comment-{added.id}")
    page = text_of(client.get(response.headers["Location"]))
    assert f'id="comment-{added.id}"' in page
    assert "Seite 3 von 3" in page
    assert f'{path}?page=2#comments"' in page
    assert TEXT not in text_of(client.get(path))


def test_an_answer_is_written_on_the_page_of_its_comment(client, contribution, make_comment, path, monkeypatch):
    monkeypatch.setattr(queries, "THREADS_ON_A_PAGE", 2)
    comments = [make_comment(contribution) for _ in range(3)]
    page = text_of(client.get(f"{path}?reply={comments[-1].id}"))
    assert f'name="parent_id" value="{comments[-1].id}"' in page
    response = client.send(f"{path}/comments", {"text": "x", "parent_id": str(comments[-1].id)})
    assert f'name="parent_id" value="{comments[-1].id}"' in text_of(response)


@pytest.mark.parametrize("outcome, state", [(Outcome.REJECT, SUBMITTED), (Outcome.HIDE, PublicationState.PUBLISHED)])
def test_the_author_and_nobody_else_reads_why_a_comment_is_not_public(
    app, proceeding, contribution, make_comment, make_guest, make_actor, make_client, path, outcome, state
):
    author = make_guest()
    comment = make_comment(contribution, state=state, author=author)
    make_comment(contribution, parent=comment)
    with app.test_request_context():
        reasons = {"ground": "personal_data", "statement_of_reasons": "Sie nennen eine Telefonnummer."}
        moderator = make_actor(proceeding, Role.MODERATOR)
        decide(moderator, db.session.get_one(Comment, comment.id), outcome=outcome, seen_version=1, **reasons)
    page = text_of(make_client(author).get(path))
    for part in ("Sie nennen eine Telefonnummer.", "Regel 3", "kostenlos widersprechen", "Sie haben Zeit bis zum"):
        assert part in page
    for other in (None, make_guest(), make_actor()):
        assert "Telefonnummer" not in text_of(make_client(other).get(path))


def test_reasons_of_a_comment_that_is_public_again_are_gone(
    app, proceeding, contribution, make_comment, make_guest, make_actor, make_client, path
):
    author = make_guest()
    comment = make_comment(contribution, author=author)
    with app.test_request_context():
        moderator, item = make_actor(proceeding, Role.MODERATOR), db.session.get_one(Comment, comment.id)
        reasons = {"ground": "personal_data", "statement_of_reasons": "Sie nennen eine Telefonnummer."}
        decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, **reasons)
        decide(moderator, item, outcome=Outcome.PUBLISH, seen_version=2)
    assert "Telefonnummer" not in text_of(make_client(author).get(path))
