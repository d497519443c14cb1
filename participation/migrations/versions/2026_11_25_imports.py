"""Tables for imports through the page; nothing that exists is changed, and it can be run again after a downgrade."""

import sqlalchemy as sa
from alembic import op

from participation.database import Json, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("row_count", "added_count", "existing_count", "bad_count", "undone_count", "undone_to")
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proceeding_id"],
            ["proceeding.id"],
            name=op.f("fk_import_run_proceeding_id_proceeding"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_import_run_user_id_user"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("token", name=op.f("uq_import_run_token")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_run_newest", "import_run", ["proceeding_id", "id"])
    op.create_index("ix_import_run_state", "import_run", ["state", "created_at"])
    op.create_index(op.f("ix_import_run_user_id"), "import_run", ["user_id"])
    op.create_table(
        "imported_contribution",
        sa.Column("contribution_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_imported_contribution_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_imported_contribution_run_id_import_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_imported_contribution")),
    )
    op.create_index(op.f("ix_imported_contribution_run_id"), "imported_contribution", ["run_id"])


def downgrade() -> None:
    op.drop_table("imported_contribution")
    op.drop_table("import_run")
