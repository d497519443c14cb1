"""Tables for the rules that hold texts, and for what is remembered of each text; nothing that exists is changed.

What came in before is made known by `flask --app app screening fill`; until then it has no look-alikes.
"""

import sqlalchemy as sa
from alembic import op

from participation.database import Json, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BANDS = range(1, 9)


def upgrade() -> None:
    op.create_table(
        "holding_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("settings", Json, nullable=True),
        sa.Column("armed_at", UtcDateTime(), nullable=True),
        sa.Column("armed_by_id", sa.Integer(), nullable=True),
        sa.Column("tried_settings", Json, nullable=True),
        sa.Column("trial_begun_at", UtcDateTime(), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("read_to", UtcDateTime(), nullable=True),
        sa.Column("read_to_id", sa.Integer(), nullable=False),
        sa.Column("read_count", sa.Integer(), nullable=False),
        sa.Column("held_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "armed_at IS NULL OR settings IS NOT NULL", name=op.f("ck_holding_rule_armed_with_settings")
        ),
        sa.CheckConstraint(
            "tried_at IS NULL OR tried_settings IS NOT NULL", name=op.f("ck_holding_rule_tried_with_settings")
        ),
        sa.ForeignKeyConstraint(
            ["armed_by_id"], ["user.id"], name=op.f("fk_holding_rule_armed_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_holding_rule_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_rule")),
        sa.UniqueConstraint("proceeding_id", "rule", name=op.f("uq_holding_rule_proceeding_id_rule")),
    )
    op.create_table(
        "screening_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_screening_hit_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_hit")),
        sa.UniqueConstraint("item_kind", "item_id", "rule", name=op.f("uq_screening_hit_item_kind_item_id_rule")),
    )
    with op.batch_alter_table("screening_hit") as batch_op:
        batch_op.create_index("ix_screening_hit_rule", ["proceeding_id", "rule", "item_kind", "item_id"], unique=False)

    op.create_table(
        "screened_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("is_limited", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        *(sa.Column(f"band_{number}", sa.Integer(), nullable=True) for number in BANDS),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_screened_text_participant_id_participant"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_screened_text_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screened_text")),
        sa.UniqueConstraint("item_kind", "item_id", name=op.f("uq_screened_text_item_kind_item_id")),
    )
    with op.batch_alter_table("screened_text") as batch_op:
        for number in BANDS:
            columns = ["proceeding_id", f"band_{number}", "is_limited", "id"]
            batch_op.create_index(f"ix_screened_text_band_{number}", columns, unique=False)
        batch_op.create_index("ix_screened_text_participant", ["participant_id", "posted_at"], unique=False)
        batch_op.create_index("ix_screened_text_time", ["proceeding_id", "posted_at", "id"], unique=False)

    op.create_table(
        "trial_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holding_rule_id", sa.Integer(), nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["holding_rule_id"],
            ["holding_rule.id"],
            name=op.f("fk_trial_hit_holding_rule_id_holding_rule"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_hit")),
    )
    with op.batch_alter_table("trial_hit") as batch_op:
        batch_op.create_index("ix_trial_hit_rule", ["holding_rule_id", "id"], unique=False)


def downgrade() -> None:
    for table in ("trial_hit", "screened_text", "screening_hit", "holding_rule"):
        op.drop_table(table)
