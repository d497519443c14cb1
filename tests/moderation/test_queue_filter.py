"""The queue's filter is its address: what is written there is read again, and nothing else is accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from participation.accounts.models import Role
from participation.contributions.states import PublicationState as State
from participation.errors import InvalidInput
from participation.geodata.bbox import Bbox
from participation.moderation.queue_filter import Age, Assigned, QueueFilter, Sort
from participation.screening.models import HoldingRule

KINDS = ("", "contribution", "comment", "notice", "complaint")


def arguments_of(wanted):
    pairs = []
    for name, value in wanted.to_arguments().items():
        pairs += [(name, one) for one in ([value] if isinstance(value, str) else value)]
    return MultiDict(pairs)


@st.composite
def filters(draw):
    kind = draw(st.sampled_from(KINDS))
    sorts = [sort for sort in Sort if sort is not Sort.REPORTED or kind in ("notice", "complaint")]
    return QueueFilter(
        kind=kind,
        state=draw(st.none() | st.sampled_from(State)),
        rule=draw(st.none() | st.sampled_from(HoldingRule)),
        categories=tuple(draw(st.lists(st.sampled_from(["green", "paths", "ä&ö"]), unique=True))),
        age=draw(st.sampled_from(Age)),
        assigned=draw(st.sampled_from(Assigned)),
        q=draw(st.sampled_from(["", "Linde", "a b"])),
        bbox=draw(st.none() | st.just(Bbox(12.1, 51.2, 12.3, 51.4))),
        sort=draw(st.sampled_from(sorts)),
    )


@given(filters())
def test_what_a_filter_writes_into_the_address_it_reads_again(app, wanted):
    assert QueueFilter.from_arguments(arguments_of(wanted)) == wanted


def test_without_an_address_it_is_what_waits_oldest_first_and_for_reports_what_is_open_most_reported_first(app):
    assert QueueFilter.from_arguments(MultiDict()) == QueueFilter()
    assert QueueFilter().to_arguments() == {}
    reported = QueueFilter.from_arguments(MultiDict({"kind": "notice"}))
    assert (reported.state, reported.sort) == (None, Sort.REPORTED)
    assert reported.to_arguments() == {"kind": "notice"}


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back_to_another_kind_is_where_one_was(app, kind):
    assert QueueFilter().with_kind(kind).with_kind("") == QueueFilter()


@pytest.mark.parametrize(
    "word, value",
    [
        ("kind", "photo"),
        ("rule", "no_such_rule"),
        ("state", "deleted"),
        ("state", "SUBMITTED"),
        ("age", "2"),
        ("age", "-1"),
        ("assigned", "5"),
        ("sort", "votes"),
        ("sort", "reported"),
        ("bbox", "1,2,3"),
        ("bbox", "12,52,13,51"),
        ("category", "gone"),
    ],
)
def test_an_impossible_value_is_a_clear_error_that_names_the_word(
    app, make_proceeding, make_actor, make_client, word, value
):
    client = make_client(make_actor(make_proceeding(), Role.MODERATOR))
    for path in ("/moderation", "/moderation/churchyard"):
        response = client.get(path, query_string={word: value})
        assert response.status_code == 422
        problem = client.get(path, query_string={word: value}, headers={"Accept": "application/json"}).get_json()
        assert problem["field"] == word
        assert problem["detail"]


@pytest.mark.parametrize("arguments", [{"kind": "photo"}, {"sort": "reported"}])
def test_the_error_says_what_is_possible(app, arguments):
    with app.test_request_context("/en"), pytest.raises(InvalidInput) as refused:
        QueueFilter.from_arguments(MultiDict(arguments))
    assert ("contribution" if "kind" in arguments else "oldest") in str(refused.value.message)
