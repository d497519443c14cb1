"""`/drupal/dipas/<key>/<id>`, key by key."""

import pytest
from shapely import box
from shapely.geometry import MultiPolygon

from participation.proceedings.models import ProceedingState
from tests.interfaces.dipas.contract import COMMENTS, DETAILS, ERROR, INIT, MAP, PAGE, PAGED, ROW

DIPAS = "/drupal/dipas"
ADDRESS = "http://127.0.0.1:5000/proceedings/churchyard/drupal/dipas/contributionlist?"


def paged(**links):
    return {**PAGED, "links": links or [], "nodes": [ROW]}


def test_init_tells_what_is_set_and_nothing_that_is_not(check, churchyard):
    told = check(f"{DIPAS}/init", INIT)
    assert told["projectphase"] == "phase1"
    assert told["projecttitle"] == "Kirchhof churchyard"
    assert told["projectowner"]["name"] == "Stadt Leipzig"
    assert told["projectowner"]["email"] == "plan@example.org"
    assert told["projectowner"]["telephone"] == ""
    assert told["welcomemodal"]["text"] == "<p>Was soll hier entstehen?</p>"
    assert [one["field_color"] for one in told["taxonomy"]["categories"]] == ["#007328", "#9e5c00"]
    assert told["contributions"]["geometry"] == ["point", "linestring", "polygon"]
    assert told["contributions"]["maxlength"] == 1500
    assert (told["contributions"]["status"], told["contributions"]["comments"]["form"]) == ("open", "open")
    assert told["partnerlogos"] == told["downloads"] == told["image_styles"] == told["taxonomy"]["tags"] == []


def test_what_is_closed_is_told_as_closed(check, make_proceeding):
    make_proceeding(allows=("voting",), geometry_kinds=["area", "none"], is_place_required=True)
    told = check(f"{DIPAS}/init", INIT)
    assert told["contributions"]["status"] == "closed"
    assert told["contributions"]["comments"]["form"] == "closed"
    assert told["contributions"]["ratings"] is True
    assert told["contributions"]["geometry"] == ["polygon"]
    assert told["masterportal_instances"]["createcontribution"]["must_be_localized"] is True


def test_what_staff_wrote_is_no_markup_where_dipas_expects_html(read, make_proceeding):
    make_proceeding(summary={"de": "Rot & <b>Grün</b>"})
    assert read(f"{DIPAS}/init")["welcomemodal"]["text"] == "<p>Rot &amp; &lt;b&gt;Grün&lt;/b&gt;</p>"


