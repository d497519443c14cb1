"""How much each choice of the queue's filter would find: each counted as if nothing else of its own sort were chosen.

Counting costs no more when the tables grow: of each state of each proceeding the newest texts are read, up to a bound,
and what was not read makes a number say “at least”. Three statements for each table, however many choices there are:
those texts by state and category; those few that are given to someone or flagged; and those in which a rule found
something.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import format_decimal
from sqlalchemy import Select, and_, case, func, not_, select, true, union_all

from participation.accounts.actors import Actor, require
from participation.casework.models import ModerationCase
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.queue import MODELS, Kind, conditions, shared_conditions
from participation.moderation.queue_filter import FLAGS, KINDS, Assigned, QueueFilter
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.screening.models import HoldingRule, ScreeningHit

ASSIGNED_NOBODY, ASSIGNED_OTHERS, ASSIGNED_ME = range(3)
MOST_READ = 5_000  # texts of one kind and state, or hits of one rule; over several proceedings from each its part,
FEWEST_READ = 200  # but at least so many
MOST_PARTS = 300  # of one statement: SQLite takes 500


class Count(int):
    """A number of texts; `is_cut`: there are at least so many, since not all were read."""

    is_cut: bool

    def __new__(cls, number: int, *, is_cut: bool = False) -> "Count":
        """Make it from a number."""
        count = super().__new__(cls, number)
        count.is_cut = is_cut
        return count


def at_least(count: int) -> str:
    """Return a number as it stands beside a choice: with a plus, and in round hundreds, where not all were read."""
    if not getattr(count, "is_cut", False):
        return str(format_decimal(count))
    return f"{format_decimal(count // 100 * 100 if count > FEWEST_READ else count)}+"


def most_read(proceeding_ids: Sequence[int]) -> int:
    """Return how many texts of one kind and state, or hits of one rule, are read in each of some proceedings."""
    return max(FEWEST_READ, MOST_READ // max(1, len(proceeding_ids)))


@dataclass(frozen=True, slots=True)
class Alike:
    """What items can have in common that a choice asks for. category: its key; flags: keys of those that are open."""

    kind: Kind
    state: PublicationState
    category: str
    assigned: int = ASSIGNED_NOBODY
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Numbers beside the choices of the filter, and how much it finds."""

    total: Count
    any_state: Count
    states: dict[PublicationState, Count]
    kinds: dict[str, Count]
    categories: dict[str, Count]
    assigned: dict[Assigned, Count]
    rules: dict[HoldingRule, Count]


def queue_counts(actor: Actor, proceedings: Sequence[Proceeding], wanted: QueueFilter) -> QueueCounts:
    """Count the queue of some proceedings.

    Args:
        actor: a moderator of all of them.
        proceedings: with their categories.
        wanted: the filter.

    Raises:
        NotPermitted: not a moderator of one of them.
    """
    require(all(may_moderate(actor, proceeding.id) for proceeding in proceedings), actor=actor)
    cells: Counter[Alike] = Counter()
    cut: set[Alike] = set()  # what there is more of than was read, by kind and state
    for kind in MODELS:
        found, cut_states = _cells(actor, proceedings, wanted, kind)
        cells.update(found)
        cut |= {Alike(kind, state, "") for state in cut_states}
    categories: Counter[str] = Counter()
    few: Counter[Alike] = Counter()  # of the chosen categories, whichever it is: there can be hundreds
    for alike, number in cells.items():
        if _is_found(wanted, alike):
            categories[alike.category] += number
        if not wanted.categories or alike.category in wanted.categories:
            few[replace(alike, category="")] += number

    def count(choice: QueueFilter) -> Count:
        number = sum(number for alike, number in few.items() if _is_found(choice, alike))
        return Count(number, is_cut=any(_is_found(choice, one) for one in cut))

    return QueueCounts(
        total=count(wanted),
        any_state=count(replace(wanted, state=None)),
        states={state: count(replace(wanted, state=state)) for state in PublicationState},
        kinds={kind: count(wanted.with_kind(kind)) for kind in ("", *KINDS, *FLAGS)},
        categories={key: Count(number, is_cut=count(wanted).is_cut) for key, number in categories.items()},
        assigned={one: count(replace(wanted, assigned=one)) for one in Assigned},
        rules=_rule_counts(actor, [proceeding.id for proceeding in proceedings], replace(wanted, rule=None)),
    )


def _rule_counts(actor: Actor, proceeding_ids: Sequence[int], wanted: QueueFilter) -> dict[HoldingRule, Count]:
    counts: Counter[HoldingRule] = Counter()
    cut: set[HoldingRule] = set()
    most = most_read(proceeding_ids)
    for kind, model in MODELS.items():
        if wanted.kind not in (kind, "", *FLAGS):
            continue
        parts = [
            select(ScreeningHit.rule, ScreeningHit.proceeding_id, ScreeningHit.item_id)
            .where(
                ScreeningHit.proceeding_id == proceeding_id, ScreeningHit.rule == rule, ScreeningHit.item_kind == kind
            )
            .order_by(ScreeningHit.item_id.desc())
            .limit(most + 1)
            .subquery()
            for proceeding_id in proceeding_ids
            for rule in HoldingRule
        ]
        for some in batched(parts, MOST_PARTS):
            hits = union_all(*(select(part) for part in some)).subquery()
            is_found = and_(true(), *conditions(actor, wanted, kind, proceeding_ids))
            statement = (
                select(
                    hits.c.rule,
                    hits.c.proceeding_id,
                    func.count(case((is_found, hits.c.item_id)).distinct()),
                    func.count(),
                )
                .join(model, model.id == hits.c.item_id)
                .group_by(hits.c.rule, hits.c.proceeding_id)
            )
            for rule, _, number, read in db.session.execute(statement):
                counts[rule] += number
                if read > most:
                    cut.add(rule)
    return {rule: Count(number, is_cut=rule in cut) for rule, number in counts.items() if number}


