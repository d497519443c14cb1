"""What services do stands in the ledger: counted again from it alone, the tables come out."""

import re
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from participation.accounts.models import Role
from participation.batches.services import Chosen, go_on, open_batch, start_batch
from participation.contributions.checking import NewContribution
from participation.contributions.models import Contribution
from participation.contributions.receipts import sent_commitment
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.demo.loading import load_demo
from participation.demo.seeding import seed
from participation.discussion.models import Comment, Vote, VoteValue
from participation.discussion.services import add_comment, vote
from participation.ledger.models import LedgerEntry, WaitingEntry
from participation.ledger.queries import entries_with, head_of
from participation.ledger.services import seal, seal_waiting
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.services import decide
from participation.moderation.steps import Particulars
from participation.notices import services as notices
from participation.notices.models import Notice
from participation.proceedings.models import ModerationMode, Proceeding
from participation.recounts.comparison import compare
from participation.recounts.services import complete
from tests.app_fixtures import MIDDLE

BEFORE = "0018"  # the migration before the ledger's
PACKAGE = Path(__file__).resolve().parents[2] / "participation"
REASONS = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt."}
ANSWER = "Wir haben es gelesen und lassen es stehen."


def new(title="Mehr Bäume am Platz"):
    return NewContribution(title, "Im Schatten sitzt man gern.", "green", "idea", MIDDLE)


def here(model, id_):
    return db.session.get_one(model, id_, populate_existing=True)


@pytest.fixture
def place(app_context, make_proceeding):
    return make_proceeding(moderation_mode=ModerationMode.AFTER)


@pytest.fixture
def story(place, make_guest, make_actor):
    """Let people and moderators do one of everything; returns who moderates."""
    author, reader = make_guest(), make_guest()
    moderator = make_actor(place, Role.MODERATOR)
    first, second, third = (
        submit_contribution(author, place, new(f"Baum Nummer {key}"), idempotency_key=f"key-{key}") for key in range(3)
    )
    for value in (VoteValue.FOR, VoteValue.AGAINST, None, VoteValue.FOR):
        vote(reader, place, first.id, value)
    vote(author, place, second.id, VoteValue.AGAINST)
    comment = add_comment(reader, place, first.id, text="Das finde ich auch.", language="de")
    reply = add_comment(author, place, first.id, text="Danke dafür.", language="de", parent_id=comment.id)
    told = notices.NewNotice("insult", "Das beleidigt meine Nachbarin.")
    notice = notices.report(reader, first, None, told, idempotency_key="n")
    seen = {"seen_version": here(Contribution, first.id).version, "seen_notice": notice.id}
    notices.refuse_notices(moderator, here(Contribution, first.id), answer=ANSWER, **seen)
    notices.report(reader, here(Contribution, second.id), None, told, idempotency_key="m")
    item = here(Contribution, second.id)
    hidden = notices.decide(moderator, item, seen_notice=0, outcome=Outcome.HIDE, seen_version=item.version, **REASONS)
    notices.undo(moderator, item := here(Contribution, second.id), hidden, seen_version=item.version)
    chosen = [Chosen("comment", reply.id, here(Comment, reply.id).version), Chosen("contribution", third.id, 1)]
    batch = open_batch(moderator, place, chosen)
    start_batch(
        moderator, place, batch, outcome=Outcome.HIDE, ground="insult", reasons={"de": REASONS["statement_of_reasons"]}
    )
    go_on(moderator, place, batch)
    assert {here(Comment, reply.id).state, here(Contribution, third.id).state} == {State.HIDDEN}
    return moderator


def test_everything_that_is_done_is_in_the_ledger(place, story):
    found = compare(place)
    assert found.faults == []
    assert found.recount.totals() | {"entries": 0} == {
        "entries": 0, "contributions": 2, "comments": 1, "votes_for": 1, "votes_against": 1,
    }  # fmt: skip
    kinds = {"submit": 3, "vote": 5, "comment": 2, "settle": 3, "decide": 4}
    assert {kind: found.recount.kinds.get(kind) for kind in kinds} == kinds
    first_id = db.session.scalar(select(func.min(Contribution.id)))
    vote(story, place, first_id, VoteValue.AGAINST)
    assert db.session.scalar(select(func.count()).select_from(WaitingEntry)) == 1
    seal_waiting()
    assert db.session.scalar(select(func.count()).select_from(WaitingEntry)) == 0
    assert compare(place).recount.hash == head_of(place.id).hash != found.chain.secret


def test_the_author_finds_what_was_sent_by_the_number_on_the_receipt(place, story):
    seal(place.id)
    first = db.session.scalars(select(Contribution).order_by(Contribution.id)).first()
    (entry,) = [body for body in entries_with(place.id, sent_commitment(first)) if '"submit"' in body]
    assert f'"id":"contribution-{first.id}"' in entry
    assert entries_with(place.id, "f" * 64) == entries_with(place.id, "x'; --") == []


