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


def test_only_decisions_change_what_can_be_seen_or_done():
    """Every call of what changes it stands in a step, which only `decide` and `undo` run."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        where = str(path.relative_to(PACKAGE))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in CHANGING and where not in CHANGING[name]:
                wrong.append(f"{where} calls {name}")
    assert wrong == []


def test_no_other_code_writes_the_state_of_what_people_wrote():
    """`….state = …` of a contribution or comment stands where the table is asked."""
    allowed = {"contributions/services.py", "discussion/services.py", "notices/services.py", "demo/loading.py"}
    allowed |= {"notifications/services.py", "complaints/services.py", "batches/services.py"}  # states of their own
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            flat = [part for target in targets for part in getattr(target, "elts", [target])]
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in flat):
                found.add(str(path.relative_to(PACKAGE)))
    assert found <= allowed
