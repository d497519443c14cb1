"""What the desk shows of one case besides its text: the form, previews, what is known of the author, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.discussion.models import Comment
from participation.moderation import queries
from participation.moderation.blocks import block_of, warnings_of
from participation.moderation.differences import Difference, words_changed
from participation.moderation.merging import contributions_to_lead
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.news import moves_of
from participation.moderation.queue import QueueItem
from participation.moderation.reasons import StatementOfReasons, statement_of
from participation.moderation.redaction import Passage, passages_in, personal_data, without, words_of
from participation.notices.forms import NoticedDecisionForm
from participation.pages.prechecks import precheck_of, spans_of
from participation.proceedings.queries import rules_in_force


@dataclass(frozen=True, slots=True)
class Step:
    """One decision in the history of a case, with what it changed."""

    decision: ModerationDecision
    statement: StatementOfReasons | None
    words: Sequence[Difference]
    moves: str
    is_undoable: bool


def decision_form(found: QueueItem, **how: Any) -> NoticedDecisionForm:
    """Return the form of a case, with what can be decided now; `how`: as for every form."""
    form = NoticedDecisionForm(**how)
    form.offer(
        found.item, found.proceeding, queries.undoable_decisions(found.item), rules_in_force(found.proceeding.id)
    )
    return form


def case_context(actor: Actor, found: QueueItem, form: NoticedDecisionForm) -> dict[str, Any]:
    """Return what the template of a case needs besides the case and its form."""
    item = found.item
    contribution = item if isinstance(item, Contribution) else None
    title = contribution.title if contribution else ""
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
    suggested = personal_data(title, item.text)
    original = next((one for one in sealed.values() if one.opened_at is None), None)
    precheck = precheck_of(found)
    # Where passages were removed, what the rules found stands somewhere else now.
    spans = spans_of(precheck.hits) if original is None else {}
    is_merging = form.outcome.data is Outcome.MERGE
    return {
        "decisions": [(step.decision, step.statement) for step in steps],
        "steps": steps,
        "undoable": undoable,
        "original": original,
        "precheck": precheck,
        "suggested": suggested,
        "marked_title": marked(title, suggested, spans.get("title", ())),
        "marked_text": marked(item.text, suggested, spans.get("text", ())),
        "preview": preview(title, item, words_of(form.passages.data or "")),
        "candidates": contributions_to_lead(contribution, form.leading_search.data or "")
        if contribution and is_merging
        else [],
        "merged": queries.merged_ids(contribution) if contribution else [],
        "warnings": warnings_of(actor, item),
        "block": block_of(item.participant_id, item.proceeding_id),
    }


def marked(text: str, words: Sequence[str], spans: Sequence[Passage] = ()) -> list[tuple[str, bool]]:
    """Return a text in parts, and whether each is one of the words, or was found by a rule of screening."""
    parts, at = [], 0
    for start, end in sorted([*passages_in(text, words), *spans]):
        if at <= start and end <= len(text):
            parts += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def preview(title: str, item: Contribution | Comment, words: Sequence[str]) -> dict[str, str]:
    """Return how title (if there is one) and text of an item look without the words."""
    texts = {"text": item.text} | ({"title": title} if title else {})
    return {name: without(text, passages_in(text, words), item.language) for name, text in texts.items()}
