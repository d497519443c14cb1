"""Objecting, and deciding about it. The rules are in services.py."""

from collections.abc import Sequence

from flask_babel import lazy_gettext
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from participation.complaints.cases import ComplaintCase
from participation.complaints.models import ANSWER_LONGEST, TEXT_LONGEST, ComplaintOutcome
from participation.complaints.services import NewComplaint, check_answer, check_complaint
from participation.forms import BaseForm, SelectChoice, ask, email_address
from participation.moderation.reasons_fields import ReasonsFields
from participation.proceedings.models import Rule

OUTCOMES = {
    ComplaintOutcome.UPHELD: lazy_gettext("The complaint is right"),
    ComplaintOutcome.NOT_UPHELD: lazy_gettext("The decision stands"),
}


class ComplaintForm(BaseForm):
    """Why someone objects (Regulation (EU) 2022/2065, Art. 20); an address as one likes."""

    text = TextAreaField(
        lazy_gettext("Why is the decision wrong?"),
        description=lazy_gettext("Say it in your own words. A moderator who did not take the decision reads this."),
        render_kw={"maxlength": TEXT_LONGEST, "rows": 6},
    )
    email = StringField(
        lazy_gettext("Your e-mail address"),
        [Length(max=254), email_address],
        description=lazy_gettext("If we know one from before, you can leave this empty."),
        render_kw={"type": "email", "autocomplete": "email"},
    )

    def validate_text(self, field: TextAreaField) -> None:
        """Ask the rule."""
        ask(check_complaint, field.data or "")

    def complaint(self, language: str) -> NewComplaint:
        """Return what was entered."""
        return NewComplaint(text=self.text.data or "", email=self.email.data or "", language=language)


class ComplaintDecisionForm(ReasonsFields):
    """The second decision: its reasons for whoever objected, and for a new limit those for the author."""

    outcome = RadioField(
        lazy_gettext("Decision"),
        [InputRequired(lazy_gettext("Choose a decision."))],
        choices=[SelectChoice(outcome.value, text) for outcome, text in OUTCOMES.items()],
        coerce=lambda v: ComplaintOutcome(v) if v else None,
    )
    answer = TextAreaField(
        lazy_gettext("Your reasons"),
        render_kw={"maxlength": ANSWER_LONGEST, "rows": 5},
    )

    seen_version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def concern(self, case: ComplaintCase, rules: Sequence[Rule]) -> None:
        """Ask for what this case needs; `rules`: those in force."""
        self.offer_rules(rules)
        if case.limit is not None:
            self.explained = [ComplaintOutcome.UPHELD]

    def validate_answer(self, field: TextAreaField) -> None:
        """Ask the rule."""
        ask(check_answer, field.data or "")
