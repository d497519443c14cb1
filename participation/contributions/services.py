"""Writes of contributions: sending one, and what other subjects change in the same transaction."""

import secrets
from datetime import datetime
from typing import Any, cast

from flask_babel import lazy_gettext
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Table, bindparam, delete, update

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.services import hold_participant, note_email
from participation.audit.services import add_event
from participation.contributions.cells import fold_if_many
from participation.contributions.checking import KINDS, NewContribution, check
from participation.contributions.models import Contribution, ContributionDraft, Origin
from participation.contributions.permissions import is_author
from participation.contributions.queries import contribution_sent_with
from participation.contributions.receipts import canonical_text, sent_commitment
from participation.contributions.states import (
    READABLE_STATES,
    PublicationState,
    first_state,
    publicity_of,
    require_transition,
    standing_of,
)
from participation.contributions.text import search_form
from participation.database import Session, locked, run, transaction
from participation.errors import Conflict
from participation.geodata.relations import representative_position
from participation.geodata.web_mercator import world_pixel
from participation.ledger.commitments import new_salt, sha256
from participation.ledger.models import Kind
from participation.ledger.services import append
from participation.notifications.services import add_mail
from participation.proceedings.barriers import require_admitted
from participation.proceedings.models import Category, ContributionType, GeometryKind, Proceeding
from participation.proceedings.phases import Act, current_phase
from participation.proceedings.standing import require_open
from participation.screening.rules import Posting
from participation.screening.services import note_standing, remember, screen


def submit_contribution(
    actor: Actor, proceeding: Proceeding, new: NewContribution, *, idempotency_key: str, email: str = ""
) -> Contribution:
    """Send a contribution; sent twice with the same key it is stored once.

    Args:
        actor: must have a participant_id (see accounts.sessions.participating_actor).
        idempotency_key: made with the draft; bound to its author.
        email: of a guest who wants news; a mail asks to confirm it.

    Raises:
        PhaseClosed: contributing is not open now.
        Blocked: the author may not act here for a time.
        InvalidInput: a rule of the proceeding is broken; `field` says where.
        Conflict: the key belongs to someone else's contribution.
    """
    require_open(proceeding, Act.CONTRIBUTE)
    checked = check(proceeding, new)
    with transaction() as session:
        hold_participant(session, actor)
        sent_before = contribution_sent_with(proceeding, idempotency_key)
        if sent_before is not None:
            if not is_author(actor, sent_before):
                raise Conflict(lazy_gettext("This was sent from another browser already."))
            return sent_before
        require_admitted(session, actor, proceeding)
        phase = current_phase(proceeding)
        now = clock.now()
        screening = screen(session, proceeding, posting_of(proceeding, checked, now, actor.participant_id))
        contribution = Contribution(
            **contribution_values(
                proceeding,
                checked,
                state=first_state(proceeding, screening.hits),
                created_at=now,
                origin=Origin.WEB,
                participant_id=actor.participant_id,
                phase_id=phase.id if phase else None,
                idempotency_key=idempotency_key,
            )
        )
        session.add(contribution)
        session.flush()
        standing = standing_of(contribution.state, contribution.published_at)
        remember(session, screening, contribution.id, standing)
        session.execute(
            delete(ContributionDraft).where(
                ContributionDraft.participant_id == actor.participant_id,
                ContributionDraft.proceeding_id == proceeding.id,
            )
        )
        add_event(
            session, actor, "contributions.submit", contribution, proceeding_id=proceeding.id, state=contribution.state
        )
        append(
            session,
            Kind.SUBMIT,
            proceeding_id=proceeding.id,
            contribution_id=contribution.id,
            state=publicity_of(contribution.state),
            commitment=sent_commitment(contribution),
        )
        _welcome(session, actor, contribution, email)
        fold_if_many(session.connection())
    return contribution


def posting_of(
    proceeding: Proceeding, new: NewContribution, posted_at: datetime, participant_id: int | None = None
) -> Posting:
    """Return a checked contribution as the rules of screening see it."""
    return Posting(
        item_kind=Contribution.__tablename__,
        proceeding_id=proceeding.id,
        participant_id=participant_id,
        posted_at=posted_at,
        title=new.title,
        text=new.text,
        geometry=new.geometry,
    )


def _welcome(session: Session, actor: Actor, contribution: Contribution, email: str) -> None:
    """Send the receipt; an address that a guest typed gets a question first, and nothing else."""
    about = {"proceeding_id": contribution.proceeding_id, "contribution_id": contribution.id}
    is_new = bool(email) and actor.participant_id is not None and not actor.is_signed_in
    if is_new and note_email(session, actor.participant_id or 0, email):
        add_mail(session, "contributions/confirm", actor.participant_id, email=email, **about)
    else:
        add_mail(session, "contributions/receipt", actor.participant_id, **about)


