"""Words are found wherever they stand, the same on both databases, whether an index knows them or not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from participation import clock
from participation.accounts.actors import STRANGER
from participation.contributions import queries, search
from participation.contributions.checking import NewContribution
from participation.contributions.counting import counted
from participation.contributions.filters import ContributionFilter, Sort
from participation.contributions.imported import add_contributions
from participation.contributions.models import Contribution, Origin
from participation.contributions.queries import page_of_contributions
from participation.contributions.services import contribution_values, set_words
from participation.contributions.states import PublicationState
from participation.contributions.text import search_form
from participation.database import db, transaction
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug

ALPHABET = "aäßb%_'\"*-3 水"
PARTS = ["aba", "abab", "baba", "ab", "a", "ß", "水", '"aba', "-", " ", "%"]
words = st.one_of(
    st.text(ALPHABET, min_size=1, max_size=12), st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join)
).filter(str.strip)
texts = st.lists(words, min_size=1, max_size=6)


def values(proceeding, words, created_at=None):
    new = NewContribution(words, "Kein Text", "green", "idea", None)
    return contribution_values(
        proceeding, new, state=PublicationState.PUBLISHED, created_at=created_at or clock.now(), origin=Origin.WEB
    )


@pytest.mark.parametrize("few", [0, 5_000], ids=["many", "few"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=texts, q=words, later=words)
def test_a_search_finds_what_contains_every_word(app_context, make_proceeding, monkeypatch, few, titles, q, later):
    for module in (search, queries):
        monkeypatch.setattr(module, "FEW", few)
    db.session.rollback()
    if db.session.scalar(select(Proceeding.id)) is None:
        make_proceeding()
    proceeding = proceeding_by_slug(STRANGER, "churchyard")
    with transaction() as session:
        session.execute(delete(Contribution))
        add_contributions(session, [values(proceeding, title) for title in titles])
        last = Contribution(**values(proceeding, "something else"))
        session.add(last)
        session.flush()
        set_words(last, later, "Kein Text", None)
    wanted_words = search_form(q).split()
    expected = sorted(
        title for title in (*titles, later) if all(word in search_form(title, "Kein Text") for word in wanted_words)
    )
    for sort in (Sort.NEWEST, Sort.VOTES):
        wanted = ContributionFilter(q=q, sort=sort)
        assert sorted(one.title for one in page_of_contributions(proceeding, wanted).items) == expected
        assert counted(proceeding, wanted).total == len(expected)


def test_a_short_word_alone_is_looked_for_in_the_newest_only(app_context, make_proceeding, monkeypatch):
    monkeypatch.setattr(search, "MOST_NEW", 2)
    proceeding = make_proceeding()
    now = clock.now()
    with transaction() as session:
        for year in (2, 1, 0):
            session.add(Contribution(**values(proceeding, f"ab jahr {year}", now.replace(year=now.year - year))))
    alone, beside = ContributionFilter(q="ab"), ContributionFilter(q="ab jahr")
    assert [one.title for one in page_of_contributions(proceeding, alone).items] == ["ab jahr 0", "ab jahr 1"]
    assert (counted(proceeding, alone).total, counted(proceeding, beside).total) == (2, 3)
