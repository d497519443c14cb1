"""decisions that remove passages, merge, move, warn and block.

A contribution could be merged without saying into which one; nothing made such a row but the demo. It is public again,
with the votes that it has. It can be run again after a downgrade, which forgets these decisions: what was removed from
a text stays removed, and its sealed original is lost; reports that they settled are open again.
"""

import sqlalchemy as sa
from alembic import op

from participation.database import Json, UtcDateTime, rebuilt_spatial_index

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIMITS_OLD = (
    "(state_after NOT IN ('rejected', 'hidden') AND NOT (state_before = 'published' AND state_after = 'submitted'))"
    " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)
LIMITS_NEW = (
    "(outcome NOT IN ('redact', 'block', 'warn') AND (state_after = state_before"
    " OR (state_after NOT IN ('rejected', 'hidden', 'merged')"
    " AND NOT (state_before IN ('published', 'merged') AND state_after = 'submitted'))))"
    " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)"
)
LATER_OUTCOMES = "('redact', 'merge', 'move', 'warn', 'block')"
IS_LATER = (
    f"outcome IN {LATER_OUTCOMES}"  # noqa: S608 – constants
    f" OR undoes_id IN (SELECT id FROM moderation_decision WHERE outcome IN {LATER_OUTCOMES})"
)


def upgrade() -> None:
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.add_column(sa.Column("changes", Json, nullable=True))
    op.execute("UPDATE moderation_decision SET changes = '{}'")
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.alter_column("changes", existing_type=Json, nullable=False)
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(LIMITS_NEW))
    op.execute("UPDATE contribution SET state = 'published' WHERE state = 'merged'")
    with (
        rebuilt_spatial_index(op, "contribution", "geometry"),
        op.batch_alter_table("contribution", table_kwargs={"sqlite_autoincrement": True}) as batch_op,
    ):
        batch_op.add_column(sa.Column("leading_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_contribution_leading_id"), ["leading_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_contribution_leading_id_contribution"), "contribution", ["leading_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_contribution_merged_leads_somewhere"),
            sa.text("(state = 'merged') = (leading_id IS NOT NULL)"),
        )
    op.create_table(
        "sealed_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(contribution_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_sealed_text_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_sealed_text_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_sealed_text_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_sealed_text_decision_id_moderation_decision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_text")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_sealed_text_decision_id")),
    )
    op.create_index(op.f("ix_sealed_text_contribution_id"), "sealed_text", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_sealed_text_comment_id"), "sealed_text", ["comment_id"], unique=False)
    op.create_table(
        "participant_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_participant_block_ends_later")),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_participant_block_decision_id_moderation_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_participant_block_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_participant_block_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_block")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_participant_block_decision_id")),
    )
    op.create_index(
        "ix_participant_block_participant",
        "participant_block",
        ["participant_id", "proceeding_id", "ends_at"],
        unique=False,
    )
    op.create_index(op.f("ix_participant_block_proceeding_id"), "participant_block", ["proceeding_id"], unique=False)


def downgrade() -> None:
    op.drop_table("participant_block")
    op.drop_table("sealed_text")
    with (
        rebuilt_spatial_index(op, "contribution", "geometry"),
        op.batch_alter_table("contribution", table_kwargs={"sqlite_autoincrement": True}) as batch_op,
    ):
        batch_op.drop_constraint(batch_op.f("ck_contribution_merged_leads_somewhere"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_contribution_leading_id_contribution"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_contribution_leading_id"))
        batch_op.drop_column("leading_id")
    op.execute(
        "UPDATE notice SET state = 'open', outcome = NULL, settled_at = NULL, settled_by = NULL, decision_id = NULL"  # noqa: S608 – constants
        f" WHERE decision_id IN (SELECT id FROM moderation_decision WHERE {IS_LATER})"
    )
    op.execute(f"DELETE FROM moderation_decision WHERE {IS_LATER}")  # noqa: S608 – constants
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_moderation_decision_limits_have_reasons"), sa.text(LIMITS_OLD))
        batch_op.drop_column("changes")
