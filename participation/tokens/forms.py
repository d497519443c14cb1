"""A new token."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from participation.accounts.models import Scope
from participation.forms import BaseForm, SelectChoice
from participation.languages import text_in
from participation.proceedings.models import Proceeding
from participation.tokens.services import DAYS, NAME_LONGEST

SCOPES = {
    Scope.READ: lazy_gettext("Read: what your team sees, drafts too"),
    Scope.MODERATE: lazy_gettext("Moderate: see the queue, decide"),
    Scope.PLAN: lazy_gettext("Evaluate: the planners' edition of the data"),
}
USUAL_DAYS = 90


class TokenForm(BaseForm):
    name = StringField(
        lazy_gettext("What is it for?"),
        [InputRequired(lazy_gettext("Say what the token is for, for example “QGIS at my desk”.")), Length(max=200)],
        description=lazy_gettext("For example “QGIS at my desk”. Only you see this."),
        render_kw={"maxlength": NAME_LONGEST, "autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        lazy_gettext("What may a program do with it?"),
        [InputRequired(lazy_gettext("Choose what the token is good for."))],
        coerce=Scope,
        option_widget=CheckboxInput(),
        widget=ListWidget(),
    )
    proceeding = SelectField(lazy_gettext("Where?"))
    days = RadioField(
        lazy_gettext("How long is it valid?"),
        [InputRequired(lazy_gettext("Choose how long it is valid."))],
        coerce=int,
        default=USUAL_DAYS,
    )

    def offer(self, scopes: Sequence[Scope], proceedings: Sequence[Proceeding]) -> None:
        """Offer what the person holds; call it before validating."""
        self.scopes.choices = [SelectChoice(scope.value, SCOPES[scope]) for scope in scopes]
        self.proceeding.choices = [
            SelectChoice("", gettext("In all my consultations")),
            *(SelectChoice(str(one.id), text_in(one.title)) for one in proceedings),
        ]
        self.days.choices = [SelectChoice(days, ngettext("%(num)s day", "%(num)s days", days)) for days in DAYS]

    def wanted(self) -> dict[str, Any]:
        """Return what `create_token` takes."""
        return {
            "name": self.name.data or "",
            "scopes": list(self.scopes.data or ()),
            "proceeding_id": int(self.proceeding.data) if self.proceeding.data else None,
            "days": self.days.data,
        }
