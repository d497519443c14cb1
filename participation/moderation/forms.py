"""The forms of a decision and of a text block."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from flask_babel import gettext, lazy_gettext
from shapely.geometry import shape
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from participation.contributions.filters import LONGEST_QUERY
from participation.contributions.forms import PlaceFields, kind_choices
from participation.contributions.models import Contribution
from participation.contributions.states import STEPS, PublicationState, is_limit
from participation.database import id_in
from participation.discussion.models import Comment
from participation.forms import AtMost, BaseForm, SelectChoice
from participation.languages import LANGUAGE_NAMES, text_in
from participation.moderation.models import (
    BLOCK_DAYS_LONGEST,
    EXPLAINED,
    TO_AUTHORS,
    ModerationDecision,
    Outcome,
    TextBlock,
)
from participation.moderation.permissions import state_back
from participation.moderation.queries import decisions_about
from participation.moderation.reasons_fields import ReasonsFields
from participation.moderation.redaction import personal_data, words_of
from participation.moderation.services import REASONS_LONGEST
from participation.moderation.steps import Particulars, Place
from participation.moderation.text_blocks import NAME_LONGEST, TEXT_LONGEST
from participation.proceedings.models import Proceeding, Rule

OUTCOMES = {
    Outcome.PUBLISH: lazy_gettext("Publish"),
    Outcome.REDACT: lazy_gettext("Publish without passages"),
    Outcome.REJECT: lazy_gettext("Reject"),
    Outcome.HIDE: lazy_gettext("Hide"),
    Outcome.MERGE: lazy_gettext("Merge"),
    Outcome.MOVE: lazy_gettext("Move"),
    Outcome.WARN: lazy_gettext("Warn"),
    Outcome.BLOCK: lazy_gettext("Block the author"),
    Outcome.UNDO: lazy_gettext("Take the decision back"),
}
REDACTING = {  # by whether a name is shown, and whether the text waits
    (False, True): OUTCOMES[Outcome.REDACT],
    (False, False): lazy_gettext("Remove passages"),
    (True, True): lazy_gettext("Publish without passages or name"),
    (True, False): lazy_gettext("Remove passages or the name"),
}
KEEP_PLACE = "keep"
LONGEST_PASSAGES = 4_000
ONLY_CONTRIBUTIONS = frozenset({Outcome.MERGE, Outcome.MOVE})


class BlockVoterForm(ReasonsFields):
    """Blocking someone for votes, which always needs reasons."""

    block_days = IntegerField(
        lazy_gettext("For how many days?"),
        [Optional()],
        description=lazy_gettext(
            "At most %(count)s. Until then this person cannot write or vote here.", count=BLOCK_DAYS_LONGEST
        ),
        default=7,
    )
    statement_of_reasons = TextAreaField(
        lazy_gettext("Reasons for this person"),
        [AtMost(REASONS_LONGEST)],
        description=lazy_gettext("Say what exactly breaks the rule. Only this person and the moderators read it."),
        render_kw={"maxlength": REASONS_LONGEST, "rows": 5},
        default="",
    )
    seen_version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def validate_ground(self, field: Field) -> None:
        """Ask for the rule."""
        if not field.data:
            raise ValidationError(gettext("Choose the rule that was broken."))

    def validate_statement_of_reasons(self, field: Field) -> None:
        """Ask for the reasons."""
        if not (field.data or "").strip():
            raise ValidationError(gettext("State the reasons; the person will read them."))


class DecisionForm(PlaceFields, ReasonsFields):
    """Outcome, what it needs to know, and for a limit the rule and the statement of reasons."""

    outcome = RadioField(
        lazy_gettext("Decision"),
        [InputRequired(lazy_gettext("Choose a decision."))],
        coerce=lambda v: Outcome(v) if v else None,
    )
    passages = TextAreaField(
        lazy_gettext("Words to remove"),
        [AtMost(LONGEST_PASSAGES)],
        description=lazy_gettext("One passage a line, as it stands in the headline or the text."),
        render_kw={"rows": 3},
        default="",
    )
    removes_name = BooleanField(lazy_gettext("Remove the shown name"), default=False)
    leading = IntegerField(
        lazy_gettext("Number of the leading contribution"),
        [Optional()],
        description=lazy_gettext("It stays in the list and on the map; the votes on both are counted together."),
    )
    leading_search = StringField(
        lazy_gettext("Or find it by words of its headline or text"), [Length(max=LONGEST_QUERY)]
    )
    candidate = StringField(validators=[Length(max=20)])  # one of those found, as radio buttons
    category = SelectField(lazy_gettext("Topic"), validate_choice=False)
    type = SelectField(lazy_gettext("What is it?"), validate_choice=False)
    block_days = IntegerField(
        lazy_gettext("For how many days?"),
        [Optional()],
        description=lazy_gettext(
            "At most %(count)s. Until then the author cannot write or vote here.", count=BLOCK_DAYS_LONGEST
        ),
        default=7,
    )
    explained: Sequence[StrEnum] = ()  # of those offered: what needs the rule and reasons
    undo_leads_to: PublicationState | None = None  # the state that taking the newest decision back leads to
    seen_version = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def offer(
        self,
        item: Contribution | Comment,
        proceeding: Proceeding,
        undoable: Sequence[ModerationDecision],
        rules: Sequence[Rule],
    ) -> None:
        """Offer only what the transition table allows now, and fill in what is known; call it before validating.

        Args:
            item: what is decided about.
            proceeding: its own, with categories and types.
            undoable: the decisions that can be taken back, newest first; the form takes back the first.
            rules: those in force.
        """
        self.offer_rules(rules)
        present = item.state
        self.proceeding = proceeding
        leads_to = {
            outcome: STEPS[outcome][present]
            for outcome in OUTCOMES
            if present in STEPS.get(outcome, {})
            and not (isinstance(item, Comment) and outcome in ONLY_CONTRIBUTIONS)
            and not (outcome in TO_AUTHORS and item.participant_id is None)
        }
        if undoable:
            self.undo_leads_to = leads_to[Outcome.UNDO] = state_back(undoable[0], present, decisions_about(item))
        is_named, is_waiting = item.public_name is not None, present is PublicationState.SUBMITTED
        words = OUTCOMES | {Outcome.REDACT: REDACTING[is_named, is_waiting]}
        self.outcome.choices = [SelectChoice(outcome.value, words[outcome]) for outcome in leads_to]
        self.explained = [
            outcome for outcome, new in leads_to.items() if outcome in EXPLAINED or is_limit(present, new, outcome)
        ]
        self._suggest(item)
        if isinstance(item, Contribution):
            self._offer_places(item)
        else:
            del self.category, self.type, self.kind

    def _suggest(self, item: Contribution | Comment) -> None:
        """Suggest to remove what looks like personal data, until something else is typed."""
        title = item.title if isinstance(item, Contribution) else ""
        suggested = "\n".join(personal_data(title, item.text))
        self.passages.render_kw = {**(self.passages.render_kw or {}), "data-suggested": suggested}
        if not self.is_submitted() and not self.passages.data:
            self.passages.data = suggested

    def _offer_places(self, contribution: Contribution) -> None:
        """Offer where it could be moved; it stays if nothing of this was sent."""
        proceeding = self.proceeding
        self.category.choices = [SelectChoice(one.key, text_in(one.name)) for one in proceeding.categories]
        self.type.choices = [
            SelectChoice("", lazy_gettext("No statement")),
            *(SelectChoice(one.key, text_in(one.name)) for one in proceeding.types),
        ]
        self.kind.label.text = gettext("Place")
        self.kind.choices = [SelectChoice(KEEP_PLACE, lazy_gettext("Stays")), *kind_choices(proceeding)]
        present = {
            "category": next((one.key for one in proceeding.categories if one.id == contribution.category_id), ""),
            "type": next((one.key for one in proceeding.types if one.id == contribution.type_id), ""),
            "kind": KEEP_PLACE,
        }
        for name, value in present.items():
            if not self[name].raw_data and not self[name].data:
                self[name].data = value

    def decision(self) -> dict[str, Any]:
        """Return what services.decide takes."""
        names = ("outcome", "ground", "statement_of_reasons", "seen_version")
        moves = self.outcome.data is Outcome.MOVE
        moves_place = moves and self.kind.data != KEEP_PLACE
        place = Place(shape(self.place) if self.place else None) if moves_place else None
        particulars = Particulars(
            passages=words_of(self.passages.data or ""),
            removes_name=bool(self.removes_name.data),
            leading_id=self._leading_id() if self.outcome.data is Outcome.MERGE else None,
            category=(self.category.data or "") if moves else "",
            type=(self.type.data or "") if moves else "",
            place=place,
            block_days=self.block_days.data or 0,
        )
        return {name: self[name].data for name in names} | {"particulars": particulars}

    def _leading_id(self) -> int | None:
        return id_in(str(self.leading.data or self.candidate.data or ""))

    def is_outdated(self, present_version: int) -> bool:
        """Whether it was sent from a page that shows an older version."""
        return self.seen_version.data is not None and self.seen_version.data != present_version

    def validate_kind(self, field: RadioField) -> None:
        """Read the place, if it is to be moved."""
        if self.outcome.data is Outcome.MOVE and field.data != KEEP_PLACE:
            super().validate_kind(field)


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
