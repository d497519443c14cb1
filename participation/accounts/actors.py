"""Who acts: a plain value for permissions and services, without request and without session."""

from dataclasses import dataclass, field

from participation.accounts.models import Role
from participation.errors import NotPermitted, NotSignedIn


@dataclass(frozen=True, slots=True)
class Actor:
    """A guest (with or without a token yet) or a signed-in user.

    `roles` holds (proceeding id, role) pairs. `participant_id` is None until the first act.
    """

    user_id: int | None = None
    participant_id: int | None = None
    is_administrator: bool = False
    roles: frozenset[tuple[int, Role]] = field(default_factory=frozenset)
    name: str = ""
    language: str = "de"

    @property
    def is_signed_in(self) -> bool:
        """Whether an account stands behind this actor."""
        return self.user_id is not None

    def has_role(self, proceeding_id: int, *roles: Role) -> bool:
        """Whether one of the roles is held in this proceeding; managers hold every role there."""
        return any((proceeding_id, role) in self.roles for role in (*roles, Role.MANAGER))

    def proceeding_ids(self, *roles: Role) -> frozenset[int]:
        """Ids of the proceedings in which one of the roles (or manager) is held."""
        return frozenset(id_ for id_, role in self.roles if role in (*roles, Role.MANAGER))


STRANGER = Actor()


def require(is_allowed: bool, message: object = "", *, actor: Actor | None = None) -> None:
    """Raise NotPermitted (or NotSignedIn for a guest) unless the act is allowed."""
    if not is_allowed:
        raise (NotSignedIn if actor is not None and not actor.is_signed_in else NotPermitted)(message)
