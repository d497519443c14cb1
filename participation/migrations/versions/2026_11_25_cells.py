"""Counts by cells of the map, kept by the database itself, and an index for searching words.

A view of the map, the numbers beside the filter and a search read as much as there is in the table. Triggers note every
contribution that comes, goes, or changes its place, state or topic, so that the code of before keeps the counts right,
too. Only new tables: it can be run again after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

from participation.contributions.cells import fold_changes

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROWS_AT_A_TIME = 50_000
SEARCH = (
    "CREATE VIRTUAL TABLE contribution_search"
    " USING fts5(words, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1')"
)
WORDS = "INSERT INTO contribution_search (rowid, words)"
NO_WORDS = "INSERT INTO contribution_search (contribution_search, rowid, words)"
GONE_WORDS = f"{NO_WORDS} VALUES ('delete', OLD.id, OLD.search_text)"
NEW_WORDS = f"{WORDS} VALUES (NEW.id, NEW.search_text)"
SEARCHING = (
    SEARCH,
    f"CREATE TRIGGER contribution_search_added AFTER INSERT ON contribution BEGIN {NEW_WORDS}; END",
    (
        "CREATE TRIGGER contribution_search_changed AFTER UPDATE OF search_text ON contribution"
        f" BEGIN {GONE_WORDS}; {NEW_WORDS}; END"
    ),
    f"CREATE TRIGGER contribution_search_gone AFTER DELETE ON contribution BEGIN {GONE_WORDS}; END",
)
# Part of PostgreSQL's own contrib; whoever owns the database may add it. Without it a search reads the texts.
TRIGRAMS = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
SEARCH_INDEX = "CREATE INDEX contribution_search_trigrams ON contribution USING gin (search_text gin_trgm_ops)"
KEYS = ("proceeding_id", "state", "shift", "code", "category_id", "type_id")
WATCHED = ("proceeding_id", "state", "category_id", "type_id", "pin_x", "pin_y")

PIN = "INSERT INTO contribution_pin (proceeding_id, state, code, contribution_id, category_id, type_id, pin_x, pin_y)"
CHANGE = (
    "INSERT INTO contribution_change"
    " (proceeding_id, state, code, contribution_id, category_id, type_id, pin_x, pin_y, number)"
)
# Whoever has no type is counted under 0, and whoever has no place under no code: keys hold no NULL.
ROW = (
    "{row}.proceeding_id, {row}.state, pin_code({row}.pin_x, {row}.pin_y), {row}.id, {row}.category_id,"
    " coalesce({row}.type_id, 0), {row}.pin_x, {row}.pin_y"
)
NO_PIN = (
    "DELETE FROM contribution_pin WHERE proceeding_id = OLD.proceeding_id AND state = OLD.state"
    " AND code = pin_code(OLD.pin_x, OLD.pin_y) AND contribution_id = OLD.id"
)
PIN_CODE = """
CREATE OR REPLACE FUNCTION pin_code(x integer, y integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  a bigint := x;
  b bigint := y;
BEGIN
  a := (a | (a << 16)) & 281470681808895;     b := (b | (b << 16)) & 281470681808895;
  a := (a | (a << 8)) & 71777214294589695;    b := (b | (b << 8)) & 71777214294589695;
  a := (a | (a << 4)) & 1085102592571150095;  b := (b | (b << 4)) & 1085102592571150095;
  a := (a | (a << 2)) & 3689348814741910323;  b := (b | (b << 2)) & 3689348814741910323;
  a := (a | (a << 1)) & 6148914691236517205;  b := (b | (b << 1)) & 6148914691236517205;
  RETURN a | (b << 1);
END $$
"""
HAS_CHANGED = "(" + " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in WATCHED) + ")"
NOTING = f"""
CREATE OR REPLACE FUNCTION note_contributions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {PIN} SELECT {ROW.format(row="added")} FROM added WHERE added.pin_x IS NOT NULL;
    {CHANGE} SELECT {ROW.format(row="added")}, 1 FROM added;
    RETURN NULL;
  END IF;
  {NO_PIN};
  {CHANGE} VALUES ({ROW.format(row="OLD")}, -1);
  IF TG_OP = 'UPDATE' THEN
    IF NEW.pin_x IS NOT NULL THEN
      {PIN} VALUES ({ROW.format(row="NEW")});
    END IF;
    {CHANGE} VALUES ({ROW.format(row="NEW")}, 1);
  END IF;
  RETURN NULL;
END $$
"""  # noqa: S608 – names of ours
POSTGRESQL = (
    PIN_CODE,
    NOTING,
    (
        "CREATE TRIGGER contribution_added AFTER INSERT ON contribution REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION note_contributions()"
    ),
    (
        f"CREATE TRIGGER contribution_changed AFTER UPDATE OF {', '.join(WATCHED)} ON contribution"
        f" FOR EACH ROW WHEN {HAS_CHANGED} EXECUTE FUNCTION note_contributions()"
    ),
    "CREATE TRIGGER contribution_gone AFTER DELETE ON contribution FOR EACH ROW EXECUTE FUNCTION note_contributions()",
)
NEW_PIN = f"{PIN} SELECT {ROW.format(row='NEW')} WHERE NEW.pin_x IS NOT NULL"
NEW_CHANGE = f"{CHANGE} VALUES ({ROW.format(row='NEW')}, 1)"
OLD_CHANGE = f"{CHANGE} VALUES ({ROW.format(row='OLD')}, -1)"
SQLITE = (
    f"CREATE TRIGGER contribution_added AFTER INSERT ON contribution BEGIN {NEW_PIN}; {NEW_CHANGE}; END",
    (
        f"CREATE TRIGGER contribution_changed AFTER UPDATE OF {', '.join(WATCHED)} ON contribution"
        f" WHEN {HAS_CHANGED.replace('IS DISTINCT FROM', 'IS NOT')}"
        f" BEGIN {NO_PIN}; {OLD_CHANGE}; {NEW_PIN}; {NEW_CHANGE}; END"
    ),
    f"CREATE TRIGGER contribution_gone AFTER DELETE ON contribution BEGIN {NO_PIN}; {OLD_CHANGE}; END",
)


def upgrade() -> None:
    sizes = ("number", "sum_x", "sum_y", "sum_id")
    op.create_table(
        "contribution_pin",
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("contribution_id", "category_id", "type_id", "pin_x", "pin_y")
        ),
        sa.PrimaryKeyConstraint("proceeding_id", "state", "code", "contribution_id", name=op.f("pk_contribution_pin")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contribution_cell",
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("shift", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("category_id", "type_id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sizes),
        sa.PrimaryKeyConstraint(*KEYS, name=op.f("pk_contribution_cell")),
        sqlite_with_rowid=False,
    )
    is_empty = sa.text("number = 0")
    op.create_index(
        "ix_contribution_cell_empty",
        "contribution_cell",
        ["number"],
        postgresql_where=is_empty,
        sqlite_where=is_empty,
    )
    op.create_table(
        "contribution_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proceeding_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("contribution_id", "category_id", "type_id")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("pin_x", "pin_y")),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_change")),
    )
    op.create_index("ix_contribution_change_proceeding_id", "contribution_change", ["proceeding_id"])
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    for statement in POSTGRESQL if is_postgresql else (*SQLITE, *SEARCHING):
        connection.exec_driver_sql(statement)
    _fill(connection, with_words=not is_postgresql)
    if is_postgresql and connection.exec_driver_sql(TRIGRAMS).scalar():
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.exec_driver_sql(SEARCH_INDEX)


def _fill(connection: sa.Connection, *, with_words: bool) -> None:
    """Count what is there, and note its words, some at a time."""
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM contribution").scalar_one()
    for first in range(1, last + 1, ROWS_AT_A_TIME):
        rows = f"FROM contribution WHERE id BETWEEN {first} AND {first + ROWS_AT_A_TIME - 1}"
        row = ROW.format(row="contribution")
        connection.exec_driver_sql(f"{PIN} SELECT {row} {rows} AND pin_x IS NOT NULL")
        connection.exec_driver_sql(f"{CHANGE} SELECT {row}, 1 {rows}")
        fold_changes(connection)
        if with_words:
            connection.exec_driver_sql(f"{WORDS} SELECT id, search_text {rows}")


def downgrade() -> None:
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    for name in ("added", "changed", "gone"):
        connection.exec_driver_sql(
            f"DROP TRIGGER IF EXISTS contribution_{name}{' ON contribution' if is_postgresql else ''}"
        )
        if not is_postgresql:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS contribution_search_{name}")
    if is_postgresql:
        connection.exec_driver_sql("DROP INDEX IF EXISTS contribution_search_trigrams")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS note_contributions(), pin_code(integer, integer)")
    else:
        connection.exec_driver_sql("DROP TABLE IF EXISTS contribution_search")
    for table in ("contribution_change", "contribution_cell", "contribution_pin"):
        op.drop_table(table)
