"""The decision form."""

from collections.abc import Sequence
from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from wtforms import Field, IntegerField, RadioField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from participation.contributions.states import TRANSITIONS, PublicationState, is_limit
from participation.forms import BaseForm, SelectChoice
from participation.moderation.models import STATE_AFTER, ModerationDecision, Outcome
from participation.moderation.reasons import ground_of
from participation.moderation.services import REASONS_LONGEST
from participation.proceedings.models import Rule

OUTCOMES = {
    Outcome.PUBLISH: lazy_gettext("Publish"),
    Outcome.REJECT: lazy_gettext("Reject"),
    Outcome.HIDE: lazy_gettext("Hide"),
    Outcome.UNDO: lazy_gettext("Take the decision back"),
}


class DecisionForm(BaseForm):
    """Outcome; for a limit the rule and the statement of reasons."""

    outcome = RadioField(
        lazy_gettext("Decision"),
        [InputRequired(lazy_gettext("Choose a decision."))],
        coerce=lambda v: Outcome(v) if v else None,
    )
    ground = RadioField(lazy_gettext("Why?"), choices=[], coerce=lambda v: v or None, validate_choice=False)
    statement_of_reasons = TextAreaField(
        lazy_gettext("Reasons for the author"),
        [Length(max=REASONS_LONGEST)],
        description=lazy_gettext("Say what exactly breaks the rule. The author reads this."),
        render_kw={"maxlength": REASONS_LONGEST},
        default="",
    )
    limiting: Sequence[StrEnum] = ()  # of those offered: what needs reasons
    seen_version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def offer(self, present: PublicationState, undoable: ModerationDecision | None, rules: Sequence[Rule]) -> None:
        """Offer only what the transition table allows now.

        Args:
            present: where the item stands.
            undoable: the decision that can be taken back, if any.
            rules: those in force.
        """
        self.ground.choices = [SelectChoice(rule.key, ground_of(rule)) for rule in rules]
        leads_to = {outcome: state for outcome, state in STATE_AFTER.items() if (present, state) in TRANSITIONS}
        if undoable is not None:
            leads_to[Outcome.UNDO] = undoable.state_before
        self.outcome.choices = [SelectChoice(outcome.value, OUTCOMES[outcome]) for outcome in leads_to]
        self.limiting = [outcome for outcome, state in leads_to.items() if is_limit(present, state)]

    def is_outdated(self, present_version: int) -> bool:
        """Whether it was sent from a page that shows an older version."""
        return self.seen_version.data is not None and self.seen_version.data != present_version

    def validate_ground(self, field: Field) -> None:
        """Ask for the rule of a limit."""
        if self.outcome.data in self.limiting and not field.data:
            raise ValidationError(gettext("Choose the rule that the text breaks."))

    def validate_statement_of_reasons(self, field: Field) -> None:
        """Ask for the reasons of a limit."""
        if self.outcome.data in self.limiting and not (field.data or "").strip():
            raise ValidationError(gettext("State the reasons; the author will read them."))
