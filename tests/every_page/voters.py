"""People in the demo who vote a lot, one of them blocked, for the pages about that."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from participation import clock
from participation.accounts.actors import STRANGER, Actor
from participation.accounts.models import Participant, Role, User
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.discussion.joint_votes import recount_votes
from participation.discussion.models import Vote
from participation.moderation.models import Outcome
from participation.moderation.objections import objection_secret
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars
from participation.proceedings.queries import proceeding_by_slug

REASONS = {"ground": "votes", "statement_of_reasons": "Sie haben in zwei Minuten über acht Beiträge abgestimmt. " * 4}


@dataclass(frozen=True)
class MadeVoters:
    """Addresses: votes with people who stand out and without, the form, a decision that holds, one that does not."""

    votes: str
    quiet: str
    form: str
    decision: str
    taken_back: str


def make_blocked_voter(slug: str) -> MadeVoters:
    """Let three guests vote on eight contributions in two minutes, and block two of them; one is let in again."""
    proceeding = proceeding_by_slug(STRANGER, slug)
    statement = select(Contribution).where(
        Contribution.proceeding_id == proceeding.id, Contribution.state == PublicationState.PUBLISHED
    )
    quiet, *items = db.session.scalars(statement.order_by(Contribution.id.desc()).limit(9)).all()
    now = clock.now()
    with transaction() as session:
        guests = [Participant(token_hash=f"busy {n}", language="de", created_at=now) for n in range(3)]
        session.add_all(guests)
        session.flush()
        for number, item in enumerate(items):
            for guest in guests:
                at = now - timedelta(seconds=15 * number)
                session.add(Vote(contribution_id=item.id, participant_id=guest.id, value=1, cast_at=at))
            session.flush()
            recount_votes(session, item.id)
    user_id = db.session.scalar(select(User.id).where(User.email == "moderator@example.org"))
    moderator = Actor(user_id=user_id, roles=frozenset({(proceeding.id, Role.MODERATOR)}))
    item, secrets = items[0], []
    for guest in guests[:2]:
        particulars = Particulars(block_days=14, voter_id=guest.id)
        version = item.version
        decision = decide(
            moderator, item, outcome=Outcome.BLOCK_VOTER, seen_version=version, particulars=particulars, **REASONS
        )
        secrets.append(objection_secret(decision))
    undo(moderator, item, decision, seen_version=item.version)
    place = f"/moderation/{slug}/contributions"
    return MadeVoters(
        votes=f"{place}/{item.id}/votes",
        quiet=f"{place}/{quiet.id}/votes",
        form=f"{place}/{item.id}/votes/{guests[2].id}",
        decision=f"/decisions/{secrets[0]}",
        taken_back=f"/decisions/{secrets[1]}",
    )
