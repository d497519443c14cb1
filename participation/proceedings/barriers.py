"""Who may not act in a proceeding for a time: every act asks here; moderation, which knows, stands after the acts."""

from collections.abc import Callable

from participation.accounts.actors import Actor
from participation.database import Session
from participation.proceedings.models import Proceeding
from participation.proceedings.terms import Terms

Barrier = Callable[[Session, Actor, Proceeding | Terms], None]
_barriers: list[Barrier] = []


def barrier(function: Barrier) -> Barrier:
    """Register what may refuse an actor; the function joins a transaction and raises Blocked."""
    _barriers.append(function)
    return function


def require_admitted(session: Session, actor: Actor, proceeding: Proceeding | Terms) -> None:
    """Let the actor contribute, comment or vote here; joins the transaction of the act.

    Raises:
        Blocked: not for a time; the message says why, until when, and how to object.
    """
    for refuse_blocked in _barriers:
        refuse_blocked(session, actor, proceeding)
