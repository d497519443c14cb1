"""What a complaint is about, before there is one: a decision, or the answer to a notice."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext

from participation.complaints.models import Complainant
from participation.contributions.models import Contribution
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import Conflict, NotFound
from participation.moderation.models import TO_VOTERS, ModerationDecision
from participation.moderation.reasons import statement_of
from participation.notices.models import Notice
from participation.notices.queries import Reported, item_in_public


@dataclass(frozen=True, slots=True)
class Contested:
    """What someone objects to; `subject` is the text that it was about."""

    complainant: Complainant
    decision: ModerationDecision | None
    notice: Notice | None
    decided_at: datetime
    subject: Reported

    @property
    def item(self) -> Contribution | Comment:
        """The contribution or comment."""
        return self.subject.comment or self.subject.contribution


def contested_decision(decision: ModerationDecision) -> Contested:
    """Return what the author of a limited text, or a blocked voter, objects to.

    Raises:
        NotFound: it limited nothing.
    """
    if statement_of(decision) is None:
        raise NotFound
    subject = item_in_public(decision.contribution_id, decision.comment_id)
    complainant = Complainant.VOTER if decision.outcome in TO_VOTERS else Complainant.AUTHOR
    return Contested(complainant, decision, None, decision.decided_at, subject)


def contested_answer(notice: Notice) -> Contested:
    """Return what a reporter objects to: the decision that settled the notice, or the answer that did.

    Raises:
        Conflict: the notice is not settled.
    """
    if notice.settled_at is None:
        raise Conflict(lazy_gettext("Your report is not decided yet. You can object when it is."))
    decision = db.session.get(ModerationDecision, notice.decision_id) if notice.decision_id else None
    subject = item_in_public(notice.contribution_id, notice.comment_id)
    return Contested(Complainant.REPORTER, decision, notice, notice.settled_at, subject)
