"""Pages ask a bounded number of queries, however much there is, and every query on contributions uses an index."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from participation.accounts.actors import STRANGER
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.demo.seeding import seed
from participation.proceedings.queries import proceeding_by_slug

FEW, MANY = 60, 100_000
BOX = "12.30,51.30,12.45,51.40"
PAGES = {
    "portal": "/",
    "list": "/proceedings/{slug}",
    "list by votes": "/proceedings/{slug}?sort=votes",
    "list by comments, filtered": "/proceedings/{slug}?sort=comments&category={category}",
    "list, searched": "/proceedings/{slug}?q=linden",
    "list in view": "/proceedings/{slug}?bbox=" + BOX,
    "far view": "/proceedings/{slug}/map.json?zoom=11&box=" + BOX,
    "near view": "/proceedings/{slug}/map.json?zoom=18&box=" + BOX,
    "detail": "/proceedings/{slug}/contributions/{id}",
}
MOST_QUERIES = 16
WHOLE_TABLE = re.compile(r"Seq Scan on (contribution|comment|vote)( |$)")


@pytest.fixture
def statements(app):
    """Records (statement, parameters) of what the database is asked in a block."""

    @contextmanager
    def record():
        asked = []

        def note(_connection, _cursor, statement, parameters, _context, executemany):
            if statement.lstrip().upper().startswith("SELECT"):
                asked.append((statement, parameters))

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return record


@pytest.fixture
def seeded(app, make_proceeding):
    """Seeds a proceeding and returns what the addresses need."""
    make_proceeding()  # with a single proceeding the portal leads straight to it

    def make(count):
        with app.app_context():
            slug = f"seed-{count}"
            seed(slug=slug, contributions=count, votes=count, comments=count // 10)
            proceeding = proceeding_by_slug(STRANGER, slug)
            published = Contribution.state == PublicationState.PUBLISHED
            first = db.session.scalar(
                select(func.min(Contribution.id)).where(Contribution.proceeding_id == proceeding.id, published)
            )
            return {"slug": proceeding.slug, "id": first, "category": proceeding.categories[0].key}

    return make


@pytest.fixture
def ask(client, statements):
    """Reads a page and returns what it asked the database."""

    def read(path):
        client.get(path)  # the first time, more is read, such as the base map
        with statements() as asked:
            assert client.get(path).status_code == 200
        return asked

    return read


def test_with_100_000_contributions_pages_ask_as_many_queries_as_with_few_and_each_uses_an_index(app, seeded, ask):
    few = {name: len(ask(path.format(**place))) for place in [seeded(FEW)] for name, path in PAGES.items()}
    place = seeded(MANY)
    wrong = []
    for name, path in PAGES.items():
        asked = ask(path.format(**place))
        # The near view of many may hold lines and areas where that of few has none.
        if len(asked) > min(few[name] + 1, MOST_QUERIES):
            wrong.append(f"{name}: {len(asked)} queries, {few[name]} with few")
        with app.app_context(), db.engine.connect() as connection:
            wrong += [f"{name}: {words}" for words, values in asked if not uses_indexes(connection, words, values)]
    assert not wrong, "\n".join(wrong)


def uses_indexes(connection, statement, parameters) -> bool:
    if connection.dialect.name == "postgresql":
        # Where most rows of the table are wanted, reading it whole is cheaper: here only whether an index could serve.
        connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return not any(WHOLE_TABLE.search(row[0]) for row in rows)
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    scans = [row[3] for row in rows if row[3].startswith(("SCAN contribution", "SCAN comment", "SCAN vote"))]
    return all("USING" in scan or "VIRTUAL TABLE INDEX" in scan for scan in scans)
