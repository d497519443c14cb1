"""Voting and commenting."""

from flask import request
from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from participation.contributions.checking import NAME_LONGEST
from participation.database import id_in
from participation.discussion.models import COMMENT_LONGEST, VoteValue
from participation.errors import InvalidInput
from participation.forms import BaseForm

VOTES = {"for": VoteValue.FOR, "against": VoteValue.AGAINST, "none": None}


def sent_vote() -> VoteValue | None:
    """Return the vote in a form of two buttons, each sending its value; the pressed one sends `none`.

    Raises:
        InvalidInput: there is none.
    """
    word = request.form.get("vote", "")
    if word not in VOTES:
        raise InvalidInput(lazy_gettext("Choose whether you agree or disagree."), field="vote")
    return VOTES[word]


class CommentForm(BaseForm):
    """A comment or a reply."""

    text = TextAreaField(
        lazy_gettext("Your comment"),
        [InputRequired(lazy_gettext("Write a comment first."))],
        render_kw={"maxlength": COMMENT_LONGEST},
    )
    public_name = StringField(
        lazy_gettext("Name that is shown"),
        [Length(max=NAME_LONGEST)],
        description=lazy_gettext("If you leave it empty, it says “Anonymous”."),
        render_kw={"autocomplete": "nickname", "maxlength": NAME_LONGEST},
    )
    parent_id = HiddenField()
    idempotency_key = HiddenField(validators=[Optional(strip_whitespace=False), Regexp(r"[A-Za-z0-9_-]{1,64}\Z")])

    @property
    def answered_id(self) -> int | None:
        """Return the id of the comment that is answered; 0, which no comment has, for what is not an id."""
        typed = self.parent_id.data
        return (id_in(typed) or 0) if typed else None
