"""Who acts: a plain value for permissions and services, without request and without session."""

from collections.abc import Collection
from dataclasses import dataclass, field

from participation.accounts.models import Role, Scope
from participation.errors import NotPermitted, NotSignedIn

# The role that a scope lets a program hold, where its owner holds it or is the manager.
ROLE_OF = {Scope.MODERATE: Role.MODERATOR, Scope.PLAN: Role.PLANNER}


@dataclass(frozen=True, slots=True)
class Actor:
    """A guest (with or without a token yet), a signed-in user, or a program that acts for one.

    `roles` holds (proceeding id, role) pairs. `participant_id` is None until the first act, and always for a program
    with a token of an account: it takes no part. `reads` holds the ids of proceedings whose drafts it may see without
    a role; `token_id` tells with which token it came.
    """

    user_id: int | None = None
    participant_id: int | None = None
    is_administrator: bool = False
    roles: frozenset[tuple[int, Role]] = field(default_factory=frozenset)
    name: str = ""
    language: str = "de"
    reads: frozenset[int] = field(default_factory=frozenset)
    token_id: int | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether an account stands behind this actor."""
        return self.user_id is not None

    @property
    def team_ids(self) -> frozenset[int]:
        """Ids of the proceedings whose team this actor belongs to: it sees them before they are public."""
        return self.reads | {id_ for id_, _ in self.roles}

    def has_role(self, proceeding_id: int, *roles: Role) -> bool:
        """Whether one of the roles is held in this proceeding; managers hold every role there."""
        return any((proceeding_id, role) in self.roles for role in (*roles, Role.MANAGER))

    def proceeding_ids(self, *roles: Role) -> frozenset[int]:
        """Ids of the proceedings in which one of the roles (or manager) is held."""
        return frozenset(id_ for id_, role in self.roles if role in (*roles, Role.MANAGER))

    def limited_to(self, scopes: Collection[Scope], proceeding_id: int | None, *, token_id: int) -> "Actor":
        """Return what is left of an account for a token: its scopes, in one proceeding or all, and no participant."""
        here = {(id_, role) for id_, role in self.roles if proceeding_id in (None, id_)}
        roles = {
            (id_, wanted)
            for scope, wanted in ROLE_OF.items()
            if scope in scopes
            for id_, role in here
            if role in (wanted, Role.MANAGER)
        }
        return Actor(
            user_id=self.user_id,
            roles=frozenset(roles),
            name=self.name,
            language=self.language,
            reads=frozenset(id_ for id_, _ in here) if Scope.READ in scopes else frozenset(),
            token_id=token_id,
        )


STRANGER = Actor()


def require(is_allowed: bool, message: object = "", *, actor: Actor | None = None) -> None:
    """Raise NotPermitted (or NotSignedIn for a guest) unless the act is allowed."""
    if not is_allowed:
        raise (NotSignedIn if actor is not None and not actor.is_signed_in else NotPermitted)(message)
