"""Deleting what is older than it may be: one list of rules. Each subject deletes its own rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists

from participation import clock
from participation.accounts.models import Participant
from participation.accounts.services import forget_tokens, forget_unconfirmed
from participation.complaints.services import forget_complainants
from participation.config import Retention
from participation.contributions.confirmation import LIFETIME
from participation.contributions.drafts import forget_drafts
from participation.imports.runs import sweep as forget_uploads
from participation.jobs.services import sweep as forget_results
from participation.notices.services import forget_reporters
from participation.notifications.models import OutboxMail
from participation.notifications.services import forget_mails
from participation.operation.ages import newest_moment

TOKENS_KEPT_FOR = timedelta(days=90)  # after their end: their owners can look up what a program was allowed
LONGEST_SILENCE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is deleted, and after how long; `delete(is_dry)` returns how many."""

    words: str
    delete: Callable[[bool], int]


def rules(retention: Retention) -> Iterator[Rule]:
    """Yield the rules of this installation."""
    now = clock.now()
    answered = now - timedelta(days=retention.report_contact_days)
    settled = f"settled {retention.report_contact_days} days ago"
    yield Rule("drafts nobody went on with for 14 days", lambda dry: forget_drafts(is_dry=dry))
    yield Rule("uploads not imported within a day", lambda dry: forget_uploads(is_dry=dry))
    yield Rule("jobs, and their results, a day after their end", lambda dry: forget_results(is_dry=dry))
    yield Rule("tokens that ended 90 days ago", lambda dry: forget_tokens(now - TOKENS_KEPT_FOR, is_dry=dry))
    yield Rule("addresses that nobody confirmed within 14 days", lambda dry: _forget_unconfirmed(now, is_dry=dry))
    yield Rule(f"names and addresses in reports {settled}", lambda dry: forget_reporters(answered, is_dry=dry))
    yield Rule(f"addresses in complaints {settled}", lambda dry: forget_complainants(answered, is_dry=dry))
    yield Rule(
        f"records of mails, {retention.mail_record_days} days old",
        lambda dry: forget_mails(now - timedelta(days=retention.mail_record_days), is_dry=dry),
    )


def clock_doubt() -> str:
    """Say why the clock may be wrong: with a wrong one, everything would be old. Empty: it seems right."""
    newest = newest_moment()
    if newest is None or newest > clock.now() - LONGEST_SILENCE:
        return ""
    return (
        f"Nothing has happened here since {newest:%Y-%m-%d}. Is it really {clock.now():%Y-%m-%d}?"
        " If so: --the-date-is-right"
    )


def _forget_unconfirmed(now: datetime, *, is_dry: bool) -> int:
    before = now - LIFETIME
    asked_lately = exists().where(OutboxMail.participant_id == Participant.id, OutboxMail.created_at >= before)
    return forget_unconfirmed(before, asked_lately, is_dry=is_dry)
