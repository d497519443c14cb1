"""A table for complaints; nothing that exists is changed."""

import sqlalchemy as sa
from alembic import op

from participation.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("complainant", sa.String(length=40), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("receipt_nonce", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settling_decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(complainant = 'reporter') = (notice_id IS NOT NULL)", name=op.f("ck_complaint_reporters_name_the_notice")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL) AND (state = 'open') = (outcome IS NULL)",
            name=op.f("ck_complaint_settled_whole"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR length(trim(answer)) > 0", name=op.f("ck_complaint_settled_is_explained")
        ),
        sa.CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_complaint_one_subject")),
        sa.CheckConstraint(
            "decision_id IS NOT NULL OR notice_id IS NOT NULL", name=op.f("ck_complaint_about_something")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_complaint_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_complaint_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_complaint_decision_id_moderation_decision")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_complaint_notice_id_notice")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_complaint_participant_id_participant"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proceeding_id"], ["proceeding.id"], name=op.f("fk_complaint_proceeding_id_proceeding"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user.id"], name=op.f("fk_complaint_settled_by_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["settling_decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_complaint_settling_decision_id_moderation_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("notice_id", "decision_id", name=op.f("uq_complaint_notice_id_decision_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_comment_id"), ["comment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_participant_id"), ["participant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_settled_by"), ["settled_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_settling_decision_id"), ["settling_decision_id"], unique=False)
        batch_op.create_index("ix_complaint_state", ["proceeding_id", "state", "created_at"], unique=False)
        batch_op.create_index(
            "uq_complaint_about_answer",
            ["notice_id"],
            unique=True,
            sqlite_where=sa.text("decision_id IS NULL"),
            postgresql_where=sa.text("decision_id IS NULL"),
        )
        batch_op.create_index(
            "uq_complaint_of_author",
            ["decision_id"],
            unique=True,
            sqlite_where=sa.text("notice_id IS NULL"),
            postgresql_where=sa.text("notice_id IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_complaint_of_author",
            sqlite_where=sa.text("notice_id IS NULL"),
            postgresql_where=sa.text("notice_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_complaint_about_answer",
            sqlite_where=sa.text("decision_id IS NULL"),
            postgresql_where=sa.text("decision_id IS NULL"),
        )
        batch_op.drop_index("ix_complaint_state")
        batch_op.drop_index(batch_op.f("ix_complaint_decision_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_contribution_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_comment_id"))

    op.drop_table("complaint")
