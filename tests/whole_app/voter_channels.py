"""Channels about those who vote: the pages of moderators, and of a person who is blocked for it."""

from participation import clock
from participation.accounts.models import Participant
from participation.contributions.states import PublicationState as State
from participation.database import transaction
from participation.discussion.models import Vote
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.objections import objection_secret
from participation.proceedings.queries import rule_in_force
from tests.whole_app.channels import channel, in_batch, public, shows


def voter_on(client, contribution):
    """Let a guest vote on a contribution; return the participant's id."""
    with client.application.app_context(), transaction() as session:
        guest = Participant(language="de", created_at=clock.now())
        session.add(guest)
        session.flush()
        session.add(Vote(contribution_id=contribution.id, participant_id=guest.id, value=1, cast_at=clock.now()))
        return guest.id


@channel("moderators' page about votes", in_batch)
def _(client, proceeding, contribution):
    return shows(client.get(f"/moderation/{proceeding.slug}/contributions/{contribution.id}/votes"))


@channel("form to block a voter", in_batch)
def _(client, proceeding, contribution):
    voter_id = voter_on(client, contribution)
    return shows(client.get(f"/moderation/{proceeding.slug}/contributions/{contribution.id}/votes/{voter_id}"))


@channel("decision about votes, with the secret link", public)
def _(client, proceeding, contribution):
    voter_id = voter_on(client, contribution)
    with client.application.test_request_context():
        with transaction() as session:
            decision = ModerationDecision(
                contribution_id=contribution.id,
                outcome=Outcome.BLOCK_VOTER,
                state_before=State.PUBLISHED,
                state_after=State.PUBLISHED,
                rule=rule_in_force(contribution.proceeding_id, "votes"),
                statement_of_reasons="In zwei Minuten.",
                changes={"until": clock.now().isoformat()},
                decided_at=clock.now(),
                language="de",
                addressee_id=voter_id,
            )
            session.add(decision)
        secret = objection_secret(decision)
    return shows(client.get(f"/decisions/{secret}"))
