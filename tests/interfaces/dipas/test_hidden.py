"""What is not public is nowhere: not in lists, not in numbers, not in answers to it."""

import pytest

from participation.accounts.models import Role
from participation.contributions.states import PublicationState as State
from participation.discussion.models import Comment
from participation.proceedings.models import ProceedingState
from tests.interfaces.dipas.test_manners import PATHS

NOT_PUBLIC = [state for state in State if state is not State.PUBLISHED]
PDS = "/drupal/dipas-pds/projects/churchyard"


def everything(client, id_=None):
    """All answers about the proceeding, and about one contribution, as one text."""
    paths = [path.format(id=id_) for path in PATHS if id_ or "{" not in path]
    return "".join(client.get(path).get_data(as_text=True) for path in paths)


@pytest.mark.parametrize("state", NOT_PUBLIC)
@pytest.mark.parametrize("role", [None, *Role])
def test_a_contribution_that_is_not_public_is_nowhere_whoever_asks(
    make_proceeding, make_contribution, make_comment, make_actor, make_client, state, role
):
    proceeding = make_proceeding()
    author = make_actor(proceeding, role) if role else None
    hidden = make_contribution(proceeding, state=state, title="Kennwort", text="Siebenschläfer", author=author)
    make_comment(hidden, "Kennwort im Kommentar")
    client = make_client(author)
    found = everything(client, hidden.id)
    assert "Kennwort" not in found
    assert "Siebenschläfer" not in found
    assert client.get(f"/drupal/dipas/contributiondetails/{hidden.id}").status_code == 400
    assert client.get("/drupal/dipas/contributionlist").get_json()["totalNodes"] == "0"
    assert client.get("/drupal/dipas/statistics").get_json()["comments"] == 0
    assert client.get("/drupal/dipas/navigator/contributions").get_json()["chart_data"]["total"] == 0
    assert client.get("/drupal/dipas/navigator/comments").get_json()["chart_data"]["total"] == 0


@pytest.mark.parametrize("state", [state for state in NOT_PUBLIC if state is not State.MERGED])
def test_a_comment_that_is_not_public_is_nowhere_and_its_answers_move_up(
    client, read, make_contribution, make_comment, state
):
    contribution = make_contribution()
    first = make_comment(contribution, "Ein erster.")
    hidden = make_comment(contribution, "Siebenschläfer", state=state, public_name="Kim Haselmaus")
    answer = make_comment(contribution, "Die Antwort.", parent=hidden)
    make_comment(contribution, "Die Antwort darauf.", parent=answer)
    below = make_comment(contribution, "Siebenschläfer", state=state, parent=first)
    make_comment(contribution, "Ganz unten.", parent=below)
    make_comment(contribution, "Siebenschläfer", state=state)
    found = everything(client, contribution.id)
    assert "Siebenschläfer" not in found
    assert "Haselmaus" not in found
    told = read(f"/drupal/dipas/getcomments/{contribution.id}")
    tree = [(one["comment"], [reply["comment"] for reply in one["replies"]]) for one in told["comments"]]
    assert tree == [("Ein erster.", ["Ganz unten."]), ("Die Antwort.", ["Die Antwort darauf."])]
    (feature,) = read(f"{PDS}/commentedcontributions")["features"]
    comments = feature["properties"]["commentedBy"]
    assert [one["commentContent"] for one in comments] == ["Ein erster.", "Die Antwort."]
    assert all("commentOnComment" not in one for one in comments)
    numbers = {
        told["commentcount"],
        feature["properties"]["commentsNumber"],
        read("/drupal/dipas/statistics")["comments"],
    }
    numbers.add(read("/drupal/dipas/navigator/comments")["chart_data"]["total"])
    assert numbers == {4}


def test_names_that_people_chose_to_show_are_not_told(client, make_contribution, make_comment):
    contribution = make_contribution(public_name="Kim Haselmaus")
    make_comment(contribution, public_name="Kim Haselmaus")
    assert "Haselmaus" not in everything(client, contribution.id)


def test_a_draft_is_nowhere(client, make_client, make_actor, make_proceeding, make_contribution, make_comment):
    draft = make_proceeding("churchyard", state=ProceedingState.DRAFT, organiser="Amt für Geheimes")
    contribution = make_contribution(draft, title="Kennwort")
    make_comment(contribution, "Kennwort")
    for one in (client, make_client(make_actor(draft, Role.MANAGER)), make_client(make_actor(is_administrator=True))):
        found = everything(one, contribution.id)
        assert "Kennwort" not in found
        assert "Kirchhof" not in found
        assert "Geheimes" not in found


def test_a_long_chain_of_answers_is_told_in_two_levels(app, read, make_contribution, make_comment):
    contribution = make_contribution()
    above: Comment | None = None
    for number in range(300):
        above = make_comment(contribution, f"Nummer {number}", parent=above)
    told = read(f"/drupal/dipas/getcomments/{contribution.id}")
    (first,) = told["comments"]
    assert (told["commentcount"], len(first["replies"])) == (300, 299)
    (feature,) = read(f"{PDS}/commentedcontributions")["features"]
    assert len(feature["properties"]["commentedBy"][0]["commentedBy"]) == 299