def _is_found(wanted: QueueFilter, alike: Alike) -> bool:
    """Whether a filter finds such items, whatever their category, age, words and area."""
    return (
        (wanted.state is None or alike.state is wanted.state)
        and (wanted.kind in ("", alike.kind) or wanted.kind in alike.flags)
        and (wanted.assigned is not Assigned.ME or alike.assigned == ASSIGNED_ME)
        and (wanted.assigned is not Assigned.NOBODY or alike.assigned == ASSIGNED_NOBODY)
    )


def _cells(
    actor: Actor, proceedings: Sequence[Proceeding], wanted: QueueFilter, kind: Kind
) -> tuple[Counter[Alike], set[PublicationState]]:
    """Count one table by everything that a choice can ask for; and tell of which states not all were read."""
    model = MODELS[kind]
    proceeding_ids = [proceeding.id for proceeding in proceedings]
    keys = {category.id: category.key for proceeding in proceedings for category in proceeding.categories}
    where = shared_conditions(wanted, kind)
    given: Any = getattr(ModerationCase, f"{kind}_id")
    cases = select(given).where(ModerationCase.proceeding_id.in_(proceeding_ids), given.is_not(None))
    cases = cases.where(ModerationCase.assigned_to.is_not(None))
    flagged = {key: _flagged_ids(key, kind, proceeding_ids) for key in FLAGS}
    special_ids = union_all(cases, *flagged.values())
    found: Counter[Alike] = Counter()
    cut: set[PublicationState] = set()
    for every in _newest(model, proceeding_ids):
        is_plain = and_(not_(every.c.id.in_(special_ids)), *where)
        category: Any = Contribution.category_id if kind == "comment" else every.c.topic
        group = (every.c.proceeding_id, every.c.state, category)
        counted = select(*group, func.sum(case((is_plain, 1), else_=0)), func.count()).group_by(*group)
        if where:
            counted = counted.join(model, model.id == every.c.id)
        if kind == "comment":
            counted = counted.join(Contribution, Contribution.id == every.c.topic)
        read: Counter[tuple[int, PublicationState]] = Counter()
        for proceeding_id, state, category_id, number, of in db.session.execute(counted):
            found[Alike(kind, state, keys[category_id])] += number
            read[proceeding_id, state] += of
        cut |= {state for (_, state), number in read.items() if number > most_read(proceeding_ids)}
    assigned = case(
        (model.id.in_(cases.where(ModerationCase.assigned_to == actor.user_id)), ASSIGNED_ME),
        (model.id.in_(cases), ASSIGNED_OTHERS),
        else_=ASSIGNED_NOBODY,
    )
    columns: list[Any] = [model.state, Contribution.category_id, assigned]
    columns += [case((model.id.in_(ids), 1), else_=0) for ids in flagged.values()]
    special = select(*(column.label(f"part{number}") for number, column in enumerate(columns))).where(
        *where, model.id.in_(special_ids)
    )
    if kind == "comment":
        special = special.join(Contribution, Comment.contribution_id == Contribution.id)
    parts = special.subquery()
    for state, category_id, whose, *is_open, number in db.session.execute(
        select(*parts.c, func.count()).group_by(*parts.c)
    ):
        open_flags = frozenset(key for key, is_one in zip(flagged, is_open, strict=True) if is_one)
        found[Alike(kind, state, keys[category_id], whose, open_flags)] += number
    return found, cut


def _flagged_ids(flag: str, kind: Kind, proceeding_ids: Sequence[int]) -> Select[Any]:
    """Return the ids of what a flag is open about, from as many reports, for example, as are read."""
    rows = FLAGS[flag].rows(proceeding_ids).limit(MOST_READ).subquery()
    column = rows.c[f"{kind}_id"]
    return select(column).where(column.is_not(None)).distinct()


def _newest(model: type[Contribution] | type[Comment], proceeding_ids: Sequence[int]) -> Iterator[Any]:
    """Return the newest texts of each state in each proceeding: id, where, state, and category or contribution."""
    topic: Any = Comment.contribution_id if model is Comment else Contribution.category_id
    parts = [
        select(model.id, model.proceeding_id, model.state, topic.label("topic"))
        .where(model.proceeding_id == proceeding_id, model.state == state)
        .order_by(model.created_at.desc(), model.id.desc())
        .limit(most_read(proceeding_ids) + 1)
        .subquery()
        for proceeding_id in proceeding_ids
        for state in PublicationState
    ]
    for some in batched(parts, MOST_PARTS):
        yield union_all(*(select(part) for part in some)).subquery()


def batched(parts: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Return the parts in groups of at most so many."""
    for start in range(0, len(parts), size):
        yield parts[start : start + size]
