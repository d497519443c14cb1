"""Tables for batches; nothing that exists is changed."""

import sqlalchemy as sa
from alembic import op

from participation.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderation_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("statement_of_reasons", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'choosing') = (outcome IS NULL)", name=op.f("ck_moderation_batch_running_has_outcome")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome NOT IN ('reject', 'hide') OR length(trim(statement_of_reasons)) > 0",
            name=op.f("ck_moderation_batch_limits_have_reasons"),
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["user.id"], name=op.f("fk_moderation_batch_moderator_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_moderation_batch_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["moderation_batch.id"],
            name=op.f("fk_moderation_batch_undoes_id_moderation_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_batch")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_moderation_batch_undoes_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_moderation_batch_proceeding_id"), "moderation_batch", ["proceeding_id"])
    op.create_table(
        "moderation_batch_item",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("undoes_decision_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(contribution_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_moderation_batch_item_one_subject")
        ),
        sa.CheckConstraint("decision_id IS NULL OR problem IS NULL", name=op.f("ck_moderation_batch_item_one_end")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_moderation_batch_item_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (
                ("batch_id", "moderation_batch"),
                ("contribution_id", "contribution"),
                ("comment_id", "comment"),
                ("undoes_decision_id", "moderation_decision"),
                ("decision_id", "moderation_decision"),
            )
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_moderation_batch_item")),
    )
    for column in ("contribution_id", "comment_id", "decision_id"):
        op.create_index(op.f(f"ix_moderation_batch_item_{column}"), "moderation_batch_item", [column])
    op.create_index(
        "ix_moderation_batch_item_waiting",
        "moderation_batch_item",
        ["batch_id", "position"],
        sqlite_where=sa.text("decision_id IS NULL AND problem IS NULL"),
        postgresql_where=sa.text("decision_id IS NULL AND problem IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("moderation_batch_item")
    op.drop_table("moderation_batch")
