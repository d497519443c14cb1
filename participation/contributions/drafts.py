"""What someone has written so far, kept between the steps of contributing, for the same browser or account."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.services import HandOver, handed_over, hold_participant
from participation.contributions.models import ContributionDraft
from participation.database import Session, db, locked, purge, transaction
from participation.proceedings.models import Proceeding

KEPT_FOR = timedelta(days=14)


def draft_of(actor: Actor, proceeding: Proceeding) -> ContributionDraft | None:
    """Return the actor's draft in this proceeding."""
    if actor.participant_id is None:
        return None
    return db.session.scalar(
        select(ContributionDraft).where(
            ContributionDraft.participant_id == actor.participant_id, ContributionDraft.proceeding_id == proceeding.id
        )
    )


def keep_answers(actor: Actor, proceeding: Proceeding, answers: Mapping[str, Any]) -> ContributionDraft:
    """Add the answers of one step to the draft; sweep drafts that are too old."""
    with transaction() as session:
        hold_participant(session, actor)
        session.execute(delete(ContributionDraft).where(ContributionDraft.updated_at < clock.now() - KEPT_FOR))
        draft = draft_of(actor, proceeding)
        if draft is not None:
            locked(session, draft)  # another tab may have added to it
        else:
            draft = ContributionDraft(
                participant_id=actor.participant_id,
                proceeding_id=proceeding.id,
                idempotency_key=secrets.token_urlsafe(24),
                answers={},
            )
            session.add(draft)
        draft.answers = {**draft.answers, **answers}
        draft.updated_at = clock.now()
    return draft


def forget_drafts(*, is_dry: bool) -> int:
    """Delete drafts that are too old, or only count them; return how many."""
    return purge(ContributionDraft, ContributionDraft.updated_at < clock.now() - KEPT_FOR, is_dry=is_dry)


@handed_over
def hand_over_drafts(session: Session, who: HandOver) -> None:
    """Let an account go on with a guest's drafts, but never in place of one of its own."""
    own = select(ContributionDraft.proceeding_id).where(ContributionDraft.participant_id == who.participant_id)
    session.execute(
        update(ContributionDraft)
        .where(ContributionDraft.participant_id == who.guest_id, ContributionDraft.proceeding_id.not_in(own))
        .values(participant_id=who.participant_id)
        .execution_options(synchronize_session=False)
    )
