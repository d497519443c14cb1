"""Votes, comments and reports."""

import secrets

from flask_babel import lazy_gettext

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.contributions.queries import contribution_to_read
from participation.discussion import services
from participation.discussion.joint_votes import own_vote as own_vote_of
from participation.discussion.models import VoteValue
from participation.discussion.queries import Thread, as_list, threads_after
from participation.forms import checked_email
from participation.interfaces.api import answers, requests
from participation.interfaces.api.reading import naming
from participation.interfaces.api.registry import Access, next_url, operation
from participation.languages import current_language, page_url
from participation.notices.queries import item_to_report
from participation.notices.receipts import notice_secret
from participation.notices.services import NewNotice, report
from participation.proceedings.models import Proceeding
from participation.proceedings.phases import Act
from participation.proceedings.queries import proceeding_by_slug
from participation.proceedings.standing import require_open
from participation.security import limiter, report_limit

TAG = "discussion"
HERE = "/proceedings/<slug>/contributions/<id:contribution_id>"
VALUES = {"for": VoteValue.FOR, "against": VoteValue.AGAINST}


@operation("GET", f"{HERE}/vote", tag=TAG, summary=lazy_gettext("The votes on a contribution"), answer=answers.Votes)
def own_vote(actor: Actor, slug: str, contribution_id: int) -> answers.Votes:
    """Tell the counters and the guest's own vote."""
    _, found = _found(actor, slug, contribution_id)
    return _votes(actor, found)


@operation(
    "PUT", f"{HERE}/vote", tag=TAG, summary=lazy_gettext("Vote, or change the vote"), body=requests.NewVote,
    answer=answers.Votes, access=Access.GUEST,
)  # fmt: skip
def vote(actor: Actor, slug: str, contribution_id: int, body: requests.NewVote) -> answers.Votes:
    """Take a vote: one for each guest and contribution."""
    return _vote(actor, slug, contribution_id, VALUES[body.value])


@operation(
    "DELETE", f"{HERE}/vote", tag=TAG, summary=lazy_gettext("Take the vote back"), answer=answers.Votes,
    access=Access.GUEST,
)  # fmt: skip
def take_back_vote(actor: Actor, slug: str, contribution_id: int) -> answers.Votes:
    """Forget the guest's vote; without one nothing happens."""
    return _vote(actor, slug, contribution_id, None)


@operation(
    "GET", f"{HERE}/comments", tag=TAG, summary=lazy_gettext("Comments and answers"), query=requests.CommentsQuery,
    answer=answers.Comments,
)  # fmt: skip
def comments(actor: Actor, slug: str, contribution_id: int, query: requests.CommentsQuery) -> answers.Comments:
    """List the discussion, oldest first, some threads a page."""
    _, found = _found(actor, slug, contribution_id)
    with naming("after"):
        page = threads_after(actor, found, after=query.after, limit=query.limit)
    return answers.Comments(items=[_comment(one) for one in as_list(page.items)], next=next_url(page.next_cursor))


@operation(
    "POST", f"{HERE}/comments", tag=TAG, summary=lazy_gettext("Comment or answer"), body=requests.NewComment,
    answer=answers.SentComment, status=201, access=Access.GUEST, takes_key=True,
)  # fmt: skip
def add_comment(
    actor: Actor, slug: str, contribution_id: int, body: requests.NewComment, key: str
) -> answers.SentComment:
    """Take a comment with the checks and limits of the form; with the same key and words it is taken once."""
    proceeding, found = _found(actor, slug, contribution_id)
    added = services.add_comment(
        actor,
        proceeding,
        found.id,
        text=body.text,
        language=body.language or current_language(),
        public_name=body.public_name or "",
        parent_id=body.parent,
        idempotency_key=key or None,
    )
    return answers.SentComment(id=added.id, state=added.state, created_at=added.created_at)


@operation(
    "POST", f"{HERE}/notices", tag=TAG, summary=lazy_gettext("Report a text"), body=requests.NewReport,
    answer=answers.SentReport, status=201, access=Access.GUEST, takes_key=True,
)  # fmt: skip
def add_notice(actor: Actor, slug: str, contribution_id: int, body: requests.NewReport, key: str) -> answers.SentReport:
    """Take a report about a contribution or a comment; who reports it again gets the first one back."""
    proceeding = proceeding_by_slug(actor, slug)
    contribution, comment = item_to_report(actor, proceeding, contribution_id, body.comment)
    new = NewNotice(
        reason=body.reason,
        explanation=body.explanation,
        passage=body.passage,
        name=body.name,
        email=checked_email(body.email),
        language=current_language(),
    )
    with limiter.limit(report_limit()):
        notice = report(actor, contribution, comment, new, idempotency_key=key or secrets.token_urlsafe(24))
    return answers.SentReport(
        id=notice.id,
        created_at=notice.created_at,
        receipt_url=page_url(f"/notices/{notice_secret(notice)}", current_language()),
    )


def _found(actor: Actor, slug: str, contribution_id: int) -> tuple[Proceeding, Contribution]:
    proceeding = proceeding_by_slug(actor, slug)
    return proceeding, contribution_to_read(actor, proceeding, contribution_id)


def _vote(actor: Actor, slug: str, contribution_id: int, value: VoteValue | None) -> answers.Votes:
    proceeding, found = _found(actor, slug, contribution_id)
    require_open(proceeding, Act.VOTE)
    return _votes(actor, services.vote(actor, proceeding, found.id, value))


def _votes(actor: Actor, counted: Contribution) -> answers.Votes:
    own = own_vote_of(actor, counted.id)
    word = next((word for word, value in VALUES.items() if value is own), None)
    return answers.Votes.model_validate(
        {"votes_for": counted.votes_for, "votes_against": counted.votes_against, "own": word}
    )


def _comment(one: Thread) -> answers.Comment:
    comment, is_readable = one.comment, one.text is not None
    return answers.Comment(
        id=comment.id,
        parent=comment.parent_id,
        text=one.text,
        public_name=one.name,
        state=comment.state if is_readable else None,
        language=comment.language if is_readable else None,
        created_at=comment.created_at,
        is_own=one.is_own,
    )
