"""Writes of comments and votes.

Whoever changes a contribution's comments or votes locks the contribution first, so that all wait in the same order; who
writes a comment locks its author before.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import lazy_gettext
from sqlalchemy import Table, bindparam, insert, select, update

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.services import hold_participant
from participation.audit.services import add_event
from participation.contributions.checking import check_public_name, check_text
from participation.contributions.models import Contribution
from participation.contributions.services import add_to_counters
from participation.contributions.states import (
    LISTED_STATES,
    PublicationState,
    first_state,
    publicity_of,
    require_transition,
    standing_of,
)
from participation.database import Session, locked, run, transaction
from participation.discussion.joint_votes import own_votes, take_back_votes
from participation.discussion.models import COMMENT_LONGEST, COMMENT_SHORTEST, Comment, Vote, VoteValue
from participation.errors import Conflict, InvalidInput
from participation.ledger.commitments import commitment, new_salt, sha256
from participation.ledger.models import Kind
from participation.ledger.services import append
from participation.proceedings.barriers import require_admitted
from participation.proceedings.models import Proceeding, Voting
from participation.proceedings.phases import Act
from participation.proceedings.standing import require_open
from participation.proceedings.terms import Terms
from participation.screening.rules import Posting
from participation.screening.services import note_standing, remember, screen

NOT_PUBLIC = lazy_gettext("This contribution is not public any more.")
PARENT_GONE = lazy_gettext(
    "The comment you reply to is not public any more. You can send your text as a comment of its own."
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many votes a contribution has, and one's own among them."""

    votes_for: int
    votes_against: int
    own: VoteValue | None


# Tables instead of classes, and made once: what every vote asks.
_VOTE, _CONTRIBUTION = cast("Table", Vote.__table__), Contribution.__table__.c
_HOLD_CONTRIBUTION = (
    select(*(_CONTRIBUTION[name] for name in ("proceeding_id", "state", "votes_for", "votes_against")))
    .where(_CONTRIBUTION.id == bindparam("contribution"))
    .with_for_update(key_share=True)
)
_ADD_VOTE = insert(_VOTE).values(
    contribution_id=bindparam("contribution"),
    participant_id=bindparam("participant"),
    value=bindparam("choice"),
    cast_at=bindparam("now"),
)
_CHANGE_VOTE = (
    update(_VOTE)
    .where(_VOTE.c.contribution_id == bindparam("contribution"), _VOTE.c.participant_id == bindparam("participant"))
    .values(value=bindparam("choice"), cast_at=bindparam("now"))
)


def vote(actor: Actor, proceeding: Proceeding | Terms, contribution_id: int, value: VoteValue | None) -> Counted:
    """Vote for or against, change one's vote, or take it back (None); return the contribution's new counters.

    What was cast on contributions that were merged into this one counts here, too (see joint_votes.py).
    The same vote twice is the same as once.

    Raises:
        PhaseClosed: voting is not open now.
        Blocked: the voter may not act here for a time.
        Conflict: the contribution is not public (any more).
        InvalidInput: this proceeding counts support only.
    """
    require_open(proceeding, Act.VOTE)
    if value is VoteValue.AGAINST and proceeding.voting is Voting.SUPPORT:
        raise InvalidInput(lazy_gettext("Here you can only support a contribution."))
    participant_id = actor.participant_id or 0
    with transaction() as session:
        # Held first: two voters on two connections wait for each other instead of losing a vote.
        held = run(session, _HOLD_CONTRIBUTION, {"contribution": contribution_id}).first()
        if held is None or held.proceeding_id != proceeding.id or held.state not in LISTED_STATES:
            raise Conflict(NOT_PUBLIC)
        require_admitted(session, actor, proceeding)
        cast_before = own_votes(session, participant_id, contribution_id)
        before = next(iter(cast_before.values()), None)
        if value is before:
            return Counted(held.votes_for, held.votes_against, value)
        if value is None:
            take_back_votes(session, actor, proceeding.id, contribution_id)
        else:
            row = {
                "contribution": contribution_id,
                "participant": participant_id,
                "choice": int(value),
                "now": clock.now(),
            }
            run(session, _CHANGE_VOTE if contribution_id in cast_before else _ADD_VOTE, row)
        counters = add_to_counters(
            session,
            contribution_id,
            votes_for=(value is VoteValue.FOR) - (before is VoteValue.FOR),
            votes_against=(value is VoteValue.AGAINST) - (before is VoteValue.AGAINST),
        )
        append(
            session,
            Kind.VOTE,
            proceeding_id=proceeding.id,
            contribution_id=contribution_id,
            voter_id=actor.participant_id,
            vote=(before or 0, value or 0),
        )
    return Counted(*counters, value)


