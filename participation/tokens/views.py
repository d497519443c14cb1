"""The page on which people make, see and revoke their tokens."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.queries import access_tokens_of
from participation.accounts.sessions import signed_in_actor
from participation.errors import InvalidInput
from participation.forms import require_token
from participation.proceedings.queries import visible_proceedings
from participation.security import limiter, post_limit, private_page
from participation.tokens import services
from participation.tokens.forms import SCOPES, TokenForm
from participation.tokens.permissions import may_have_tokens, scopes_of

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@bp.route("", methods=["GET", "POST"])
@limiter.limit(post_limit, methods=["POST"])
def own() -> Response:
    """List one's tokens and make new ones; the secret of a new one stands in this answer and nowhere else."""
    actor = signed_in_actor()
    form = TokenForm()
    form.offer(scopes_of(actor), visible_proceedings(actor, actor.team_ids))
    new = None
    if form.is_submitted():
        require(may_have_tokens(actor), actor=actor)
        if form.validate():
            try:
                new = services.create_token(actor, **form.wanted())
            except InvalidInput as error:
                form[error.field].errors = [str(error.message)]
    return _page(actor, form, new)


@bp.route("/<id:token_id>/revoke", methods=["POST"])
def revoke(token_id: int) -> AnyResponse:
    """End a token."""
    actor = signed_in_actor()
    require_token()
    services.revoke_token(actor, token_id)
    flash(gettext("The token is revoked. Programs that use it are refused from now on."), "ok")
    return redirect(url_for(".own"), HTTPStatus.SEE_OTHER)


def _page(actor: Actor, form: TokenForm, new: services.NewToken | None) -> Response:
    if new is not None:
        form = TokenForm(formdata=None)
        form.offer(scopes_of(actor), visible_proceedings(actor, actor.team_ids))
    page = render_template(
        "tokens/own.html",
        form=form if may_have_tokens(actor) else None,
        new=new,
        tokens=access_tokens_of(actor.user_id or 0),
        titles={one.id: one.title for one in visible_proceedings(actor, actor.team_ids)},
        scope_words=SCOPES,
        now=clock.now(),
    )
    return private_page(page, InvalidInput.status if form.errors else HTTPStatus.OK)