TAMPERING = {
    "a vote turned round": (update(Vote).values(value=-Vote.value), "voted otherwise"),
    "a vote taken away": (delete(Vote), "is missing"),
    "a counter raised": (update(Contribution).values(votes_for=Contribution.votes_for + 1), "votes for"),
    "a text changed": (update(Contribution).values(text="Weg mit den Bäumen."), "reads otherwise"),
    "a comment changed": (update(Comment).values(text="Das finde ich nicht."), "reads otherwise"),
    "a contribution hidden": (update(Contribution).values(state=State.HIDDEN), "the ledger says public"),
    "a reason changed": (
        update(Contribution).where(Contribution.state == "hidden").values(state=State.REJECTED),
        "is rejected, the last decision says hidden",
    ),
    "a comment deleted": (delete(Comment), "was deleted"),
    "a decision changed": (
        update(ModerationDecision).where(ModerationDecision.outcome == "hide").values(was_automated=True),
        "is not in the ledger as it stands",
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_who_changes_a_table_past_the_services_is_found_out(place, story, how):
    statement, told = TAMPERING[how]
    with transaction() as session:
        session.execute(statement.execution_options(synchronize_session=False))
    assert told in " ".join(compare(place).faults)


def test_erased_texts_leave_a_whole_chain(place, story):
    with transaction() as session:
        session.execute(update(Contribution).values(title="", text="", salt=None))
        session.execute(update(Comment).values(text="", salt=None))
    found = compare(place)
    assert (found.faults, found.erased) == ([], 5)


def test_sealed_entries_cannot_be_changed_or_deleted_but_go_with_their_proceeding(place, story):
    seal(place.id)
    for statement in (update(LedgerEntry).values(hash="0" * 64), delete(LedgerEntry).where(LedgerEntry.number == 3)):
        with pytest.raises(DBAPIError, match="entries of the ledger are never"), transaction() as session:
            session.execute(statement)
    assert compare(place).faults == []
    with transaction() as session:
        session.execute(delete(ModerationDecision))
        session.execute(delete(Notice))
        session.execute(delete(Proceeding))
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_what_an_older_version_wrote_is_put_in_afterwards(place, story, make_contribution, make_comment, make_guest):
    written = make_contribution(place)
    merged = make_contribution(place, state=State.MERGED, leading_id=written.id)
    make_comment(written)
    voter = make_guest().participant_id
    with transaction() as session:
        session.add(Vote(contribution_id=merged.id, participant_id=voter, value=1, cast_at=written.created_at))
        led = {"outcome": Outcome.PUBLISH, "state_before": State.SUBMITTED, "state_after": State.PUBLISHED}
        about = {"contribution_id": written.id, "decided_at": written.created_at, "language": "de"}
        session.add(ModerationDecision(**led, **about, statement_of_reasons=""))
        session.execute(update(Contribution).where(Contribution.id >= written.id).values(salt=None, votes_for=1))
    assert compare(place).fault_count > 3
    assert complete(place) == 6
    assert compare(place).faults == []
    assert complete(place) == 0


def test_loads_are_in_the_ledger(app_context):
    load_demo()
    seed(slug="seed", contributions=60, votes=200, comments=40)
    seed(slug="seed", contributions=5)
    for proceeding in db.session.scalars(select(Proceeding).order_by(Proceeding.id)).all():
        found = compare(proceeding)
        assert (found.faults, found.erased) == ([], 0)
    assert found.recount.kinds == {"begin": 1, "stand": 305}


WRITERS = {
    *("set_state", "set_comment_state", "set_words", "set_topic", "set_place", "add_to_counters", "take_back_votes"),
    *("add_contributions", "delete_contributions", "Contribution", "Comment", "Vote"),
}


def test_nobody_else_writes_what_the_ledger_tells():
    """A new place that changes texts, states or votes calls ledger.services.append, and gets a step in this test."""
    calling = re.compile(r"(?<!def )(?<!class )(?<![\w.])(" + "|".join(sorted(WRITERS)) + r")\(")
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if calling.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "contributions/services.py",
        "discussion/services.py",
        "discussion/joint_votes.py",
        "moderation/steps/state.py",
        "moderation/steps/redact.py",
        "moderation/steps/move.py",
        "imports/services.py",
        "imports/runs.py",
        "demo/loading.py",
        "demo/seeding.py",
    }


def test_a_migration_enters_what_stands_there(place, story, make_actor):
    """Removed words, moved, merged with votes on both: numbers on receipts are in the ledger, and the tables agree."""
    second, first = db.session.scalars(select(Contribution).where(Contribution.state == State.PUBLISHED)).all()
    for outcome, how in (
        (Outcome.REDACT, Particulars(passages=("Schatten",))),
        (Outcome.MOVE, Particulars(category="paths", type="question")),
        (Outcome.MERGE, Particulars(leading_id=first.id)),
    ):
        item = here(Contribution, second.id)
        reasons = REASONS if outcome is not Outcome.MOVE else {}
        decide(story, item, outcome=outcome, seen_version=item.version, particulars=how, **reasons)
    assert compare(place).faults == []
    db.session.remove()
    flask_migrate.downgrade(revision=BEFORE)
    flask_migrate.upgrade()
    found = compare(db.session.get_one(Proceeding, place.id))
    assert (found.faults, found.erased) == ([], 0)
    assert found.recount.kinds == {"begin": 1, "stand": 8}
    for one in db.session.scalars(select(Contribution)):
        assert len(entries_with(place.id, sent_commitment(one))) == 1
    comment = db.session.scalars(select(Comment).where(Comment.state == State.PUBLISHED)).one()
    notices.decide(story, comment, seen_notice=0, outcome=Outcome.HIDE, seen_version=comment.version, **REASONS)
    assert compare(db.session.get_one(Proceeding, place.id)).faults == []
