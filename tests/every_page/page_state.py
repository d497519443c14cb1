"""What the tests of every page visit."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PageState:
    """One page in one state: who looks at it, where, and what is pressed before looking."""

    name: str
    path: str
    email: str = ""
    press: str = ""  # CSS selector
    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)  # what is posted to reach the state
