"""Pages ask a bounded number of queries, however much there is, and every query on contributions uses an index."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from participation.accounts.actors import STRANGER
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.demo.seeding import seed
from participation.proceedings.queries import proceeding_by_slug

FEW, MANY = 60, 3_000
BOX = "12.30,51.30,12.45,51.40"
PAGES = {
    "portal": "/",
    "list": "/proceedings/{slug}",
    "list by votes": "/proceedings/{slug}?sort=votes",
    "list by comments, filtered": "/proceedings/{slug}?sort=comments&category={category}",
    "list in view": "/proceedings/{slug}?bbox=" + BOX,
    "far view": "/proceedings/{slug}/map.json?zoom=11&box=" + BOX,
    "near view": "/proceedings/{slug}/map.json?zoom=18&box=" + BOX,
    "detail": "/proceedings/{slug}/contributions/{id}",
}
MOST_QUERIES = 16


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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_as_many_queries_with_many_rows_as_with_few(client, seeded, statements, name):
    counts = []
    for count in (FEW, MANY):
        path = PAGES[name].format(**seeded(count))
        client.get(path)
        with statements() as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1  # the near view of many may hold lines and areas where that of few has none
    assert counts[1] <= MOST_QUERIES


@pytest.mark.parametrize("name", PAGES)
def test_every_query_on_contributions_uses_an_index(app, client, seeded, statements, name):
    path = PAGES[name].format(**seeded(MANY))
    with statements() as asked:
        client.get(path)
    with app.app_context(), db.engine.connect() as connection:
        wrong = [statement for statement, parameters in asked if not uses_indexes(connection, statement, parameters)]
    assert wrong == []


def uses_indexes(connection, statement, parameters) -> bool:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return not any("Seq Scan on contribution" in row[0] or "Seq Scan on comment" in row[0] for row in rows)
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    scans = [row[3] for row in rows if row[3].startswith(("SCAN contribution", "SCAN comment", "SCAN vote"))]
    return all("USING" in scan or "VIRTUAL TABLE INDEX" in scan for scan in scans)
