"""The filter of the moderators' queue; its state is the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import LazyString, lazy_gettext
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from participation.contributions.filters import LONGEST_QUERY, MOST_VALUES
from participation.contributions.states import PublicationState
from participation.contributions.text import clean_line
from participation.errors import InvalidInput
from participation.geodata.bbox import Bbox, parse_bbox
from participation.geodata.errors import GeodataError
from participation.proceedings.models import Proceeding
from participation.screening.models import HoldingRule

ANY_STATE = "any"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about items that someone must look at, whatever their state, such as reports: a kind of the queue.

    rows: what is open in these proceedings, as a select of contribution_id, comment_id (one of them NULL), created_at.
    """

    name: LazyString
    rows: Callable[[Sequence[int]], Select[int | None, int | None, datetime]]


KINDS: dict[str, LazyString] = {"contribution": lazy_gettext("Contributions"), "comment": lazy_gettext("Comments")}
FLAGS: dict[str, Flag] = {}  # further kinds, entered by the subjects they come from


class Sort(StrEnum):
    """How the queue is ordered; `reported`: by the number of what is open about an item, only for a flag's kind."""

    OLDEST = "oldest"
    NEWEST = "newest"
    REPORTED = "reported"


class Age(StrEnum):
    """For how many days at least something has been here."""

    ANY = ""
    DAY = "1"
    THREE_DAYS = "3"
    WEEK = "7"
    MONTH = "30"


class Assigned(StrEnum):
    """To whom something is given."""

    ANYONE = ""
    ME = "me"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a moderator is looking at. By default what waits, oldest first; for a flag what is open, in any state.

    kind: a key of KINDS or FLAGS, or nothing for both contributions and comments. state: None for any.
    rule: one that pointed the text out. categories: keys.
    bbox: (west, south, east, north), degrees; where the contribution's pin stands.
    """

    kind: str = ""
    state: PublicationState | None = PublicationState.SUBMITTED
    rule: HoldingRule | None = None
    categories: tuple[str, ...] = ()
    age: Age = Age.ANY
    assigned: Assigned = Assigned.ANYONE
    q: str = ""
    bbox: Bbox | None = None
    sort: Sort = Sort.OLDEST

    @classmethod
    def from_arguments(cls, arguments: "MultiDict[str, str]") -> "QueueFilter":
        """Read the query of an address.

        Raises:
            InvalidInput: a value that is none of the possible ones; `field` names the word.
        """
        usual = cls.usual(_one_of(arguments, "kind", ("", *KINDS, *FLAGS), ""))
        states = ("", ANY_STATE, *PublicationState)
        state = _one_of(arguments, "state", states, "" if usual.state is None else usual.state.value)
        here = usual.with_state(PublicationState(state) if state not in ("", ANY_STATE) else None)
        sorts = [sort for sort in Sort if sort is not Sort.REPORTED or usual.kind in FLAGS]
        try:
            bbox = parse_bbox(arguments["bbox"]) if arguments.get("bbox") else None
        except GeodataError as error:
            raise InvalidInput.of_geodata(error, "bbox") from error
        return replace(
            here,
            categories=tuple(dict.fromkeys(filter(None, arguments.getlist("category")[:MOST_VALUES]))),
            rule=HoldingRule(rule) if (rule := _one_of(arguments, "rule", ("", *HoldingRule), "")) else None,
            age=Age(_one_of(arguments, "age", tuple(Age), "")),
            assigned=Assigned(_one_of(arguments, "assigned", tuple(Assigned), "")),
            q=clean_line(arguments.get("q", ""))[:LONGEST_QUERY],
            bbox=bbox,
            sort=Sort(_one_of(arguments, "sort", sorts, here.sort.value)),
        )

    @classmethod
    def usual(cls, kind: str) -> "QueueFilter":
        """Return what one sees of a kind without further choices."""
        return cls(kind=kind, state=None, sort=Sort.REPORTED) if kind in FLAGS else cls(kind=kind)

    def with_state(self, state: PublicationState | None) -> "QueueFilter":
        """Return the filter for another state: what waits oldest first, decided items newest first."""
        if self.kind in FLAGS:
            return replace(self, state=state)
        is_waiting = state is PublicationState.SUBMITTED
        return replace(self, state=state, sort=Sort.OLDEST if is_waiting else Sort.NEWEST)

    def with_kind(self, kind: str) -> "QueueFilter":
        """Return the filter for another kind; to and from a flag, state and order become the usual ones."""
        if (kind in FLAGS) is (self.kind in FLAGS):
            return replace(self, kind=kind)
        usual = self.usual(kind)
        return replace(self, kind=kind, state=usual.state, sort=usual.sort)

    def to_arguments(self, **changes: Any) -> dict[str, Any]:
        """Return the query of the address for this filter, with changes; what is empty or usual stays out."""
        wanted = replace(self, **changes)
        usual = self.usual(wanted.kind)
        arguments: dict[str, Any] = {
            "kind": wanted.kind,
            "state": "" if wanted.state is usual.state else wanted.state.value if wanted.state else ANY_STATE,
            "rule": wanted.rule.value if wanted.rule else "",
            "category": list(wanted.categories),
            "age": wanted.age.value,
            "assigned": wanted.assigned.value,
            "q": wanted.q,
            "bbox": ",".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in wanted.bbox) if wanted.bbox else "",
            "sort": "" if wanted.sort is usual.with_state(wanted.state).sort else wanted.sort.value,
        }
        return {name: value for name, value in arguments.items() if value}

    @property
    def is_narrowing(self) -> bool:
        """Whether more is filtered out than kind and state."""
        return bool(self.rule or self.categories or self.age or self.assigned or self.q or self.bbox)

    def require_known(self, proceedings: Sequence[Proceeding]) -> None:
        """Refuse categories that none of the proceedings has (any more).

        Raises:
            InvalidInput: naming the first one.
        """
        known = categories_of(proceedings)
        for key in self.categories:
            if key not in known:
                raise InvalidInput(
                    lazy_gettext("There is no topic “%(key)s” here (any more).", key=key), field="category"
                )


def categories_of(proceedings: Sequence[Proceeding]) -> Mapping[str, Any]:
    """Return the categories of some proceedings by key; of those with the same key the first one counts."""
    found: dict[str, Any] = {}
    for proceeding in proceedings:
        for category in proceeding.categories:
            found.setdefault(category.key, category)
    return found


def _one_of(arguments: "MultiDict[str, str]", name: str, possible: Sequence[str], usual: str) -> str:
    value = arguments.get(name) or usual
    if value not in possible:
        message = lazy_gettext(
            "“%(value)s” is not possible for %(name)s. Use %(possible)s.",
            value=value[:40],
            name=name,
            possible=", ".join(filter(None, possible)),
        )
        raise InvalidInput(message, field=name)
    return value
