"""Where managers say which other websites may show the map, and get the code for them."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext

from participation.accounts.actors import require
from participation.accounts.sessions import signed_in_actor
from participation.errors import Conflict, InvalidInput
from participation.languages import current_language
from participation.pages.embed import embed_code
from participation.pages.rules_desk import managed_proceedings
from participation.proceedings.embedding import checked_origins, may_be_embedded
from participation.proceedings.forms import EmbeddingForm
from participation.proceedings.permissions import may_manage
from participation.proceedings.queries import proceeding_by_slug
from participation.proceedings.services import allow_embedding

bp = Blueprint("embedding_desk", __name__, url_prefix="/manage/<slug>/embedding")


@bp.route("", methods=["GET", "POST"])
def embedding(slug: str) -> Any:
    """Show who may embed the map and the code to do so; take another answer."""
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_manage(actor, proceeding.id), actor=actor)
    lines = "\n".join(proceeding.embedding_origins)
    now = {"embedding": proceeding.embedding, "origins": lines}
    form = EmbeddingForm(data=now | {"seen_embedding": proceeding.embedding.value, "seen_origins": lines})
    if form.validate_on_submit():
        try:
            origins = checked_origins(form.origins.data or "")
            allow_embedding(actor, proceeding, form.embedding.data, origins, seen=form.seen)
        except InvalidInput as error:
            form.origins.errors = [str(error.message)]
        except Conflict as error:
            flash(str(error.message), "warn")
            return redirect(url_for(".embedding", slug=slug), HTTPStatus.SEE_OTHER)
        else:
            flash(gettext("Saved."), "ok")
            return redirect(url_for(".embedding", slug=slug), HTTPStatus.SEE_OTHER)
    page = render_template(
        "manage/embedding.html",
        proceeding=proceeding,
        proceedings=managed_proceedings(actor),
        form=form,
        is_allowed=may_be_embedded(proceeding),
        code=embed_code(proceeding, current_language()),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
