"""What screening found, with the titles of contributions and comments, for moderators and managers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.queue import QueueItem
from participation.moderation.redaction import Passage
from participation.screening.models import HoldingRule, ScreeningHit
from participation.screening.queries import Item, hits_of, look_alikes, rules_of
from participation.screening.rules import Resemblance

MOST_ALIKE = 50
ALIKE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A contribution or comment as a link calls it; `text` is the comment's own."""

    kind: str
    id: int
    title: str
    text: str
    state: PublicationState
    language: str


@dataclass(frozen=True, slots=True)
class Precheck:
    """What the rules found in a case, which armed rules found nothing, what it resembles."""

    hits: Sequence[ScreeningHit]
    passed: Sequence[HoldingRule]
    alike: Sequence[tuple[Resemblance, Named]]
    alike_count: int  # also of those not shown
    group: Sequence[tuple[str, int, int]]  # the case and all like it in its state: kind, id, version


def precheck_of(case: QueueItem) -> Precheck:
    """Return what is known in advance about a case."""
    item = (case.kind, case.item.id)
    hits = hits_of([item]).get(item, [])
    fired = {hit.rule for hit in hits}
    armed = {
        rule
        for rule, row in rules_of(case.proceeding).items()
        if row.armed_at is not None and row.armed_at <= case.item.created_at
    }
    alike = look_alikes(case.proceeding, *item, limit=MOST_ALIKE)
    names = names_of((one.item_kind, one.item_id) for one in alike[:ALIKE_SHOWN])
    shown = [(one, names[one.item_kind, one.item_id]) for one in alike if (one.item_kind, one.item_id) in names]
    others = list(_versions(alike, case.item.state))
    group = [(*item, case.item.version), *others] if others else []
    return Precheck(hits, [rule for rule in HoldingRule if rule in armed - fired], shown, len(alike), group)


def _versions(alike: Sequence[Resemblance], state: PublicationState) -> Iterable[tuple[str, int, int]]:
    models: dict[str, type[Contribution] | type[Comment]] = {"contribution": Contribution, "comment": Comment}
    for kind, model in models.items():
        ids = [one.item_id for one in alike if one.item_kind == kind]
        for id_, version in db.session.execute(
            select(model.id, model.version).where(model.id.in_(ids), model.state == state)
        ):
            yield kind, id_, version


def spans_of(hits: Sequence[ScreeningHit]) -> dict[str, list[Passage]]:
    """Return where the rules found something, by "title" and "text"."""
    found = defaultdict(list)
    for hit in hits:
        for part, start, end in hit.evidence.get("spans", []):
            found[part].append((start, end))
    return found


def hits_of_rows(rows: Iterable[QueueItem]) -> dict[Item, list[ScreeningHit]]:
    """Return what the rules found in the rows of a queue, by kind and id."""
    return hits_of((row.kind, row.item.id) for row in rows)


def names_of(items: Iterable[Item]) -> dict[Item, Named]:
    """Return how contributions and comments are called, by kind and id; those that were deleted are missing."""
    ids = defaultdict(list)
    for kind, id_ in items:
        ids[kind].append(id_)
    titles = select(
        Contribution.id, Contribution.title, literal("").label("text"), Contribution.state, Contribution.language
    )
    comments = select(Comment.id, Contribution.title, Comment.text, Comment.state, Comment.language)
    statements = {
        "contribution": titles.where(Contribution.id.in_(ids["contribution"])),
        "comment": comments.join(Contribution, Contribution.id == Comment.contribution_id).where(
            Comment.id.in_(ids["comment"])
        ),
    }
    return {
        (kind, row.id): Named(kind, row.id, row.title, row.text, row.state, row.language)
        for kind, statement in statements.items()
        if ids[kind]
        for row in db.session.execute(statement)
    }
