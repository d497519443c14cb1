"""The form of a batch's decision; what is allowed is in services.py."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from participation.batches.services import BATCHED
from participation.forms import AtMost, SelectChoice
from participation.languages import LANGUAGE_NAMES
from participation.moderation.forms import OUTCOMES
from participation.moderation.models import Outcome
from participation.moderation.reasons_fields import GroundField
from participation.moderation.services import REASONS_LONGEST
from participation.proceedings.models import Rule

LIMITING = (Outcome.REJECT, Outcome.HIDE)


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
        choices=[SelectChoice(outcome.value, OUTCOMES[outcome]) for outcome in BATCHED],
        coerce=lambda v: Outcome(v) if v else None,
    )
    explained = LIMITING


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
