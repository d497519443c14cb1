"""The forms of a rule and of embedding. What is allowed is in services.py and embedding.py."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from participation.forms import AtMost, BaseForm, SelectChoice, ask
from participation.languages import LANGUAGE_NAMES
from participation.proceedings.embedding import LONGEST_ORIGIN, MOST_ORIGINS, checked_origins
from participation.proceedings.models import Embedding, Rule
from participation.proceedings.services import BREACH_LONGEST, EXPLANATION_LONGEST, LAW_LONGEST, NAME_LONGEST, Wording

TEXTS = ("name", "explanation", "breach")
EMBEDDINGS = {
    Embedding.NOBODY: lazy_gettext("None"),
    Embedding.LISTED: lazy_gettext("Only those I name"),
    Embedding.EVERYBODY: lazy_gettext("All"),
}


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


class EmbeddingForm(BaseForm):
    """Which other websites may show the map."""

    embedding = RadioField(
        lazy_gettext("Which websites may show the map?"),
        [InputRequired(lazy_gettext("Choose which websites may show the map."))],
        choices=[SelectChoice(embedding.value, text) for embedding, text in EMBEDDINGS.items()],
        coerce=lambda value: Embedding(value) if value else None,
    )
    origins = TextAreaField(
        lazy_gettext("These websites"),
        [AtMost(MOST_ORIGINS * LONGEST_ORIGIN)],
        description=lazy_gettext("One in each line, for example https://www.example.org."),
        render_kw={"rows": 4, "maxlength": MOST_ORIGINS * LONGEST_ORIGIN, "inputmode": "url", "spellcheck": "false"},
    )
    seen_embedding = HiddenField(validators=[AnyOf([embedding.value for embedding in Embedding])])
    seen_origins = HiddenField()

    def validate_origins(self, field: Field) -> None:
        """Refuse what is no address of a website, as the service would."""
        ask(checked_origins, field.data or "")

    @property
    def seen(self) -> tuple[Embedding, list[str]]:
        """What the page showed."""
        return Embedding(self.seen_embedding.data or ""), (self.seen_origins.data or "").split()
