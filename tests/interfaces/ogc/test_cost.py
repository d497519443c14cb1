"""A page costs the same wherever it lies: the index gives its order, only the first one counts, none is left out."""

import re

import pyogrio
from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import cursor_of, db
from participation.demo.seeding import seed
from tests.statements import plan_of

MANY = 103_500  # of which 97 % are published
OURS = re.compile(r"FROM (contribution|contribution_type|proceeding|phase|category)\b(?!_)")
ITEMS = "/ogc/collections/many.contributions/items?limit=1000"


def test_100_000_are_copied_whole_by_ogr2ogr_and_each_of_their_pages_costs_the_same(
    app, client, statements, gdal, run, address, tmp_path
):
    # Both in one test, since so many take longer to load than to read.
    with app.app_context():
        seed(slug="many", contributions=MANY)
        published = Contribution.state == PublicationState.PUBLISHED
        count = db.session.scalar(select(func.count()).select_from(Contribution).where(published))
        keys = select(Contribution.created_at, Contribution.id).where(published)
        ordered = keys.order_by(Contribution.created_at, Contribution.id)
        places = [db.session.execute(ordered.offset(count * part // 100).limit(1)).one() for part in (1, 50, 98)]
    client.get("/ogc/collections/many.contributions")  # the first request reads the proceeding, later ones compare it
    assert count >= 100_000
    numbers = set()
    for place in places:
        with statements() as asked:
            answer = client.get(f"{ITEMS}&cursor={cursor_of([*place, count])}")
        page = answer.get_json(force=True)
        assert page["numberReturned"] == 1_000
        assert page["numberMatched"] == count
        ours = [words for words, _ in asked if OURS.search(words)]  # a new connection looks at the schema first
        numbers.add(len(ours))
        assert [words for words in ours if "count(*)" in words] == [], "a later page must not count"
        [(words, values)] = [one for one in asked if "ORDER BY contribution.created_at" in one[0]]
        with app.app_context(), db.engine.connect() as connection:
            told = "\n".join(plan_of(connection, words, values))
        # Both give the order; PostgreSQL may find the one without the state cheaper, since nearly all are published.
        assert "ix_contribution_newest" in told or "ix_contribution_received" in told
        assert "TEMP B-TREE" not in told
        assert "Sort" not in told
    assert len(numbers) == 1
    assert max(numbers) <= 6
    file = tmp_path / "out.gpkg"
    run("ogr2ogr", "-f", "GPKG", file, f"OAPIF:{address}", "many.contributions", "-oo", "PAGE_SIZE=10000")
    meta, ids, _, _ = pyogrio.raw.read(
        file, layer="many.contributions", columns=["title"], read_geometry=False, return_fids=True
    )
    assert len(ids) == count
    assert meta["crs"] == "EPSG:4326"


def test_the_box_around_many_is_computed_once_and_then_only_widened(app, client, statements, make_contribution):
    with app.app_context():
        seed(slug="many", contributions=3_000)
    path = "/ogc/collections/many.contributions"
    first = client.get(path).get_json(force=True)["extent"]["spatial"]["bbox"]
    with statements() as asked:
        assert client.get(path).get_json(force=True)["extent"]["spatial"]["bbox"] == first
    assert not any("min(contribution.pin_y)" in words for words, _ in asked)
