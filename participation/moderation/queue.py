"""Pages of the moderators' queue: contributions and comments as one list, by keyset, each page as fast as the first.

Each table is asked once, for the keys of one page; in each proceeding an index gives their order. The two answers are
merged by (time, kind, id), which no two items share, and only the items of the page are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.models import Role
from participation.casework.models import ModerationCase
from participation.contributions.filters import MOST_WORDS, pin_in
from participation.contributions.models import Contribution
from participation.contributions.text import search_form
from participation.database import Folded, Page, cursor_keys, cursor_of, db, no_such_page
from participation.discussion.models import Comment
from participation.moderation.queue_filter import FLAGS, KINDS, Age, Assigned, QueueFilter, Sort
from participation.proceedings.models import Category, Proceeding
from participation.proceedings.permissions import may_moderate
from participation.screening.queries import has_hit

Kind = Literal["contribution", "comment"]
Model = type[Contribution] | type[Comment]
PAGE_SIZE = 50
CHUNK = 500
MODELS: dict[Kind, Model] = {"comment": Comment, "contribution": Contribution}
KEY_TYPES: list[type] = [datetime, str, int]


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One row of the queue: a contribution, or a comment with the contribution it is on."""

    kind: Kind
    item: Contribution | Comment
    contribution: Contribution

    @property
    def proceeding(self) -> Proceeding:
        """The proceeding it belongs to."""
        return self.contribution.proceeding


def proceeding_ids_to_moderate(actor: Actor) -> list[int]:
    """Return the ids of the proceedings this actor moderates."""
    return sorted(actor.proceeding_ids(Role.MODERATOR))


def queue_page(
    actor: Actor,
    proceeding_ids: Sequence[int],
    wanted: QueueFilter,
    *,
    after: str = "",
    before: str = "",
    limit: int = PAGE_SIZE,
) -> Page[QueueItem]:
    """Return one page of the queue of some proceedings; `after` and `before` are cursors of a page shown earlier.

    Raises:
        NotPermitted: not a moderator of one of them.
        InvalidInput: the cursor is none of ours, or both are given.
    """
    require(all(may_moderate(actor, id_) for id_ in proceeding_ids), actor=actor)
    if after and before:
        raise no_such_page()
    is_backward, keys = bool(before), _keys_in(after or before, wanted)
    rows = _merged(actor, proceeding_ids, wanted, keys, is_backward=is_backward, limit=limit + 1)
    has_more = len(rows) > limit
    rows = rows[:limit][::-1] if is_backward else rows[:limit]
    has_next, has_previous = (bool(rows), has_more) if is_backward else (has_more, bool(after and rows))
    return Page(
        items=_items([(row[-2], row[-1]) for row in rows]),
        next_cursor=cursor_of(rows[-1]) if has_next else None,
        previous_cursor=cursor_of(rows[0]) if has_previous else None,
    )


def queue_versions(
    actor: Actor, proceeding_ids: Sequence[int], wanted: QueueFilter, *, limit: int
) -> list[tuple[Kind, int, int]]:
    """Return what a filter finds, in its order, at most so much of it, as (kind, id, version).

    Raises:
        NotPermitted: not a moderator of one of the proceedings.
    """
    require(all(may_moderate(actor, id_) for id_ in proceeding_ids), actor=actor)
    found: list[tuple[Kind, int]] = [
        (row[-2], row[-1])
        for row in _merged(actor, proceeding_ids, wanted, None, is_backward=False, limit=limit)[:limit]
    ]
    versions: dict[tuple[Kind, int], int] = {}
    for kind, model in MODELS.items():
        ids = [id_ for one, id_ in found if one == kind]
        for start in range(0, len(ids), CHUNK):
            statement = select(model.id, model.version).where(model.id.in_(ids[start : start + CHUNK]))
            versions |= {(kind, id_): version for id_, version in db.session.execute(statement)}
    return [(*one, versions[one]) for one in found if one in versions]


def cursor_at(actor: Actor, item: QueueItem, wanted: QueueFilter) -> str:
    """Return the cursor of the page after an item, whether or not the filter finds it (any more)."""
    keys: list[Any] = [item.item.created_at, item.kind, item.item.id]
    if wanted.sort is Sort.REPORTED:
        counts = flag_counts(actor, wanted.kind, [item])
        keys.insert(0, -counts.get((item.kind, item.item.id), 0))
    return cursor_of(keys)


