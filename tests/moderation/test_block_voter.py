"""Blocking someone who only voted: told to them and to nobody else, with reasons; it ends by time or is taken back."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Participant, Role
from participation.audit.models import AuditEvent
from participation.casework.services import hold_case
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.discussion.models import Vote, VoteValue
from participation.discussion.services import add_comment, vote
from participation.errors import Blocked, Conflict, InvalidInput, NotPermitted, NotSignedIn
from participation.moderation.blocks import block_of, own_block
from participation.moderation.models import ModerationDecision, Outcome, ParticipantBlock
from participation.moderation.objections import decision_by_secret, objection_secret
from participation.moderation.queries import decisions_about, told_to_author
from participation.moderation.reasons import statement_of
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars
from participation.notifications.models import OutboxMail
from participation.pages.public_log import Period, public_log

FACTS = "Sie haben in zwei Minuten über vierzig Beiträge abgestimmt."
REASONS = {"ground": "votes", "statement_of_reasons": FACTS}


@pytest.fixture
def stage(app_context, make_proceeding, make_contribution, make_actor, make_guest):
    proceeding, voter = make_proceeding(), make_guest("voter@example.org", "en")
    item = make_contribution(proceeding, author=make_guest("author@example.org"))
    vote(voter, proceeding, item.id, VoteValue.AGAINST)
    return proceeding, voter, item, make_actor(proceeding, Role.MODERATOR)


def block(moderator, item, voter, days=7, **changes):
    particulars = Particulars(block_days=days, voter_id=voter.participant_id)
    given = {"seen_version": item.version, "particulars": particulars, **REASONS, **changes}
    return decide(moderator, item, outcome=Outcome.BLOCK_VOTER, **given)


def mails():
    return [(mail.template, mail.participant_id) for mail in db.session.scalars(select(OutboxMail))]


@pytest.mark.parametrize("kind", ["guest", "account"])
def test_who_is_blocked_for_votes_learns_why_and_cannot_act(stage, make_contribution, make_actor, kind):
    proceeding, voter, item, moderator = stage
    if kind == "account":
        voter = make_actor()
        vote(voter, proceeding, item.id, VoteValue.FOR)
    other = make_contribution(proceeding)
    decision = block(moderator, item, voter)
    for act in (
        lambda: vote(voter, proceeding, other.id, VoteValue.FOR),
        lambda: add_comment(voter, proceeding, other.id, text="Das stimmt nicht.", language="de"),
    ):
        with pytest.raises(Blocked) as refused:
            act()
        for part in (FACTS, "mit einem Programm abgestimmt", f"/decisions/{objection_secret(decision)}"):
            assert part in str(refused.value.message)
    assert own_block(voter, proceeding.id).ends_at == decision.decided_at + timedelta(days=7)


def test_votes_cast_before_stay_counted(stage):
    _, voter, item, moderator = stage
    block(moderator, item, voter)
    assert db.session.get_one(Contribution, item.id, populate_existing=True).votes_against == 1
    assert db.session.get(Vote, (item.id, voter.participant_id)) is not None


def test_only_the_voter_is_told_in_their_own_language(stage):
    _, voter, item, moderator = stage
    decision = block(moderator, item, voter)
    assert decision.language == "en"
    assert mails() == [("moderation/voter", voter.participant_id)]
    assert told_to_author(decisions_about(item)) == []
    undoing = undo(moderator, item, decision, seen_version=item.version)
    assert mails() == [("moderation/voter", voter.participant_id)] * 2
    assert told_to_author(decisions_about(item)) == []
    assert undoing.addressee_id == voter.participant_id


def test_the_statement_says_what_part_a_computer_had(stage):
    _, voter, item, moderator = stage
    statement = statement_of(block(moderator, item, voter))
    assert "zählt" in statement.automation
    assert statement.restriction.startswith("Sie können in diesem Verfahren bis")


def test_the_link_to_object_is_not_tied_to_the_receipt_of_the_author(stage):
    _, voter, item, moderator = stage
    decision = block(moderator, item, voter)
    secret = objection_secret(decision)
    with transaction():
        item.receipt_nonce = "another"
    assert decision_by_secret(secret) is decision


@pytest.mark.parametrize("age, holds", [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_it_ends_by_time(stage, make_contribution, set_clock, age, holds):
    proceeding, voter, item, moderator = stage
    decision = block(moderator, item, voter)
    set_clock(decision.decided_at + age)
    assert (own_block(voter, proceeding.id) is not None) is holds
    if not holds:
        vote(voter, proceeding, make_contribution(proceeding).id, VoteValue.FOR)


@pytest.mark.parametrize("state", list(State))
def test_it_is_lifted_whatever_became_of_the_contribution(stage, make_contribution, state):
    proceeding, voter, item, moderator = stage
    decision = block(moderator, item, voter)
    leading = make_contribution(proceeding)
    with transaction():
        item.state = state
        item.leading_id = leading.id if state is State.MERGED else None
    undo(moderator, item, decision, seen_version=item.version)
    assert own_block(voter, proceeding.id) is None
    assert vote(voter, proceeding, make_contribution(proceeding).id, VoteValue.FOR).votes_for == 1


@pytest.mark.parametrize("age, allowed", [(timedelta(days=30, seconds=-1), True), (timedelta(days=30), False)])
def test_it_is_lifted_for_30_days(stage, set_clock, age, allowed):
    _, voter, item, moderator = stage
    decision = block(moderator, item, voter, days=90)
    set_clock(decision.decided_at + age)
    if allowed:
        undo(moderator, item, decision, seen_version=item.version)
    else:
        with pytest.raises(Conflict):
            undo(moderator, item, decision, seen_version=item.version)
    assert (block_of(voter.participant_id, item.proceeding_id) is None) is allowed


@pytest.mark.parametrize("changes, field", [
    ({"ground": None}, "ground"), ({"statement_of_reasons": " "}, "statement_of_reasons"),
    ({"statement_of_reasons": "x" * 4001}, "statement_of_reasons"), ({"days": 0}, "block_days"),
    ({"days": 91}, "block_days"),
])  # fmt: skip
def test_without_rule_reasons_or_a_possible_time_nothing_happens(stage, changes, field):
    _, voter, item, moderator = stage
    with pytest.raises(InvalidInput) as refused:
        block(moderator, item, voter, **changes)
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(ParticipantBlock)) == 0


@pytest.mark.parametrize("who", ["never voted", "took it back", "unknown"])
def test_who_has_no_vote_here_is_not_blocked_here(stage, make_guest, who):
    proceeding, voter, item, moderator = stage
    if who == "took it back":
        vote(voter, proceeding, item.id, None)
    with pytest.raises(InvalidInput):
        block(moderator, item, {"never voted": make_guest(), "unknown": STRANGER}.get(who, voter))


def test_a_vote_on_what_is_merged_into_it_is_a_vote_here(stage, make_contribution, make_guest):
    proceeding, _, item, moderator = stage
    merged, voter = make_contribution(proceeding), make_guest()
    vote(voter, proceeding, merged.id, VoteValue.FOR)
    decide(moderator, merged, outcome=Outcome.MERGE, seen_version=merged.version,
           particulars=Particulars(leading_id=item.id), **REASONS)  # fmt: skip
    assert block(moderator, item, voter).addressee_id == voter.participant_id


def test_nobody_is_blocked_for_votes_on_a_comment(stage, make_comment):
    _, voter, item, moderator = stage
    with pytest.raises(Conflict):
        block(moderator, make_comment(item), voter)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.PLANNER, Role.MANAGER, "administrator"])
def test_the_own_team_is_not_blocked(stage, make_actor, role):
    proceeding, _, item, moderator = stage
    own = make_actor(is_administrator=True) if role == "administrator" else make_actor(proceeding, role)
    vote(own, proceeding, item.id, VoteValue.FOR)
    with pytest.raises(InvalidInput):
        block(moderator, item, own)


@pytest.mark.parametrize("role, error", [
    ("stranger", NotSignedIn), ("guest", NotSignedIn), ("voter", NotSignedIn), ("participant", NotPermitted),
    (Role.PLANNER, NotPermitted), ("administrator", NotPermitted), ("elsewhere", NotPermitted),
])  # fmt: skip
def test_only_moderators_of_the_proceeding_block(stage, make_actor, make_guest, make_proceeding, role, error):
    proceeding, voter, item, _ = stage
    actors = {
        "stranger": lambda: STRANGER,
        "guest": make_guest,
        "voter": lambda: voter,
        "participant": make_actor,
        "administrator": lambda: make_actor(is_administrator=True),
        "elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR),
    }
    actor = actors.get(role, lambda: make_actor(proceeding, role))()
    with pytest.raises(error):
        block(actor, item, voter)
    assert block_of(voter.participant_id, proceeding.id) is None


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.MANAGER])
def test_it_leaves_an_audit_row_and_a_line_in_the_public_log(stage, make_actor, role):
    proceeding, voter, item, _ = stage
    actor = make_actor(proceeding, role)
    decision = block(actor, item, voter)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "moderation.block_voter")).one()
    assert (event.subject_id, event.details["decision_id"]) == (item.id, decision.id)
    assert str(voter.participant_id) not in str(
        {k: v for k, v in event.details.items() if k not in ("decision_id", "ledger_salt")}
    )
    for _ in range(2):
        block(actor, item, voter)
    [line] = public_log(proceeding, Period.YEAR)
    assert (line.alike.outcome, line.alike.ground, line.count) == (Outcome.BLOCK_VOTER, "votes", 3)


def test_of_two_moderators_one_blocks_and_the_other_is_told(stage, make_actor, app):
    """Both decide from the version they saw; the second one gets a conflict, and there is one block."""
    proceeding, voter, item, moderator = stage
    other, version, answers = make_actor(proceeding, Role.MODERATOR), item.version, []
    together = threading.Barrier(2)

    def act(who):
        with app.app_context():
            here = db.session.get_one(Contribution, item.id)
            together.wait()
            try:
                block(who, here, voter, seen_version=version)
                answers.append("blocked")
            except Conflict:
                answers.append("told")
            db.session.remove()

    threads = [threading.Thread(target=act, args=[who]) for who in (moderator, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["blocked", "told"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ParticipantBlock)) == 1


def test_while_a_colleague_looks_at_the_case_nobody_else_blocks(stage, make_actor):
    proceeding, voter, item, moderator = stage
    hold_case(make_actor(proceeding, Role.MODERATOR), item)
    with pytest.raises(Conflict):
        block(moderator, item, voter)


def test_a_block_for_votes_does_not_settle_reports_about_the_text(stage, make_notice):
    _, voter, item, moderator = stage
    notice = make_notice(item)
    assert not block(moderator, item, voter).limits_text
    assert db.session.get_one(type(notice), notice.id, populate_existing=True).settled_at is None


def test_when_the_person_is_erased_the_decision_stays_and_can_be_taken_back(stage):
    _, voter, item, moderator = stage
    decision = block(moderator, item, voter)
    with transaction() as session:
        session.delete(session.get_one(Participant, voter.participant_id))
    db.session.refresh(decision)
    assert decision.addressee_id is None
    undo(moderator, item, decision, seen_version=item.version)
    assert told_to_author(decisions_about(item)) == []


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in (Outcome.BLOCK_VOTER, Outcome.UNDO)])
def test_the_database_itself_refuses_other_decisions_that_are_said_to_be_about_a_voter(stage, outcome):
    _, voter, item, _ = stage
    values = {"contribution_id": item.id, "outcome": outcome, "state_before": State.PUBLISHED,
              "state_after": State.PUBLISHED, "statement_of_reasons": "x", "changes": {}, "was_automated": False,
              "decided_at": clock.now(), "language": "de", "addressee_id": voter.participant_id}  # fmt: skip
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(ModerationDecision).values(values))
