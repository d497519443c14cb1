"""the outbox says what became of each mail and which proceeding it is about; digests for moderators.

Mails sent so far keep no proceeding: only administrators see them. What was given up follows from the attempts.
"""

import sqlalchemy as sa
from alembic import op

from participation.database import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_outbox_mail_waiting", table_name="outbox_mail")
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.alter_column("participant_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("proceeding_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("problem", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("masked_address", sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column("address_hash", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE outbox_mail SET state = CASE WHEN sent_at IS NOT NULL THEN 'sent'"
        " WHEN attempts >= 20 THEN 'given_up' ELSE 'waiting' END"
    )
    op.execute("UPDATE outbox_mail SET problem = 'postponed' WHERE state = 'given_up'")
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.alter_column("state", existing_type=sa.String(length=40), nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_mail_user_id_user"), "user", ["user_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_mail_proceeding_id_proceeding"),
            "proceeding",
            ["proceeding_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_unique_constraint(batch_op.f("uq_outbox_mail_message_key"), ["message_key"])
        batch_op.create_check_constraint(
            batch_op.f("ck_outbox_mail_one_recipient"), "(participant_id IS NULL) <> (user_id IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_outbox_mail_sent_whole"),
            "(state <> 'sent' OR sent_at IS NOT NULL) AND (state NOT IN ('waiting', 'moot') OR sent_at IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_outbox_mail_failure_is_explained"),
            "state NOT IN ('given_up', 'bounced') OR problem IS NOT NULL",
        )
        batch_op.create_index(batch_op.f("ix_outbox_mail_user_id"), ["user_id"])
        batch_op.create_index("ix_outbox_mail_of_proceeding", ["proceeding_id", "state", "id"])
        batch_op.create_index("ix_outbox_mail_state", ["state", "id"])
    is_waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_outbox_mail_waiting",
        "outbox_mail",
        ["next_attempt_at"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    op.create_table(
        "digest_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=40), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_digest_choice_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_choice")),
    )
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("seen", Json, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("user_id", "due_at", name=op.f("uq_digest_user_id_due_at")),
    )


def downgrade() -> None:
    op.drop_table("digest")
    op.drop_table("digest_choice")
    op.drop_index("ix_outbox_mail_waiting", table_name="outbox_mail")
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_outbox_mail_failure_is_explained"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_outbox_mail_sent_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_outbox_mail_one_recipient"), type_="check")
    op.execute("DELETE FROM outbox_mail WHERE participant_id IS NULL")
    op.execute(
        "UPDATE outbox_mail SET sent_at = next_attempt_at WHERE state IN ('moot', 'bounced') AND sent_at IS NULL"
    )
    op.execute("UPDATE outbox_mail SET attempts = 20 WHERE state = 'given_up'")
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.drop_index("ix_outbox_mail_state")
        batch_op.drop_index("ix_outbox_mail_of_proceeding")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_user_id"))
        batch_op.drop_constraint(batch_op.f("uq_outbox_mail_message_key"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_proceeding_id_proceeding"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_user_id_user"), type_="foreignkey")
        for name in ("address_hash", "masked_address", "problem", "state", "proceeding_id", "user_id"):
            batch_op.drop_column(name)
        batch_op.alter_column("participant_id", existing_type=sa.Integer(), nullable=False)
    op.create_index(
        "ix_outbox_mail_waiting",
        "outbox_mail",
        ["next_attempt_at"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
