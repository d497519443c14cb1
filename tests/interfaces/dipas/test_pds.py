"""The open data family, property by property."""

import pytest

from participation.proceedings.models import ProceedingState
from tests.interfaces.dipas.conftest import LINE
from tests.interfaces.dipas.contract import COMMENTED, CONTRIBUTION, FIRST_COMMENT, PROJECT, collection_of

PDS = "/drupal/dipas-pds/projects"


def test_a_project_has_exactly_its_properties(check, churchyard):
    _, contributions = churchyard
    answer = check(PDS, collection_of(PROJECT))
    (feature,) = answer["features"]
    told = feature["properties"]
    assert feature["geometry"]["type"] == "Polygon"
    assert told["id"] == "churchyard"
    assert told["nameFull"] == "Kirchhof churchyard"
    assert told["description"] == "Worum es geht\nEin Platz."
    assert told["owner"] == "Stadt Leipzig"
    assert told["website"] == "http://127.0.0.1:5000/proceedings/churchyard/#"
    assert [one["name"] for one in told["standardCategories"].values()] == ["Grün und Klima", "Wege"]
    assert all(key == one["id"] for key, one in told["standardCategories"].items())
    assert [one["name"] for one in told["projectContributionType"].values()] == ["Idee", "Frage"]
    assert sorted(told["hasParticipatoryText"]) == sorted(str(one.id) for one in contributions)
    assert (told["proceedingState"], told["isDipasProceeding"]) == ("active", True)
    assert check(f"{PDS}/churchyard", collection_of(PROJECT)) == answer


def test_drafts_are_in_no_list_and_look_like_what_does_not_exist(check, read, make_proceeding, make_contribution):
    draft = make_proceeding("draft", state=ProceedingState.DRAFT)
    make_contribution(draft)
    assert read(PDS)["features"] == []
    hidden, unknown = read(f"{PDS}/draft"), read(f"{PDS}/no-such-thing")
    for answer, id_ in ((hidden, "draft"), (unknown, "no-such-thing")):
        (feature,) = answer["features"]
        assert feature["geometry"] == {}
        assert list(feature["properties"]) == list(PROJECT)
        assert feature["properties"]["id"] == id_
        assert feature["properties"]["isDipasProceeding"] is False
    hidden["features"][0]["properties"]["id"] = unknown["features"][0]["properties"]["id"]
    assert hidden == unknown
    for ending in ("contributions", "contributions/1", "contributions/1/comments", "commentedcontributions"):
        assert read(f"{PDS}/draft/{ending}")["features"] == []


def test_contributions_have_exactly_their_properties(check, churchyard):
    _, (point, *_) = churchyard
    answer = check(f"{PDS}/churchyard/contributions", collection_of(CONTRIBUTION))
    told = {feature["properties"]["title"]: feature for feature in answer["features"]}
    assert list(told) == ["Ein Punkt", "Ein Weg", "Eine Fläche", "Ohne Ort"]
    first = told["Ein Punkt"]["properties"]
    assert first["id"] == str(point.id)
    assert first["link"] == f"http://127.0.0.1:5000/proceedings/churchyard/contributions/{point.id}"
    assert (first["votingPro"], first["votingContra"], first["commentsNumber"]) == ("2", "1", 3)
    assert (first["category"], first["contributionType"]) == ("Grün und Klima", "Idee")
    assert first["belongToProject"] == "churchyard"
    assert first["customAttribute"]["nlp_scores"] == dict.fromkeys(first["customAttribute"]["nlp_scores"], "-")
    assert told["Ein Weg"]["geometry"] == {"type": "LineString", "coordinates": [list(one) for one in LINE.coords]}
    assert (told["Ein Weg"]["properties"]["votingPro"], told["Ein Weg"]["properties"]["votingContra"]) == (0, 0)
    assert told["Eine Fläche"]["geometry"]["type"] == "Polygon"
    (project,) = check(f"{PDS}/churchyard", collection_of(PROJECT))["features"]
    without = told["Ohne Ort"]
    assert without["geometry"] == project["geometry"]
    assert without["properties"]["dipasLocated"] is False
    assert without["properties"]["contributionType"] == "none"
    names = {one["name"] for one in project["properties"]["standardCategories"].values()}
    assert {feature["properties"]["category"] for feature in answer["features"]} <= names


