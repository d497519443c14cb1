"""The public ledger: chain, waiting entries, salts of texts; what is there now is entered as standing since now.

Only adds; code of the version before still runs on it (what it writes is entered by `flask ledger complete`). It can be
run again after a downgrade, which forgets the ledger. Waiting entries are sealed by the application, bit by bit.
"""

# ruff: noqa: S608 – names and fixed words
import hashlib

import sqlalchemy as sa
from alembic import op

from participation.database import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CONTRIBUTIONS_AT_A_TIME = 20_000
SALTS = {"postgresql": "replace(gen_random_uuid()::text, '-', '')", "sqlite": "lower(hex(randomblob(16)))"}
HASHES = {"postgresql": "encode(sha256(convert_to({}, 'UTF8')), 'hex')", "sqlite": "sha256_hex({})"}
PUBLICITY = "CASE state WHEN 'published' THEN 'public' WHEN 'merged' THEN 'merged' ELSE 'not_public' END"
NEVER_CHANGED = "entries of the ledger are never changed"
NEVER_DELETED = "entries of the ledger are never deleted while the consultation exists"


def upgrade() -> None:
    op.create_table(
        "ledger",
        sa.Column("proceeding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        _to_proceeding("ledger"),
        sa.PrimaryKeyConstraint("proceeding_id", name=op.f("pk_ledger")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("proceeding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", _counter(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("found_by", sa.BigInteger(), nullable=True),
        _to_proceeding("ledger_entry"),
        sa.PrimaryKeyConstraint("proceeding_id", "number", name=op.f("pk_ledger_entry")),
        sqlite_with_rowid=False,
    )
    is_found = sa.text("found_by IS NOT NULL")
    op.create_index(
        "ix_ledger_entry_found_by",
        "ledger_entry",
        ["proceeding_id", "found_by"],
        postgresql_where=is_found,
        sqlite_where=is_found,
    )
    op.create_table(
        "ledger_waiting",
        sa.Column("id", _counter(), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=True),
        sa.Column("leading_id", sa.Integer(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.SmallInteger(), nullable=True),
        sa.Column("before", sa.SmallInteger(), nullable=True),
        sa.Column("commitment", sa.String(length=64), nullable=True),
        sa.Column("details", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_waiting")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_waiting_next", "ledger_waiting", ["proceeding_id", "id"])
    for table in ("contribution", "comment"):
        op.add_column(table, sa.Column("salt", sa.String(length=32), nullable=True))
    _protect()
    _enter()


def _counter() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to_proceeding(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_proceeding_id_proceeding")
    return sa.ForeignKeyConstraint(["proceeding_id"], ["proceeding.id"], name=name, ondelete="CASCADE")


def _protect() -> None:
    """Let the database refuse to change sealed entries; they go with their proceeding only."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER ledger_entry_unchanged BEFORE UPDATE ON ledger_entry BEGIN"
            f" SELECT RAISE(ABORT, '{NEVER_CHANGED}'); END"
        )
        op.execute(
            "CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry"
            " WHEN EXISTS (SELECT 1 FROM proceeding WHERE id = OLD.proceeding_id)"
            f" BEGIN SELECT RAISE(ABORT, '{NEVER_DELETED}'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION ledger_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION '{NEVER_CHANGED}'; END IF;"
        " IF EXISTS (SELECT 1 FROM proceeding WHERE id = OLD.proceeding_id) THEN"
        f" RAISE EXCEPTION '{NEVER_DELETED}'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_entry_stays BEFORE UPDATE OR DELETE ON ledger_entry"
        " FOR EACH ROW EXECUTE FUNCTION ledger_entry_stays()"
    )


def _enter() -> None:
    """Let everything that is there wait for its entry: contributions, then comments, votes, and joint counts."""
    connection = op.get_bind()
    dialect = connection.dialect.name
    if dialect == "sqlite":
        driver = connection.connection.driver_connection
        driver.create_function("sha256_hex", 1, lambda text: hashlib.sha256(text.encode()).hexdigest())
    sha256, salt = HASHES[dialect].format, SALTS[dialect]
    last = connection.scalar(sa.text("SELECT coalesce(max(id), 0) FROM contribution"))
    here = "contribution_id BETWEEN :first AND :last"
    into = "INSERT INTO ledger_waiting (proceeding_id, kind, happened_at, contribution_id"
    of_contribution = "SELECT proceeding_id, 'stand', CURRENT_TIMESTAMP, id"
    to_contributions = f"UPDATE contribution SET salt = {salt} WHERE id BETWEEN :first AND :last"
    to_comments = f"UPDATE comment SET salt = {salt} WHERE {here}"
    contributions = (
        f"{into}, state, leading_id, commitment) {of_contribution}, {PUBLICITY}, leading_id,"
        f" {sha256('salt || fingerprint')} FROM contribution WHERE id BETWEEN :first AND :last ORDER BY id"
    )
    comments = (
        f"{into}, comment_id, state, commitment) SELECT proceeding_id, 'stand', CURRENT_TIMESTAMP, contribution_id, id,"
        f" {PUBLICITY}, {sha256('salt || ' + sha256('text'))} FROM comment WHERE {here} ORDER BY id"
    )
    votes = (
        f"{into}, participant_id, value, before) SELECT proceeding_id, 'stand', CURRENT_TIMESTAMP, contribution_id,"
        " vote.participant_id, value, 0 FROM vote JOIN contribution ON contribution.id = contribution_id"
        f" WHERE {here} ORDER BY contribution_id, vote.participant_id"
    )
    joint_counts = (
        f"{into}, leading_id, votes_for, votes_against) {of_contribution}, id, votes_for, votes_against"
        " FROM contribution WHERE id BETWEEN :first AND :last"
        " AND id IN (SELECT leading_id FROM contribution WHERE leading_id IS NOT NULL) ORDER BY id"
    )
    for statement in (to_contributions, to_comments, contributions, comments, votes, joint_counts):
        for first in range(1, last + 1, CONTRIBUTIONS_AT_A_TIME):
            bounds = {"first": first, "last": first + CONTRIBUTIONS_AT_A_TIME - 1}
            connection.execute(sa.text(statement), bounds)


def downgrade() -> None:
    op.drop_table("ledger_waiting")
    op.drop_table("ledger_entry")
    op.drop_table("ledger")
    without_salt = "json_remove(details, '$.ledger_salt')"
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_entry_stays()")
        without_salt = "CAST(details AS jsonb) - 'ledger_salt'"
    op.execute(f"UPDATE audit_event SET details = {without_salt} WHERE CAST(details AS text) LIKE '%ledger_salt%'")
    for table in ("contribution", "comment"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN salt")
