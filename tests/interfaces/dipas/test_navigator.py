"""The navigator family: the city's map and figures."""

from datetime import UTC, datetime, timedelta

import pytest

from participation import clock
from participation.contributions.states import PublicationState
from participation.proceedings.models import ProceedingState
from tests.interfaces.dipas.contract import CHART, CITY_ROW, COCKPIT, ERROR, PAGE, POINT, RULE, collection_of

CITY = "/drupal/dipas/navigator"
STYLES = [{"styleId": {"projectAreaStyles"}, "rules": [RULE]}]
MAP = {"status": {"success"}, **collection_of(COCKPIT, POINT), "styles": STYLES}


def test_the_city_map_has_exactly_its_properties(check, churchyard):
    told = check(f"{CITY}/cockpitdatamap", MAP)
    (feature,) = told["features"]
    properties = feature["properties"]
    assert properties["id"] == "churchyard"
    assert properties["responsible"] == "Stadt Leipzig"
    assert (properties["numberContributions"], properties["numberComments"]) == (4, 4)
    assert properties["link"] == "http://127.0.0.1:5000/proceedings/churchyard/#"
    assert feature["geometry"]["coordinates"] == pytest.approx([12.37075, 51.3421])
    scales = {
        rule["conditions"]["properties"]["status"]: rule["style"]["imageScale"] for rule in told["styles"][0]["rules"]
    }
    assert scales == {"neu": 1.8, "aktiv": 1.7, "inaktiv": 1.8}


def test_the_signs_of_the_map_are_drawings(client, read, churchyard):
    told = read(f"{CITY}/cockpitdatamap")
    signs = {rule["style"]["imagePath"] + rule["style"]["imageName"] for rule in told["styles"][0]["rules"]}
    assert told["features"][0]["properties"]["status_icon"] in signs
    for sign in signs:
        assert client.get(sign).headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "days, status", [(-1, None), (0, "neu"), (12, "neu"), (13, "aktiv"), (29, "aktiv"), (31, "inaktiv")]
)
def test_a_proceeding_is_new_for_twelve_days_and_active_to_its_last(read, make_proceeding, set_clock, days, status):
    start = datetime(2026, 5, 1, 10, tzinfo=UTC)
    make_proceeding(starts_at=start, ends_at=start + timedelta(days=30))
    set_clock(start + timedelta(days=days))
    features = read(f"{CITY}/cockpitdatamap")["features"]
    assert [feature["properties"]["status"] for feature in features] == ([status] if status else [])


def test_drafts_are_not_on_the_map_and_closed_ones_are_inactive(read, make_proceeding):
    make_proceeding("draft", state=ProceedingState.DRAFT)
    make_proceeding("closed", state=ProceedingState.CLOSED)
    features = read(f"{CITY}/cockpitdatamap")["features"]
    assert [(one["properties"]["id"], one["properties"]["status"]) for one in features] == [("closed", "inaktiv")]


def test_figures_are_by_year_and_over_everything_public(check, make_proceeding, make_contribution, make_comment):
    one, draft = make_proceeding("one"), make_proceeding("draft", state=ProceedingState.DRAFT)
    assert check(f"{CITY}/contributions", CHART)["chart_data"] == {"total": 0, "max": "0", "by_year": []}
    for year in (2024, 2025, 2025):
        contribution = make_contribution(one, created_at=datetime(year, 6, 1, tzinfo=UTC))
        make_comment(contribution)
        make_comment(contribution, state=PublicationState.HIDDEN)
        make_comment(make_contribution(draft, created_at=datetime(year, 6, 1, tzinfo=UTC)))
        make_comment(make_contribution(one, state=PublicationState.HIDDEN))
    told = check(f"{CITY}/contributions", CHART)["chart_data"]
    assert told == {"total": 3, "max": "2", "by_year": {"2024": "1", "2025": "2"}}
    told = check(f"{CITY}/comments", CHART)["chart_data"]
    assert told["total"] == 3
    assert told["by_year"] == {str(clock.now().year): "3"}


def test_the_newest_of_all_proceedings_are_three(check, make_proceeding, make_contribution):
    one, two = make_proceeding("one"), make_proceeding("two")
    now = clock.now()
    for number, proceeding in enumerate((one, two, one, two)):
        make_contribution(proceeding, title=f"Beitrag {number}", created_at=now + timedelta(seconds=number))
    rows = check(f"{CITY}/recentcontributions", {"status": {"success"}, "contributions": [CITY_ROW]})["contributions"]
    assert [(row["title"], row["domainid"]) for row in rows] == [
        ("Beitrag 3", "two"), ("Beitrag 2", "one"), ("Beitrag 1", "two"),
    ]  # fmt: skip
    assert rows[0]["proceedingName"] == "Kirchhof two"


def test_the_most_commented_are_of_running_proceedings_or_else_of_all(
    check, make_proceeding, make_contribution, make_comment
):
    shape = {"status": {"success"}, "contributions": [CITY_ROW | {"commentsCount": str}]}
    over = make_proceeding("over", state=ProceedingState.CLOSED)
    old = make_contribution(over, title="Viel besprochen")
    for _ in range(3):
        make_comment(old)
    rows = check(f"{CITY}/mostcommentedcontributions", shape)["contributions"]
    assert [(row["title"], row["commentsCount"]) for row in rows] == [("Viel besprochen", "3")]
    make_contribution(make_proceeding("running"), title="Neu")
    rows = check(f"{CITY}/mostcommentedcontributions", shape)["contributions"]
    assert [(row["title"], row["commentsCount"]) for row in rows] == [("Neu", "0")]


def test_what_residents_write_is_no_markup_in_contents(read, make_contribution):
    make_contribution(text="Erste <script>alert(1)</script>\nZweite & letzte")
    (row,) = read(f"{CITY}/recentcontributions")["contributions"]
    assert row["content"] == "Erste &lt;script&gt;alert(1)&lt;/script&gt;<br />\nZweite &amp; letzte"


def test_what_we_do_not_have_is_empty(check, churchyard):
    check(f"{CITY}/appointments", {"status": {"success"}, "appointments": []})
    check(f"{CITY}/documentations", {"status": {"success"}, "files": []})


@pytest.mark.parametrize("key", ["privacy", "imprint", "accessibility"])
def test_pages_of_the_site_are_there(check, churchyard, key):
    assert check(f"{CITY}/page/{key}", PAGE)["content"][0]["field_text"].startswith("<")


@pytest.mark.parametrize("path", ["page/about", "page/x", "page", "foo", "foo/bar", "", "cockpitdatamap/1/2"])
def test_other_keys_are_not_found(check, churchyard, path):
    check(f"{CITY}/{path}", ERROR, 404)
