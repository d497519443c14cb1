"""One filter in the address, one query behind list, map, counts and download."""

from datetime import UTC, datetime

import pytest
from shapely import Point
from werkzeug.datastructures import MultiDict

from participation.contributions.counting import counted
from participation.contributions.filters import ContributionFilter, Sort
from participation.contributions.queries import page_of_contributions
from participation.errors import InvalidInput
from participation.geodata.bbox import Bbox

ALL = ["Linden erhalten", "Radweg bauen", "Straße kühlen", "Ohne Ort geht es auch"]


def titles(proceeding, **wanted):
    return [one.title for one in page_of_contributions(proceeding, ContributionFilter(**wanted)).items]


@pytest.fixture
def four(app_context, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(proceeding, title="Linden erhalten", votes_for=3, comment_count=1)
    make_contribution(proceeding, title="Radweg bauen", category="paths", type="question", votes_for=9)
    make_contribution(
        proceeding, title="Straße kühlen", text="ÄRGER mit Hitze: 100 % Asphalt", geometry=Point(12.5, 51.4)
    )
    make_contribution(proceeding, title="Ohne Ort geht es auch", geometry=None, comment_count=7)
    return proceeding


@pytest.mark.parametrize("wanted, expected", [
    ({}, ALL[::-1]),
    ({"sort": Sort.OLDEST}, ALL),
    ({"sort": Sort.VOTES, "categories": ("green", "paths")}, [ALL[1], ALL[0], ALL[3], ALL[2]]),
    ({"sort": Sort.COMMENTS, "bbox": Bbox(12.3, 51.3, 12.4, 51.4)}, ["Linden erhalten", "Radweg bauen"]),
    ({"categories": ("paths",)}, ["Radweg bauen"]),
    ({"categories": ("nonsense",)}, []),
    ({"types": ("question",)}, ["Radweg bauen"]),
    ({"q": "ärger hitze"}, ["Straße kühlen"]),
    ({"q": "STRASSE"}, ["Straße kühlen"]),
    ({"q": "100 %"}, ["Straße kühlen"]),
    ({"q": "%"}, ["Straße kühlen"]),
    ({"q": "_"}, []),
    ({"q": "gibt es nicht"}, []),
])  # fmt: skip
def test_a_filter_finds_what_it_says(four, wanted, expected):
    found = titles(four, **wanted)
    assert sorted(found) == sorted(expected)
    if wanted.get("sort") in (None, Sort.OLDEST, Sort.VOTES):
        first = {"votes": 2}.get(str(wanted.get("sort")), len(expected))
        assert found[:first] == expected[:first]


def test_counts_are_those_of_the_list_as_if_nothing_of_the_kind_were_chosen(four):
    wanted = ContributionFilter(categories=("paths",), types=("idea",))
    assert counted(four, wanted).by_category == {"green": 3, "paths": 0}
    assert counted(four, wanted).by_type == {"idea": 0, "question": 1}


def test_pages_follow_each_other_without_gap_or_double(app_context, make_proceeding, make_contribution, set_clock):
    set_clock(datetime(2026, 11, 24, tzinfo=UTC))
    proceeding = make_proceeding()
    expected = [make_contribution(proceeding).id for _ in range(7)]
    for sort in Sort:
        seen, after = [], ""
        while True:
            page = page_of_contributions(proceeding, ContributionFilter(sort=sort), after=after, limit=3)
            seen += [one.id for one in page.items]
            if not page.next_cursor:
                break
            after = page.next_cursor
        assert sorted(seen) == expected
        assert len(seen) == len(expected)


@pytest.mark.parametrize("arguments", [{"sort": "best"}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "0,91,1,92"}])
def test_a_wrong_word_in_the_address_is_refused_with_its_field(app_context, arguments):
    with pytest.raises(InvalidInput) as refused:
        ContributionFilter.from_arguments(MultiDict(arguments))
    assert refused.value.field in arguments


def test_a_filter_survives_its_way_through_the_address(app_context):
    wanted = ContributionFilter(
        ("green", "paths"), ("idea",), "Linde & Bank", Sort.VOTES, Bbox(12.1, 51.0, 12.25, 51.5)
    )
    arguments = wanted.to_arguments()
    pairs = [
        (name, value)
        for name, values in arguments.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    assert ContributionFilter.from_arguments(MultiDict(pairs)) == wanted


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "eyJhIjoxfQ", "WzEsMiwzXQ", "a" * 5000])
def test_a_cursor_that_is_none_of_ours_is_refused(client, make_proceeding, cursor):
    make_proceeding()
    assert client.get(f"/proceedings/churchyard?after={cursor}").status_code == 422
