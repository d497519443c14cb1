"""Checks of the database: does it answer, can it do what we need, does its schema fit, can one write."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from participation import clock
from participation.accounts.queries import has_demo_accounts
from participation.config import Settings
from participation.database import db, missing_features, schema_problem, spatial_index_problems
from participation.database.engine import WRITING
from participation.operation.ages import newest_moment
from participation.operation.findings import Finding, note, problem, warning, words_of

LARGEST_DIFFERENCE = 60  # seconds between two clocks


def database_answers(settings: Settings) -> Iterator[Finding]:
    """Connect, and look whether it is a database that has what we need."""
    try:
        with db.engine.connect() as connection:
            yield from (problem(words) for words in missing_features(connection))
    except (SQLAlchemyError, OSError) as error:
        said = words_of(getattr(error, "orig", None) or error)
        place = db.engine.url.render_as_string(hide_password=True)
        yield problem(f"The database {place} does not answer: {said}.", "Is DATABASE_URL right, and does it run?")


def schema_fits(settings: Settings) -> Iterator[Finding]:
    """Compare the schema with the migrations that this program knows."""
    with db.engine.connect() as connection:
        words = schema_problem(connection)
    if words:
        yield problem(words)


def spatial_indexes_are_whole(settings: Settings) -> Iterator[Finding]:
    """Compare rows and entries of the spatial indexes."""
    with db.engine.connect() as connection:
        found = spatial_index_problems(connection)
    yield from (problem(words) for words in found)
    if found:
        yield problem("Make the spatial indexes anew:", "flask --app app db rebuild-index")


def database_can_be_written(settings: Settings) -> Iterator[Finding]:
    """Begin to write, and leave it at that."""
    try:
        with db.engine.connect().execution_options(**{WRITING: True}) as connection:
            is_read_only = False
            if connection.dialect.name == "sqlite":
                connection.execute(text("CREATE TABLE tried_by_doctor (id INTEGER)"))  # rolled back
            else:
                is_read_only = connection.scalar(text("SHOW transaction_read_only")) == "on"
            connection.rollback()
    except DBAPIError as error:
        if "locked" in str(error.orig):
            yield note("It was not tried whether the database can be written: somebody else was writing.")
            return
        yield problem(f"Nothing can be saved: {words_of(error.orig)}.", "May this user write to the database's files?")
        return
    if is_read_only:
        yield problem("Nothing can be saved: the database is read-only (a replica, or set so).")


def no_demo_accounts(settings: Settings) -> Iterator[Finding]:
    """Look for accounts whose password everybody can read."""
    found = has_demo_accounts()
    db.session.remove()
    if found and settings.is_production:
        yield problem("Demo accounts exist. Their password is public:", "start production with a database of its own.")
    elif found:
        yield note("This is a demo: its accounts have a public password.")


def clocks_agree(settings: Settings) -> Iterator[Finding]:
    """Compare the clock with what the database has seen."""
    now = clock.now()
    newest = newest_moment()
    if newest is not None and (newest - now).total_seconds() > LARGEST_DIFFERENCE:
        yield warning(
            f"The clock ({now:%Y-%m-%d %H:%M} UTC) is behind the newest entry ({newest:%Y-%m-%d %H:%M}).",
            "Set it by a time server (NTP): phases, limits and deadlines follow it.",
        )
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            theirs = connection.scalar(text("SELECT clock_timestamp()"))
        if theirs is not None and abs((theirs - clock.now()).total_seconds()) > LARGEST_DIFFERENCE:
            yield warning("The clocks of this machine and of the database server differ by more than a minute.")