def test_the_icon_of_a_category_is_a_drawing(client, read, make_proceeding):
    make_proceeding()
    (first, _) = read(f"{DIPAS}/init")["taxonomy"]["categories"]
    drawing = client.get(first["field_category_icon"].removeprefix("//127.0.0.1:5000"))
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert b"#007328" in drawing.data
    again = client.get("/drupal/masterportal/icons/tree-green.svg", headers={"If-None-Match": drawing.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["nothing-green", "tree-pink", "tree", "-", "tree-green-"])
def test_there_are_no_other_drawings(check, name):
    check(f"/drupal/masterportal/icons/{name}.svg", ERROR, 404)


def test_the_list_is_paged_by_number(check, churchyard):
    first = check(f"{DIPAS}/contributionlist?itemsPerPage=3", paged(next=str))
    assert first["totalNodes"] == "4"
    assert first["pager"] == {"itemsPerPage": 3, "currentPage": 1, "totalPages": 2, "lastPage": False}
    assert first["sort"] == {"field": "created", "direction": "DESC"}
    assert first["filters"] == {}
    assert [row["title"] for row in first["nodes"]] == ["Ohne Ort", "Eine Fläche", "Ein Weg"]
    assert first["links"]["next"] == ADDRESS + "itemsPerPage=3&page=2"
    second = check(f"{DIPAS}/contributionlist?itemsPerPage=3&page=2", paged(last=str))
    assert [row["title"] for row in second["nodes"]] == ["Ein Punkt"]
    assert second["links"]["last"] == ADDRESS + "itemsPerPage=3&page=1"
    assert second["pager"]["lastPage"] is True
    beyond = check(f"{DIPAS}/contributionlist?itemsPerPage=3&page=2147483647", paged(last=str))
    assert beyond["nodes"] == []


def test_a_row_has_numbers_as_texts(check, churchyard):
    _, (point, *_, nowhere) = churchyard
    rows = check(f"{DIPAS}/contributionlist", paged())["nodes"]
    assert rows[3] == {
        "nid": str(point.id),
        "type": "contribution",
        "title": "Ein Punkt",
        "created": point.created_at.isoformat().replace("+00:00", "Z"),
        "langcode": "de",
        "author": "",
        "category": str(point.category_id),
        "rubric": str(point.type_id),
        "comments": "3",
        "upVotes": "2",
        "downVotes": "1",
        "numVotes": "3",
        "rating": "1",
    }
    assert (rows[0]["nid"], rows[0]["rubric"], rows[0]["rating"]) == (str(nowhere.id), None, "0")


@pytest.mark.parametrize("size", ["0", "-1"])
def test_no_size_is_everything(check, churchyard, size):
    answer = check(f"{DIPAS}/contributionlist?itemsPerPage={size}", paged())
    assert answer["pager"] == {"itemsPerPage": "inf", "currentPage": 1, "totalPages": 1, "lastPage": True}
    assert len(answer["nodes"]) == 4


def test_the_list_is_filtered_by_ids(check, churchyard):
    proceeding, (_, line, *_) = churchyard
    green, paths = (category.id for category in proceeding.categories)
    idea = proceeding.types[0].id
    answer = check(f"{DIPAS}/contributionlist?category={paths}", paged())
    assert answer["filters"] == {"field_category_target_id": [str(paths)]}
    assert [row["nid"] for row in answer["nodes"]] == [str(line.id)]
    answer = check(f"{DIPAS}/contributionlist?category={green},{paths}&rubric={idea}", paged())
    assert answer["filters"] == {
        "field_category_target_id": [str(green), str(paths)],
        "field_rubric_target_id": [str(idea)],
    }
    assert (answer["totalNodes"], len(answer["nodes"])) == ("2", 2)
    assert check(f"{DIPAS}/contributionlist?category=999", paged())["totalNodes"] == "0"


@pytest.mark.parametrize("query, titles", [
    ("sort=created&direction=asc", ["Ein Punkt", "Ein Weg", "Eine Fläche", "Ohne Ort"]),
    ("sort=comments", ["Ein Punkt", "Ein Weg", "Ohne Ort", "Eine Fläche"]),
    ("sort=rating", ["Ein Punkt", "Ohne Ort", "Eine Fläche", "Ein Weg"]),
    ("sort=comments&direction=ASC", ["Eine Fläche", "Ohne Ort", "Ein Weg", "Ein Punkt"]),
])  # fmt: skip
def test_the_list_is_sorted(check, churchyard, query, titles):
    assert [row["title"] for row in check(f"{DIPAS}/contributionlist?{query}", paged())["nodes"]] == titles


@pytest.mark.parametrize("query", [
    "page=0", "page=-1", "page=x", "page=1e3", "page=99999999999", "page=%D9%A3", "itemsPerPage=x", "itemsPerPage=--1",
    "itemsPerPage=99999999999", "category=a", "category=1;2", "category=99999999999", "rubric=-1", "sort=title",
    "direction=up", "category=" + ",".join(map(str, range(60))),
])  # fmt: skip
def test_a_list_that_cannot_be_meant_is_refused_by_name(check, churchyard, query):
    answer = check(f"{DIPAS}/contributionlist?{query}", ERROR, 400)
    assert answer["message"].startswith(query.partition("=")[0])


def test_details_have_numbers_where_lists_have_texts(check, churchyard):
    _, (point, line, _, nowhere) = churchyard
    told = check(f"{DIPAS}/contributiondetails/{point.id}", DETAILS)
    assert (told["nid"], told["category"], told["rubric"]) == (str(point.id), point.category_id, point.type_id)
    assert told["geodata"]["centerPoint"] == told["geodata"]["geometry"]
    assert told["rating"] | {"lastVote": ""} == {
        "allVotes": "3",
        "upVotes": "2",
        "downVotes": "1",
        "voteAverage": "0.3333",
        "lastVote": "",
    }
    told = check(f"{DIPAS}/contributiondetails/{nowhere.id}", DETAILS)
    assert (told["geodata"], told["rubric"], told["rating"]["lastVote"]) == ({}, False, False)
    told = check(f"{DIPAS}/contributiondetails/{line.id}", DETAILS)
    assert told["geodata"]["centerPoint"]["coordinates"] == pytest.approx([12.37, 51.3415], abs=1e-6)


@pytest.mark.parametrize("key", ["contributiondetails", "getcomments", "relatedcontributions", "conceptiondetails"])
@pytest.mark.parametrize("number", ["", "/0", "/999999", "/99999999999999999999"])
def test_an_unknown_id_is_a_bad_request(check, churchyard, key, number):
    check(f"{DIPAS}/{key}{number}", ERROR, 400)


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "%D9%A3"])
def test_an_id_is_a_number(check, churchyard, number):
    check(f"{DIPAS}/contributiondetails/{number}", ERROR, 404)


