"""Writes of a proceeding: its mode, who may embed it, its rules.

A new wording of a rule is a new row, so that decisions keep the one they named.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.database import Session, locked, transaction
from participation.errors import Conflict, InvalidInput
from participation.proceedings.models import Embedding, ModerationMode, Proceeding, Rule
from participation.proceedings.permissions import may_manage
from participation.proceedings.queries import rules_in_force

NAME_LONGEST, EXPLANATION_LONGEST, BREACH_LONGEST, LAW_LONGEST = 120, 500, 200, 200
ALWAYS_IN_FORCE = "illegal"  # anyone may report what is against the law (Regulation (EU) 2022/2065, Art. 16)
MOST_RULES = 30


@dataclass(frozen=True, slots=True)
class Wording:
    """What a rule says, each text by language; `law` is a name such as “§ 185 StGB”, or empty."""

    name: Mapping[str, str]
    explanation: Mapping[str, str]
    breach: Mapping[str, str]
    law: str = ""


def check_wording(proceeding: Proceeding, wording: Wording) -> Wording:
    """Return the wording as it will be stored.

    Raises:
        InvalidInput: a text is missing in a language of the proceeding, or too long; `field` is e.g. `name_de`.
    """
    if len(wording.law.strip()) > LAW_LONGEST:
        raise _too_long(LAW_LONGEST, "law")
    return Wording(
        name=_checked(proceeding, "name", wording.name, NAME_LONGEST),
        explanation=_checked(proceeding, "explanation", wording.explanation, EXPLANATION_LONGEST, may_be_empty=True),
        breach=_checked(proceeding, "breach", wording.breach, BREACH_LONGEST),
        law=wording.law.strip(),
    )


def _checked(
    proceeding: Proceeding, field: str, texts: Mapping[str, str], longest: int, *, may_be_empty: bool = False
) -> dict[str, str]:
    cleaned = {language: " ".join(texts.get(language, "").split()) for language in proceeding.languages}
    for language, text in cleaned.items():
        if not text and not may_be_empty:
            raise InvalidInput(lazy_gettext("Write this in each language."), field=f"{field}_{language}")
        if len(text) > longest:
            raise _too_long(longest, f"{field}_{language}")
    return cleaned


def _too_long(longest: int, field: str) -> InvalidInput:
    return InvalidInput(lazy_gettext("Write at most %(count)s characters.", count=longest), field=field)


def add_rule(manager: Actor, proceeding: Proceeding, wording: Wording) -> Rule:
    """Add a rule behind the others; its number stays its own.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: see `check_wording`.
        Conflict: the proceeding has 30 rules already.
    """
    _require_manager(manager, proceeding.id)
    checked = check_wording(proceeding, wording)
    with transaction() as session:
        locked(session, proceeding)
        if len(rules_in_force(proceeding.id)) >= MOST_RULES:
            raise Conflict(lazy_gettext("A consultation has at most %(count)s rules. End one first.", count=MOST_RULES))
        last = session.scalar(select(func.max(Rule.position)).where(Rule.proceeding_id == proceeding.id)) or 0
        return _add(session, manager, proceeding.id, secrets.token_hex(8), 1, last + 1, checked, "add_rule")


def reword_rule(manager: Actor, proceeding: Proceeding, rule: Rule, wording: Wording) -> Rule:
    """End a wording and put another in its place; key and number stay.

    Args:
        manager: who does it.
        proceeding: the rule's.
        rule: the wording that stood on the page.
        wording: the new one.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: see `check_wording`.
        Conflict: someone else reworded or ended it in the meantime.
    """
    _require_manager(manager, rule.proceeding_id)
    checked = check_wording(proceeding, wording)
    with transaction() as session:
        _end(session, rule)
        return _add(session, manager, proceeding.id, rule.key, rule.version + 1, rule.position, checked, "reword_rule")


def end_rule(manager: Actor, rule: Rule) -> None:
    """Let a rule hold no longer; decisions that named it keep it.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: it is the rule about the law, or someone else reworded or ended it in the meantime.
    """
    _require_manager(manager, rule.proceeding_id)
    if rule.key == ALWAYS_IN_FORCE:
        raise Conflict(lazy_gettext("This rule is needed: anyone may report what is against the law."))
    with transaction() as session:
        _end(session, rule)
        add_event(session, manager, "proceedings.end_rule", rule, proceeding_id=rule.proceeding_id, key=rule.key)


def _add(
    session: Session,
    manager: Actor,
    proceeding_id: int,
    key: str,
    version: int,
    position: int,
    wording: Wording,
    act: str,
) -> Rule:
    rule = Rule(
        proceeding_id=proceeding_id,
        key=key,
        version=version,
        position=position,
        name=dict(wording.name),
        explanation=dict(wording.explanation),
        breach=dict(wording.breach),
        law=wording.law,
        created_at=clock.now(),
    )
    session.add(rule)
    session.flush()
    add_event(session, manager, f"proceedings.{act}", rule, proceeding_id=proceeding_id, key=key, version=version)
    return rule


def _end(session: Session, rule: Rule) -> None:
    locked(session, rule)
    if rule.ended_at is not None:
        raise Conflict(lazy_gettext("Someone changed this rule in the meantime. Please look at it again."))
    rule.ended_at = clock.now()


def _require_manager(manager: Actor, proceeding_id: int) -> None:
    require(
        may_manage(manager, proceeding_id),
        lazy_gettext("Only managers of this consultation can change its rules."),
        actor=manager,
    )


def switch_moderation_mode(
    manager: Actor, proceeding: Proceeding, mode: ModerationMode, *, seen_mode: ModerationMode
) -> None:
    """Choose whether new texts are held; what is there already stays as it is.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: someone else switched it meanwhile.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    with transaction() as session:
        locked(session, proceeding)
        if proceeding.moderation_mode is not seen_mode:
            raise Conflict(lazy_gettext("Someone changed this at the same time. Please look at it again."))
        if mode is seen_mode:
            return
        proceeding.moderation_mode = mode
        add_event(
            session,
            manager,
            "proceedings.moderation_mode",
            proceeding,
            proceeding_id=proceeding.id,
            before=seen_mode,
            after=mode,
        )


def allow_embedding(
    manager: Actor,
    proceeding: Proceeding,
    embedding: Embedding,
    origins: Sequence[str],
    *,
    seen: tuple[Embedding, Sequence[str]],
) -> None:
    """Say which websites may show the map in a frame.

    Args:
        manager: who says so.
        proceeding: whose map it is.
        embedding: none, some or all.
        origins: with `listed`, which ones: see `checked_origins`.
        seen: what the page showed when it was changed there.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: `listed` without any origin.
        Conflict: someone else changed it meanwhile.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    if embedding is Embedding.LISTED and not origins:
        raise InvalidInput(lazy_gettext("Name at least one website, or choose another answer."), field="origins")
    with transaction() as session:
        locked(session, proceeding)
        before = (proceeding.embedding, proceeding.embedding_origins)
        if before != (seen[0], list(seen[1])):
            raise Conflict(lazy_gettext("Someone changed this at the same time. Please look at it again."))
        if before == (embedding, list(origins)):
            return
        proceeding.embedding = embedding
        proceeding.embedding_origins = list(origins)
        add_event(
            session,
            manager,
            "proceedings.allow_embedding",
            proceeding,
            proceeding_id=proceeding.id,
            before=before[0],
            after=embedding,
            origins=list(origins),
        )
