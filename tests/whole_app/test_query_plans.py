"""Pages ask a bounded number of queries, however much there is, and every query on contributions uses an index."""

import re

import pytest
from sqlalchemy import func, select

from participation.accounts.actors import STRANGER
from participation.accounts.models import Membership, Role
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import cursor_of, db, transaction
from participation.demo.seeding import seed
from participation.proceedings.queries import proceeding_by_slug
from tests.statements import plan_of

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
    "OGC: collections": "/ogc/collections",
    "OGC: collection": "/ogc/collections/{slug}.contributions",
    "OGC: items": "/ogc/collections/{slug}.contributions/items?limit=1000",
    "OGC: items, filtered": "/ogc/collections/{slug}.contributions/items?category={category}&bbox=" + BOX,
    "OGC: items, CQL2": "/ogc/collections/{slug}.contributions/items?filter=votes_for>1 AND category='{category}'",
    "OGC: tile, far": "/ogc/collections/{slug}.contributions/tiles/WebMercatorQuad/11/682/1094",
    "OGC: tile, near": "/ogc/collections/{slug}.contributions/tiles/WebMercatorQuad/16/21840/35020",
    "OGC: item": "/ogc/collections/{slug}.contributions/items/{id}",
    "API list": "/api/v1/proceedings/{slug}/contributions?category=green",
    "API one": "/api/v1/proceedings/{slug}/contributions/{id}",
    "feed": "/feeds/{slug}.atom",
    "frame": "/embed/{slug}",
    "catalogue": "/catalog.jsonld",
    "sitemap": "/sitemap.xml",
}
DESK_PAGES = {
    "queue": "/moderation/{slug}",
    "queue of all": "/moderation?state=published",
    "queue, newest": "/moderation/{slug}?state=published",
    "queue, any state": "/moderation/{slug}?state=any",
    "queue, filtered": "/moderation/{slug}?state=published&category={category}&assigned=nobody&age=1",
    "queue, mine": "/moderation/{slug}?state=any&assigned=me",
    "queue, reported": "/moderation/{slug}?kind=notice",
    "queue, searched": "/moderation/{slug}?state=published&q=linden",
    "queue, deep": "/moderation/{slug}?state=published&after={cursor}",
    "case": "/moderation/{slug}/contribution/{id}?state=published",
    "news": "/moderation/{slug}/news?since=2026-01-01T00:00:00%2B00:00&state=published",
}
MOST_QUERIES = 16
MOST_DESK_QUERIES = 44
WHOLE_TABLE = re.compile(r"Seq Scan on (contribution|comment|vote)( |$)")


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
def ask(statements):
    """Reads pages and returns what each asked the database."""

    def read(client, pages, place):
        asked = {}
        for name, path in pages.items():
            client.get(path.format(**place))  # the first time, more is read, such as the base map
            with statements() as asked[name]:
                assert client.get(path.format(**place)).status_code in (200, 204)  # an empty tile has no body
        return asked

    return read


def test_with_100_000_contributions_pages_ask_as_many_queries_as_with_few_and_each_uses_an_index(
    app, client, seeded, ask, make_actor, make_client
):
    """Public pages and the desk, on one load."""
    actor = make_actor()

    def ask_all(count):
        place = seeded(count)
        with app.app_context():
            proceeding = proceeding_by_slug(STRANGER, place["slug"])
            with transaction() as session:
                session.add(Membership(user_id=actor.user_id, proceeding_id=proceeding.id, role=Role.MODERATOR))
            middle = select(Contribution.created_at).where(Contribution.proceeding_id == proceeding.id)
            at = db.session.scalar(middle.order_by(Contribution.created_at).offset(count // 2).limit(1))
            place["cursor"] = cursor_of([at, "contribution", 1])
        return ask(client, PAGES, place), ask(make_client(actor), DESK_PAGES, place)

    wrong = []
    for few, many, most in zip(ask_all(FEW), ask_all(MANY), (MOST_QUERIES, MOST_DESK_QUERIES), strict=True):
        for name, asked in many.items():
            # The near view of many may hold lines and areas where that of few has none.
            if len(asked) > min(len(few[name]) + 1, most):
                wrong.append(f"{name}: {len(asked)} queries, {len(few[name])} with few")
            with app.app_context(), db.engine.connect() as connection:
                wrong += [f"{name}: {words}" for words, values in asked if not uses_indexes(connection, words, values)]
    assert not wrong, "\n".join(wrong)


def test_counting_the_queue_looks_up_what_is_given_or_reported(app, seeded, statements, make_actor, make_client):
    place = seeded(FEW)
    with app.app_context():
        proceeding_id = proceeding_by_slug(STRANGER, place["slug"]).id
        if db.engine.dialect.name == "postgresql":
            pytest.skip("PostgreSQL plans by statistics, which so few rows do not give.")
    actor = make_actor()
    with app.app_context(), transaction() as session:
        session.add(Membership(user_id=actor.user_id, proceeding_id=proceeding_id, role=Role.MODERATOR))
    client = make_client(actor)
    for query in ("?state=published", "?state=published&q=linden"):
        with statements() as asked:
            assert client.get(f"/moderation/{place['slug']}{query}").status_code == 200
        counts = [one for one in asked if "count(*)" in one[0] and "FROM contribution" in one[0]]
        with app.app_context(), db.engine.connect() as connection:
            plans = ["\n".join(plan_of(connection, *one)) for one in counts]
        assert any("SEARCH contribution USING INTEGER PRIMARY KEY" in plan for plan in plans), plans


def uses_indexes(connection, statement, parameters) -> bool:
    if connection.dialect.name == "postgresql":
        # Where most rows of the table are wanted, reading it whole is cheaper: here only whether an index could serve.
        connection.exec_driver_sql("SET enable_seqscan = off")
        return not any(WHOLE_TABLE.search(line) for line in plan_of(connection, statement, parameters))
    lines = plan_of(connection, statement, parameters)
    scans = [line for line in lines if line.startswith(("SCAN contribution", "SCAN comment", "SCAN vote"))]
    return all("USING" in scan or "VIRTUAL TABLE INDEX" in scan for scan in scans)