def test_comments_are_a_tree_of_two_levels(check, churchyard):
    _, (point, _, _, nowhere) = churchyard
    told = check(f"{DIPAS}/getcomments/{point.id}", COMMENTS)
    assert told["contributionID"] == str(point.id)
    (first,) = told["comments"]
    assert [one["comment"] for one in first["replies"]] == ["Finde ich auch.", "Ich nicht."]
    assert told["commentcount"] == 3
    assert check(f"{DIPAS}/getcomments/{nowhere.id}", COMMENTS)["comments"] == []


def test_related_are_the_newest_others(check, churchyard, make_contribution):
    proceeding, _ = churchyard
    more = [make_contribution(proceeding, title=f"Noch einer {i}") for i in range(4)]
    related = check(f"{DIPAS}/relatedcontributions/{more[3].id}", {"status": {"success"}, "related": [ROW]})["related"]
    assert [row["title"] for row in related] == [
        "Noch einer 2",
        "Noch einer 1",
        "Noch einer 0",
        "Ohne Ort",
        "Eine Fläche",
    ]


def test_statistics_are_all_rows_and_the_number_of_comments(check, churchyard):
    shape = {"status": {"success"}, "contributionData": [ROW], "comments": int}
    told = check(f"{DIPAS}/statistics", shape)
    assert told["contributionData"] == check(f"{DIPAS}/contributionlist?itemsPerPage=0", paged())["nodes"]
    assert told["comments"] == 4


def test_the_extent_of_the_map_is_that_of_the_area(check, make_proceeding):
    make_proceeding(project_area=MultiPolygon([box(-70.5, -33.5, -70.25, -33.0)]))
    extent = check(f"{DIPAS}/contributionmap", MAP)["extent"]
    assert extent == {
        "lon_min": -70.5,
        "lat_min": -33.5,
        "lon_max": -70.25,
        "lat_max": -33.0,
        "lon_diff": 0.25,
        "lon_avg": -70.375,
        "lat_diff": 0.5,
        "lat_avg": -33.25,
    }


def test_there_are_no_appointments_and_drafts_yet(check, churchyard):
    told = check(f"{DIPAS}/schedule?sort=date", {**PAGED, "links": [], "nodes": []})
    assert (told["totalNodes"], told["sort"]["direction"]) == ("0", "ASC")
    check(f"{DIPAS}/otherconceptions/1", {"status": {"success"}, "otherConceptions": []})


def test_pages_are_headings_with_html(check, make_proceeding):
    proceeding = make_proceeding(about={"de": "Ein *Platz*.\n\n<script>alert(1)</script>"})
    told = check(f"{DIPAS}/projectinfo", PAGE)
    assert (told["nid"], told["title"]) == (str(proceeding.id), "Kirchhof churchyard")
    assert "<em>Platz</em>" in told["content"][0]["field_text"]
    assert "<script" not in told["content"][0]["field_text"]
    imprint = check(f"{DIPAS}/imprint", PAGE)
    assert imprint["title"] == "Impressum"
    assert "<h1" not in imprint["content"][0]["field_text"]
    assert "Impressum" not in imprint["content"][0]["field_text"]
    assert check("/drupal/en/dipas/dataprivacy", PAGE)["title"] == "Privacy"


