"""Counts by cells are those of the rows: whatever was done, wherever one looks, whatever is filtered out."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import delete, func, select, text

from participation import clock
from participation.accounts.actors import STRANGER
from participation.contributions import areas, cells
from participation.contributions.checking import NewContribution
from participation.contributions.counting import counted, counts_by_proceeding
from participation.contributions.filters import ContributionFilter, conditions, selection_of, view_boxes
from participation.contributions.imported import add_contributions, delete_contributions
from participation.contributions.map_view import map_view
from participation.contributions.models import Contribution, ContributionCell, ContributionChange, Origin
from participation.contributions.services import contribution_values, set_place, set_state, set_topic
from participation.contributions.states import LISTED_STATES, TRANSITIONS, UNDOING, PublicationState
from participation.database import db, transaction
from participation.demo.seeding import seed
from participation.geodata.bbox import Bbox
from participation.geodata.cell_codes import pin_code
from participation.geodata.web_mercator import position_at, world_pixel
from participation.proceedings.queries import proceeding_by_slug

MIDDLE = world_pixel(12.3707, 51.3421)
AREA = 1 << 13
# Some on the very same spot, some on borders of cells, the others anywhere near.
offsets = st.one_of(st.sampled_from([0, 255, 256, 1024]), st.integers(0, AREA))
pixels = st.tuples(offsets, offsets)
steps = st.lists(
    st.tuples(
        st.sampled_from(["submit", "move", "unplace", "sort", "state", "undo", "import", "undo import", "fold"]),
        st.integers(0, 1_000),
        pixels,
    ),
    min_size=1,
    max_size=14,
)
filters = st.builds(
    ContributionFilter,
    categories=st.sampled_from([(), ("green",), ("green", "paths"), ("nothing",)]),
    types=st.sampled_from([(), ("idea",), ("idea", "question")]),
    q=st.sampled_from(["", "", "", "number 1", "z9"]),
)
states = st.sampled_from([LISTED_STATES, frozenset(PublicationState), frozenset({PublicationState.SUBMITTED})])
boxes = st.tuples(pixels, pixels, st.booleans())


@pytest.fixture
def few_is_many(monkeypatch):
    """Lets cells be read, refined and folded where there are but a few contributions."""
    monkeypatch.setattr(areas, "MOST_PINS", 2)
    monkeypatch.setattr(areas, "MOST_CUT", 1)
    monkeypatch.setattr(cells, "MOST_CHANGES", 6)


@pytest.fixture
def place(app, make_proceeding):
    """A proceeding with somebody else's contributions beside, in a request."""
    with app.test_request_context():
        make_proceeding("other")
        seed(slug="other", contributions=20)
        make_proceeding()
        yield


def churchyard():
    db.session.rollback()
    return proceeding_by_slug(STRANGER, "churchyard")


def at(pixel):
    return Point(*position_at(MIDDLE[0] + pixel[0], MIDDLE[1] + pixel[1]))


def values(proceeding, number, pixel):
    new = NewContribution(
        f"Number {number}", "Some text.", ["green", "paths"][number % 2], ["idea", "question", ""][number % 3],
        None if number % 7 == 0 else at(pixel),
    )  # fmt: skip
    state = [PublicationState.PUBLISHED, PublicationState.PUBLISHED, PublicationState.SUBMITTED][number % 3]
    return contribution_values(proceeding, new, state=state, created_at=clock.now(), origin=Origin.WEB)


def take(step, number, pixel, proceeding):
    """Take one step with some contribution, as the services do."""
    ids = db.session.scalars(
        select(Contribution.id).where(Contribution.proceeding_id == proceeding.id).order_by(Contribution.id)
    ).all()
    chosen = db.session.get(Contribution, ids[number % len(ids)]) if ids else None
    with transaction() as session:
        if step == "submit":
            session.add(Contribution(**values(proceeding, number, pixel)))
        elif step == "import":
            add_contributions(session, [values(proceeding, number + i, (pixel[0] + i, pixel[1])) for i in range(5)])
        elif step == "undo import":
            leading = select(Contribution.leading_id).where(Contribution.leading_id.is_not(None))
            free = select(Contribution.id).where(Contribution.id.in_(ids[::2]), Contribution.id.not_in(leading))
            delete_contributions(session, session.scalars(free).all())
        elif step == "fold":
            cells.fold_changes(session.connection())
        elif chosen is not None:
            change(session, step, number, pixel, proceeding, chosen)


