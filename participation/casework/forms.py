"""Giving a case, writing a note, saving a view. The rules are in services.py."""

from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from participation.accounts.models import User
from participation.casework.models import NOTE_LONGEST, VIEW_NAME_LONGEST
from participation.forms import BaseForm, SelectChoice


class AssignForm(BaseForm):
    """To whom a case is given, and whose it was on the page; 0 is nobody."""

    assignee = SelectField(lazy_gettext("Who looks after it?"), coerce=int, validate_choice=False, default=0)
    seen_assignee = IntegerField(validators=[Optional()], widget=HiddenInput(), default=0)

    def offer(self, moderators: Sequence[User], own_id: int | None) -> None:
        """Offer nobody, oneself, and the colleagues."""
        others = [SelectChoice(str(user.id), user.name) for user in moderators if user.id != own_id]
        own = [SelectChoice(str(user.id), gettext("I do")) for user in moderators if user.id == own_id]
        self.assignee.choices = [SelectChoice("0", gettext("Nobody")), *own, *others]


class NoteForm(BaseForm):
    """What the other moderators should know."""

    text = TextAreaField(
        lazy_gettext("Note for the other moderators"),
        description=lazy_gettext("Only moderators of this consultation read it, never the author or the public."),
        render_kw={"maxlength": NOTE_LONGEST, "rows": 3},
    )


class ViewForm(BaseForm):
    """A name for the filter of the page."""

    name = StringField(lazy_gettext("Name of the view"), render_kw={"maxlength": VIEW_NAME_LONGEST})
    is_shared = BooleanField(lazy_gettext("The other moderators see it, too"))
    query = HiddenField(validators=[Length(max=4_000)])
