"""Where managers choose when new texts appear, try the rules that hold some of them, and switch these on and off."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.errors import Conflict, InvalidInput, NotFound
from participation.forms import require_token
from participation.moderation.past_texts import is_any_unknown, postings_of, unknown_texts
from participation.pages.prechecks import names_of
from participation.pages.rules_desk import managed_proceedings
from participation.proceedings.models import ModerationMode, Proceeding
from participation.proceedings.permissions import may_manage
from participation.proceedings.queries import proceeding_by_slug
from participation.proceedings.services import switch_moderation_mode
from participation.screening import services
from participation.screening.forms import ModeForm, RuleSettingsForm, settings_form
from participation.screening.models import HoldingRule, RuleOfProceeding
from participation.screening.queries import page_of_trial, rules_of
from participation.screening.trials import TRIAL_DAYS, count_left
from participation.screening.wording import (
    EXPLANATIONS,
    NAMES,
    advice_words,
    brief_words,
    nothing_found_words,
    rule_icon,
)

bp = Blueprint("holding_rules", __name__, url_prefix="/manage/<slug>/holding-rules")
for word in (advice_words, brief_words, nothing_found_words, rule_icon):
    bp.add_app_template_global(word)
FILLS_A_REQUEST = 5  # batches of texts that are made known before a trial
RULE = "<any(links, words, burst, similar, outside, first_post):rule>"


@bp.route("")
def rules(slug: str) -> Any:
    """Show the mode and each rule with its settings, its last trial and its switch."""
    actor, proceeding = _here(slug)
    return _page(actor, proceeding)


@bp.route("/mode", methods=["POST"])
def mode(slug: str) -> Any:
    """Switch when new texts appear."""
    actor, proceeding = _here(slug)
    form = ModeForm()
    if form.validate_on_submit():
        try:
            switch_moderation_mode(
                actor, proceeding, form.mode.data, seen_mode=ModerationMode(form.seen_mode.data or "")
            )
        except Conflict as error:
            flash(str(error.message), "warn")
        else:
            flash(gettext("Saved. It holds for what is sent from now on."), "ok")
        return redirect(url_for(".rules", slug=slug), HTTPStatus.SEE_OTHER)
    return _page(actor, proceeding, mode_form=form)


@bp.route(f"/{RULE}", methods=["GET", "POST"])
def rule(slug: str, rule: str) -> Any:
    """List what the last trial of a rule would have held; take a press of one of its buttons."""
    actor, proceeding = _here(slug)
    chosen = HoldingRule(rule)
    row = rules_of(proceeding).get(chosen)
    if request.method == "GET":
        return _trial_page(actor, proceeding, row)
    form = settings_form(chosen, row, is_sent=True)
    if form.validate_on_submit():
        try:
            _press(actor, proceeding, chosen, form)
        except InvalidInput as error:
            (form[error.field] if error.field else form.seen_version).errors = [str(error.message)]
        except Conflict as error:
            flash(str(error.message), "warn")
            return _back(slug, chosen)
        else:
            return _back(slug, chosen)
    return _page(actor, proceeding, {chosen: form})


@bp.route(f"/{RULE}/go-on", methods=["POST"])
def go_on(slug: str, rule: str) -> Any:
    """Read on in a trial: what came in before screening knew it first, then the next part."""
    actor, proceeding = _here(slug)
    chosen = HoldingRule(rule)
    row = rules_of(proceeding).get(chosen)
    if row is None:
        raise NotFound
    require_token()
    _go_on(actor, proceeding, row)
    return _back(slug, chosen)


def _press(actor: Actor, proceeding: Proceeding, rule: HoldingRule, form: RuleSettingsForm) -> None:
    seen_version, settings = form.seen_version.data or 0, form.settings(rule)
    match request.form.get("act"):
        case "try":
            row = services.begin_trial(actor, proceeding, rule, settings, seen_version=seen_version)
            _go_on(actor, proceeding, row)
        case "arm":
            services.arm(actor, proceeding, rule, settings, seen_version=seen_version)
            flash(gettext("The rule is on."), "ok")
        case "disarm":
            services.disarm(actor, proceeding, rule, seen_version=seen_version)
            flash(gettext("The rule is off. What it held still waits for you."), "ok")
        case _:
            raise NotFound


def _go_on(actor: Actor, proceeding: Proceeding, row: RuleOfProceeding) -> None:
    for _ in range(FILLS_A_REQUEST):
        if not services.fill(lambda session: unknown_texts(session, proceeding.id)):
            services.go_on_trying(actor, proceeding, row, postings_of)
            return


def _here(slug: str) -> tuple[Actor, Proceeding]:
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_manage(actor, proceeding.id), actor=actor)
    return actor, proceeding


def _back(slug: str, rule: HoldingRule) -> Response:
    return redirect(url_for(".rules", slug=slug, _anchor=f"rule-{rule}"), HTTPStatus.SEE_OTHER)


def _page(
    actor: Actor,
    proceeding: Proceeding,
    forms: dict[HoldingRule, RuleSettingsForm] | None = None,
    mode_form: ModeForm | None = None,
) -> tuple[str, int]:
    """Render the page; forms that were refused keep what was entered."""
    sent = forms or {}
    rows = rules_of(proceeding)
    page = render_template(
        "manage/holding_rules.html",
        proceeding=proceeding,
        proceedings=managed_proceedings(actor),
        mode_form=mode_form
        or ModeForm(formdata=None, data=dict.fromkeys(("mode", "seen_mode"), proceeding.moderation_mode.value)),
        rules=[
            {
                "rule": one,
                "row": rows.get(one),
                "form": sent.get(one) or settings_form(one, rows.get(one)),
                "left": count_left(rows[one]) if one in rows and rows[one].is_being_tried else 0,
                "is_prepared": one not in rows or not rows[one].is_being_tried or not is_any_unknown(proceeding),
            }
            for one in HoldingRule
        ],
        names=NAMES,
        explanations=EXPLANATIONS,
        days=TRIAL_DAYS,
    )
    is_refused = any(form is not None and form.errors for form in (*sent.values(), mode_form))
    return page, InvalidInput.status if is_refused else HTTPStatus.OK


def _trial_page(actor: Actor, proceeding: Proceeding, row: RuleOfProceeding | None) -> str:
    if row is None:
        raise NotFound
    page = page_of_trial(row, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return render_template(
        "manage/trial.html",
        proceeding=proceeding,
        proceedings=managed_proceedings(actor),
        row=row,
        hits=page,
        names=names_of((hit.item_kind, hit.item_id) for hit in page.items),
        rule_names=NAMES,
        days=TRIAL_DAYS,
    )
