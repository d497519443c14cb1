"""decisions say from which state to which they led, so that they can be taken back.

What a decision replaced was not kept. For those made before, it follows from the outcome: publishing came from waiting,
or from hidden where it was the second decision. It changes no text and can be run again after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIMITS_OLD = "outcome = 'publish' OR (ground IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
LIMITS_NEW = (
    "(state_after NOT IN ('rejected', 'hidden') AND NOT (state_before = 'published' AND state_after = 'submitted'))"
    " OR (ground IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)


def upgrade() -> None:
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.add_column(sa.Column("state_before", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("state_after", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("undoes_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE moderation_decision SET state_after = CASE outcome WHEN 'publish' THEN 'published'"
        " WHEN 'reject' THEN 'rejected' ELSE 'hidden' END, state_before = CASE"
        " WHEN outcome = 'hide' THEN 'published' WHEN outcome = 'publish' AND EXISTS (SELECT 1 FROM moderation_decision"
        " AS earlier WHERE earlier.id < moderation_decision.id AND earlier.outcome = 'hide'"
        " AND (earlier.contribution_id = moderation_decision.contribution_id"
        " OR earlier.comment_id = moderation_decision.comment_id)) THEN 'hidden' ELSE 'submitted' END"
    )
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.alter_column("state_before", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("state_after", existing_type=sa.String(length=40), nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_moderation_decision_undoes_id_moderation_decision"),
            "moderation_decision",
            ["undoes_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_unique_constraint(batch_op.f("uq_moderation_decision_undoes_id"), ["undoes_id"])
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(LIMITS_NEW))


def downgrade() -> None:
    op.execute("DELETE FROM moderation_decision WHERE outcome = 'undo'")
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(LIMITS_OLD))
        batch_op.drop_constraint(batch_op.f("uq_moderation_decision_undoes_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_moderation_decision_undoes_id_moderation_decision"), type_="foreignkey")
        batch_op.drop_column("undoes_id")
        batch_op.drop_column("state_after")
        batch_op.drop_column("state_before")
