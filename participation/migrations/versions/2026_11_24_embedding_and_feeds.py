"""Managers say which websites may show the map; feeds find the newest publications and responses by an index.

Nobody may embed anything until a manager allows it. It changes no texts and can be run again after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

from participation.database import Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RESPONDED = sa.text("responded_at IS NOT NULL")


def upgrade() -> None:
    # Not in a batch: SQLite would make the table anew, and the proceedings' areas lose their index.
    op.add_column(
        "proceeding", sa.Column("embedding", sa.String(length=40), nullable=False, server_default=sa.text("'nobody'"))
    )
    op.add_column("proceeding", sa.Column("embedding_origins", Json, nullable=False, server_default=sa.text("'[]'")))
    op.create_index("ix_contribution_published", "contribution", ["proceeding_id", "state", "published_at", "id"])
    op.create_index(
        "ix_contribution_responded",
        "contribution",
        ["proceeding_id", "responded_at", "id"],
        postgresql_where=RESPONDED,
        sqlite_where=RESPONDED,
    )


def downgrade() -> None:
    op.drop_index("ix_contribution_responded", "contribution")
    op.drop_index("ix_contribution_published", "contribution")
    op.drop_column("proceeding", "embedding_origins")
    op.drop_column("proceeding", "embedding")
