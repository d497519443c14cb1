"""What a download holds: the public edition and the planners', from one query with the filter of the page."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, func, select, type_coerce

from participation import clock
from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES
from participation.database import db
from participation.languages import current_language, page_url, text_in
from participation.proceedings.models import Proceeding

ROWS_AT_A_TIME = 1_000
# Raise it with every change of what a file looks like: whoever holds an old one must get the new one.
FORMAT = 3
# A write notes its time before it is visible to others; after so long, all writes of that time are.
SETTLED_AFTER = timedelta(seconds=10)

# Column of a file → what it is read from. Enums are read as their stored values: a million of them take seconds.
PUBLIC_COLUMNS: dict[str, Any] = {
    "title": Contribution.title,
    "text": Contribution.text,
    "category": Contribution.category_id,
    "type": Contribution.type_id,
    "state": type_coerce(Contribution.state, String),
    "status": type_coerce(Contribution.response_status, String),
    "votes_for": Contribution.votes_for,
    "votes_against": Contribution.votes_against,
    "comments": Contribution.comment_count,
    "created_at": Contribution.created_at,
    "updated_at": Contribution.updated_at,
    "language": Contribution.language,
    "url": Contribution.id,
    "licence": Contribution.licence,
    "response": Contribution.response,
}
PLANNERS_COLUMNS = PUBLIC_COLUMNS | {
    "origin": type_coerce(Contribution.origin, String),
    "responded_at": Contribution.responded_at,
    "published_at": Contribution.published_at,
}
PERSONAL_COLUMNS = {"public_name": Contribution.public_name}


class Exported(NamedTuple):
    """One row of a download: id, geometry as WKB (or None without a place), values by column (times in UTC)."""

    id: int
    wkb: bytes | None
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """A proceeding's contributions for one kind of reader, filtered."""

    proceeding: Proceeding
    wanted: ContributionFilter
    columns: dict[str, Any]

    @property
    def is_public(self) -> bool:
        """Whether anybody may have this file."""
        return self.columns is PUBLIC_COLUMNS

    def header(self) -> dict[str, Any]:
        """Return what the file says about itself, and the words that its rows use for categories and types."""
        return {
            "title": text_in(self.proceeding.title),
            "licence": self.proceeding.licence,
            "attribution": f"{self.proceeding.organiser}, {text_in(self.proceeding.title)}",
            "categories": [category.key for category in self.proceeding.categories],
            "types": [type_.key for type_ in self.proceeding.types],
        }

    @property
    def address(self) -> str:
        """Beginning of the address of each contribution's page, in the language of the request."""
        return page_url(f"/proceedings/{self.proceeding.slug}/contributions/", current_language())

    def last_change(self) -> tuple[datetime, int]:
        """Return when the contributions last changed and how many there are, in any state."""
        statement = select(func.max(Contribution.updated_at), func.count()).where(
            Contribution.proceeding_id == self.proceeding.id
        )
        latest, count = db.session.execute(statement).one()
        return latest if count else self.proceeding.created_at, count

    def etag(self, *circumstances: str) -> str:
        """Return a name for the file's content that changes with everything in it.

        Args:
            circumstances: what else the content depends on, such as the format.
        """
        latest, count = self.last_change()
        # What was sent right after a change may lack another one of the same moment: such a name is good for seconds.
        is_settled = clock.now() - latest > SETTLED_AFTER
        categories = [(category.id, category.key) for category in self.proceeding.categories]
        types = [(type_.id, type_.key) for type_ in self.proceeding.types]
        words = (self.header(), self.address, categories, types, tuple(self.columns))
        basis = (FORMAT, latest, count, is_settled, words, circumstances)
        return hashlib.sha256(repr(basis).encode()).hexdigest()[:32]

    def batches(self) -> Iterator[list[Exported]]:
        """Yield the rows, oldest first, some at a time, from a server-side cursor."""
        categories = {category.id: category.key for category in self.proceeding.categories}
        types: dict[int | None, str] = {type_.id: type_.key for type_ in self.proceeding.types}
        address = self.address
        statement = (
            select(Contribution.id, Contribution.geometry.wkb(), *self.columns.values())
            .where(*conditions(self.proceeding, self.wanted, LISTED_STATES))
            .order_by(Contribution.created_at, Contribution.id)
            .execution_options(stream_results=True, yield_per=ROWS_AT_A_TIME)
        )
        names = tuple(self.columns)
        for rows in db.session.execute(statement).partitions():
            batch = []
            for id_, wkb, *values in rows:
                properties = dict(zip(names, values, strict=True))
                properties["category"] = categories[properties["category"]]
                properties["type"] = types.get(properties["type"])
                properties["url"] = f"{address}{id_}"
                batch.append(Exported(id_, wkb, properties))
            yield batch


def rfc3339(moment: datetime) -> str:
    """Write an instant in UTC, as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
