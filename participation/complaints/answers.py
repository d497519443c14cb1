"""What becomes of a complaint, as those read it who objected (Regulation (EU) 2022/2065, Art. 20(5), 20(6))."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from participation.complaints.models import Complainant, Complaint, ComplaintOutcome
from participation.contributions.states import READABLE_STATES
from participation.moderation.models import ModerationDecision
from participation.moderation.reasons import restriction_of


@dataclass(frozen=True, slots=True)
class ComplaintAnswer:
    """The answer to a settled complaint, in the reader's language."""

    outcome: str
    consequence: str
    reasons: str  # in a moderator's own words
    automation: str
    remedy: str
    settled_at: datetime


def answer_to(complaint: Complaint, taken: ModerationDecision | None) -> ComplaintAnswer | None:
    """Return the answer to a complaint, once it is settled.

    Args:
        complaint: open or settled.
        taken: what was decided about the text itself, if anything.
    """
    if complaint.settled_at is None:
        return None
    is_upheld = complaint.outcome is ComplaintOutcome.UPHELD
    return ComplaintAnswer(
        outcome=gettext("You were right.") if is_upheld else gettext("The decision stands."),
        consequence=_consequence(complaint, taken) if is_upheld else "",
        reasons=complaint.answer,
        automation=gettext("Another person than the first decided this, not a computer."),
        remedy=gettext(
            "If you do not agree, you can turn to a certified body for out-of-court dispute settlement"
            " (Regulation (EU) 2022/2065, Art. 21), or go to court."
        ),
        settled_at=complaint.settled_at,
    )


def _consequence(complaint: Complaint, taken: ModerationDecision | None) -> str:
    if taken is None:
        return str(gettext("The text itself stays as it is now."))
    if complaint.complainant is Complainant.VOTER:
        return str(gettext("We have taken the decision back. You can write and vote again."))
    if complaint.complainant is Complainant.AUTHOR:
        is_public = taken.state_after in READABLE_STATES
        return str(
            gettext("We have taken the decision back. Your text is public.")
            if is_public
            else gettext("We have taken the decision back.")
        )
    return restriction_of(taken)
