"""What managers set at each rule. What is allowed is in rule_settings.py."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import HiddenInput

from participation.forms import BaseForm, SelectChoice
from participation.proceedings.models import ModerationMode
from participation.screening.models import HoldingRule, RuleOfProceeding
from participation.screening.rule_settings import NUMBERS, first_settings

MODES = {
    ModerationMode.BEFORE: lazy_gettext("Everything is read before it appears"),
    ModerationMode.MIXED: lazy_gettext("Only what a rule points out is read before it appears"),
    ModerationMode.AFTER: lazy_gettext("Everything appears at once"),
}

LABELS = {
    "count": lazy_gettext("Hold from this many texts on"),
    "minutes": lazy_gettext("within this many minutes"),
    "percent": lazy_gettext("Hold from this likeness on, in percent"),
    "metres": lazy_gettext("Allow this many metres outside"),
}


class ModeForm(BaseForm):
    """When new texts appear."""

    mode = RadioField(
        lazy_gettext("When do new texts appear?"),
        [InputRequired(lazy_gettext("Choose when new texts appear."))],
        choices=[SelectChoice(mode.value, text) for mode, text in MODES.items()],
        coerce=lambda value: ModerationMode(value) if value else None,
    )
    seen_mode = HiddenField(validators=[AnyOf([mode.value for mode in ModerationMode])])


class RuleSettingsForm(BaseForm):
    """The settings of one rule; its fields are added by `settings_form`."""

    seen_version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def settings(self, rule: HoldingRule) -> dict[str, Any]:
        """Return what was entered, by the names of rule_settings.py."""
        if rule is HoldingRule.WORDS:
            return {"words": (self.words.data or "").split("\n")}
        return {name: self[name].data for name in NUMBERS.get(rule, {})}


def settings_form(rule: HoldingRule, row: RuleOfProceeding | None, *, is_sent: bool = False) -> RuleSettingsForm:
    """Make the form of a rule with what was tried last, and with ids of its own: all rules are on one page.

    Args:
        is_sent: whether it is the one that this request brings.
    """
    fields: dict[str, Field] = {
        name: IntegerField(LABELS[name], render_kw={"min": number.least, "max": number.most, "inputmode": "numeric"})
        for name, number in NUMBERS.get(rule, {}).items()
    }
    if rule is HoldingRule.WORDS:
        fields["words"] = TextAreaField(
            lazy_gettext("Your list"),
            description=lazy_gettext("One word in each line; one form of it is enough."),
            render_kw={"rows": 8},
        )
    values: Mapping[str, Any] = (row.tried_settings if row else None) or first_settings(rule)
    if rule is HoldingRule.WORDS:
        values = {"words": "\n".join(values["words"])}
    form: RuleSettingsForm = type("RuleSettingsFormOfOne", (RuleSettingsForm,), fields)(
        **({} if is_sent else {"formdata": None}), data={**values, "seen_version": row.version if row else 0}
    )
    for field in form:
        field.id = field.label.field_id = f"{rule}-{field.name}"
    return form
