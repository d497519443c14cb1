"""Tables for cases, internal notes and saved views; indexes that give the moderators' queue its order.

No row that exists is changed.
"""

import sqlalchemy as sa
from alembic import op

from participation.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderation_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("assigned_at", UtcDateTime(), nullable=True),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("held_page", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(contribution_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_moderation_case_one_subject")
        ),
        sa.CheckConstraint(
            "(assigned_to IS NULL) = (assigned_at IS NULL)", name=op.f("ck_moderation_case_assigned_whole")
        ),
        sa.CheckConstraint("(held_by IS NULL) = (held_until IS NULL)", name=op.f("ck_moderation_case_held_whole")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_moderation_case_{column}_{table}"), ondelete="CASCADE"
            )
            for column, table in (
                ("proceeding_id", "proceeding"),
                ("contribution_id", "contribution"),
                ("comment_id", "comment"),
                ("assigned_to", "user"),
                ("held_by", "user"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_moderation_case_contribution_id")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_moderation_case_comment_id")),
    )
    op.create_index("ix_moderation_case_assigned", "moderation_case", ["proceeding_id", "assigned_to"])
    op.create_index(op.f("ix_moderation_case_assigned_to"), "moderation_case", ["assigned_to"])
    op.create_index(op.f("ix_moderation_case_held_by"), "moderation_case", ["held_by"])
    op.create_table(
        "internal_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(contribution_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_internal_note_one_subject")
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_internal_note_text")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_internal_note_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_internal_note_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_internal_note_author_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_note")),
    )
    op.create_index(op.f("ix_internal_note_contribution_id"), "internal_note", ["contribution_id"])
    op.create_index(op.f("ix_internal_note_comment_id"), "internal_note", ["comment_id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "NOT is_shared OR proceeding_id IS NOT NULL", name=op.f("ck_saved_view_shared_in_a_proceeding")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_saved_view_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "proceeding_id", "name", name=op.f("uq_saved_view_user_id_proceeding_id_name")),
    )
    op.create_index(op.f("ix_saved_view_proceeding_id"), "saved_view", ["proceeding_id"])
    op.create_index("ix_contribution_received", "contribution", ["proceeding_id", "created_at", "id"])
    op.create_index("ix_comment_received", "comment", ["proceeding_id", "created_at", "id"])
    op.drop_index("ix_comment_state", table_name="comment")
    op.create_index("ix_comment_state", "comment", ["proceeding_id", "state", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_comment_state", table_name="comment")
    op.create_index("ix_comment_state", "comment", ["proceeding_id", "state", "created_at"])
    op.drop_index("ix_comment_received", table_name="comment")
    op.drop_index("ix_contribution_received", table_name="contribution")
    op.drop_table("saved_view")
    op.drop_table("internal_note")
    op.drop_table("moderation_case")
