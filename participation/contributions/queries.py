"""Reads of contributions: lists, counts, one; and what mails about them say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from participation.accounts.actors import Actor
from participation.contributions.confirmation import LIFETIME, confirmation_token
from participation.contributions.filters import ContributionFilter, Sort, conditions, listed_in
from participation.contributions.models import Contribution
from participation.contributions.permissions import may_read_contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import LISTED_STATES, WAS_PUBLIC_STATES, PublicationState
from participation.database import db
from participation.database.paging import Page, page_after
from participation.errors import Gone, NotFound
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.models import Proceeding

PAGE_SIZE = 40
ORDERS: dict[Sort, list[tuple[Any, bool]]] = {
    Sort.NEWEST: [(Contribution.created_at, True), (Contribution.id, True)],
    Sort.OLDEST: [(Contribution.created_at, False), (Contribution.id, False)],
    Sort.VOTES: [(Contribution.votes_for, True), (Contribution.id, True)],
    Sort.COMMENTS: [(Contribution.comment_count, True), (Contribution.id, True)],
}


def page_of_contributions(
    proceeding: Proceeding,
    wanted: ContributionFilter,
    *,
    after: str = "",
    before: str = "",
    states: frozenset[PublicationState] = LISTED_STATES,
    limit: int = PAGE_SIZE,
) -> Page[Contribution]:
    """Return one page of a list; `after` and `before` are cursors of a page shown earlier.

    Raises:
        InvalidInput: the cursor is none of ours.
    """
    statement = select(Contribution).where(*conditions(proceeding, wanted, states))
    page = page_after(statement, order=ORDERS[wanted.sort], after=after, before=before, limit=limit)
    _give_parts(proceeding, page.items)
    return page


def _give_parts(proceeding: Proceeding, contributions: Iterable[Contribution]) -> None:
    """Give contributions of a proceeding their category and type, which came with it: no join has to."""
    categories = {category.id: category for category in proceeding.categories}
    types = {type_.id: type_ for type_ in proceeding.types}
    for contribution in contributions:
        set_committed_value(contribution, "category", categories[contribution.category_id])
        set_committed_value(contribution, "type", types.get(contribution.type_id or 0))
        set_committed_value(contribution, "proceeding", proceeding)


def counts_by_category(
    proceeding: Proceeding, wanted: ContributionFilter, states: frozenset[PublicationState] = LISTED_STATES
) -> dict[str, int]:
    """Return how many contributions the filter finds in each category, as if no category were chosen."""
    counted = _counts(proceeding, replace(wanted, categories=()), Contribution.category_id, states)
    return {category.key: counted.get(category.id, 0) for category in proceeding.categories}


def total(by_category: Mapping[str, int], wanted: ContributionFilter) -> int:
    """Return how many contributions the filter finds, from what `counts_by_category` counted."""
    return sum(count for key, count in by_category.items() if not wanted.categories or key in wanted.categories)


def counts_by_type(
    proceeding: Proceeding, wanted: ContributionFilter, states: frozenset[PublicationState] = LISTED_STATES
) -> dict[str, int]:
    """Return how many contributions the filter finds of each type, as if no type were chosen."""
    counted = _counts(proceeding, replace(wanted, types=()), Contribution.type_id, states)
    return {type_.key: counted.get(type_.id, 0) for type_ in proceeding.types}


def _counts(
    proceeding: Proceeding, wanted: ContributionFilter, column: Any, states: frozenset[PublicationState]
) -> dict[int | None, int]:
    statement = select(column, func.count()).where(*conditions(proceeding, wanted, states)).group_by(column)
    return dict(db.session.execute(statement).all())


def own_waiting_contributions(
    actor: Actor, proceeding: Proceeding, wanted: ContributionFilter
) -> Sequence[Contribution]:
    """Return those of the actor's own contributions that nobody else sees yet and the filter finds, newest first."""
    if actor.participant_id is None:
        return []
    statement = (
        select(Contribution)
        .where(
            *conditions(proceeding, wanted, frozenset({PublicationState.SUBMITTED})),
            Contribution.participant_id == actor.participant_id,
        )
        .options(joinedload(Contribution.category), joinedload(Contribution.type))
        .order_by(Contribution.created_at.desc())
        .limit(PAGE_SIZE)
    )
    return db.session.scalars(statement).all()