@pytest.mark.parametrize("key", ["custompage", "conceptionlist", "frontpage", "faq", "contact"])
def test_pages_that_are_not_set_are_not_found(check, churchyard, key):
    check(f"{DIPAS}/{key}", ERROR, 404)


@pytest.mark.parametrize("key", ["foo", "addcontribution", "rate", "Init", "<b>"])
def test_an_unknown_key_is_named(check, churchyard, key):
    assert check(f"{DIPAS}/{key}", ERROR, 404)["message"] == f"Unknown key: {key}"


def test_each_proceeding_has_its_own_addresses(read, make_proceeding, make_contribution):
    one, two = make_proceeding("one"), make_proceeding("two")
    make_contribution(one, title="Eins eins")
    make_contribution(two, title="Zwei zwei")

    def titles(path, **kwargs):
        return [row["title"] for row in read(f"{path}/contributionlist", **kwargs)["nodes"]]

    assert titles("/proceedings/one/drupal/dipas") == titles("/proceedings/one/drupal/en/dipas") == ["Eins eins"]
    assert titles("/proceedings/two/drupal/dipas") == titles("/en/proceedings/two/drupal/dipas") == ["Zwei zwei"]
    for host in ("one.127.0.0.1:5000", "one.example.org", "one.localhost"):
        assert titles(DIPAS, headers={"Host": host}) == ["Eins eins"]
    assert titles("/proceedings/two/drupal/dipas", headers={"Host": "one.example.org"}) == ["Zwei zwei"]


def test_without_a_name_the_newest_that_runs_answers(read, make_proceeding, set_clock):
    assert read(f"{DIPAS}/init")["redirect_url"] == "http://127.0.0.1:5000/"
    make_proceeding("running")
    make_proceeding("closed", state=ProceedingState.CLOSED)
    make_proceeding("draft", state=ProceedingState.DRAFT)
    for headers in ({}, {"Host": "www.example.org"}, {"Host": "[::1]:80"}, {"Host": "draft.example.org"}):
        assert read(f"{DIPAS}/init", headers=headers)["projecttitle"] == "Kirchhof running"


def test_a_contribution_is_found_by_its_number_alone_or_in_its_own_proceeding(read, make_proceeding, make_contribution):
    contribution = make_contribution(make_proceeding("old"))
    make_proceeding("new")
    path = f"dipas/contributiondetails/{contribution.id}"
    assert read(f"/drupal/{path}")["nid"] == str(contribution.id)
    assert read(f"/proceedings/old/drupal/{path}")["nid"] == str(contribution.id)
    read(f"/proceedings/new/drupal/{path}", 400)


@pytest.mark.parametrize("slug", ["draft", "unknown"])
def test_a_proceeding_that_is_not_public_is_not_found_and_init_leads_to_the_others(check, make_proceeding, slug):
    make_proceeding("draft", state=ProceedingState.DRAFT)
    make_proceeding("other")
    check(f"/proceedings/{slug}/drupal/dipas/contributionlist", ERROR, 404)
    check(f"/proceedings/{slug}/drupal/masterportal/layer/contributions", ERROR, 404)
    shape = {"status": {"success"}, "redirect_url": str, "checksum": str, "signature": str, "timestamp": int}
    check(f"/proceedings/{slug}/drupal/dipas/init", shape)
    check(f"{DIPAS}/init", shape, headers={"Host": f"{slug}.127.0.0.1"})


def test_the_address_readers_know_a_proceeding_by_leads_to_its_page(client, make_proceeding):
    make_proceeding()
    moved = client.get("/proceedings/churchyard/")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/proceedings/churchyard")
    assert client.get("/proceedings/churchyard").status_code == 200
    assert client.get("/en/proceedings/churchyard/").headers["Location"] == "/en/proceedings/churchyard"
