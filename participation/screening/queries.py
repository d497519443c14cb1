"""What moderators and managers ask: what was found in a text, what it is like, which rules there are."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from participation.database import Page, Session, db, page_after
from participation.proceedings.models import Proceeding
from participation.screening.models import HoldingRule, RuleOfProceeding, ScreenedText, ScreeningHit, TrialHit
from participation.screening.rules import Resemblance, Settings
from participation.screening.signatures import BANDS, Signature
from participation.screening.surroundings import texts_like

LEAST_ALIKE = 60  # percent; what shares less is shown to nobody
TRIAL_PAGE = 50
Item = tuple[str, int]  # kind and id


def rules_of(proceeding: Proceeding) -> dict[HoldingRule, RuleOfProceeding]:
    """Return the rules that were ever tried in a proceeding."""
    statement = select(RuleOfProceeding).where(RuleOfProceeding.proceeding_id == proceeding.id)
    return {row.rule: row for row in db.session.scalars(statement)}


def armed_rules(session: Session, proceeding: Proceeding) -> dict[HoldingRule, Settings]:
    """Return the settings of the armed rules of a proceeding."""
    statement = select(RuleOfProceeding.rule, RuleOfProceeding.settings).where(
        RuleOfProceeding.proceeding_id == proceeding.id, RuleOfProceeding.armed_at.is_not(None)
    )
    return {rule: settings for rule, settings in session.execute(statement) if settings is not None}


def hits_of(items: Iterable[Item]) -> dict[Item, list[ScreeningHit]]:
    """Return what the rules found in these texts, by kind and id, in one query."""
    by_kind = defaultdict(list)
    for kind, id_ in items:
        by_kind[kind].append(id_)
    if not by_kind:
        return {}
    is_one = or_(
        *(and_(ScreeningHit.item_kind == kind, ScreeningHit.item_id.in_(ids)) for kind, ids in by_kind.items())
    )
    found = defaultdict(list)
    for hit in db.session.scalars(select(ScreeningHit).where(is_one).order_by(ScreeningHit.id)):
        found[hit.item_kind, hit.item_id].append(hit)
    return dict(found)


def is_pointed_out(session: Session, item_kind: str, item_id: int) -> bool:
    """Whether a rule pointed this text out to the moderators (Regulation (EU) 2022/2065, Art. 17(3)(c))."""
    statement = select(ScreeningHit.id).where(ScreeningHit.item_kind == item_kind, ScreeningHit.item_id == item_id)
    return session.scalar(statement.limit(1)) is not None


def has_hit(rule: HoldingRule, item_kind: str, id_column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition for rows of a table of items in which a rule found something."""
    return exists().where(
        ScreeningHit.item_kind == item_kind, ScreeningHit.item_id == id_column, ScreeningHit.rule == rule
    )


def look_alikes(proceeding: Proceeding, item_kind: str, item_id: int, limit: int) -> list[Resemblance]:
    """Return texts of the proceeding that have at least 60 % in common with one, the most similar ones first."""
    own = db.session.scalar(
        select(ScreenedText).where(ScreenedText.item_kind == item_kind, ScreenedText.item_id == item_id)
    )
    if own is None or own.signature is None or own.proceeding_id != proceeding.id:
        return []
    bands = tuple(getattr(own, f"band_{number}") for number in range(1, BANDS + 1))
    alike = texts_like(db.session(), proceeding.id, Signature(bands, own.signature), ScreenedText.id != own.id)
    return [one for one in alike if one.percent >= LEAST_ALIKE][:limit]


def page_of_trial(row: RuleOfProceeding, *, after: str = "", before: str = "") -> Page[TrialHit]:
    """Return a page of the past texts that the last trial of a rule would have held, newest first."""
    statement = select(TrialHit).where(TrialHit.holding_rule_id == row.id)
    return page_after(statement, [(TrialHit.id, True)], after=after or None, before=before or None, limit=TRIAL_PAGE)