def contributions_by(actor: Actor) -> Sequence[Contribution]:
    """Return everything the actor wrote, in any state, newest first."""
    if actor.participant_id is None:
        return []
    statement = (
        select(Contribution)
        .where(Contribution.participant_id == actor.participant_id)
        .options(joinedload(Contribution.proceeding), joinedload(Contribution.category))
        .order_by(Contribution.created_at.desc())
        .limit(200)
    )
    return db.session.scalars(statement).all()


def contribution_to_read(actor: Actor, proceeding: Proceeding, contribution_id: int) -> Contribution:
    """Return one contribution for its own page.

    Raises:
        NotFound: there is none here, or it was never public.
        Gone: it was public once.
    """
    contribution = db.session.scalar(select(Contribution).where(Contribution.id == contribution_id))
    if contribution is None or contribution.proceeding_id != proceeding.id:
        raise NotFound(lazy_gettext("There is no contribution with this number."))
    _give_parts(proceeding, [contribution])
    if not may_read_contribution(actor, contribution):
        if contribution.published_at is not None and contribution.state in WAS_PUBLIC_STATES:
            raise Gone
        raise NotFound(lazy_gettext("There is no contribution with this number."))
    return contribution


def contribution_with_parts(contribution_id: int) -> Contribution | None:
    """Return a contribution with category, type and proceeding, whoever asks: callers check the right."""
    return db.session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id)
        .options(joinedload(Contribution.category), joinedload(Contribution.type), joinedload(Contribution.proceeding))
    )


def contribution_sent_with(proceeding: Proceeding, idempotency_key: str) -> Contribution | None:
    """Return what was sent with this key before, by whomever."""
    return db.session.scalar(
        select(Contribution).where(
            Contribution.proceeding_id == proceeding.id, Contribution.idempotency_key == idempotency_key
        )
    )


def counts_by_proceeding(proceedings: Sequence[Proceeding]) -> dict[int, int]:
    """Return how many contributions are public in each proceeding."""
    statement = (
        select(Contribution.proceeding_id, func.count())
        .where(*listed_in(proceeding.id for proceeding in proceedings))
        .group_by(Contribution.proceeding_id)
    )
    return dict(db.session.execute(statement).all())


def last_changes(proceeding_ids: Iterable[int]) -> dict[int, tuple[datetime, int]]:
    """Return when something in each proceeding last changed, and how many contributions it has, in any state.

    Proceedings without contributions are left out.
    """
    statement = (
        select(Contribution.proceeding_id, func.max(Contribution.updated_at), func.count())
        .where(Contribution.proceeding_id.in_(list(proceeding_ids)))
        .group_by(Contribution.proceeding_id)
    )
    return {id_: (latest, count) for id_, latest, count in db.session.execute(statement)}


@mail_context("contributions/confirm", lazy_gettext("Question whether an address is right"))
def confirmation_mail(ids: dict[str, Any]) -> MailContext | None:
    """Ask whether the address is right; goes to the address that was typed, and only there.

    Nothing of what was typed stands in it: anybody can type anybody's address.
    """
    contribution = db.session.get(Contribution, ids["contribution_id"])
    if contribution is None:
        return None
    token = confirmation_token(contribution, ids["email"])
    return MailContext({"path": f"/confirm/{token}", "days": LIFETIME.days}, address=ids["email"])


@mail_context("contributions/receipt", lazy_gettext("Receipt of a contribution"))
def receipt_mail(ids: dict[str, Any]) -> MailContext | None:
    """Send the secret link to a known address."""
    contribution = contribution_with_parts(ids["contribution_id"])
    if contribution is None:
        return None
    return MailContext({"contribution": contribution, "path": f"/receipts/{receipt_secret(contribution)}"})
