"""Taking back that reports were answered with “the text may stay”: for 30 days, unless somebody objected."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.complaints.services import take_back_answer
from participation.database import db
from participation.errors import Conflict, NotPermitted
from participation.notices.models import Notice, NoticeState
from participation.notices.queries import undoable_answer
from tests.complaints.conftest import REFUSAL


def take_back(moderator, item, notice, **changes):
    take_back_answer(moderator, item, **({"settled_at": notice.settled_at, "seen_version": item.version} | changes))


def test_the_reports_are_open_again_and_that_is_on_record(item, refused_notice, second):
    notice = refused_notice(item)
    take_back(second, item, notice)
    assert (notice.state, notice.answer, notice.settled_at) == (NoticeState.OPEN, "", None)
    assert "notices.reopen" in [event.action for event in events_about(item)]
    assert undoable_answer(second, item) is None


@pytest.mark.parametrize("late", [False, True])
def test_it_can_be_taken_back_for_thirty_days(item, refused_notice, second, set_clock, late):
    notice = refused_notice(item)
    set_clock(notice.settled_at + timedelta(days=30) - timedelta(seconds=not late))
    assert (undoable_answer(second, item) is None) is late
    if not late:
        take_back(second, item, notice)
        return
    with pytest.raises(Conflict):
        take_back(second, item, notice)
    assert notice.answer == REFUSAL


def test_it_stays_when_somebody_objected(item, refused_notice, second, object_to_answer):
    notice = refused_notice(item)
    object_to_answer(notice)
    with pytest.raises(Conflict):
        take_back(second, item, notice)
    assert db.session.scalars(select(Notice.answer)).all() == [REFUSAL]


@pytest.mark.parametrize("changes", [{"seen_version": 9}, {"settled_at": clock.now() - timedelta(hours=1)}])
def test_it_stays_when_the_text_changed_or_nothing_was_answered_then(item, refused_notice, second, changes):
    notice = refused_notice(item)
    with pytest.raises(Conflict):
        take_back(second, item, notice, **changes)
    assert db.session.scalars(select(Notice.answer)).all() == [REFUSAL]


def test_only_moderators_of_the_proceeding_take_it_back(item, refused_notice, make_proceeding, make_actor):
    notice = refused_notice(item)
    for actor in (make_actor(), make_actor(make_proceeding("elsewhere"), Role.MODERATOR)):
        with pytest.raises(NotPermitted):
            take_back(actor, item, notice)
