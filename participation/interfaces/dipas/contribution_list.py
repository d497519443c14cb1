"""`contributionlist`, `statistics`, `relatedcontributions`: rows of contributions, paged by number as DIPAS does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import request

from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.errors import ParticipationError
from participation.interfaces.dipas.answers import list_chunks, success
from participation.interfaces.dipas.asked import language_asked
from participation.interfaces.dipas.rows import comments_on_listed, count_listed, each, list_row, listed
from participation.languages import page_url
from participation.proceedings.models import Proceeding

PAGE_SIZE = 10
LARGEST = 2**31 - 1
MOST_IDS = 50
RELATED = 5
SORTS: dict[str, tuple[Any, ...]] = {
    "created": (Contribution.created_at, Contribution.id),
    "rating": (Contribution.votes_for - Contribution.votes_against, Contribution.id),
    "comments": (Contribution.comment_count, Contribution.id),
}
NO_ROWS = b"]}\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the query of a list asks for; `size` 0 is everything."""

    number: int
    size: int
    categories: tuple[str, ...]
    rubrics: tuple[str, ...]
    sort: str
    direction: str

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, str], *, direction: str = "DESC") -> "Wanted":
        """Read the query.

        Raises:
            ParticipationError: a value that is none of the possible ones, naming the word.
        """
        sort = arguments.get("sort", "created") or "created"
        if sort not in SORTS:
            raise ParticipationError("sort: created, rating or comments")
        direction = (arguments.get("direction") or direction).upper()
        if direction not in ("ASC", "DESC"):
            raise ParticipationError("direction: ASC or DESC")
        number = whole_number(arguments, "page", 1)
        if number < 1:
            raise ParticipationError("page: a number from 1")
        size = max(0, whole_number(arguments, "itemsPerPage", PAGE_SIZE))
        return cls(number, size, _ids(arguments, "category"), _ids(arguments, "rubric"), sort, direction)

    @property
    def filters(self) -> dict[str, list[str]]:
        """What is filtered by, under the names of DIPAS' fields."""
        named = {"field_category_target_id": self.categories, "field_rubric_target_id": self.rubrics}
        return {name: list(ids) for name, ids in named.items() if ids}

    def filter_in(self, proceeding: Proceeding) -> ContributionFilter:
        """Return the filter of our lists; an id that is none of this proceeding finds nothing."""
        categories = {str(one.id): one.key for one in proceeding.categories}
        types = {str(one.id): one.key for one in proceeding.types}
        return ContributionFilter(
            categories=tuple(categories.get(id_, f"?{id_}") for id_ in self.categories),
            types=tuple(types.get(id_, f"?{id_}") for id_ in self.rubrics),
        )

    def pager(self, total: int) -> dict[str, Any]:
        """Return which page of how many this is."""
        if not self.size:
            return {"itemsPerPage": "inf", "currentPage": 1, "totalPages": 1, "lastPage": True}
        pages = -(-total // self.size)
        return {
            "itemsPerPage": self.size,
            "currentPage": self.number,
            "totalPages": pages,
            "lastPage": self.number >= pages,
        }

    def links(self, path: str, total: int) -> dict[str, str] | list[Any]:
        """Return the addresses of the next page and, as `last`, of the one before; none is an empty list."""
        links = {}
        if self.size and self.number * self.size < total:
            links["next"] = _address(path, self.number + 1)
        if self.size and self.number > 1:
            links["last"] = _address(path, self.number - 1)
        return links or []


def contribution_list_chunks(proceeding: Proceeding, wanted: Wanted) -> Iterator[bytes]:
    """Yield one page of the list, or all of it."""
    ours = wanted.filter_in(proceeding)
    total = count_listed(proceeding, ours)
    path = f"/proceedings/{proceeding.slug}/drupal/dipas/contributionlist"
    head = success(list_head(wanted, path, total))
    columns = SORTS[wanted.sort]
    order = [column.asc() if wanted.direction == "ASC" else column.desc() for column in columns]
    statement = listed(proceeding, wanted=ours, order=order)
    if wanted.size:
        offset = min((wanted.number - 1) * wanted.size, LARGEST)
        statement = statement.limit(wanted.size).offset(offset)
    rows = (orjson.dumps(list_row(row)) for row in each(statement))
    return list_chunks(orjson.dumps(head)[:-1] + b',"nodes":[', rows, NO_ROWS)


def list_head(wanted: Wanted, path: str, total: int, *, sort: str = "") -> dict[str, Any]:
    """Return what stands before the rows of a paged list."""
    return {
        "totalNodes": str(total),
        "pager": wanted.pager(total),
        "filters": wanted.filters,
        "sort": {"field": sort or wanted.sort, "direction": wanted.direction},
        "links": wanted.links(path, total),
    }


def statistics_chunks(proceeding: Proceeding) -> Iterator[bytes]:
    """Yield all contributions as rows, and the number of comments."""
    comments = comments_on_listed(proceeding)
    rows = (orjson.dumps(list_row(row)) for row in each(listed(proceeding)))
    return list_chunks(
        orjson.dumps(success({}))[:-1] + b',"contributionData":[', rows, b'],"comments":%d}\n' % comments
    )


def related(proceeding: Proceeding, contribution: Contribution) -> list[dict[str, Any]]:
    """Return the newest others: DIPAS calls them related and compares nothing."""
    statement = listed(proceeding).where(Contribution.id != contribution.id).limit(RELATED)
    return [list_row(row) for row in each(statement)]


def whole_number(arguments: Mapping[str, str], name: str, default: int) -> int:
    """Return a number of the query.

    Raises:
        ParticipationError: it is no whole number that a database can count to.
    """
    text = arguments.get(name, "")
    digits = text.removeprefix("-")
    if not text:
        return default
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 10 and int(digits) <= LARGEST):
        raise ParticipationError(f"{name}: a whole number")
    return int(text)


def _ids(arguments: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, arguments.get(name, "").split(","))))
    if len(found) > MOST_IDS or not all(one.isascii() and one.isdecimal() and len(one) <= 10 for one in found):
        raise ParticipationError(f"{name}: ids with commas between them")
    return tuple(str(int(one)) for one in found)


def _address(path: str, number: int) -> str:
    arguments = request.args.to_dict() | {"page": str(number)}
    return f"{page_url(path, language_asked())}?{urlencode(arguments)}"
