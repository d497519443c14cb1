"""Commenting: nothing is stored twice, nothing is lost, and nobody waits for each other in a circle."""

import threading
import time

import pytest
from sqlalchemy import func, select

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion import services
from participation.discussion.models import Comment
from participation.discussion.services import add_comment
from participation.errors import Conflict
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.proceedings.models import ModerationMode

FIRST = {"text": "Mehr Bänke, bitte.", "public_name": "Kim", "parent_id": None}


@pytest.fixture
def send(app_context, make_proceeding, make_contribution, make_guest):
    """Comments with one form's key; the author is always the same unless another is given."""
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    contribution, author = make_contribution(proceeding), make_guest()

    def comment(actor=None, **words):
        return add_comment(
            actor or author, proceeding, contribution.id, language="de", idempotency_key="k1", **FIRST | words
        )

    return comment


def texts():
    return list(db.session.scalars(select(Comment.text).order_by(Comment.id)))


def test_the_same_words_sent_twice_are_one_comment(send):
    assert send().id == send().id
    assert texts() == [FIRST["text"]]


@pytest.mark.parametrize("words", [{"text": "Und Bäume."}, {"public_name": "Robin"}], ids=["text", "name"])
def test_other_words_sent_after_going_back_are_another_comment(send, words):
    first, second = send(), send(**words)
    assert second.id != first.id
    assert (second.text, second.public_name) == tuple((FIRST | words)[name] for name in ("text", "public_name"))
    assert send(**words).id == second.id


def test_the_same_words_as_an_answer_are_another_comment(send):
    first = send()
    answer = send(parent_id=first.id)
    assert (answer.parent_id, answer.id != first.id) == (first.id, True)


def test_a_key_belongs_to_its_author(send, make_guest):
    first, other = send(), make_guest()
    second = send(other)
    assert (second.id != first.id, second.participant_id) == (True, other.participant_id)


def test_whoever_replies_while_a_moderator_hides_is_told_and_both_are_served(
    app, monkeypatch, make_proceeding, make_contribution, make_comment, make_actor, make_guest
):
    """PostgreSQL ends a circle of two that wait for each other with an error for one of them."""
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    contribution = make_contribution(proceeding)
    parent, guest = make_comment(contribution), make_guest()
    moderator = make_actor(proceeding, Role.MODERATOR)
    is_hiding, outcomes = threading.Event(), {}
    require_transition = services.require_transition

    def pause(old, new, **how):
        is_hiding.set()
        time.sleep(0.5)  # until the reply has come as far as it can
        require_transition(old, new, **how)

    monkeypatch.setattr(services, "require_transition", pause)

    def hide():
        comment = db.session.get_one(Comment, parent.id)
        reasons = {"ground": "insult", "statement_of_reasons": "Es beleidigt."}
        decide(moderator, comment, outcome=Outcome.HIDE, seen_version=1, **reasons)

    def reply():
        is_hiding.wait(timeout=5)
        add_comment(guest, proceeding, contribution.id, text="Ja.", language="de", parent_id=parent.id)

    def run(act):
        try:
            with app.app_context():
                act()
        except Exception as error:  # noqa: BLE001 – shown by the assertion
            outcomes[act.__name__] = type(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in (hide, reply)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"reply": Conflict}
    with app.app_context():
        assert db.session.get_one(Comment, parent.id).state is PublicationState.HIDDEN
        assert db.session.scalar(select(func.count(Comment.id))) == 1
        assert db.session.get_one(Contribution, contribution.id).comment_count == 0
