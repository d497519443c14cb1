"""The moderators' queue, cases and decisions."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext

from participation.accounts.actors import Actor, require
from participation.contributions.checking import check_place
from participation.discussion.voting_pace import Window, voter_here, voting_pace
from participation.errors import InvalidInput, NotFound
from participation.interfaces.api import answers, requests
from participation.interfaces.api.reading import naming
from participation.interfaces.api.registry import Access, next_url, operation
from participation.languages import current_language, page_url
from participation.moderation import queries
from participation.moderation.blocks import blocks_of
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.queue import QueueItem, flag_counts, queue_page
from participation.moderation.queue_filter import QueueFilter
from participation.moderation.steps import Particulars, Place
from participation.notices import services
from participation.notices.queries import open_notices
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import proceeding_by_slug

TAG = "moderation"
ITEM = "/proceedings/<slug>/moderation/<any(contribution, comment):item_kind>/<id:item_id>"


@operation(
    "GET", "/proceedings/<slug>/moderation/queue", tag=TAG, summary=lazy_gettext("What waits to be checked, by filter"),
    query=requests.QueueQuery, answer=answers.Queue, access=Access.MODERATE,
)  # fmt: skip
def queue(actor: Actor, slug: str, query: requests.QueueQuery) -> answers.Queue:
    """List the queue with the filter of its page."""
    proceeding = proceeding_by_slug(actor, slug)
    require(may_moderate(actor, proceeding.id), lazy_gettext("This token does not reach so far."), actor=actor)
    wanted = QueueFilter.from_arguments(request.args)
    wanted.require_known([proceeding])
    with naming("after"):
        page = queue_page(actor, [proceeding.id], wanted, after=query.after, limit=query.limit)
    reports = flag_counts(actor, "notice", page.items)
    items = [answers.QueueEntry(**_entry(one, reports.get((one.kind, one.item.id), 0))) for one in page.items]
    return answers.Queue(items=items, next=next_url(page.next_cursor))


@operation(
    "GET", "/proceedings/<slug>/moderation/contribution/<id:item_id>/votes", tag=TAG,
    summary=lazy_gettext("How votes came in on a contribution, and who cast many"), query=requests.VotesQuery,
    answer=answers.VotingPace, access=Access.MODERATE,
)  # fmt: skip
def votes(actor: Actor, slug: str, item_id: int, query: requests.VotesQuery) -> answers.VotingPace:
    """Tell what the page about votes tells: when and by whom, never how."""
    contribution = _item(actor, slug, "contribution", item_id).contribution
    pace = voting_pace(actor, contribution, Window(query.days))
    held = blocks_of([voter.participant_id for voter in pace.voters], contribution.proceeding_id)
    return answers.VotingPace(
        periods=[answers.VotingPeriod.model_validate(one) for one in pace.periods],
        voters=[
            answers.Voter(
                id=one.participant_id,
                has_account=one.has_account,
                known_since=one.known_since,
                votes=one.votes,
                most_at_once=one.most_at_once,
                cast_at=one.cast_at,
                blocked_until=held[one.participant_id].ends_at if one.participant_id in held else None,
            )
            for one in pace.voters
        ],
        is_cut=pace.is_cut,
    )


@operation("GET", ITEM, tag=TAG, summary=lazy_gettext("One case"), answer=answers.Case, access=Access.MODERATE)
def case(actor: Actor, slug: str, item_kind: str, item_id: int) -> answers.Case:
    """Tell an item with its place, its open notices and all decisions about it."""
    return _case(actor, _item(actor, slug, item_kind, item_id))


@operation(
    "POST", f"{ITEM}/decisions", tag=TAG, summary=lazy_gettext("Decide"), body=requests.NewDecision,
    answer=answers.Case, status=201, access=Access.MODERATE,
)  # fmt: skip
def decide(actor: Actor, slug: str, item_kind: str, item_id: int, body: requests.NewDecision) -> answers.Case:
    """Decide about an item as it was read; its author is told. Sent twice, the second finds a newer version."""
    found = _item(actor, slug, item_kind, item_id)
    if body.outcome == "block_voter" and found.kind == "contribution":
        _require_voter(actor, found, body.voter)
    services.decide(
        actor,
        found.item,
        outcome=Outcome(body.outcome),
        seen_version=body.version,
        seen_notice=body.newest_notice,
        ground=body.ground,
        statement_of_reasons=body.statement_of_reasons,
        particulars=_particulars(found, body),
    )
    return _case(actor, _item(actor, slug, item_kind, item_id))


@operation(
    "POST", f"{ITEM}/decisions/<id:decision_id>/undo", tag=TAG, summary=lazy_gettext("Take a decision back"),
    body=requests.Undoing, answer=answers.Case, status=201, access=Access.MODERATE,
)  # fmt: skip
def undo(
    actor: Actor, slug: str, item_kind: str, item_id: int, decision_id: int, body: requests.Undoing
) -> answers.Case:
    """Take a decision back, within 30 days; its author is told."""
    found = _item(actor, slug, item_kind, item_id)
    decision = next((one for one in queries.decisions_about(found.item) if one.id == decision_id), None)
    if decision is None:
        raise NotFound(lazy_gettext("There is nothing to decide at this address."))
    services.undo(
        actor,
        found.item,
        decision,
        seen_version=body.version,
        ground=body.ground,
        statement_of_reasons=body.statement_of_reasons,
        answer=body.answer,
    )
    return _case(actor, _item(actor, slug, item_kind, item_id))


@operation(
    "POST", f"{ITEM}/notices/refusal", tag=TAG, summary=lazy_gettext("Tell those who reported a text why it stays"),
    body=requests.Refusal, answer=answers.Case, status=201, access=Access.MODERATE,
)  # fmt: skip
def refuse_notices(actor: Actor, slug: str, item_kind: str, item_id: int, body: requests.Refusal) -> answers.Case:
    """Settle the open notices about an item without changing it."""
    found = _item(actor, slug, item_kind, item_id)
    services.refuse_notices(
        actor, found.item, answer=body.answer, seen_version=body.version, seen_notice=body.newest_notice
    )
    return _case(actor, _item(actor, slug, item_kind, item_id))


def _item(actor: Actor, slug: str, item_kind: str, item_id: int) -> QueueItem:
    proceeding = proceeding_by_slug(actor, slug)
    require(may_moderate(actor, proceeding.id), lazy_gettext("This token does not reach so far."), actor=actor)
    return queries.item_to_decide(actor, proceeding, item_kind, item_id)


def _require_voter(actor: Actor, found: QueueItem, voter_id: int | None) -> None:
    if voter_id is None or voter_here(actor, found.contribution, voter_id) is None:
        raise InvalidInput(lazy_gettext("This person has no vote here (any more)."), field="voter")


def _particulars(found: QueueItem, body: requests.NewDecision) -> Particulars:
    place = None
    if body.place is not None:
        geometry = None if body.place.geometry is None else body.place.geometry.model_dump()
        place = Place(check_place(found.proceeding, geometry))
    category, type_ = found.contribution.category, found.contribution.type
    keeps_type = "type" not in body.model_fields_set  # null takes it away
    return Particulars(
        passages=tuple(body.passages),
        leading_id=body.leading if body.outcome == "merge" else None,
        category=body.category or category.key,
        type=(type_.key if type_ else "") if keeps_type else body.type or "",
        place=place,
        block_days=body.block_days,
        voter_id=body.voter,
    )


def _entry(found: QueueItem, reports: int) -> dict[str, Any]:
    item, proceeding = found.item, found.proceeding
    return {
        "kind": found.kind,
        "id": item.id,
        "version": item.version,
        "contribution": found.contribution.id,
        "state": item.state,
        "title": found.contribution.title,
        "text": item.text,
        "language": item.language,
        "category": found.contribution.category.key,
        "created_at": item.created_at,
        "reports": reports,
        "url": page_url(f"/moderation/{proceeding.slug}/{found.kind}/{item.id}", current_language()),
    }


def _case(actor: Actor, found: QueueItem) -> answers.Case:
    item = found.item
    place = found.contribution.geometry
    reported = open_notices(actor, item)
    decisions = queries.decisions_about(item)
    undoable = queries.undoable_decisions(item, decisions)
    return answers.Case(
        **_entry(found, reported.count),
        geometry=None if place is None else answers.geometry_object(place),
        newest_notice=reported.newest_id,
        notices=[
            answers.Report(
                id=one.id,
                reason=one.rule.key,
                explanation=one.explanation,
                passage=one.passage,
                created_at=one.created_at,
            )
            for one in reported.shown
        ],
        decisions=[_decision(one, is_undoable=one in undoable) for one in decisions],
    )


def _decision(one: ModerationDecision, *, is_undoable: bool) -> answers.Decision:
    return answers.Decision(
        id=one.id,
        outcome=one.outcome,
        state_before=one.state_before,
        state_after=one.state_after,
        undoes=one.undoes_id,
        ground=one.rule.key if one.rule else None,
        statement_of_reasons=one.statement_of_reasons,
        decided_at=one.decided_at,
        is_undoable=is_undoable,
    )