def contribution_values(
    proceeding: Proceeding,
    new: NewContribution,
    *,
    state: PublicationState,
    created_at: datetime,
    origin: Origin,
    participant_id: int | None = None,
    phase_id: int | None = None,
    idempotency_key: str | None = None,
    import_key: str | None = None,
) -> dict[str, Any]:
    """Return the columns of a checked contribution, for one insert or many."""
    category = next(category for category in proceeding.categories if category.key == new.category)
    type_ = next((type_ for type_ in proceeding.types if type_.key == new.type), None)
    pin_x, pin_y = pin_of(new.geometry)
    canonical = canonical_text(
        proceeding=proceeding.slug,
        title=new.title,
        text=new.text,
        category=category.key,
        type_=type_.key if type_ else None,
        geometry=new.geometry,
        created_at=created_at,
    )
    return {
        "proceeding_id": proceeding.id,
        "phase_id": phase_id,
        "category_id": category.id,
        "type_id": type_.id if type_ else None,
        "participant_id": participant_id,
        "state": state,
        "title": new.title,
        "text": new.text,
        "search_text": search_form(new.title, new.text),
        "language": new.language,
        "public_name": new.public_name or None,
        "geometry": new.geometry,
        "geometry_kind": kind_of(new.geometry),
        "pin_x": pin_x,
        "pin_y": pin_y,
        "origin": origin,
        "import_key": import_key,
        "idempotency_key": idempotency_key,
        "receipt_nonce": secrets.token_hex(16),
        "fingerprint": sha256(canonical),
        "salt": new_salt(),
        "licence": proceeding.licence,
        "created_at": created_at,
        "updated_at": created_at,
        "published_at": created_at if state is PublicationState.PUBLISHED else None,
    }


def kind_of(geometry: BaseGeometry | None) -> GeometryKind:
    """Return what was drawn."""
    return GeometryKind.NONE if geometry is None else KINDS[geometry.geom_type]


def pin_of(geometry: BaseGeometry | None) -> tuple[int, int] | tuple[None, None]:
    """Return where the pin stands, in Web Mercator pixels at zoom 20."""
    return (None, None) if geometry is None else world_pixel(*representative_position(geometry))


def set_state(
    session: Session,
    contribution: Contribution,
    new: PublicationState,
    *,
    leading_id: int | None = None,
    is_undoing: bool = False,
) -> None:
    """Take a step of the transition table, or take one back; joins a transaction.

    Args:
        leading_id: the contribution it is merged into, if the step is that.

    Raises:
        Conflict: the table has no such step.
    """
    locked(session, contribution)
    require_transition(contribution.state, new, is_undoing=is_undoing)
    contribution.state = new
    contribution.leading_id = leading_id
    contribution.updated_at = clock.now()
    if new in READABLE_STATES and contribution.published_at is None:
        contribution.published_at = contribution.updated_at
    standing = standing_of(new, contribution.published_at)
    note_standing(session, contribution.__tablename__, contribution.id, standing)
    fold_if_many(session.connection())


def set_words(contribution: Contribution, title: str, text: str, public_name: str | None) -> None:
    """Replace what a contribution says, and what is found of it; joins a transaction that holds it."""
    contribution.title, contribution.text, contribution.public_name = title, text, public_name
    contribution.search_text = search_form(title, text)
    contribution.updated_at = clock.now()


def set_topic(contribution: Contribution, category: Category, type_: ContributionType | None) -> None:
    """Put a contribution under another category or type; joins a transaction that holds it."""
    contribution.category, contribution.category_id = category, category.id
    contribution.type, contribution.type_id = type_, type_.id if type_ else None
    contribution.updated_at = clock.now()


def set_place(contribution: Contribution, geometry: BaseGeometry | None) -> None:
    """Put a contribution somewhere else (lon, lat), with its pin; joins a transaction that holds it."""
    contribution.geometry, contribution.geometry_kind = geometry, kind_of(geometry)
    contribution.pin_x, contribution.pin_y = pin_of(geometry)
    contribution.updated_at = clock.now()


_COUNTED = cast("Table", Contribution.__table__)
_ADD_TO_COUNTERS = (
    update(_COUNTED)
    .where(_COUNTED.c.id == bindparam("contribution"))
    .values(
        votes_for=_COUNTED.c.votes_for + bindparam("more_for"),
        votes_against=_COUNTED.c.votes_against + bindparam("more_against"),
        comment_count=_COUNTED.c.comment_count + bindparam("more_comments"),
        updated_at=bindparam("now"),
    )
    .returning(_COUNTED.c.votes_for, _COUNTED.c.votes_against)
)


def add_to_counters(
    session: Session, contribution_id: int, *, votes_for: int = 0, votes_against: int = 0, comments: int = 0
) -> tuple[int, int]:
    """Change the counters by these amounts, in the database itself; joins the transaction that changes the rows.

    Return the votes for and against after that.
    """
    added = {"more_for": votes_for, "more_against": votes_against, "more_comments": comments}
    row = run(session, _ADD_TO_COUNTERS, {"contribution": contribution_id, "now": clock.now(), **added}).one()
    return row.votes_for, row.votes_against
