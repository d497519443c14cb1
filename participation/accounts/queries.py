"""Reads about people."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.models import AccessToken, Membership, Participant, Role, Scope, User
from participation.database import db, run
from participation.security import keyed_hash

# The table instead of the class, and made once: every request of a guest asks it.
_PARTICIPANT = Participant.__table__.c
_GUEST = select(_PARTICIPANT.id).where(_PARTICIPANT.token_hash == bindparam("token_hash"))


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
    return _actor(*row)


def _actor(user: User, participant_id: int | None) -> Actor:
    return Actor(
        user_id=user.id,
        participant_id=participant_id,
        is_administrator=user.is_administrator,
        roles=frozenset((membership.proceeding_id, membership.role) for membership in user.memberships),
        name=user.name,
        language=user.language,
    )


def access_token_by_hash(secret_hash: str) -> AccessToken | None:
    """Return the token with this secret, with its owner and the owner's roles, unless it has ended."""
    now = clock.now()
    return db.session.scalar(
        select(AccessToken)
        .where(AccessToken.secret_hash == secret_hash, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
        .options(joinedload(AccessToken.user).selectinload(User.memberships))
    )


def actor_of_token(token: AccessToken) -> Actor:
    """Return the actor behind a token: what its owner may do now, within what the token is good for."""
    scopes = [Scope(scope) for scope in token.scopes]
    return _actor(token.user, None).limited_to(scopes, token.proceeding_id, token_id=token.id)


def access_tokens_of(user_id: int) -> Sequence[AccessToken]:
    """Return an account's tokens that have not been revoked, newest first; expired ones, too."""
    statement = select(AccessToken).where(AccessToken.user_id == user_id, AccessToken.revoked_at.is_(None))
    return db.session.scalars(statement.order_by(AccessToken.id.desc())).all()


def users_with_role(proceeding_id: int, *roles: Role) -> Sequence[User]:
    """Return the accounts that hold one of the roles in a proceeding, by name."""
    held = select(Membership.user_id).where(Membership.proceeding_id == proceeding_id, Membership.role.in_(roles))
    return db.session.scalars(select(User).where(User.id.in_(held)).order_by(User.name, User.id)).all()


def actor_of_guest(token_hash: str) -> Actor | None:
    """Return the actor behind a guest cookie."""
    participant_id = run(db.session(), _GUEST, {"token_hash": token_hash}).scalar()
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
