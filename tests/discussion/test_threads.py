"""Comments form a tree; pages show two levels of it, and nothing that nobody may read."""

from participation.accounts.actors import STRANGER, Actor
from participation.contributions.states import PublicationState
from participation.discussion.models import Comment
from participation.discussion.queries import build_threads

HIDDEN, PUBLISHED, SUBMITTED = PublicationState.HIDDEN, PublicationState.PUBLISHED, PublicationState.SUBMITTED
AUTHOR = Actor(participant_id=7)


def threads_of(*comments, actor=STRANGER):
    """Threads of comments given as (id of the parent or None, state); ids count from 1, all are the author's."""
    made = [
        Comment(
            id=number, proceeding_id=1, parent_id=parent, state=state, text="Ja.", participant_id=AUTHOR.participant_id
        )
        for number, (parent, state) in enumerate(comments, 1)
    ]
    return build_threads(actor, made)


def test_answers_of_any_depth_stand_under_the_first_comment_in_order():
    threads = threads_of((None, PUBLISHED), (1, PUBLISHED), (2, PUBLISHED), (1, PUBLISHED))
    assert len(threads) == 1
    assert [(answer.comment.id, answer.parent.comment.id) for answer in threads[0].answers] == [(2, 1), (3, 2), (4, 1)]


def test_hidden_comment_leaves_a_placeholder_only_where_others_answered():
    threads = threads_of((None, HIDDEN), (1, PUBLISHED), (None, HIDDEN))
    assert [(thread.comment.id, thread.text) for thread in threads] == [(1, None)]


def test_waiting_comment_is_seen_by_its_author_alone():
    assert [thread.is_own for thread in threads_of((None, SUBMITTED), actor=AUTHOR)] == [True]
    assert threads_of((None, SUBMITTED)) == []


def test_two_thousand_answers_in_a_chain_are_no_problem():
    threads = threads_of((None, PUBLISHED), *((number, PUBLISHED) for number in range(1, 2_000)))
    assert len(threads[0].answers) == 1_999
