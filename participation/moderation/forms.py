"""The forms of a decision and of a text block."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from participation.contributions.states import TRANSITIONS, PublicationState, is_limit
from participation.forms import BaseForm, SelectChoice
from participation.languages import LANGUAGE_NAMES, text_in
from participation.moderation.models import STATE_AFTER, ModerationDecision, Outcome, TextBlock
from participation.moderation.reasons import ground_of
from participation.moderation.services import REASONS_LONGEST
from participation.moderation.text_blocks import NAME_LONGEST, TEXT_LONGEST
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
    limiting: Sequence[Outcome] = ()  # of those offered: what needs reasons
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


class TextBlockForm(BaseForm):
    """A text block; one field for each language is added by `text_block_form`."""

    name = StringField(
        lazy_gettext("Name"),
        description=lazy_gettext("Only moderators see it, in the list to choose from."),
        render_kw={"maxlength": NAME_LONGEST},
    )
    rule_key = SelectField(lazy_gettext("Rule"))
    seen_version = IntegerField(validators=[Optional()], widget=HiddenInput(), default=0)

    def block(self, languages: Sequence[str]) -> Mapping[str, Any]:
        """Return what was entered, as `text_blocks.save_block` takes it."""
        return {
            "name": self.name.data or "",
            "rule_key": self.rule_key.data or "",
            "text": {language: self[f"text_{language}"].data or "" for language in languages},
            "seen_version": self.seen_version.data or 0,
        }


def text_block_form(languages: Sequence[str], rules: Sequence[Rule], block: TextBlock | None = None) -> TextBlockForm:
    """Make the form for these languages, filled with a text block if there is one."""
    fields: dict[str, Any] = {
        f"text_{language}": TextAreaField(
            lazy_gettext("Text, %(language)s", language=LANGUAGE_NAMES[language]),
            render_kw={"maxlength": TEXT_LONGEST, "rows": 5, "lang": language},
        )
        for language in languages
    }
    values: dict[str, Any] = {}
    if block is not None:
        values = {f"text_{language}": block.text.get(language, "") for language in languages}
        values |= {"name": block.name, "rule_key": block.rule_key, "seen_version": block.version}
    form: TextBlockForm = type("TextBlockFormInLanguages", (TextBlockForm,), fields)(data=values)
    form.rule_key.choices = [
        SelectChoice("", lazy_gettext("None in particular")),
        *(SelectChoice(rule.key, f"{rule.position}. {text_in(rule.name)}") for rule in rules),
    ]
    return form
