"""Choosing a rhythm, and putting the digests that are due into the outbox."""

from datetime import datetime

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.models import User
from participation.database import locked, transaction
from participation.digests.models import Digest, DigestChoice, Rhythm
from participation.digests.permissions import may_get_digests
from participation.digests.queries import is_done, recipients, seen_before, seen_now, waiting_for
from participation.digests.rhythms import last_due
from participation.errors import NotFound
from participation.notifications.services import add_mail_to_account


def choose_rhythm(actor: Actor, rhythm: Rhythm) -> None:
    """Remember how often a moderator wants a digest.

    Raises:
        NotPermitted: not a moderator of any proceeding.
    """
    require(may_get_digests(actor), actor=actor)
    _choose(actor.user_id or 0, rhythm)


def stop_digests(user_id: int) -> None:
    """Stop the digests of an account; whoever has the link of its mail may.

    Raises:
        NotFound: the account is gone.
    """
    _choose(user_id, Rhythm.NEVER)


def _choose(user_id: int, rhythm: Rhythm) -> None:
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound
        locked(session, user)
        choice = session.get(DigestChoice, user_id)
        if choice is None:
            session.add(DigestChoice(user_id=user_id, rhythm=rhythm, chosen_at=clock.now()))
        elif choice.rhythm is not rhythm:
            choice.rhythm, choice.chosen_at = rhythm, clock.now()


def put_due_digests() -> int:
    """Put every digest that is due into the outbox; return how many. Called again, or twice at once, it adds none."""
    now, zone = clock.now(), current_app.extensions["settings"].time_zone
    count = 0
    for recipient in recipients():
        due_at = last_due(recipient.rhythm, now, zone)
        if due_at is not None and due_at > recipient.since and not is_done(recipient.user_id, due_at):
            count += _put(recipient.user_id, due_at)
    return count


def _put(user_id: int, due_at: datetime) -> bool:
    """Put one digest into the outbox if there is news; either way its moment is done."""
    seen, now_seen = seen_before(user_id), seen_now()
    has_news = any(one.has_news for one in waiting_for(user_id, seen))
    try:
        with transaction() as session:
            session.add(Digest(user_id=user_id, due_at=due_at, seen=now_seen))
            session.execute(delete(Digest).where(Digest.user_id == user_id, Digest.due_at < due_at))
            if has_news:
                add_mail_to_account(session, "moderation/digest", user_id, user_id=user_id, seen=seen)
    except IntegrityError:  # another process has done the same
        return False
    return has_news