def conditions(
    actor: Actor, wanted: QueueFilter, kind: Kind, proceeding_ids: Sequence[int]
) -> list[ColumnElement[bool]]:
    """Return the WHERE of a filter for one of the two tables, apart from the proceeding."""
    model = MODELS[kind]
    contribution_id = Contribution.id if kind == "contribution" else Comment.contribution_id
    found = shared_conditions(wanted, kind)
    if wanted.state is not None:
        found.append(model.state == wanted.state)
    if wanted.categories:
        ids = select(Category.id).where(Category.proceeding_id.in_(proceeding_ids), Category.key.in_(wanted.categories))
        found.append(_contributions_are(kind, contribution_id, Contribution.category_id.in_(ids)))
    if wanted.assigned is not Assigned.ANYONE:
        column: Any = getattr(ModerationCase, f"{kind}_id")
        cases = select(column).where(ModerationCase.proceeding_id.in_(proceeding_ids), column.is_not(None))
        if wanted.assigned is Assigned.ME:
            found.append(model.id.in_(cases.where(ModerationCase.assigned_to == actor.user_id)))
        else:
            found.append(model.id.not_in(cases.where(ModerationCase.assigned_to.is_not(None))))
    if wanted.kind in FLAGS:
        found.append(model.id.in_(flagged_ids(wanted.kind, kind, proceeding_ids)))
    return found


def shared_conditions(wanted: QueueFilter, kind: Kind) -> list[ColumnElement[bool]]:
    """Return those parts of the WHERE that are the same for all counts: rule, age, words, area."""
    model = MODELS[kind]
    found: list[ColumnElement[bool]] = []
    if wanted.rule is not None:
        found.append(has_hit(wanted.rule, kind, model.id))
    if wanted.age is not Age.ANY:
        found.append(model.created_at < clock.now() - timedelta(days=int(wanted.age)))
    words = search_form(wanted.q).split()[:MOST_WORDS]
    text: Any = Contribution.search_text if kind == "contribution" else Folded(Comment.text)
    found.extend(text.contains(word, autoescape=True) for word in words)
    if wanted.bbox:
        contribution_id = Contribution.id if kind == "contribution" else Comment.contribution_id
        found.append(_contributions_are(kind, contribution_id, pin_in(wanted.bbox)))
    return found


def flagged_ids(flag: str, kind: Kind, proceeding_ids: Sequence[int]) -> Select[Any]:
    """Return the ids of what a flag is open about."""
    rows = FLAGS[flag].rows(proceeding_ids).subquery()
    column = rows.c[f"{kind}_id"]
    return select(column).where(column.is_not(None))


def flag_counts(actor: Actor, flag: str, items: Sequence[QueueItem]) -> dict[tuple[str, int], int]:
    """Return how often a flag is open about each of these items, by (kind, id).

    Raises:
        NotPermitted: not a moderator of the proceeding of one of them.
    """
    proceeding_ids = sorted({one.item.proceeding_id for one in items})
    require(all(may_moderate(actor, id_) for id_ in proceeding_ids), actor=actor)
    if not items:
        return {}
    rows = FLAGS[flag].rows(proceeding_ids).subquery()
    ids = {kind: [one.item.id for one in items if one.kind == kind] for kind in MODELS}
    statement = (
        select(rows.c.contribution_id, rows.c.comment_id, func.count())
        .where(or_(rows.c.contribution_id.in_(ids["contribution"]), rows.c.comment_id.in_(ids["comment"])))
        .group_by(rows.c.contribution_id, rows.c.comment_id)
    )
    return {
        ("comment", comment_id) if comment_id else ("contribution", contribution_id): count
        for contribution_id, comment_id, count in db.session.execute(statement)
    }


def count_new(actor: Actor, proceeding_ids: Sequence[int], wanted: QueueFilter, since: datetime) -> int:
    """Return how much of what the filter finds came in after a moment; for a flag, what was flagged after it.

    Raises:
        NotPermitted: not a moderator of one of the proceedings.
    """
    require(all(may_moderate(actor, id_) for id_ in proceeding_ids), actor=actor)
    number = 0
    for kind, model in MODELS.items():
        if wanted.kind not in (kind, "", *FLAGS):
            continue
        statement = select(func.count()).select_from(model)
        statement = statement.where(
            model.proceeding_id.in_(proceeding_ids), *conditions(actor, wanted, kind, proceeding_ids)
        )
        if wanted.kind in FLAGS:
            rows = FLAGS[wanted.kind].rows(proceeding_ids).subquery()
            new = select(rows.c[f"{kind}_id"]).where(rows.c[f"{kind}_id"].is_not(None), rows.c.created_at > since)
            statement = statement.where(model.id.in_(new))
        else:
            statement = statement.where(model.created_at > since)
        number += db.session.scalar(statement) or 0
    return number


