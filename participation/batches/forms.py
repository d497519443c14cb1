"""The form of a batch's decision; what is allowed is in services.py."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from participation.batches.models import BatchOutcome
from participation.batches.services import BATCHED
from participation.forms import AtMost, SelectChoice
from participation.languages import LANGUAGE_NAMES
from participation.moderation.forms import OUTCOMES
from participation.moderation.reasons_fields import GroundField
from participation.moderation.services import REASONS_LONGEST
from participation.notices.models import ANSWER_LONGEST
from participation.proceedings.models import Rule

LIMITING = (BatchOutcome.REJECT, BatchOutcome.HIDE)
CHOICES = [SelectChoice(outcome.value, OUTCOMES[outcome]) for outcome in BATCHED]
KEEP = lazy_gettext("The texts may stay")


class ReasonsForm(GroundField):
    """The rule and the reasons, the same for all items; one field for each language is added by `form_in`."""

    def reasons(self, languages: Sequence[str]) -> Mapping[str, str]:
        """Return the reasons that were entered, by language."""
        return {language: self[f"reasons_{language}"].data or "" for language in languages}


Form = TypeVar("Form", bound=ReasonsForm)


class BatchForm(ReasonsForm):
    """The decision about all items."""

    outcome = RadioField(
        lazy_gettext("Decision"),
        [InputRequired(lazy_gettext("Choose a decision."))],
        choices=CHOICES,
        coerce=lambda v: BatchOutcome(v) if v else None,
    )
    explained = LIMITING
    answering: Sequence[str] = ()  # languages of the answers to reporters

    def answers(self) -> Mapping[str, str]:
        """Return what is answered to those who reported the texts, by language."""
        return {language: self[f"answers_{language}"].data or "" for language in self.answering}


def batch_form(languages: Sequence[str], answering: Sequence[str], rules: Sequence[Rule], **how: Any) -> BatchForm:
    """Make the form of a batch; with answers to reporters, in their languages, where there are any."""
    fields = {
        f"answers_{language}": TextAreaField(
            lazy_gettext("Answer to those who reported them")
            if len(answering) == 1
            else lazy_gettext("Answer to those who reported them, %(language)s", language=LANGUAGE_NAMES[language]),
            [AtMost(ANSWER_LONGEST)],
            description=lazy_gettext("Say why the texts may stay. Everyone who reported one of them reads this."),
            render_kw={"maxlength": ANSWER_LONGEST, "rows": 4, "lang": language},
            default="",
        )
        for language in answering
    }
    kind: type[BatchForm] = type("BatchFormWithAnswers", (BatchForm,), fields)
    form = form_in(kind, languages, rules, **how)
    form.answering = answering
    if answering:
        form.outcome.choices = [*CHOICES, SelectChoice(BatchOutcome.KEEP.value, KEEP)]
    return form


def form_in(kind: type[Form], languages: Sequence[str], rules: Sequence[Rule], **how: Any) -> Form:
    """Make a form with a field for the reasons in each language, offering the rules in force."""
    fields = {
        f"reasons_{language}": TextAreaField(
            lazy_gettext("Reasons for the authors")
            if len(languages) == 1
            else lazy_gettext("Reasons for the authors, %(language)s", language=LANGUAGE_NAMES[language]),
            [AtMost(REASONS_LONGEST)],
            description=lazy_gettext("Each author reads this. {title} becomes the title of their contribution."),
            render_kw={"maxlength": REASONS_LONGEST, "rows": 5, "lang": language},
            default="",
        )
        for language in languages
    }
    form: Form = type(f"{kind.__name__}InLanguages", (kind,), fields)(**how)
    form.offer_rules(rules)
    return form
