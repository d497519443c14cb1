"""Comments come in pages: each is on one of them, and no page is empty because its comments are unreadable."""

import pytest

from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.contributions.states import PublicationState
from participation.discussion import queries
from participation.discussion.queries import page_of_threads

STATES = [state for state in PublicationState if state is not PublicationState.MERGED]


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def contribution(proceeding, monkeypatch, make_contribution):
    """A contribution whose comments come two threads a page."""
    monkeypatch.setattr(queries, "THREADS_ON_A_PAGE", 2)
    return make_contribution(proceeding)


def ids(page):
    return [thread.comment.id for thread in page.shown]


def test_every_comment_is_on_one_page_and_answers_are_with_theirs(contribution, make_comment):
    top = [make_comment(contribution) for _ in range(5)]
    answer = make_comment(contribution, parent=top[0])
    deep = make_comment(contribution, parent=answer)
    pages = [page_of_threads(STRANGER, contribution, number=number) for number in (1, 2, 3)]
    assert [page.count for page in pages] == [3, 3, 3]
    assert [ids(page) for page in pages] == [
        [top[0].id, answer.id, deep.id, top[1].id],
        [top[2].id, top[3].id],
        [top[4].id],
    ]
    for number, page in enumerate(pages, 1):
        for id_ in ids(page):
            assert page_of_threads(STRANGER, contribution, comment_id=id_).number == number


@pytest.mark.parametrize("wanted", [{"number": 0}, {"number": -5}, {"comment_id": 0}, {"comment_id": 10**30}], ids=str)
def test_what_does_not_exist_is_the_first_page(contribution, make_comment, wanted):
    for _ in range(3):
        make_comment(contribution)
    assert page_of_threads(STRANGER, contribution, **wanted).number == 1


def test_a_number_too_high_is_the_last_page(contribution, make_comment):
    for _ in range(3):
        make_comment(contribution)
    assert page_of_threads(STRANGER, contribution, number=10**30).number == 2


def test_a_comment_elsewhere_is_on_no_page_here(contribution, make_contribution, make_comment, make_proceeding):
    for _ in range(3):
        make_comment(contribution)
    other = make_contribution(make_proceeding("elsewhere"))
    elsewhere = [make_comment(other) for _ in range(3)][-1]
    assert page_of_threads(STRANGER, contribution, comment_id=elsewhere.id).number == 1


@pytest.mark.parametrize("role", ["stranger", "author", "moderator"])
def test_pages_are_full_of_what_the_reader_may_read(
    proceeding, contribution, make_comment, make_guest, make_actor, role
):
    author, moderator = make_guest(), make_actor(proceeding, Role.MODERATOR)
    actor = {"stranger": STRANGER, "author": author, "moderator": moderator}[role]
    for state in STATES * 2:
        make_comment(contribution, state=state, author=author)
    readable = 2 if role == "stranger" else 2 * len(STATES) - 2
    pages = [page_of_threads(actor, contribution, number=number) for number in range(1, readable // 2 + 1)]
    assert [(page.count, len(page.threads)) for page in pages] == [(readable // 2, 2)] * len(pages)


def test_a_thousand_comments_and_more_are_all_shown(app_context, make_proceeding, make_contribution, make_comment):
    contribution = make_contribution(make_proceeding())
    first = make_comment(contribution)
    for _ in range(1_005):
        newest = make_comment(contribution, parent=first)
    assert ids(page_of_threads(STRANGER, contribution))[-1] == newest.id
