"""What the desk shows of one case besides its text: the form, previews, what is known of the author, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.moderation import queries
from participation.moderation.blocks import block_of, warnings_of
from participation.moderation.differences import Difference, words_changed
from participation.moderation.merging import contributions_to_lead
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.news import moves_of
from participation.moderation.reasons import StatementOfReasons, statement_of
from participation.moderation.redaction import Passage, passages_in, personal_data, without, words_of
from participation.notices.forms import NoticedDecisionForm
from participation.proceedings.queries import rules_in_force


@dataclass(frozen=True, slots=True)
class Step:
    """One decision in the history of a case, with what it changed."""

    decision: ModerationDecision
    statement: StatementOfReasons | None
    words: Sequence[Difference]
    moves: str
    is_undoable: bool


def decision_form(found: queries.QueueItem, **how: Any) -> NoticedDecisionForm:
    """Return the form of a case, with what can be decided now; `how`: as for every form."""
    form = NoticedDecisionForm(**how)
    form.offer(
        found.item, found.proceeding, queries.undoable_decisions(found.item), rules_in_force(found.proceeding.id)
    )
    return form


def case_context(actor: Actor, found: queries.QueueItem, form: NoticedDecisionForm) -> dict[str, Any]:
    """Return what the template of a case needs besides the case and its form."""
    item = found.item
    is_contribution = isinstance(item, Contribution)
    decisions = queries.decisions_about(item)
    undoable = queries.undoable_decisions(item, decisions)
    sealed = {one.decision_id: one for one in queries.sealed_texts(item)}
    steps = [
        Step(
            decision,
            statement_of(decision),
            words_changed(sealed[decision.id], decision, item.language) if decision.id in sealed else (),
            moves_of(decision),
            decision in undoable,
        )
        for decision in decisions
    ]
    suggested = words_of("\n".join(personal_data(item.title if is_contribution else "", item.text)))
    chosen = words_of(form.passages.data or "")
    looks_for = form.leading_search.data or ""
    return {
        "decisions": [(step.decision, step.statement) for step in steps],
        "steps": steps,
        "undoable": undoable,
        "original": next((one for one in sealed.values() if one.opened_at is None), None),
        "suggested": suggested,
        "marked_title": marked(item.title, suggested) if is_contribution else [],
        "marked_text": marked(item.text, suggested),
        "preview": preview(item, chosen),
        "candidates": contributions_to_lead(item, looks_for)
        if is_contribution and form.outcome.data is Outcome.MERGE
        else [],
        "merged": queries.merged_ids(item) if is_contribution else [],
        "warnings": warnings_of(actor, item),
        "block": block_of(item.participant_id, item.proceeding_id),
    }


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Return a text in parts, and whether each is one of the words."""
    parts, at = [], 0
    passages: list[Passage] = passages_in(text, words)
    for start, end in passages:
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def preview(item: Any, words: Sequence[str]) -> dict[str, str]:
    """Return how title and text of an item look without the words."""
    names = ("title", "text") if isinstance(item, Contribution) else ("text",)
    return {name: without(said := getattr(item, name), passages_in(said, words), item.language) for name in names}
