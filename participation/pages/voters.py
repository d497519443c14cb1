"""The votes on one contribution, for moderators: how fast they came, who cast many, and blocking someone for it."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from participation.accounts.actors import Actor
from participation.accounts.models import Participant
from participation.accounts.sessions import signed_in_actor
from participation.casework.services import HeldByAnother, hold_case
from participation.contributions.models import Contribution
from participation.discussion.voting_pace import BURST, FEWEST, MOST_READ, Window, voter_here, voting_pace
from participation.errors import Conflict, InvalidInput, NotFound
from participation.moderation.blocks import block_of, blocks_of
from participation.moderation.forms import BlockVoterForm
from participation.moderation.models import Outcome
from participation.moderation.queries import item_to_decide
from participation.moderation.reasons import COUNTED, REMEDY
from participation.moderation.steps import Particulars
from participation.moderation.text_blocks import filled_blocks
from participation.notices.services import decide
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug, rules_in_force

bp = Blueprint("voters", __name__, url_prefix="/moderation/<slug>/contributions/<id:contribution_id>/votes")


@bp.route("")
def votes(slug: str, contribution_id: int) -> str:
    """Show when votes came in and who cast many of them, but not how anybody voted."""
    actor, proceeding, contribution = _here(slug, contribution_id)
    wanted = request.args.get("days", Window.DAY.value)
    if wanted not in tuple(Window):
        raise NotFound
    window = Window(wanted)
    pace = voting_pace(actor, contribution, window)
    return render_template(
        "moderation/votes.html",
        proceeding=proceeding,
        contribution=contribution,
        window=window,
        windows=Window,
        pace=pace,
        held=blocks_of([voter.participant_id for voter in pace.voters], proceeding.id),
        fewest=FEWEST,
        most_read=MOST_READ,
        minutes=int(BURST.total_seconds() // 60),
    )


@bp.route("/<id:voter_id>", methods=["GET", "POST"])
def block(slug: str, contribution_id: int, voter_id: int) -> Any:
    """Block someone who voted here for a time, with a statement of reasons."""
    actor, proceeding, contribution = _here(slug, contribution_id)
    voter = voter_here(actor, contribution, voter_id)
    if voter is None:
        raise NotFound(gettext("This person has no vote here (any more)."))
    form = BlockVoterForm(data={"seen_version": contribution.version})
    form.offer_rules(rules_in_force(proceeding.id))
    told: Conflict | None = None
    if form.validate_on_submit():
        try:
            if "take_over" in request.form:
                hold_case(actor, contribution, takes_over=True)
            decide(
                actor,
                contribution,
                outcome=Outcome.BLOCK_VOTER,
                seen_notice=0,
                seen_version=form.seen_version.data or 0,
                ground=form.ground.data,
                statement_of_reasons=form.statement_of_reasons.data or "",
                particulars=Particulars(block_days=form.block_days.data or 0, voter_id=voter.id),
            )
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict as error:
            told = error
        else:
            flash(gettext("The person is blocked and will be told why."), "ok")
            return redirect(url_for(".votes", slug=slug, contribution_id=contribution_id), HTTPStatus.SEE_OTHER)
    if told is not None:
        actor, proceeding, contribution = _here(slug, contribution_id)
        form = BlockVoterForm(formdata=None, data=form.values() | {"seen_version": contribution.version})
        form.offer_rules(rules_in_force(proceeding.id))
    return _page(actor, proceeding, contribution, voter, form, told)


def _page(
    actor: Actor,
    proceeding: Proceeding,
    contribution: Contribution,
    voter: Participant,
    form: BlockVoterForm,
    told: Conflict | None,
) -> tuple[str, int]:
    page = render_template(
        "moderation/block_voter.html",
        proceeding=proceeding,
        contribution=contribution,
        voter=voter,
        form=form,
        told=str(told.message) if told else "",
        is_held=isinstance(told, HeldByAnother),
        held=block_of(voter.id, proceeding.id),
        blocks=filled_blocks(actor, proceeding, contribution, contribution, voter.language),
        counted=COUNTED,
        remedy=REMEDY,
    )
    if told is not None:
        return page, Conflict.status
    return page, InvalidInput.status if form.errors else HTTPStatus.OK


def _here(slug: str, contribution_id: int) -> tuple[Actor, Proceeding, Contribution]:
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    return actor, proceeding, item_to_decide(actor, proceeding, "contribution", contribution_id).contribution
