"""Screening new texts, remembering them, and what managers do with the rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import lazy_gettext
from sqlalchemy import Table, delete, select, update

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.database import Session, locked, transaction
from participation.database.bulk_insert import insert_rows
from participation.errors import Conflict, InvalidInput
from participation.proceedings.models import ModerationMode, Proceeding
from participation.proceedings.permissions import may_manage
from participation.screening.models import HoldingRule, RuleOfProceeding, ScreenedText, ScreeningHit, TrialHit
from participation.screening.queries import armed_rules, rules_of
from participation.screening.rule_settings import checked_settings
from participation.screening.rules import Hit, Posting, Settings, Standing, hits_in
from participation.screening.signatures import BANDS, Signature, signature_of
from participation.screening.surroundings import Entry, surroundings_of
from participation.screening.trials import Reader, first_place, read_on

TEXT = cast("Table", ScreenedText.__table__)
HIT_OF_TRIAL = cast("Table", TrialHit.__table__)
CHANGED = lazy_gettext("Someone changed this rule at the same time. Please look at it again.")


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in a text that is about to be stored."""

    posting: Posting
    signature: Signature | None
    hits: Sequence[Hit]


def screen(session: Session, proceeding: Proceeding, posting: Posting) -> Screening:
    """Ask the armed rules about a new text; joins the transaction that stores it, with the participant held.

    Where texts appear at once no rule is asked: nobody would look at what it found.
    """
    signature = signature_of(posting.title, posting.text)
    rules = {} if proceeding.moderation_mode is ModerationMode.AFTER else armed_rules(session, proceeding)
    if not rules:
        return Screening(posting, signature, [])
    (surroundings,) = surroundings_of(session, proceeding, [Entry(posting, signature)], rules)
    return Screening(posting, signature, hits_in(posting, surroundings, rules))


def remember(session: Session, screening: Screening, item_id: int, standing: Standing) -> None:
    """Keep what was found in a text and what it is like; joins the transaction that stored it as `item_id`."""
    posting = screening.posting
    session.add(ScreenedText(**_values(posting, item_id, screening.signature, standing)))
    for hit in screening.hits:
        session.add(
            ScreeningHit(
                item_kind=posting.item_kind,
                item_id=item_id,
                proceeding_id=posting.proceeding_id,
                rule=hit.rule,
                evidence=hit.evidence,
                found_at=posting.posted_at,
            )
        )


def screened_values(posting: Posting, item_id: int, standing: Standing) -> dict[str, Any]:
    """Return the columns that are remembered of a text, for one insert of many."""
    return _values(posting, item_id, signature_of(posting.title, posting.text), standing)


def _values(posting: Posting, item_id: int, signature: Signature | None, standing: Standing) -> dict[str, Any]:
    bands = signature.bands if signature else (None,) * BANDS
    return {
        "item_kind": posting.item_kind,
        "item_id": item_id,
        "proceeding_id": posting.proceeding_id,
        "participant_id": posting.participant_id,
        "posted_at": posting.posted_at,
        "published_at": standing.published_at,
        "is_limited": standing.is_limited,
        "signature": signature.places if signature else None,
        **{f"band_{number}": band for number, band in enumerate(bands, start=1)},
    }