def test_one_contribution_is_the_one_of_the_list(check, read, churchyard):
    _, contributions = churchyard
    listed = check(f"{PDS}/churchyard/contributions", collection_of(CONTRIBUTION))["features"]
    single = [read(f"{PDS}/churchyard/contributions/{one.id}")["features"] for one in contributions]
    assert single == [[feature] for feature in listed]
    assert read(f"{PDS}/churchyard/contributions/999999")["features"] == []


def test_contributions_come_with_their_comments(check, churchyard):
    _, (point, line, *_) = churchyard
    answer = check(f"{PDS}/churchyard/commentedcontributions", collection_of(COMMENTED))
    told = {feature["properties"]["title"]: feature["properties"]["commentedBy"] for feature in answer["features"]}
    (first,) = told["Ein Punkt"]
    assert [one["commentContent"] for one in (first, *first["commentedBy"])] == [
        *("Das ist gut.", "Finde ich auch.", "Ich nicht."),
    ]
    assert {one["commentOnComment"] for one in first["commentedBy"]} == {int(first["id"])}
    assert first["commentOnContribution"] == str(point.id)
    assert told["Ohne Ort"] == []
    (one,) = check(f"{PDS}/churchyard/commentedcontributions/{line.id}", collection_of(COMMENTED))["features"]
    assert [comment["commentContent"] for comment in one["properties"]["commentedBy"]] == ["Zu schmal."]


def test_comments_of_one_contribution_are_a_feature_or_none(check, churchyard):
    _, (point, _, _, nowhere) = churchyard
    shape = collection_of({"comments": [FIRST_COMMENT]})
    (feature,) = check(f"{PDS}/churchyard/contributions/{point.id}/comments", shape)["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [12.3707, 51.3421]}
    assert len(feature["properties"]["comments"]) == 1
    assert check(f"{PDS}/churchyard/contributions/{nowhere.id}/comments", shape)["features"] == []
    assert check(f"{PDS}/churchyard/contributions/999/comments", shape)["features"] == []


def test_comments_on_a_text_without_place_have_the_area(check, make_contribution, make_comment):
    contribution = make_contribution(geometry=None)
    make_comment(contribution)
    path = f"{PDS}/churchyard/contributions/{contribution.id}/comments"
    (feature,) = check(path, collection_of({"comments": [FIRST_COMMENT]}))["features"]
    assert feature["geometry"]["type"] == "Polygon"


def test_there_are_no_comments_on_drafts_yet(check, churchyard):
    assert check(f"{PDS}/churchyard/conception_comments", collection_of({}))["features"] == []


@pytest.mark.parametrize("path", [
    "/drupal/dipas-pds", "/drupal/dipas-pds/x", f"{PDS}/a--b", f"{PDS}/-a", f"{PDS}/a b", f"{PDS}/churchyard/x",
    f"{PDS}/churchyard/contributions/x", f"{PDS}/churchyard/contributions/1/x", f"{PDS}/churchyard/contributions/-1",
    f"{PDS}/churchyard/contributions/1/comments/2", f"{PDS}/churchyard/commentedcontributions/٣",
])  # fmt: skip
def test_any_other_path_is_an_error_in_the_form_of_dipas(check, churchyard, path):
    check(path, {"status": {"error"}, "message": str}, 404)


def test_the_description_has_no_marks(read, make_proceeding):
    make_proceeding(about={"de": "# Über *uns* & <b>euch</b>\n\n- [eins](https://example.org)\n- zwei"})
    (feature,) = read(PDS)["features"]
    text = feature["properties"]["description"]
    assert "Über uns & " in text
    assert "https" not in text
    assert "*" not in text
