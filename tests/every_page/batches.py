"""Batches in each state, for the pages about them."""

from sqlalchemy import select

from participation.accounts.actors import Actor
from participation.accounts.models import Role, User
from participation.batches.models import Batch
from participation.batches.services import Chosen, go_on, open_batch, start_batch
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.moderation.models import Outcome
from participation.notices.models import Notice, NoticeState
from participation.proceedings.models import Proceeding

REASONS = {"ground": "repetition", "reasons": {"de": "„{title}“ kam schon einmal."}}


def make_batches(slug: str) -> dict[str, int]:
    """Choose published contributions three times, start two of them, end one; return the ids."""
    proceeding = db.session.scalars(select(Proceeding).where(Proceeding.slug == slug)).one()
    of_place = select(Contribution).where(
        Contribution.proceeding_id == proceeding.id, Contribution.state == PublicationState.PUBLISHED
    )
    found = db.session.scalars(of_place.order_by(Contribution.id.desc()).limit(4)).all()
    items = [Chosen("contribution", one.id, one.version) for one in found]
    user_id = db.session.scalar(select(User.id).limit(1))
    moderator = Actor(user_id=user_id, roles=frozenset({(proceeding.id, Role.MODERATOR)}))
    ids = {}
    for name, step, chosen in (("running", 1, items[:2]), ("done", 25, items[2:])):
        batch = open_batch(moderator, proceeding, chosen)
        ids[name] = batch.id
        start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
        go_on(moderator, proceeding, db.session.get_one(Batch, batch.id), step=step)
        proceeding = db.session.scalars(select(Proceeding).where(Proceeding.slug == slug)).one()
    ids["choosing"] = open_batch(moderator, proceeding, items).id
    return ids


def make_batch_of_reports(slug: str) -> int:
    """Choose what is reported in a proceeding; return the id."""
    proceeding = db.session.scalars(select(Proceeding).where(Proceeding.slug == slug)).one()
    reported = select(Notice.contribution_id).where(Notice.state == NoticeState.OPEN)
    found = db.session.scalars(
        select(Contribution).where(Contribution.proceeding_id == proceeding.id, Contribution.id.in_(reported))
    ).all()
    user_id = db.session.scalar(select(User.id).limit(1))
    moderator = Actor(user_id=user_id, roles=frozenset({(proceeding.id, Role.MODERATOR)}))
    return open_batch(moderator, proceeding, [Chosen("contribution", one.id, one.version) for one in found]).id
