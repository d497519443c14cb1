"""Reads about people."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.accounts.actors import Actor
from participation.accounts.models import Membership, Participant, Role, User
from participation.database import db
from participation.security import keyed_hash


def user_by_email(email: str) -> User | None:
    """Find an account by its address, whatever its case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def actor_of_user(user_id: int, session_key: str) -> Actor | None:
    """Return the actor behind a session, or None when the account is gone or its sessions were ended."""
    statement = (
        select(User, Participant.id)
        .outerjoin(Participant, Participant.user_id == User.id)
        .where(User.id == user_id, User.session_key == session_key)
        .options(joinedload(User.memberships))
    )
    row = db.session.execute(statement).unique().first()
    if row is None:
        return None
    user, participant_id = row
    return Actor(
        user_id=user.id,
        participant_id=participant_id,
        is_administrator=user.is_administrator,
        roles=frozenset((membership.proceeding_id, membership.role) for membership in user.memberships),
        name=user.name,
        language=user.language,
    )


def users_with_role(proceeding_id: int, *roles: Role) -> Sequence[User]:
    """Return the accounts that hold one of the roles in a proceeding, by name."""
    held = select(Membership.user_id).where(Membership.proceeding_id == proceeding_id, Membership.role.in_(roles))
    return db.session.scalars(select(User).where(User.id.in_(held)).order_by(User.name, User.id)).all()


def actor_of_guest(token_hash: str) -> Actor | None:
    """Return the actor behind a guest cookie."""
    participant_id = db.session.scalar(select(Participant.id).where(Participant.token_hash == token_hash))
    return None if participant_id is None else Actor(participant_id=participant_id)


def has_demo_accounts() -> bool:
    """Whether accounts with the published demo password exist."""
    return db.session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None


def correspondent_of_account(user_id: int) -> tuple[str, str] | None:
    """Return (address, language) for mail to an account, or None if it is gone."""
    user = db.session.get(User, user_id)
    return (user.email, user.language) if user else None


def correspondent(participant_id: int) -> tuple[str | None, str] | None:
    """Return (address, language) for mail to a participant: the account's address, or a guest's confirmed one."""
    statement = (
        select(Participant, User)
        .outerjoin(User, User.id == Participant.user_id)
        .where(Participant.id == participant_id)
    )
    row = db.session.execute(statement).first()
    if row is None:
        return None
    participant: Participant = row[0]
    user: User | None = row[1]
    if user is not None:
        return user.email, user.language
    return participant.email if participant.email_confirmed_at else None, participant.language


def address_hash(email: str) -> str:
    """Return what is kept of an address that was written to, so that it is recognised later."""
    return keyed_hash(email.casefold(), "mail-address")
