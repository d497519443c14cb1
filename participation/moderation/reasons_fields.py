"""The fields of a statement of reasons, for every form that limits something; what is allowed is in services.py."""

from collections.abc import Sequence
from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from wtforms import Field, RadioField, TextAreaField, ValidationError

from participation.forms import AtMost, BaseForm, SelectChoice
from participation.moderation.reasons import ground_of
from participation.moderation.services import REASONS_LONGEST
from participation.proceedings.models import Rule


class GroundField(BaseForm):
    """The rule that is broken; asked for where the chosen `outcome` is one of `explained`."""

    ground = RadioField(lazy_gettext("Why?"), choices=[], coerce=lambda v: v or None, validate_choice=False)
    explained: Sequence[StrEnum] = ()  # of the outcomes offered: what needs the rule and reasons

    def offer_rules(self, rules: Sequence[Rule]) -> None:
        """Offer the rules in force."""
        self.ground.choices = [SelectChoice(rule.key, ground_of(rule)) for rule in rules]

    def needs_reasons(self) -> bool:
        """Whether what was chosen limits something."""
        return "outcome" in self and self["outcome"].data in self.explained

    def validate_ground(self, field: Field) -> None:
        """Ask for the rule of a limit."""
        if self.needs_reasons() and not field.data:
            raise ValidationError(gettext("Choose the rule that the text breaks."))


class ReasonsFields(GroundField):
    """The rule and the facts."""

    statement_of_reasons = TextAreaField(
        lazy_gettext("Reasons for the author"),
        [AtMost(REASONS_LONGEST)],
        description=lazy_gettext("Say what exactly breaks the rule. The author reads this."),
        render_kw={"maxlength": REASONS_LONGEST},
        default="",
    )

    def validate_statement_of_reasons(self, field: Field) -> None:
        """Ask for the reasons of a limit."""
        if self.needs_reasons() and not (field.data or "").strip():
            raise ValidationError(gettext("State the reasons; the author will read them."))
