"""No code path limits what is visible without a statement of reasons: the database refuses it, and no service tries."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import STEPS, is_limit
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.errors import InvalidInput
from participation.moderation.models import EXPLAINED, ModerationDecision, Outcome
from participation.moderation.queries import decisions_about
from participation.moderation.services import decide
from participation.moderation.steps import Particulars

PACKAGE = Path(__file__).resolve().parents[2] / "participation"
# The functions that change what can be seen or done, and the modules that may call each.
CHANGING = {
    "set_state": {"moderation/steps/state.py"},
    "set_comment_state": {"moderation/steps/state.py"},
    "set_words": {"moderation/steps/redact.py"},
    "change_state": {"moderation/steps/state.py", "moderation/steps/redact.py"},
    "SealedText": {"moderation/steps/redact.py"},
    "ParticipantBlock": {"moderation/steps/block.py"},
    "ModerationDecision": {"moderation/services.py", "demo/loading.py"},
}
LIMITS = [
    (outcome, old, new)
    for outcome, steps in STEPS.items()
    for old, new in steps.items()
    if outcome in EXPLAINED or is_limit(old, new, outcome)
]


def values_of(contribution, outcome, old, new, **changes):
    values = {
        "contribution_id": contribution.id,
        "outcome": outcome,
        "state_before": old,
        "state_after": new,
        "statement_of_reasons": " ",
        "changes": {},
        "was_automated": False,
        "decided_at": clock.now(),
        "language": "de",
    }
    return values | changes


@pytest.mark.parametrize("outcome, old, new", [
    *LIMITS, ("undo", State.PUBLISHED, State.SUBMITTED), ("undo", State.MERGED, State.SUBMITTED),
    ("undo", State.PUBLISHED, State.HIDDEN), ("undo", State.PUBLISHED, State.MERGED),
])  # fmt: skip
def test_the_database_itself_refuses_every_limit_without_reasons(app_context, make_contribution, outcome, old, new):
    contribution = make_contribution()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(ModerationDecision).values(values_of(contribution, outcome, old, new)))


@pytest.mark.parametrize("outcome, old, new", [
    ("publish", State.SUBMITTED, State.PUBLISHED), ("move", State.HIDDEN, State.HIDDEN),
    ("undo", State.HIDDEN, State.PUBLISHED), ("undo", State.HIDDEN, State.HIDDEN),
    ("undo", State.HIDDEN, State.MERGED),
])  # fmt: skip
def test_what_limits_nothing_needs_none(app_context, make_contribution, outcome, old, new):
    contribution = make_contribution()
    with transaction() as session:
        session.execute(insert(ModerationDecision).values(values_of(contribution, outcome, old, new)))
    assert [(one.outcome, one.rule) for one in decisions_about(contribution)] == [(outcome, None)]


@pytest.mark.parametrize("outcome, old, new", LIMITS)
@pytest.mark.parametrize("missing, field", [
    ({"statement_of_reasons": "Der zweite Satz."}, "ground"), ({"ground": "insult"}, "statement_of_reasons"),
    ({"ground": "insult", "statement_of_reasons": "x" * 4001}, "statement_of_reasons"),
])  # fmt: skip
def test_no_outcome_limits_without_rule_and_reasons(
    app_context, make_proceeding, make_contribution, make_actor, make_guest, outcome, old, new, missing, field
):
    proceeding = make_proceeding()
    leading = make_contribution(proceeding)
    item = make_contribution(proceeding, state=old, author=make_guest())
    particulars = Particulars(passages=("Schatten",), leading_id=leading.id, block_days=3)
    with pytest.raises(InvalidInput) as refused:
        decide(
            make_actor(proceeding, Role.MODERATOR),
            item,
            outcome=Outcome(outcome),
            seen_version=1,
            particulars=particulars,
            **missing,
        )
    assert refused.value.field == field
    assert db.session.get_one(Contribution, item.id).version == 1
    assert db.session.scalars(select(ModerationDecision)).all() == []


WRITING_STATE = {"contributions/services.py", "discussion/services.py", "notices/services.py", "demo/loading.py"}
# States of their own:
WRITING_STATE |= {"notifications/services.py", "complaints/services.py", "batches/services.py", "jobs/services.py"}
WRITING_STATE |= {"imports/runs.py", "ledger/verify_ledger.py"}
ITEMS = {"Contribution", "Comment"}


def called(node):
    """Return the name of what a node calls, whether bare or of a module or object."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "id", getattr(function, "attr", ""))


def changes_called(tree):
    return [called(node) for node in ast.walk(tree) if called(node) in CHANGING]


def writes_state(tree):
    """Whether code assigns `….state`, or updates rows of contributions or comments with a state."""
    for node in ast.walk(tree):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        flat = [part for target in targets for part in getattr(target, "elts", [target])]
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and any(
            isinstance(target, ast.Attribute) and target.attr == "state" for target in flat
        ):
            return True
        if called(node) == "setattr" and any(getattr(one, "value", "") == "state" for one in node.args):
            return True
        if called(node) in ("values", "update") and is_about_items(node) and "state" in columns_of(node):
            return True
    return False


def is_about_items(node):
    return any(getattr(part, "id", getattr(part, "attr", "")) in ITEMS for part in ast.walk(node.func))


def columns_of(node):
    """Return the columns that `.values(…)` or `.update(…)` sets, by name, by words in a dict, or by attribute."""
    keys = [key for one in node.args for key in getattr(one, "keys", [])]
    return {one.arg for one in node.keywords} | {getattr(key, "attr", getattr(key, "value", "")) for key in keys}


def modules():
    for path in PACKAGE.rglob("*.py"):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def test_only_decisions_change_what_can_be_seen_or_done():
    """Every call of what changes it stands in a step, which only `decide` and `undo` run."""
    wrong = [
        f"{where} calls {name}"
        for where, tree in modules()
        for name in changes_called(tree)
        if where not in CHANGING[name]
    ]
    assert wrong == []


def test_no_other_code_writes_the_state_of_what_people_wrote():
    """`….state = …` of a contribution or comment stands where the table is asked."""
    assert {where for where, tree in modules() if writes_state(tree)} <= WRITING_STATE


@pytest.mark.parametrize("source", ["set_state(session, item, new)", "services.set_state(session, item, new)"])
def test_these_checks_see_every_way_to_call(source):
    assert changes_called(ast.parse(source)) == ["set_state"]


@pytest.mark.parametrize("source", [
    "item.state = new", "item.state, version = new, 2", "item.state: State = new", "setattr(item, 'state', new)",
    "session.execute(update(Contribution).where(Contribution.id == 1).values(state=new))",
    "session.execute(update(Comment).values({'state': new}))",
    "session.execute(update(models.Comment).values({Comment.state: new}))",
    "session.query(Contribution).update({'state': new})",
])  # fmt: skip
def test_these_checks_see_every_way_to_write_a_state(source):
    assert writes_state(ast.parse(source))


def test_these_checks_let_other_columns_and_tables_be():
    for source in ("update(Contribution).values(votes_for=1)", "update(Mail).values(state=new)", "state = new"):
        assert not writes_state(ast.parse(source))
