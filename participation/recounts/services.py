"""Putting into a ledger what the tables hold and it does not: after a load, and what an older version wrote."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, or_, select, update

from participation.contributions.models import Contribution
from participation.contributions.states import publicity_of
from participation.database import Session, transaction
from participation.discussion.models import Comment, Vote
from participation.discussion.services import comment_commitment
from participation.ledger.chains import Chain
from participation.ledger.commitments import commitment, new_salt
from participation.ledger.models import Kind
from participation.ledger.services import append_many, held_chain
from participation.ledger.verify_ledger import Counted, Recount
from participation.moderation.models import ModerationDecision
from participation.moderation.recording import record_details
from participation.proceedings.models import Proceeding
from participation.recounts.comparison import read_decisions, read_ledger, unrecorded

ROWS_AT_A_TIME = 20_000
Rows = list[dict[str, Any]]
NEVER = Counted()


def complete(proceeding: Proceeding) -> int:
    """Put what is missing into the ledger of a proceeding, or is there otherwise, as it stands now; return how many."""
    with transaction() as session:
        for model in (Contribution, Comment):
            old = select(model.id).where(model.proceeding_id == proceeding.id, model.salt.is_(None), model.text != "")
            for id_ in session.scalars(old).all():
                session.execute(update(model).where(model.id == id_).values(salt=new_salt()))
        held_chain(session, proceeding.id)
        found = read_ledger(proceeding)
        read_decisions(found)
        missing = unrecorded(found)
        for decision in missing:
            record_details(session, None, "ledger.complete", _subject(session, decision), decision)
        return len(missing) + enter(session, proceeding.id, recount=found.recount)


def _subject(session: Session, decision: ModerationDecision) -> Contribution | Comment:
    if decision.comment_id is not None:
        return session.get_one(Comment, decision.comment_id)
    return session.get_one(Contribution, decision.contribution_id)


def enter(session: Session, proceeding_id: int, *, after_id: int = 0, recount: Recount | None = None) -> int:
    """Put what the tables hold into the ledger; joins a transaction.

    Args:
        session: of the load.
        proceeding_id: where.
        after_id: only contributions with a higher id, and what hangs on them.
        recount: what the ledger says already: only what is different is put in. Without it, all is.
    """
    entering = _Entering(session, held_chain(session, proceeding_id), after_id, recount or Recount())
    return sum(
        append_many(session, Kind.STAND, proceeding_id, rows)
        for part in (entering.contributions, entering.comments, entering.votes, entering.leading)
        for rows in part()
    )


class _Entering:
    """What is to be put in, some rows at a time: first texts, then votes, then what merged ones count together."""

    def __init__(self, session: Session, chain: Chain, after_id: int, recount: Recount) -> None:
        self.session = session
        self.chain = chain
        self.after_id = after_id
        self.recount = recount

    def contributions(self) -> Iterator[Rows]:
        columns = (
            *(Contribution.id, Contribution.state, Contribution.leading_id),
            *(Contribution.salt, Contribution.fingerprint),
        )
        for part in self._parts(Contribution.id, *columns, of=Contribution):
            rows = []
            for row in part:
                said, state = self._said(f"contribution-{row.id}"), publicity_of(row.state)
                leading = None if row.leading_id is None else self.chain.pseudonym(f"contribution-{row.leading_id}")
                if (said.state, said.leading) != (state, leading):
                    number = None if row.salt is None else commitment(row.salt, row.fingerprint)
                    rows.append(
                        {
                            "contribution_id": row.id,
                            "state": state,
                            "leading_id": row.leading_id,
                            "commitment": number if not said.state else None,
                        }
                    )
            yield rows

    def comments(self) -> Iterator[Rows]:
        columns = (Comment.id, Comment.contribution_id, Comment.state, Comment.salt, Comment.text)
        for part in self._parts(Comment.id, *columns, of=Comment):
            rows = []
            for row in part:
                said, state = self._said(f"comment-{row.id}"), publicity_of(row.state)
                if said.state != state:
                    rows.append(
                        {
                            "contribution_id": row.contribution_id,
                            "comment_id": row.id,
                            "state": state,
                            "commitment": comment_commitment(row) if not said.state else None,
                        }
                    )
            yield rows

    def votes(self) -> Iterator[Rows]:
        here = select(Contribution.id).where(
            Contribution.proceeding_id == self.chain.proceeding_id, Contribution.id > self.after_id
        )
        last = (0, 0)
        while True:
            after = or_(
                Vote.contribution_id > last[0],
                and_(Vote.contribution_id == last[0], Vote.participant_id > last[1]),
            )
            statement = (
                select(Vote.contribution_id, Vote.participant_id, Vote.value)
                .where(Vote.contribution_id.in_(here), Vote.contribution_id >= last[0], after)
                .order_by(Vote.contribution_id, Vote.participant_id)
                .limit(ROWS_AT_A_TIME)
            )
            part = self.session.execute(statement).all()
            yield self._changed(part)
            if len(part) < ROWS_AT_A_TIME:
                return
            last = (part[-1].contribution_id, part[-1].participant_id)

    def _changed(self, votes: Sequence[Any]) -> Rows:
        rows = []
        for row in votes:
            said = 0
            if self.recount.votes:
                voter = self.chain.pseudonym(f"contribution-{row.contribution_id}-{row.participant_id}")
                said = self.recount.votes.get(bytes.fromhex(voter), 0)
            if said != row.value:
                about = {"contribution_id": row.contribution_id, "participant_id": row.participant_id}
                rows.append({**about, "before": said, "value": row.value})
        return rows

    def leading(self) -> Iterator[Rows]:
        """Yield what those count that others are merged into."""
        merged = select(Contribution.leading_id).where(
            Contribution.proceeding_id == self.chain.proceeding_id, Contribution.leading_id > self.after_id
        )
        statement = select(Contribution.id, Contribution.votes_for, Contribution.votes_against)
        for row in self.session.execute(statement.where(Contribution.id.in_(merged))):
            said = self._said(f"contribution-{row.id}")
            if not said.is_joint or (said.votes_for, said.votes_against) != (row.votes_for, row.votes_against):
                votes = {"votes_for": row.votes_for, "votes_against": row.votes_against}
                yield [{"contribution_id": row.id, "leading_id": row.id, **votes}]

    def _said(self, name: str) -> Counted:
        return self.recount.items.get(self.chain.pseudonym(name), NEVER) if self.recount.items else NEVER

    def _parts(self, key: Any, *columns: Any, of: Any) -> Iterator[Sequence[Any]]:
        on = of.id if of is Contribution else of.contribution_id
        last = 0
        while True:
            statement = select(*columns).where(
                of.proceeding_id == self.chain.proceeding_id, on > self.after_id, key > last
            )
            part = self.session.execute(statement.order_by(key).limit(ROWS_AT_A_TIME)).all()
            yield part
            if len(part) < ROWS_AT_A_TIME:
                return
            last = part[-1].id