def add_screened_texts(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Insert what `screened_values` returned; joins the transaction of an import."""
    return insert_rows(session, TEXT, rows)


def forget_texts(session: Session, item_kind: str, ids: Sequence[int]) -> None:
    """Forget texts that are deleted; joins the transaction that deletes them."""
    for model in (ScreenedText, ScreeningHit):
        session.execute(
            delete(model)
            .where(model.item_kind == item_kind, model.item_id.in_(ids))
            .execution_options(synchronize_session=False)
        )


def note_standing(session: Session, item_kind: str, item_id: int, standing: Standing) -> None:
    """Note what became of a text; joins the transaction that changed its state."""
    session.execute(
        update(ScreenedText)
        .where(ScreenedText.item_kind == item_kind, ScreenedText.item_id == item_id)
        .values(published_at=standing.published_at, is_limited=standing.is_limited)
        .execution_options(synchronize_session=False)
    )


def fill(find_missing: Callable[[Session], Sequence[tuple[Posting, Standing]]]) -> int:
    """Remember some texts that came in before screening knew them; return how many.

    Args:
        find_missing: returns them, each held (FOR UPDATE) so that its standing stays true; nothing when all are known.
    """
    with transaction() as session:
        rows = [screened_values(posting, posting.item_id or 0, standing) for posting, standing in find_missing(session)]
        return add_screened_texts(session, rows)


def begin_trial(
    manager: Actor, proceeding: Proceeding, rule: HoldingRule, settings: Settings, *, seen_version: int
) -> RuleOfProceeding:
    """Begin to try a rule on what came in during the last 90 days; the trial before is forgotten.

    Args:
        seen_version: RuleOfProceeding.version on the page; 0 where the rule was never tried.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: a setting is out of its limits; `field` says which.
        Conflict: someone else changed the rule meanwhile.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    checked = checked_settings(rule, settings)
    now = clock.now()
    with transaction() as session:
        # Two managers who try a rule for the first time wait for each other here.
        session.execute(
            select(Proceeding.id).where(Proceeding.id == proceeding.id).with_for_update(key_share=True)
        ).one()
        row = session.scalar(
            select(RuleOfProceeding).where(
                RuleOfProceeding.proceeding_id == proceeding.id, RuleOfProceeding.rule == rule
            )
        )
        if (row.version if row else 0) != seen_version:
            raise Conflict(CHANGED)
        if row is None:
            row = RuleOfProceeding(proceeding_id=proceeding.id, rule=rule)
            session.add(row)
        else:
            session.execute(delete(TrialHit).where(TrialHit.holding_rule_id == row.id))
        row.tried_settings, row.trial_begun_at, row.tried_at = checked, now, None
        row.read_to, row.read_to_id = first_place(now)
        row.read_count = row.held_count = 0
        session.flush()
        _add_event(session, manager, "try", row)
    return row


def go_on_trying(manager: Actor, proceeding: Proceeding, row: RuleOfProceeding, reader: Reader) -> None:
    """Read the next part of the past texts; what is read is bounded, so that a request never takes long.

    Read before the transaction, so that nobody waits for it. If someone else went on meanwhile, theirs counts.

    Args:
        reader: returns the postings of remembered texts; screening does not keep them.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    if not row.is_being_tried:
        return
    seen_version = row.version
    part = read_on(proceeding, row, reader)
    with transaction() as session:
        locked(session, row)
        if row.version != seen_version:
            return
        insert_rows(
            session,
            HIT_OF_TRIAL,
            (
                {"holding_rule_id": row.id, "item_kind": kind, "item_id": id_, "evidence": evidence}
                for (kind, id_), evidence in part.held
            ),
        )
        row.read_to, row.read_to_id = part.read_to
        row.read_count += part.read_count
        row.held_count += len(part.held)
        if part.is_last:
            row.tried_at = clock.now()


def arm(
    manager: Actor, proceeding: Proceeding, rule: HoldingRule, settings: Settings, *, seen_version: int
) -> RuleOfProceeding:
    """Switch a rule on, with the settings it was tried with.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: it was not tried with these settings to the end.
        Conflict: someone else changed the rule meanwhile.
    """
    row = _row_to_change(manager, proceeding, rule)
    checked = checked_settings(rule, settings)
    with transaction() as session:
        _lock(session, row, seen_version)
        if row.tried_at is None or row.tried_settings != checked:
            raise InvalidInput(lazy_gettext("Try the rule with these settings first, to the end."))
        row.settings, row.armed_at, row.armed_by_id = checked, clock.now(), manager.user_id
        _add_event(session, manager, "arm", row)
    return row


def disarm(manager: Actor, proceeding: Proceeding, rule: HoldingRule, *, seen_version: int) -> RuleOfProceeding:
    """Switch a rule off; what it holds stays held until a moderator decides.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: someone else changed the rule meanwhile.
    """
    row = _row_to_change(manager, proceeding, rule)
    with transaction() as session:
        _lock(session, row, seen_version)
        row.armed_at = row.armed_by_id = None
        _add_event(session, manager, "disarm", row)
    return row


def _row_to_change(manager: Actor, proceeding: Proceeding, rule: HoldingRule) -> RuleOfProceeding:
    require(may_manage(manager, proceeding.id), actor=manager)
    row = rules_of(proceeding).get(rule)
    if row is None:
        raise InvalidInput(lazy_gettext("Try the rule with these settings first, to the end."))
    return row


def _lock(session: Session, row: RuleOfProceeding, seen_version: int) -> None:
    locked(session, row)
    if row.version != seen_version:
        raise Conflict(CHANGED)


def _add_event(session: Session, manager: Actor, act: str, row: RuleOfProceeding) -> None:
    """Note the act with the numbers that were set; of the words only how many."""
    told = {
        name: len(value) if isinstance(value, list) else value for name, value in (row.tried_settings or {}).items()
    }
    add_event(session, manager, f"screening.{act}", row, proceeding_id=row.proceeding_id, rule=row.rule, settings=told)
