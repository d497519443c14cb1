"""The form of a batch's decision."""

from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext
from wtforms import Field, RadioField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from participation.forms import BaseForm, SelectChoice
from participation.moderation.forms import OUTCOMES
from participation.moderation.models import Outcome
from participation.moderation.reasons import ground_of
from participation.moderation.services import REASONS_LONGEST
from participation.proceedings.models import Rule

BATCHED = (Outcome.PUBLISH, Outcome.REJECT, Outcome.HIDE)


class ReasonsForm(BaseForm):
    """The rule and the reasons, the same for all items."""

    ground = RadioField(lazy_gettext("Why?"), choices=[], coerce=lambda v: v or None, validate_choice=False)
    statement_of_reasons = TextAreaField(
        lazy_gettext("Reasons for the authors"),
        [Length(max=REASONS_LONGEST)],
        description=lazy_gettext("Each author reads this. {title} becomes the title of their contribution."),
        render_kw={"maxlength": REASONS_LONGEST, "rows": 5},
        default="",
    )

    def offer_rules(self, rules: Sequence[Rule]) -> None:
        """Offer the rules in force."""
        self.ground.choices = [SelectChoice(rule.key, ground_of(rule)) for rule in rules]


class BatchForm(ReasonsForm):
    """The decision about all items."""

    outcome = RadioField(
        lazy_gettext("Decision"),
        [InputRequired(lazy_gettext("Choose a decision."))],
        choices=[SelectChoice(outcome.value, OUTCOMES[outcome]) for outcome in BATCHED],
        coerce=lambda v: Outcome(v) if v else None,
    )
    limiting = (Outcome.REJECT, Outcome.HIDE)

    def validate_ground(self, field: Field) -> None:
        """Ask for the rule of a limit."""
        if self.outcome.data in self.limiting and not field.data:
            raise ValidationError(gettext("Choose the rule that the texts break."))

    def validate_statement_of_reasons(self, field: Field) -> None:
        """Ask for the reasons of a limit."""
        if self.outcome.data in self.limiting and not (field.data or "").strip():
            raise ValidationError(gettext("State the reasons; the authors will read them."))