def _contributions_are(kind: Kind, id_: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Apply a condition on contributions to the contribution itself, or to the one that a comment is on."""
    if kind == "contribution":
        return condition
    found: ColumnElement[bool] = id_.in_(select(Contribution.id).where(condition))
    return found


def _is_descending(wanted: QueueFilter) -> bool:
    return wanted.sort is Sort.NEWEST


def _keys_in(cursor: str, wanted: QueueFilter) -> list[Any] | None:
    if not cursor:
        return None
    keys = cursor_keys(cursor, [*([int] if wanted.sort is Sort.REPORTED else []), *KEY_TYPES])
    if keys[-2] not in KINDS:
        raise no_such_page()
    return keys


def _merged(
    actor: Actor,
    proceeding_ids: Sequence[int],
    wanted: QueueFilter,
    keys: list[Any] | None,
    *,
    is_backward: bool,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return the keys of the first rows of both tables beyond the cursor; at least so many, if there are."""
    rows: list[tuple[Any, ...]] = []
    for kind in MODELS:
        if wanted.kind in (kind, "") or wanted.kind in FLAGS:
            rows += _rows(actor, proceeding_ids, wanted, kind, keys, is_backward=is_backward, limit=limit)
    rows.sort(reverse=_is_descending(wanted) != is_backward)
    return rows


def _rows(
    actor: Actor,
    proceeding_ids: Sequence[int],
    wanted: QueueFilter,
    kind: Kind,
    keys: list[Any] | None,
    *,
    is_backward: bool,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return the keys of one table's first rows beyond the cursor: ([minus the number,] time, kind, id)."""
    model = MODELS[kind]
    is_descending = _is_descending(wanted) != is_backward
    where = conditions(actor, wanted, kind, proceeding_ids)
    prefix: list[Any] = [model.created_at]
    counted = None
    if wanted.sort is Sort.REPORTED:
        rows = FLAGS[wanted.kind].rows(proceeding_ids).subquery()
        of = rows.c[f"{kind}_id"]
        numbers = select(of.label("id"), (-func.count()).label("negative")).where(of.is_not(None)).group_by(of)
        counted = numbers.subquery()
        prefix.insert(0, counted.c.negative)
    if keys is not None:
        where.append(_beyond(prefix, model.id, kind, keys, is_descending))
    parts = []
    for proceeding_id in proceeding_ids:
        part = select(*prefix, model.id).where(model.proceeding_id == proceeding_id, *where)
        if counted is not None:
            part = part.join(counted, counted.c.id == model.id)
        order = [column.desc() if is_descending else column.asc() for column in (*prefix, model.id)]
        parts.append(select(part.order_by(*order).limit(limit).subquery()))
    if not parts:
        return []
    every = union_all(*parts).subquery()
    order = [column.desc() if is_descending else column.asc() for column in every.c]
    statement = select(*every.c).order_by(*order).limit(limit)
    return [(*row[:-1], kind, row[-1]) for row in db.session.execute(statement)]


def _beyond(prefix: list[Any], id_: Any, kind: Kind, keys: list[Any], is_descending: bool) -> ColumnElement[bool]:
    """Return the condition for one table's rows behind the cursor, whose last row may be of the other table."""
    *values, at_kind, at_id = keys
    columns, bound = list(prefix), [literal(value, column.type) for value, column in zip(values, prefix, strict=True)]
    if kind == at_kind:
        columns, bound = [*columns, id_], [*bound, literal(at_id)]
    left, right = (tuple_(*columns), tuple_(*bound)) if len(columns) > 1 else (columns[0], bound[0])
    comes_after = kind != at_kind and (kind > at_kind) is not is_descending
    if comes_after:
        return left <= right if is_descending else left >= right
    return left < right if is_descending else left > right


def _items(found: Sequence[tuple[Kind, int]]) -> list[QueueItem]:
    """Read the items of a page, with what the page shows of them, in its order."""
    ids = {kind: [id_ for one, id_ in found if one == kind] for kind in MODELS}
    parts: list[Any] = [
        joinedload(part) for part in (Contribution.category, Contribution.type, Contribution.proceeding)
    ]
    contributions = select(Contribution).where(Contribution.id.in_(ids["contribution"])).options(*parts)
    comments = (
        select(Comment).where(Comment.id.in_(ids["comment"])).options(joinedload(Comment.contribution).options(*parts))
    )
    items: dict[tuple[Kind, int], QueueItem] = {}
    for contribution in db.session.scalars(contributions):
        items["contribution", contribution.id] = QueueItem("contribution", contribution, contribution)
    for comment in db.session.scalars(comments):
        items["comment", comment.id] = QueueItem("comment", comment, comment.contribution)
    return [items[one] for one in found if one in items]