def change(session, step, number, pixel, proceeding, chosen):
    session.refresh(chosen)
    if step in ("move", "unplace"):
        set_place(chosen, at(pixel) if step == "move" else None)
    elif step == "sort":
        set_topic(chosen, proceeding.categories[number % 2], [None, *proceeding.types][number % 3])
    else:
        ways = sorted(new for old, new in (UNDOING if step == "undo" else TRANSITIONS) if old is chosen.state)
        if ways:
            new = ways[number % len(ways)]
            leading = chosen.id if new is PublicationState.MERGED else None
            set_state(session, chosen, new, leading_id=leading, is_undoing=step == "undo")


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(taken=steps, wanted=filters, shown=states, corners=boxes, zoom=st.sampled_from([9, 14, 17, 18.5, 20]))
def test_whatever_was_done_cells_count_what_the_rows_are(few_is_many, place, taken, wanted, shown, corners, zoom):
    place = churchyard()
    with transaction() as session:
        session.execute(delete(Contribution).where(Contribution.proceeding_id == place.id))
    for step, number, pixel in taken:
        take(step, number, pixel, place)
    (x1, y1), (x2, y2), has_box = corners
    west, north = position_at(MIDDLE[0] + min(x1, x2), MIDDLE[1] + min(y1, y2))
    east, south = position_at(MIDDLE[0] + max(x1, x2), MIDDLE[1] + max(y1, y2))
    view = Bbox(west, south, east, north)
    for one in (wanted, replace(wanted, bbox=view)):
        rows = select(func.count()).select_from(Contribution).where(*conditions(place, one, shown))
        assert counted(place, one, shown).total == db.session.scalar(rows)
    for one, seen in ((replace(wanted, bbox=view), Bbox(12, 51, 13, 52)), (wanted, view)):
        in_view = replace(wanted, bbox=view)
        found = map_view(place, one if has_box else replace(one, bbox=None), seen if has_box else view, zoom, shown)
        expected = db.session.scalar(
            select(func.count()).select_from(Contribution).where(*conditions(place, in_view, shown))
        )
        symbols = sum(feature["properties"].get("count", 1) for feature in found["features"])
        assert (found["in_view"], symbols) == (expected, expected)
    assert counts_by_proceeding([place]).get(place.id, 0) == counted(place, ContributionFilter()).total


def test_a_cell_tells_numbers_sums_and_the_only_id(few_is_many, place):
    place = churchyard()
    with transaction() as session:
        add_contributions(session, [values(place, number, (number * 300, 0)) for number in range(1, 6)])
        cells.fold_changes(session.connection())
    columns = (Contribution.id, Contribution.pin_x, Contribution.pin_y)
    rows = db.session.execute(select(*columns).where(Contribution.proceeding_id == place.id)).all()
    box = view_boxes(Bbox(12.3, 51.3, 12.4, 51.4))
    piles = areas.piles_in(selection_of(place, ContributionFilter(), frozenset(PublicationState)), box, 8)
    own = {row.id: (row.pin_x, row.pin_y) for row in rows if row.id in piles.sum_id.tolist()}
    told = zip(piles.sum_id.tolist(), piles.sum_x.tolist(), piles.sum_y.tolist(), strict=True)
    assert {id_: (x, y) for id_, x, y in told} == own
    assert len(own) == 5


def test_changes_that_are_not_in_the_cells_yet_count_once_at_each_border(place, monkeypatch):
    monkeypatch.setattr(areas, "MOST_PINS", 2)
    monkeypatch.setattr(areas, "MOST_CUT", 1)
    place = churchyard()
    with transaction() as session:
        rows = [values(place, 1 + 7 * number, (number % 12 * 700, number // 12 * 700)) for number in range(144)]
        session.add_all(Contribution(**row) for row in rows)
    for corner in (3_000, 5_001, 8_192):
        box = [(*MIDDLE, MIDDLE[0] + corner, MIDDLE[1] + corner)]
        everything = selection_of(place, ContributionFilter(), frozenset(PublicationState))
        for shift in (8, 10, 12):
            assert areas.piles_in(everything, box, shift).number.sum() == (corner // 700 + 1) ** 2


def test_both_languages_number_pixels_alike(app_context):
    chance = random.Random(5)
    for _ in range(20):
        x, y = chance.randrange(1 << 28), chance.randrange(1 << 28)
        assert db.session.scalar(text("SELECT pin_code(:x, :y)"), {"x": x, "y": y}) == pin_code(x, y)


def test_nothing_is_left_of_what_is_gone(place):
    place = churchyard()
    with transaction() as session:
        add_contributions(session, [values(place, number, (number, number)) for number in range(20)])
        cells.fold_changes(session.connection())
        session.execute(delete(Contribution).where(Contribution.proceeding_id == place.id))
        cells.fold_changes(session.connection())
    for table in (ContributionCell, ContributionChange):
        assert not db.session.scalar(select(func.count()).select_from(table).where(table.proceeding_id == place.id))
