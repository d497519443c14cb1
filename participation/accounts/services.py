"""Writes about people."""

import secrets
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, not_, or_, select, update

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.models import AccessToken, Membership, Participant, Role, Scope, User
from participation.accounts.passwords import LONGEST, SHORTEST, hash_password
from participation.accounts.queries import address_hash, user_by_email
from participation.database import Session, locked, purge, transaction
from participation.errors import Busy, Conflict, InvalidInput


def create_user(
    *, email: str, password: str, name: str, language: str = "de", is_administrator: bool = False, is_demo: bool = False
) -> User:
    """Open an account.

    Raises:
        InvalidInput: the address is none or the password is too short or too long.
        Conflict: there is an account with this address.
    """
    email = email.strip().lower()
    if "@" not in email or len(email) > 254:
        raise InvalidInput(lazy_gettext("Please enter an e-mail address."), field="email")
    if len(password) < SHORTEST:
        raise InvalidInput(
            lazy_gettext("The password needs at least %(count)s characters.", count=SHORTEST), field="password"
        )
    if len(password) > LONGEST:
        raise InvalidInput(
            lazy_gettext("The password must not have more than %(count)s characters.", count=LONGEST), field="password"
        )
    if user_by_email(email) is not None:
        raise Conflict(lazy_gettext("There is an account with this address."), field="email")
    with transaction() as session:
        user = User(
            email=email,
            password_hash=hash_password(password),
            name=name.strip(),
            language=language,
            is_administrator=is_administrator,
            is_demo=is_demo,
            session_key=secrets.token_hex(16),
            created_at=clock.now(),
        )
        session.add(user)
    return user


def add_role(user: User, proceeding_id: int, role: Role) -> None:
    """Give a user a role in a proceeding; twice is the same as once."""
    with transaction() as session:
        if session.query(Membership).filter_by(user_id=user.id, proceeding_id=proceeding_id, role=role).count() == 0:
            session.add(Membership(user_id=user.id, proceeding_id=proceeding_id, role=role))


def register_guest(token_hash: str, language: str) -> Participant:
    """Remember a guest's browser at its first act."""
    with transaction() as session:
        participant = Participant(token_hash=token_hash, language=language, created_at=clock.now())
        session.add(participant)
    return participant


def register_user_as_participant(user_id: int, language: str) -> Participant:
    """Give an account its pseudonym at its first act; two first acts at once get the same one."""
    with transaction() as session:
        locked(session, session.get_one(User, user_id))
        participant = session.scalar(select(Participant).where(Participant.user_id == user_id))
        if participant is None:
            participant = Participant(user_id=user_id, language=language, created_at=clock.now())
            session.add(participant)
    return participant


def add_access_token(
    session: Session,
    user_id: int,
    *,
    secret_hash: str,
    name: str,
    scopes: Collection[Scope],
    proceeding_id: int | None,
    expires_at: datetime,
) -> AccessToken:
    """Keep a token of an account; joins a transaction that holds the account. `tokens.services` has the rules."""
    token = AccessToken(
        user_id=user_id,
        secret_hash=secret_hash,
        name=name,
        scopes=sorted(scopes),
        proceeding_id=proceeding_id,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return token


def note_token_use(token: AccessToken, day: date) -> None:
    """Keep the day on which a token was last used; when the database is busy, the next use will do."""
    with suppress(Busy), transaction() as session:
        statement = update(AccessToken).where(AccessToken.id == token.id).values(used_on=day)
        session.execute(statement.execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class HandOver:
    """From which participant to which one: a guest who signs in."""

    guest_id: int
    participant_id: int


HANDED_OVER: list[Callable[[Session, HandOver], None]] = []


def handed_over(function: Callable[[Session, HandOver], None]) -> Callable[[Session, HandOver], None]:
    """Register what becomes of something a guest left in this browser; the function joins a transaction."""
    HANDED_OVER.append(function)
    return function


def hand_over(guest_id: int, user: User) -> None:
    """Give an account what its owner began as a guest; what the guest sent stays the guest's."""
    participant = register_user_as_participant(user.id, user.language)
    with transaction() as session:
        for id_ in (guest_id, participant.id):
            locked(session, session.get_one(Participant, id_))
        for function in HANDED_OVER:
            function(session, HandOver(guest_id, participant.id))


def hold_participant(session: Session, actor: Actor) -> None:
    """Let the acts of one participant follow each other, e.g. those of a double click; joins a transaction."""
    locked(session, session.get_one(Participant, actor.participant_id))


def note_email(session: Session, participant_id: int, email: str) -> bool:
    """Keep a guest's address until it is confirmed; joins a transaction. Return whether it must be confirmed."""
    participant = session.get_one(Participant, participant_id)
    if participant.email == email and participant.email_confirmed_at is not None:
        return False
    participant.email = email
    participant.email_confirmed_at = None
    return True


def confirm_email(participant_id: int, email: str) -> None:
    """Mark a guest's address as confirmed.

    Raises:
        Conflict: another address was given in the meantime.
    """
    with transaction() as session:
        participant = session.get(Participant, participant_id)
        if participant is None or participant.email != email:
            raise Conflict(lazy_gettext("This link is for an older address. Please use the newest mail."))
        participant.email_confirmed_at = participant.email_confirmed_at or clock.now()


def unconfirm_email(session: Session, participant_id: int, hash_: str, *, confirmed_before: datetime) -> None:
    """Write to a guest's address only once it is confirmed anew, since a mail to it came back; joins a transaction.

    Args:
        session: of the transaction.
        participant_id: whom the mail was for.
        hash_: `address_hash` of where it went; the guest may have another address by now.
        confirmed_before: when it left; who confirmed later reads the address again.
    """
    participant = locked(session, session.get_one(Participant, participant_id))
    is_same = participant.email is not None and address_hash(participant.email) == hash_
    if is_same and participant.email_confirmed_at is not None and participant.email_confirmed_at <= confirmed_before:
        participant.email_confirmed_at = None


def forget_tokens(before: datetime, *, is_dry: bool) -> int:
    """Delete tokens that ended before a moment; return how many."""
    return purge(AccessToken, or_(AccessToken.expires_at < before, AccessToken.revoked_at < before), is_dry=is_dry)


def forget_unconfirmed(before: datetime, *written_to_lately: ColumnElement[bool], is_dry: bool) -> int:
    """Delete guests' addresses that nobody has confirmed; return how many.

    Args:
        before: only of guests that are known since then.
        written_to_lately: conditions of participants whose confirmation may still come.
        is_dry: count them only.
    """
    is_open = and_(Participant.email.is_not(None), Participant.email_confirmed_at.is_(None))
    others = [not_(one) for one in written_to_lately]
    return purge(Participant, is_open, Participant.created_at < before, *others, is_dry=is_dry, values={"email": None})
