"""The JSON API of the product: everything a front end or a partner needs, over the same services as the pages.

registry.py declares operations; requests.py and answers.py are the models that check and that openapi.py documents;
the other modules are the operations by subject. No cookie counts here: programs send a token.
"""

from participation.interfaces.api import contributions, discussion, moderation, openapi, planning, proceedings
from participation.interfaces.api.registry import OPERATIONS, Access, bp

__all__ = ["bp", "contributions", "discussion", "moderation", "openapi", "planning", "proceedings", "public_endpoints"]


def public_endpoints() -> frozenset[str]:
    """Return the endpoints that strangers reach; guests show who they are in the operation itself."""
    open_to_all = [one.name for one in OPERATIONS if one.access in (Access.ANYONE, Access.GUEST)]
    return frozenset(f"api.{name}" for name in (*open_to_all, "openapi"))
