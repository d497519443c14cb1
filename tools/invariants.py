"""What must be true of an installation after any kill; tools/kill_rounds.py asks each one after each round.

To add one: a function that takes what was sent and returns a line for each thing that is wrong, and its name below.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.database import db
from participation.discussion.models import Comment, Vote
from participation.jobs.models import Job, JobState
from tools.voters import app_of, wrong_counters

if TYPE_CHECKING:
    from tools.kill_rounds import Sent

Invariant = Callable[["Sent"], list[str]]


def every_acknowledged_vote_is_there(sent: "Sent") -> list[str]:
    """A vote is as it was last acknowledged, or as it was sent after that without an answer."""
    with app_of(sent.installation).app_context():
        rows = db.session.execute(select(Vote.contribution_id, Vote.participant_id, Vote.value))
        found = {(contribution_id, participant_id): value for contribution_id, participant_id, value in rows}
        db.session.remove()
    allowed = sent.votes()
    wrong = [key for key in allowed if found.get(key) not in allowed[key]]
    return [f"vote {key}: {found.get(key)}, not in {allowed[key]}" for key in wrong]


def every_acknowledged_text_is_there_once(sent: "Sent") -> list[str]:
    """A comment or contribution whose sending was acknowledged is there, and none is there twice."""
    with app_of(sent.installation).app_context():
        comments = db.session.scalars(select(Comment.text).where(Comment.text.like("Runde %"))).all()
        titles = db.session.scalars(select(Contribution.title).where(Contribution.title.like("Runde %"))).all()
        db.session.remove()
    there = Counter([*comments, *titles])
    missing = [f"lost: {words}" for words in sent.acknowledged_words if words not in there]
    return missing + [f"{count} times: {words}" for words, count in there.items() if count > 1]


def counters_equal_rows(sent: "Sent") -> list[str]:
    """Votes and comments of each contribution are as many as its counters say."""
    return wrong_counters(sent.installation)


def jobs_are_done(sent: "Sent") -> list[str]:
    """What was wanted in the background was made, whoever was killed meanwhile."""
    with app_of(sent.installation).app_context():
        rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
        db.session.remove()
    return [f"{count} jobs are {state}" for state, count in rows if state is not JobState.DONE]


INVARIANTS: list[Invariant] = [
    every_acknowledged_vote_is_there,
    every_acknowledged_text_is_there_once,
    counters_equal_rows,
    jobs_are_done,
]
