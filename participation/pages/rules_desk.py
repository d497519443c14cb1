"""Where managers word the rules for contributions and the text blocks that moderators start from."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.database import db
from participation.errors import Conflict, InvalidInput, NotFound
from participation.forms import BaseForm, require_token
from participation.moderation import text_blocks
from participation.moderation.forms import text_block_form
from participation.moderation.reasons import ground_of
from participation.proceedings import services
from participation.proceedings.forms import rule_form
from participation.proceedings.models import Proceeding, Rule
from participation.proceedings.permissions import may_manage
from participation.proceedings.queries import proceeding_by_slug, rules_in_force, visible_proceedings

bp = Blueprint("rules_desk", __name__, url_prefix="/manage")


@bp.route("")
def desks() -> Response:
    """Lead to the newest proceeding this actor manages; from there a switch leads to the others."""
    own = managed_proceedings(signed_in_actor())
    return redirect(url_for(".rules", slug=own[0].slug), HTTPStatus.SEE_OTHER)


def managed_proceedings(actor: Actor) -> list[Proceeding]:
    """Return the proceedings this actor manages, newest first.

    Raises:
        NotPermitted: there is none.
    """
    own = [proceeding for proceeding in visible_proceedings(actor) if may_manage(actor, proceeding.id)]
    require(bool(own), actor=actor)
    return own


@bp.route("/<slug>/rules", methods=["GET", "POST"])
def rules(slug: str) -> Any:
    """List rules and text blocks; take a new rule."""
    actor, proceeding = _here(slug)
    form = rule_form(proceeding.languages)
    if form.validate_on_submit() and _saved(
        form, lambda: services.add_rule(actor, proceeding, form.wording(proceeding.languages))
    ):
        flash(gettext("The rule is added and holds from now on."), "ok")
        return _back(slug)
    return _page(actor, proceeding, form)


@bp.route("/<slug>/rules/<id:rule_id>", methods=["GET", "POST"])
def rule(slug: str, rule_id: int) -> Any:
    """Reword a rule."""
    actor, proceeding = _here(slug)
    found = _rule(proceeding, rule_id)
    form = rule_form(proceeding.languages, found)
    if form.validate_on_submit() and _saved(
        form, lambda: services.reword_rule(actor, proceeding, found, form.wording(proceeding.languages))
    ):
        flash(gettext("The new wording holds from now on. Decisions made before keep the old one."), "ok")
        return _back(slug)
    page = render_template("manage/rule.html", proceeding=proceeding, rule=found, form=form)
    return page, _status(form)


@bp.route("/<slug>/rules/<id:rule_id>/end", methods=["POST"])
def end_rule(slug: str, rule_id: int) -> Response:
    """Let a rule hold no longer."""
    actor, proceeding = _here(slug)
    found = _rule(proceeding, rule_id)
    require_token()
    try:
        services.end_rule(actor, found)
    except Conflict as error:
        flash(str(error.message), "warn")
    else:
        flash(gettext("The rule holds no longer. Decisions that named it keep it."), "ok")
    return _back(slug)


@bp.route("/<slug>/text-blocks/new", methods=["GET", "POST"], defaults={"block_id": None})
@bp.route("/<slug>/text-blocks/<id:block_id>", methods=["GET", "POST"])
def text_block(slug: str, block_id: int | None) -> Any:
    """Write a text block, or change one."""
    actor, proceeding = _here(slug)
    block = text_blocks.block_of(proceeding, block_id) if block_id else None
    form = text_block_form(proceeding.languages, rules_in_force(proceeding.id), block)
    if form.validate_on_submit() and _saved(
        form, lambda: text_blocks.save_block(actor, proceeding, block, **form.block(proceeding.languages))
    ):
        flash(gettext("The text block is saved."), "ok")
        return _back(slug, "text-blocks")
    page = render_template(
        "manage/text_block.html",
        proceeding=proceeding,
        block=block,
        form=form,
        placeholders=text_blocks.PLACEHOLDERS,
    )
    return page, _status(form)


@bp.route("/<slug>/text-blocks/<id:block_id>/delete", methods=["POST"])
def delete_text_block(slug: str, block_id: int) -> Response:
    """Delete a text block."""
    actor, proceeding = _here(slug)
    block = text_blocks.block_of(proceeding, block_id)
    require_token()
    text_blocks.delete_block(actor, proceeding, block)
    flash(gettext("The text block is deleted. Reasons written with it stay as they are."), "ok")
    return _back(slug, "text-blocks")


def _here(slug: str) -> tuple[Actor, Proceeding]:
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_manage(actor, proceeding.id), actor=actor)
    return actor, proceeding


def _rule(proceeding: Proceeding, rule_id: int) -> Rule:
    found = db.session.get(Rule, rule_id)
    if found is None or found.proceeding_id != proceeding.id:
        raise NotFound
    return found


def _saved(form: BaseForm, save: Callable[[], object]) -> bool:
    """Save, or put what is wrong into the form."""
    try:
        save()
    except InvalidInput as error:
        form[error.field].errors = [str(error.message)]
    except Conflict as error:
        form.form_errors = [str(error.message)]
    else:
        return True
    return False


def _status(form: BaseForm) -> int:
    if not form.errors:
        return HTTPStatus.OK
    return Conflict.status if form.form_errors else InvalidInput.status


def _page(actor: Actor, proceeding: Proceeding, form: BaseForm) -> tuple[str, int]:
    page = render_template(
        "manage/rules.html",
        proceeding=proceeding,
        proceedings=managed_proceedings(actor),
        rules=rules_in_force(proceeding.id),
        always_in_force=services.ALWAYS_IN_FORCE,
        ground_of=ground_of,
        blocks=text_blocks.blocks_of(actor, proceeding.id),
        form=form,
    )
    return page, _status(form)


def _back(slug: str, anchor: str | None = None) -> Response:
    return redirect(url_for(".rules", slug=slug, _anchor=anchor), HTTPStatus.SEE_OTHER)
