"""people who only vote are blocked, names are removed from texts, many reports are answered at once.

Running it again is safe: nothing that was there is rewritten. On the way back, blocks of people who voted are lifted
and forgotten with what was said about them, since the older application would read them as decisions about the text;
batches of answers are forgotten, their answers stay; names that were removed stay removed.
"""

import sqlalchemy as sa
from alembic import op

from participation.database.column_types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DECISION, ITEM = "moderation_decision", "moderation_batch_item"
LIMITS = (
    "(outcome NOT IN ({outcomes}) AND (state_after = state_before"
    " OR (state_after NOT IN ('rejected', 'hidden')"
    " AND NOT (state_before <> 'hidden' AND state_after = 'merged')"
    " AND NOT (state_before IN ('published', 'merged') AND state_after = 'submitted'))))"
    " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)
LIMITS_OLD = LIMITS.format(outcomes="'redact', 'block', 'warn'")
LIMITS_NEW = LIMITS.format(outcomes="'redact', 'block', 'block_voter', 'warn'")
WAITING_OLD = "decision_id IS NULL AND problem IS NULL"
WAITING_NEW = "decision_id IS NULL AND answered_at IS NULL AND problem IS NULL"
ABOUT_VOTERS = (
    "SELECT id FROM moderation_decision WHERE outcome = 'block_voter'"
    " OR undoes_id IN (SELECT id FROM moderation_decision WHERE outcome = 'block_voter')"
)


def upgrade() -> None:
    with op.batch_alter_table(DECISION) as batch_op:
        batch_op.add_column(sa.Column("addressee_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_moderation_decision_addressee_id"), ["addressee_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_moderation_decision_addressee_id_participant"),
            "participant",
            ["addressee_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_moderation_decision_addressed_to_voters"),
            sa.text("addressee_id IS NULL OR outcome IN ('block_voter', 'undo')"),
        )
    _limits(LIMITS_NEW)
    op.create_index("ix_vote_cast", "vote", ["contribution_id", "cast_at"])
    with op.batch_alter_table("sealed_text") as batch_op:
        batch_op.add_column(sa.Column("public_name", sa.String(80), nullable=True))
    _drop_waiting()
    with op.batch_alter_table(ITEM) as batch_op:
        batch_op.add_column(sa.Column("seen_notice", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", UtcDateTime(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_moderation_batch_item_one_end"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_moderation_batch_item_one_end"),
            sa.text(
                "(decision_id IS NULL OR problem IS NULL) AND (answered_at IS NULL OR problem IS NULL)"
                " AND (decision_id IS NULL OR answered_at IS NULL)"
            ),
        )
    _create_waiting(WAITING_NEW)


def downgrade() -> None:
    op.execute(
        "DELETE FROM moderation_batch WHERE outcome = 'keep'"
        " OR undoes_id IN (SELECT id FROM moderation_batch WHERE outcome = 'keep')"
    )
    op.execute(f"DELETE FROM {ITEM} WHERE batch_id NOT IN (SELECT id FROM moderation_batch)")  # noqa: S608 – constants
    _drop_waiting()
    with op.batch_alter_table(ITEM) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_batch_item_one_end"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_moderation_batch_item_one_end"), sa.text("decision_id IS NULL OR problem IS NULL")
        )
        batch_op.drop_column("answered_at")
        batch_op.drop_column("seen_notice")
    _create_waiting(WAITING_OLD)
    with op.batch_alter_table("sealed_text") as batch_op:
        batch_op.drop_column("public_name")
    op.drop_index("ix_vote_cast", "vote")
    for table, column in (("complaint", "decision_id"), ("participant_block", "decision_id"), (DECISION, "id")):
        op.execute(f"DELETE FROM {table} WHERE {column} IN ({ABOUT_VOTERS})")  # noqa: S608 – constants
    _limits(LIMITS_OLD)
    with op.batch_alter_table(DECISION) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_addressed_to_voters"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_moderation_decision_addressee_id_participant"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_moderation_decision_addressee_id"))
        batch_op.drop_column("addressee_id")


def _limits(condition: str) -> None:
    with op.batch_alter_table(DECISION) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(condition))


def _drop_waiting() -> None:
    op.drop_index("ix_moderation_batch_item_waiting", ITEM)


def _create_waiting(condition: str) -> None:
    op.create_index(
        "ix_moderation_batch_item_waiting",
        ITEM,
        ["batch_id", "position"],
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
