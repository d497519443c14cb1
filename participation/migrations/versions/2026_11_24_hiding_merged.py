"""hiding what is merged can be taken back without new reasons.

It changes no rows. On the way back, rows that the older rule refuses say that they led from hidden to published, which
is what the older application would have made of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LIMITS_OLD = (
    "(outcome NOT IN ('redact', 'block', 'warn') AND (state_after = state_before"
    " OR (state_after NOT IN ('rejected', 'hidden', 'merged')"
    " AND NOT (state_before IN ('published', 'merged') AND state_after = 'submitted'))))"
    " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)
LIMITS_NEW = (
    "(outcome NOT IN ('redact', 'block', 'warn') AND (state_after = state_before"
    " OR (state_after NOT IN ('rejected', 'hidden')"
    " AND NOT (state_before <> 'hidden' AND state_after = 'merged')"
    " AND NOT (state_before IN ('published', 'merged') AND state_after = 'submitted'))))"
    " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)


def upgrade() -> None:
    _replace_check(LIMITS_NEW)


def downgrade() -> None:
    op.execute(
        "UPDATE moderation_decision SET state_after = 'published'"
        " WHERE state_before = 'hidden' AND state_after = 'merged' AND rule_id IS NULL"
    )
    _replace_check(LIMITS_OLD)


def _replace_check(condition: str) -> None:
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(condition))
