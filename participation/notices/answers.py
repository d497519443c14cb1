"""What the reporter learns (Regulation (EU) 2022/2065, Art. 16(5)): outcome, reasons, who decided, remedies.

The statement of reasons is written to the author and may repeat the text; the reporter is told the rule.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from participation.moderation.models import ModerationDecision
from participation.moderation.reasons import REMEDY, automation_of, ground_of, objection_ends_at, restriction_of
from participation.notices.models import Notice, NoticeOutcome


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a settled notice, in the reader's language."""

    outcome: str
    reasons: str
    is_written: bool  # the reasons are a moderator's own words, not a rule
    automation: str
    remedy: str
    settled_at: datetime
    until: datetime


def answer_to(notice: Notice, decision: ModerationDecision | None) -> Answer | None:
    """Return the answer to a notice, once it is settled.

    Args:
        notice: open or settled.
        decision: the one that settled it, if one did.
    """
    if notice.settled_at is None:
        return None
    is_limited = decision is not None and decision.rule is not None
    if notice.outcome is NoticeOutcome.UPHELD and decision is not None and decision.rule is not None:
        outcome, reasons = restriction_of(decision), ground_of(decision.rule)
    else:
        outcome, reasons = gettext("The text stays as it is."), notice.answer
    return Answer(
        outcome=outcome,
        reasons=reasons,
        is_written=not is_limited,
        automation=automation_of(was_automated=False),
        remedy=str(REMEDY),
        settled_at=notice.settled_at,
        until=objection_ends_at(notice.settled_at),
    )
