"""What maps, lists and their numbers read does not grow with the table: ten times as many cost about the same."""

import pytest

from participation.accounts.actors import STRANGER
from participation.contributions import areas, queries, search
from participation.contributions.counting import counted, counts_by_proceeding
from participation.contributions.filters import ContributionFilter, Sort
from participation.contributions.map_view import map_view
from participation.demo.seeding import seed
from participation.exports.editions import Edition
from participation.exports.tables import CONTRIBUTIONS
from participation.geodata.bbox import Bbox
from participation.proceedings.queries import proceeding_by_slug
from tests.whole_app.test_bounded_counts import work_of

FEW, MANY = 3_000, 30_000
CITY = Bbox(12.26, 51.26, 12.50, 51.42)
QUARTER = Bbox(12.33, 51.31, 12.41, 51.37)
GREEN = ContributionFilter(categories=("green",))
VIEWS = {
    "far": lambda one: map_view(one, ContributionFilter(), CITY, 11),
    "cut": lambda one: map_view(one, ContributionFilter(), QUARTER, 12),
    "far, filtered": lambda one: map_view(one, ContributionFilter(("green",), ("idea",)), CITY, 11),
    "numbers": lambda one: counted(one, GREEN).total,
    "numbers in an area": lambda one: counted(one, ContributionFilter(bbox=QUARTER)).by_category,
    "portal": lambda one: counts_by_proceeding([one]),
    "ETag": lambda one: Edition(CONTRIBUTIONS, one, GREEN).etag(),
    "list": lambda one: queries.page_of_contributions(one, ContributionFilter()),
    "topic, by votes": lambda one: queries.page_of_contributions(one, ContributionFilter(("green",), sort=Sort.VOTES)),
    "type, by comments": lambda one: queries.page_of_contributions(
        one, ContributionFilter(types=("idea",), sort=Sort.COMMENTS)
    ),
    "nothing found": lambda one: queries.page_of_contributions(one, ContributionFilter(("other",), ("none",))),
    "in an area": lambda one: queries.page_of_contributions(one, ContributionFilter(bbox=QUARTER, sort=Sort.VOTES)),
    "search for what is not there": lambda one: queries.page_of_contributions(one, ContributionFilter(q="zzznicht")),
    "search for what is often there": lambda one: queries.page_of_contributions(one, ContributionFilter(q="baum")),
}


@pytest.fixture
def small_bounds(monkeypatch):
    for module, name in ((areas, "MOST_PINS"), (areas, "MOST_CUT"), (search, "FEW"), (queries, "FEW")):
        monkeypatch.setattr(module, name, 300)


def test_views_and_lists_of_30_000_read_about_as_much_as_of_3_000(app, small_bounds):
    work = {}
    with app.test_request_context():
        for count in (FEW, MANY):
            seed(slug=f"seed-{count}", contributions=count, votes=count)
            proceeding = proceeding_by_slug(STRANGER, f"seed-{count}")
            for name, view in VIEWS.items():
                work.setdefault(name, []).append(work_of(lambda v=view, p=proceeding: v(p)))
    grown = {name: numbers for name, numbers in work.items() if numbers[1] > 3 * numbers[0] + 300}
    assert not grown
