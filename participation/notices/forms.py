"""Reporting; deciding with notices in view; answering them. The rules are in services.py."""

from collections.abc import Sequence

from flask_babel import lazy_gettext
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from participation.contributions.checking import NAME_LONGEST
from participation.forms import BaseForm, SelectChoice, ask, email_address
from participation.moderation.forms import DecisionForm
from participation.moderation.reasons import ground_of
from participation.notices.models import ANSWER_LONGEST, EXPLANATION_LONGEST, PASSAGE_LONGEST
from participation.notices.services import NewNotice, check_explanation, check_name, check_passage
from participation.proceedings.models import Rule


class NoticeForm(BaseForm):
    """What is reported and why (Regulation (EU) 2022/2065, Art. 16(2)); name and address as one likes."""

    reason = RadioField(
        lazy_gettext("What is wrong with it?"),
        [InputRequired(lazy_gettext("Choose what is wrong."))],
        choices=[],
    )
    explanation = TextAreaField(
        lazy_gettext("What exactly, and why?"),
        description=lazy_gettext("Say in your own words what breaks the rule or the law. The moderators read this."),
        render_kw={"maxlength": EXPLANATION_LONGEST, "rows": 5},
    )
    passage = TextAreaField(
        lazy_gettext("Which passage?"),
        description=lazy_gettext("Copy the words it is about, if it is not the whole text."),
        render_kw={"maxlength": PASSAGE_LONGEST, "rows": 2},
    )
    name = StringField(
        lazy_gettext("Your name"),
        description=lazy_gettext("Only the moderators see it."),
        render_kw={"autocomplete": "name", "maxlength": NAME_LONGEST},
    )
    email = StringField(
        lazy_gettext("Your e-mail address"),
        [Length(max=254), email_address],
        description=lazy_gettext("We write twice: when your report is here, and when it is decided."),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    idempotency_key = HiddenField(validators=[Length(max=64)])

    def offer(self, rules: Sequence[Rule]) -> None:
        """Offer the rules in force."""
        self.reason.choices = [SelectChoice(rule.key, ground_of(rule)) for rule in rules]

    def validate_explanation(self, field: TextAreaField) -> None:
        """Ask the rule."""
        ask(check_explanation, field.data or "")

    def validate_passage(self, field: TextAreaField) -> None:
        """Ask the rule."""
        ask(check_passage, field.data or "")

    def validate_name(self, field: StringField) -> None:
        """Ask the rule."""
        ask(check_name, field.data or "")

    def notice(self, language: str) -> NewNotice:
        """Return what was entered."""
        return NewNotice(
            reason=self.reason.data,
            explanation=self.explanation.data or "",
            passage=self.passage.data or "",
            name=self.name.data or "",
            email=self.email.data or "",
            language=language,
        )


class NoticedDecisionForm(DecisionForm):
    """A decision, with the newest notice that stood on the page."""

    seen_notice = IntegerField(validators=[Optional()], widget=HiddenInput(), default=0)


class RefusalForm(BaseForm):
    """The answer to the reporters when nothing changes."""

    answer = TextAreaField(
        lazy_gettext("Answer to those who reported it"),
        description=lazy_gettext("Say why the text may stay. Everyone who reported it reads this."),
        render_kw={"maxlength": ANSWER_LONGEST, "rows": 4},
    )
    seen_version = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    seen_notice = IntegerField(validators=[InputRequired()], widget=HiddenInput())
