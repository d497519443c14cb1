"""The demo: three invented proceedings in Leipzig, with everything a first look needs; loaded once by `flask demo`."""

from dataclasses import dataclass

from participation.accounts.models import Role

PASSWORD = "demo-participation"  # noqa: S105 – public on purpose; a production start refuses it


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account with the public demo password."""

    email: str
    name: str
    role: Role | None = None
    is_administrator: bool = False


ACCOUNTS = (
    DemoAccount("moderator@example.org", "K. Anders", Role.MODERATOR),
    DemoAccount("planner@example.org", "J. Brandt", Role.PLANNER),
    DemoAccount("manager@example.org", "S. Yilmaz", Role.MANAGER),
    DemoAccount("admin@example.org", "T. Richter", is_administrator=True),
    DemoAccount("resident@example.org", "M. Krause"),
)
