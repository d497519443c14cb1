"""Moderators see how fast votes come in and who casts many, bounded, and never how anybody voted."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from participation.accounts.actors import STRANGER
from participation.accounts.models import Participant, Role
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.discussion.models import Vote
from participation.discussion.voting_pace import (
    MOST_READ,
    MOST_VOTERS,
    Period,
    Voter,
    Window,
    most_at_once,
    voting_pace,
)
from participation.errors import NotPermitted, NotSignedIn

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # twelve in Leipzig
MINUTE = timedelta(minutes=1)


@pytest.fixture
def proceeding(app_context, make_proceeding, set_clock):
    set_clock(NOON)
    return make_proceeding()


@pytest.fixture
def moderator(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture
def cast():
    """Casts one vote of a guest or account on each of some contributions, so much time before noon."""

    def add(who, contributions, before=MINUTE):
        with transaction() as session:
            for number, one in enumerate(contributions):
                at = NOON - before - number * timedelta(seconds=10)
                session.add(Vote(contribution_id=one.id, participant_id=who.participant_id, value=1, cast_at=at))

    return add


@pytest.fixture
def six(proceeding, make_contribution):
    return [make_contribution(proceeding) for _ in range(6)]


def test_who_casts_many_votes_stands_out_and_who_casts_few_does_not(proceeding, moderator, six, cast, make_guest):
    busy, calm = make_guest(), make_guest()
    cast(busy, six)
    cast(calm, six[:4])
    [voter] = voting_pace(moderator, six[0], Window.DAY).voters
    assert (voter.participant_id, voter.votes, voter.most_at_once) == (busy.participant_id, 6, 6)
    assert not voter.has_account


def test_who_did_not_vote_here_is_not_listed_here(proceeding, moderator, six, cast, make_guest):
    cast(make_guest(), six[1:])
    assert voting_pace(moderator, six[0], Window.DAY).voters == []


def test_votes_in_another_proceeding_are_none_of_their_business(
    proceeding, moderator, six, cast, make_guest, make_proceeding, make_contribution
):
    elsewhere = make_proceeding("elsewhere")
    cast(make_guest(), [six[0], *(make_contribution(elsewhere) for _ in range(5))])
    assert voting_pace(moderator, six[0], Window.DAY).voters == []


@pytest.mark.parametrize("before, window, count", [
    (timedelta(hours=23, minutes=58), Window.DAY, 1), (timedelta(hours=24), Window.DAY, 0),
    (timedelta(hours=24), Window.WEEK, 1), (timedelta(days=7), Window.WEEK, 0), (timedelta(days=7), Window.MONTH, 1),
])  # fmt: skip
def test_one_looks_back_a_day_a_week_or_a_month(proceeding, moderator, six, cast, make_guest, before, window, count):
    cast(make_guest(), six, before)
    assert len(voting_pace(moderator, six[0], window).voters) == count


def test_votes_on_what_is_merged_into_it_count_here(proceeding, moderator, six, cast, make_guest, make_contribution):
    merged = make_contribution(proceeding, state=State.MERGED, leading_id=six[0].id)
    cast(make_guest(), [merged, *six[1:]])
    assert len(voting_pace(moderator, six[0], Window.DAY).voters) == 1


def test_votes_are_counted_by_hour_and_new_guests_among_them(proceeding, moderator, six, cast, make_guest, make_actor):
    old, new, account = make_guest(), make_guest(), make_actor()
    with transaction() as session:
        for who, before in ((old, 120), (new, 65), (account, 65)):
            session.execute(
                update(Participant)
                .where(Participant.id == who.participant_id)
                .values(created_at=NOON - before * MINUTE)
            )
    cast(old, six[:1], MINUTE)
    cast(new, six[:1], 61 * MINUTE)
    cast(account, six[:1], 61 * MINUTE)
    periods = voting_pace(moderator, six[0], Window.DAY).periods
    assert [(one.starts_at.hour, one.votes, one.by_new_guests) for one in periods] == [(11, 1, 0), (10, 2, 1)]


def test_nothing_of_it_tells_how_somebody_voted(proceeding, moderator, six, cast, make_guest):
    names = {field.name for kind in (Voter, Period) for field in fields(kind)}
    assert names == {
        *("participant_id", "has_account", "known_since", "votes", "most_at_once", "cast_at"),
        *("starts_at", "by_new_guests"),
    }


@pytest.mark.parametrize("role, error", [
    (None, NotSignedIn), (Role.PLANNER, NotPermitted), ("administrator", NotPermitted), ("elsewhere", NotPermitted),
])  # fmt: skip
def test_only_moderators_of_the_proceeding_see_it(proceeding, six, make_actor, make_proceeding, role, error):
    actor = {
        None: lambda: STRANGER,
        "administrator": lambda: make_actor(is_administrator=True),
        "elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR),
    }.get(role, lambda: make_actor(proceeding, role))()
    with pytest.raises(error):
        voting_pace(actor, six[0], Window.DAY)


def test_many_votes_are_read_up_to_a_bound(proceeding, moderator, six):
    with transaction() as session:
        first = session.scalar(
            insert(Participant).values(language="de", created_at=NOON, token_hash="0").returning(Participant.id)
        )
        session.execute(
            insert(Participant),
            [{"language": "de", "created_at": NOON, "token_hash": str(n)} for n in range(1, MOST_READ + 50)],
        )
        session.execute(
            insert(Vote),
            [
                {"contribution_id": one.id, "participant_id": first + n, "value": 1, "cast_at": NOON - MINUTE}
                for n in range(MOST_READ + 50)
                for one in (six if n < 40 else six[:1])
            ],
        )
    pace = voting_pace(moderator, six[0], Window.DAY)
    assert pace.is_cut
    assert sum(one.votes for one in pace.periods) == MOST_READ
    assert len(pace.voters) <= MOST_VOTERS


def test_the_newest_votes_are_found_by_an_index(proceeding, moderator, six):
    is_sqlite = db.engine.dialect.name == "sqlite"
    connection = db.session.connection()
    if not is_sqlite:
        for way in ("seqscan", "bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    statement = (
        f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} SELECT participant_id FROM vote WHERE contribution_id = 1"
        " AND cast_at >= '2026-01-01' ORDER BY cast_at DESC LIMIT 10"
    )
    plan = " ".join(str(row[-1]) for row in connection.exec_driver_sql(statement))
    assert "ix_vote_cast" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("seconds, most", [
    ([], 0), ([0], 1), ([0, 599], 2), ([0, 600], 1), ([0, 300, 600, 899], 3), ([900, 0, 450], 2),
])  # fmt: skip
def test_most_at_once_counts_within_ten_minutes(seconds, most):
    assert most_at_once([NOON + timedelta(seconds=one) for one in seconds]) == most


def test_who_casts_most_at_once_comes_first(proceeding, moderator, six, cast, make_guest, make_contribution):
    eager, quick = make_guest(), make_guest()
    for number in range(8):
        cast(eager, [six[0] if number == 7 else make_contribution(proceeding)], timedelta(hours=number + 1))
    cast(quick, six)
    voters = voting_pace(moderator, six[0], Window.DAY).voters
    assert [(one.votes, one.most_at_once) for one in voters] == [(6, 6), (8, 1)]