def add_comment(
    actor: Actor,
    proceeding: Proceeding,
    contribution_id: int,
    *,
    text: str,
    language: str,
    public_name: str = "",
    parent_id: int | None = None,
    idempotency_key: str | None = None,
) -> Comment:
    """Comment on a contribution or reply to a comment.

    Args:
        idempotency_key: of the form; what one author sends twice with it, word for word, is stored once.

    Raises:
        PhaseClosed: commenting is not open now.
        Blocked: the author may not act here for a time.
        Conflict: the contribution, or the comment to reply to, is not public (any more).
        InvalidInput: the text is too short or too long.
    """
    require_open(proceeding, Act.COMMENT)
    text = check_text(text, COMMENT_LONGEST, COMMENT_SHORTEST)
    public_name = check_public_name(public_name)
    if idempotency_key:
        idempotency_key = _key_of_words(idempotency_key, actor, parent_id, public_name, text)
    with transaction() as session:
        hold_participant(session, actor)
        _public_contribution(session, proceeding, contribution_id)
        if idempotency_key:
            sent_before = session.scalar(
                select(Comment).where(
                    Comment.contribution_id == contribution_id, Comment.idempotency_key == idempotency_key
                )
            )
            if sent_before is not None:
                return sent_before
        require_admitted(session, actor, proceeding)
        if parent_id is not None:
            parent = session.get(Comment, parent_id, populate_existing=True)
            if (
                parent is None
                or parent.contribution_id != contribution_id
                or parent.state is not PublicationState.PUBLISHED
            ):
                raise Conflict(PARENT_GONE)
        now = clock.now()
        screening = screen(
            session,
            proceeding,
            Posting(
                item_kind=Comment.__tablename__,
                proceeding_id=proceeding.id,
                participant_id=actor.participant_id,
                posted_at=now,
                text=text,
            ),
        )
        state = first_state(proceeding, screening.hits)
        comment = Comment(
            proceeding_id=proceeding.id,
            contribution_id=contribution_id,
            parent_id=parent_id,
            participant_id=actor.participant_id,
            state=state,
            text=text,
            salt=new_salt(),
            language=language,
            public_name=public_name or None,
            idempotency_key=idempotency_key,
            created_at=now,
            published_at=now if state is PublicationState.PUBLISHED else None,
        )
        session.add(comment)
        session.flush()
        remember(session, screening, comment.id, standing_of(state, comment.published_at))
        if state is PublicationState.PUBLISHED:
            add_to_counters(session, contribution_id, comments=1)
        add_event(session, actor, "discussion.comment", comment, proceeding_id=proceeding.id, state=comment.state)
        append(
            session,
            Kind.COMMENT,
            proceeding_id=proceeding.id,
            contribution_id=contribution_id,
            comment_id=comment.id,
            state=publicity_of(state),
            commitment=comment_commitment(comment),
        )
    return comment


def comment_commitment(comment: Any) -> str | None:
    """Return the commitment to a comment, or a row of its salt and text, as it is now; none if it was erased."""
    return None if comment.salt is None else commitment(comment.salt, sha256(comment.text.encode()))


def set_comment_state(session: Session, comment: Comment, new: PublicationState, *, is_undoing: bool = False) -> None:
    """Take a step of the transition table with a comment, or take one back; joins a transaction.

    Raises:
        Conflict: the table has no such step.
    """
    hold_contribution_of(session, comment)
    locked(session, comment)
    old = comment.state
    require_transition(old, new, is_undoing=is_undoing)
    comment.state = new
    if new is PublicationState.PUBLISHED and comment.published_at is None:
        comment.published_at = clock.now()
    note_standing(session, comment.__tablename__, comment.id, standing_of(new, comment.published_at))
    difference = (new is PublicationState.PUBLISHED) - (old is PublicationState.PUBLISHED)
    if difference:
        add_to_counters(session, comment.contribution_id, comments=difference)


def hold_contribution_of(session: Session, comment: Comment) -> None:
    """Hold the contribution that a comment is on; whoever holds both takes it first."""
    session.execute(
        select(Contribution.id).where(Contribution.id == comment.contribution_id).with_for_update(key_share=True)
    )


def _key_of_words(key: str, actor: Actor, *words: str | int | None) -> str:
    """Return what is stored of a form's key: another author or other words make it another comment.

    Browsers go back to a sent form with its old key. What is typed then is new, and must not pass for sent.
    """
    return hashlib.sha256(json.dumps([key, actor.participant_id, *words]).encode()).hexdigest()


def _public_contribution(session: Session, proceeding: Proceeding, contribution_id: int) -> Contribution:
    """Return the contribution, locked: two voters on two connections wait for each other instead of losing a vote."""
    contribution = session.get(Contribution, contribution_id)
    if contribution is not None:
        locked(session, contribution)
    if contribution is None or contribution.proceeding_id != proceeding.id or contribution.state not in LISTED_STATES:
        raise Conflict(NOT_PUBLIC)
    return contribution
