"""How much each choice of the queue's filter would find: each counted as if nothing else of its own sort were chosen.

Three statements for each table, however many choices there are: all items by state and category, from an index unless
words, age or area must be read from the rows; again only those few that are given to someone or flagged; and those in
which a rule found something.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case, func, select, union_all

from participation.accounts.actors import Actor, require
from participation.casework.models import ModerationCase
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.queue import MODELS, Kind, conditions, flagged_ids, shared_conditions
from participation.moderation.queue_filter import FLAGS, KINDS, Assigned, QueueFilter
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.screening.models import HoldingRule, ScreeningHit

ASSIGNED_NOBODY, ASSIGNED_OTHERS, ASSIGNED_ME = range(3)


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

    total: int
    any_state: int
    states: dict[PublicationState, int]
    kinds: dict[str, int]
    categories: dict[str, int]
    assigned: dict[Assigned, int]
    rules: dict[HoldingRule, int]


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
    for kind in MODELS:
        cells.update(_cells(actor, proceedings, wanted, kind))
    categories: Counter[str] = Counter()
    few: Counter[Alike] = Counter()  # of the chosen categories, whichever it is: there can be hundreds
    for alike, number in cells.items():
        if _is_found(wanted, alike):
            categories[alike.category] += number
        if not wanted.categories or alike.category in wanted.categories:
            few[replace(alike, category="")] += number

    def count(choice: QueueFilter) -> int:
        return sum(number for alike, number in few.items() if _is_found(choice, alike))

    return QueueCounts(
        total=count(wanted),
        any_state=count(replace(wanted, state=None)),
        states={state: count(replace(wanted, state=state)) for state in PublicationState},
        kinds={kind: count(wanted.with_kind(kind)) for kind in ("", *KINDS, *FLAGS)},
        categories=dict(categories),
        assigned={one: count(replace(wanted, assigned=one)) for one in Assigned},
        rules=_rule_counts(actor, [proceeding.id for proceeding in proceedings], replace(wanted, rule=None)),
    )


def _rule_counts(actor: Actor, proceeding_ids: Sequence[int], wanted: QueueFilter) -> dict[HoldingRule, int]:
    counts: Counter[HoldingRule] = Counter()
    for kind, model in MODELS.items():
        if wanted.kind not in (kind, "", *FLAGS):
            continue
        statement = (
            select(ScreeningHit.rule, func.count(ScreeningHit.item_id.distinct()))
            .join(model, model.id == ScreeningHit.item_id)
            .where(
                ScreeningHit.proceeding_id.in_(proceeding_ids),
                ScreeningHit.item_kind == kind,
                *conditions(actor, wanted, kind, proceeding_ids),
            )
            .group_by(ScreeningHit.rule)
        )
        counts.update(dict(db.session.execute(statement).all()))
    return dict(counts)


def _is_found(wanted: QueueFilter, alike: Alike) -> bool:
    """Whether a filter finds such items, whatever their category, age, words and area."""
    return (
        (wanted.state is None or alike.state is wanted.state)
        and (wanted.kind in ("", alike.kind) or wanted.kind in alike.flags)
        and (wanted.assigned is not Assigned.ME or alike.assigned == ASSIGNED_ME)
        and (wanted.assigned is not Assigned.NOBODY or alike.assigned == ASSIGNED_NOBODY)
    )


def _cells(actor: Actor, proceedings: Sequence[Proceeding], wanted: QueueFilter, kind: Kind) -> Counter[Alike]:
    """Count one table by everything that a choice can ask for."""
    model = MODELS[kind]
    proceeding_ids = [proceeding.id for proceeding in proceedings]
    keys = {category.id: category.key for proceeding in proceedings for category in proceeding.categories}
    where = shared_conditions(wanted, kind)
    given: Any = getattr(ModerationCase, f"{kind}_id")
    cases = select(given).where(ModerationCase.proceeding_id.in_(proceeding_ids), given.is_not(None))
    cases = cases.where(ModerationCase.assigned_to.is_not(None))
    assigned = case(
        (model.id.in_(cases.where(ModerationCase.assigned_to == actor.user_id)), ASSIGNED_ME),
        (model.id.in_(cases), ASSIGNED_OTHERS),
        else_=ASSIGNED_NOBODY,
    )
    flagged = {key: flagged_ids(key, kind, proceeding_ids) for key in FLAGS}
    columns: list[Any] = [model.state, Contribution.category_id]
    more = [assigned, *(case((model.id.in_(ids), 1), else_=0) for ids in flagged.values())]
    every: Any = select(*columns).where(model.proceeding_id.in_(proceeding_ids), *where)
    is_special = model.id.in_(union_all(cases, *flagged.values()))
    labelled = [column.label(f"part{number}") for number, column in enumerate([*columns, *more])]
    special = select(*labelled).where(*where, is_special)
    if kind == "comment":
        on = Comment.contribution_id == Contribution.id
        every, special = every.join(Contribution, on), special.join(Contribution, on)
    if where:  # first find, then group: in the order of the index that groups, reading the rows takes twice as long
        rows = every.cte("rows_found").prefix_with("MATERIALIZED")
        every, columns = select(*rows.c), list(rows.c)
    every = every.add_columns(func.count()).group_by(*columns)
    parts = special.subquery()
    found: Counter[Alike] = Counter()
    for state, category_id, number in db.session.execute(every):
        found[Alike(kind, state, keys[category_id])] += number
    for state, category_id, whose, *is_open, number in db.session.execute(
        select(*parts.c, func.count()).group_by(*parts.c)
    ):
        plain = Alike(kind, state, keys[category_id])
        open_flags = frozenset(key for key, is_one in zip(flagged, is_open, strict=True) if is_one)
        found[plain] -= number
        found[replace(plain, assigned=whose, flags=open_flags)] += number
    return found
