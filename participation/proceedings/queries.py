"""Reads of proceedings."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from participation.accounts.actors import Actor
from participation.database import db
from participation.errors import NotFound
from participation.proceedings.models import Proceeding, Rule
from participation.proceedings.permissions import PUBLIC_STATES, may_see_proceeding
from participation.proceedings.remembering import remembered


def _with_parts() -> Select[Proceeding]:
    return select(Proceeding).options(
        selectinload(Proceeding.phases), selectinload(Proceeding.categories), selectinload(Proceeding.types)
    )


def proceeding_by_slug(actor: Actor, slug: str) -> Proceeding:
    """Return a proceeding with phases, categories and types.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    proceeding = remembered(db.session(), slug, lambda: db.session.scalar(_with_parts().where(Proceeding.slug == slug)))
    if proceeding is None or not may_see_proceeding(actor, proceeding):
        raise NotFound(lazy_gettext("There is no consultation with this address."))
    return proceeding


def proceeding_by_id(id_: int) -> Proceeding:
    """Return a proceeding with its parts for work in the background: whoever wanted it was asked for their right."""
    proceeding = db.session.scalar(_with_parts().where(Proceeding.id == id_))
    if proceeding is None:
        raise NotFound
    return proceeding


def visible_proceedings(actor: Actor, among: Collection[int] | None = None) -> Sequence[Proceeding]:
    """Return what this actor may see (`among`: of these ids), newest first: public ones, and drafts of the own team."""
    statement = _with_parts().order_by(Proceeding.created_at.desc(), Proceeding.id.desc())
    if not actor.is_administrator:
        own = Proceeding.id.in_(sorted(actor.team_ids))
        statement = statement.where(Proceeding.state.in_(PUBLIC_STATES) | own)
    if among is not None:
        statement = statement.where(Proceeding.id.in_(among))
    return db.session.scalars(statement).all()


def rules_in_force(proceeding_id: int) -> Sequence[Rule]:
    """Return the rules of a proceeding that hold now, in their order."""
    statement = select(Rule).where(Rule.proceeding_id == proceeding_id, Rule.ended_at.is_(None))
    return db.session.scalars(statement.order_by(Rule.position, Rule.id)).all()


def rule_in_force(proceeding_id: int, key: str | None) -> Rule | None:
    """Return the present wording of a rule, or None where no such rule holds."""
    statement = select(Rule).where(Rule.proceeding_id == proceeding_id, Rule.key == key, Rule.ended_at.is_(None))
    return db.session.scalar(statement)


def newest_rules(proceeding_id: int) -> dict[str, Rule]:
    """Return the newest wording of every rule there ever was, by key."""
    statement = select(Rule).where(Rule.proceeding_id == proceeding_id).order_by(Rule.position, Rule.version)
    return {rule.key: rule for rule in db.session.scalars(statement)}
