"""The form of a rule. What is allowed is in services.py."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from participation.forms import BaseForm
from participation.languages import LANGUAGE_NAMES
from participation.proceedings.models import Rule
from participation.proceedings.services import BREACH_LONGEST, EXPLANATION_LONGEST, LAW_LONGEST, NAME_LONGEST, Wording

TEXTS = ("name", "explanation", "breach")


class RuleForm(BaseForm):
    """The wording of a rule; one field for each text and language is added by `rule_form`."""

    law = StringField(
        lazy_gettext("Law"),
        [Length(max=LAW_LONGEST)],
        description=lazy_gettext("If the rule follows a law, for example § 185 StGB."),
        render_kw={"maxlength": LAW_LONGEST},
    )

    def wording(self, languages: Sequence[str]) -> Wording:
        """Return what was entered."""
        texts = {text: {language: self[f"{text}_{language}"].data or "" for language in languages} for text in TEXTS}
        return Wording(**texts, law=self.law.data or "")


def rule_form(languages: Sequence[str], rule: Rule | None = None) -> RuleForm:
    """Make the form for these languages, filled with a rule's present wording if there is one."""
    fields: dict[str, Any] = {}
    for language in languages:
        of_language = {"language": LANGUAGE_NAMES[language]}
        fields[f"name_{language}"] = StringField(
            lazy_gettext("The rule in one sentence, %(language)s", **of_language),
            description=lazy_gettext("It stands in the list of rules, for example: Stay friendly."),
            render_kw={"maxlength": NAME_LONGEST, "lang": language},
        )
        fields[f"explanation_{language}"] = TextAreaField(
            lazy_gettext("What it means, %(language)s", **of_language),
            render_kw={"maxlength": EXPLANATION_LONGEST, "rows": 2, "lang": language},
        )
        fields[f"breach_{language}"] = StringField(
            lazy_gettext("What is said to someone who broke it, %(language)s", **of_language),
            description=lazy_gettext("For example: It insults or threatens people."),
            render_kw={"maxlength": BREACH_LONGEST, "lang": language},
        )
    values = {}
    if rule is not None:
        values = {
            f"{text}_{language}": getattr(rule, text).get(language, "") for text in TEXTS for language in languages
        }
        values["law"] = rule.law
    form: RuleForm = type("RuleFormInLanguages", (RuleForm,), fields)(data=values)
    return form
