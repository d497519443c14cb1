"""Comments and votes to take away: what the page shows, of the contributions that the filter finds."""

import csv
import io
import json

import pytest
from sqlalchemy import select

from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.discussion.models import Comment, VoteValue
from participation.discussion.queries import page_of_threads
from participation.discussion.services import vote
from participation.proceedings.queries import proceeding_by_slug

COMMENTS = "/proceedings/churchyard/comments"
VOTES = "/proceedings/churchyard/votes"


def rows(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


@pytest.fixture
def talk(make_proceeding, make_contribution, make_comment):
    """A tree: hidden ← hidden ← public; withdrawn ← public; hidden alone; hidden ← hidden; and a public one."""
    contribution = make_contribution(make_proceeding())
    state = PublicationState

    def say(text, state, parent=None):
        return make_comment(contribution, text=text, state=state, parent=parent, public_name="Marek Z.")

    first = say("Geheim eins", state.HIDDEN)
    second = say("Geheim zwei", state.HIDDEN, first)
    say("Öffentlich drei", state.PUBLISHED, second)
    withdrawn = say("Geheim vier", state.WITHDRAWN)
    say("Öffentlich fünf", state.PUBLISHED, withdrawn)
    say("Geheim sechs", state.HIDDEN)
    seventh = say("Geheim sieben", state.HIDDEN)
    say("Geheim acht", state.SUBMITTED, seventh)
    say("Öffentlich neun", state.PUBLISHED)
    return contribution


def test_the_tree_of_comments_is_that_of_the_page(app, client, talk):
    with app.app_context():
        shown = page_of_threads(STRANGER, db.session.get_one(Contribution, talk.id)).shown
        expected = {one.comment.id: (one.comment.parent_id, one.text or "") for one in shown}
    got = rows(client, COMMENTS + ".csv")
    assert {int(row["id"]): (int(row["answer_to"] or 0) or None, row["text"]) for row in got} == expected
    assert len(got) == 6
    by_text = {row["text"]: row for row in got if row["text"]}
    assert set(by_text) == {"Öffentlich drei", "Öffentlich fünf", "Öffentlich neun"}
    gone = [row for row in got if not row["text"]]
    assert sorted(row["state"] for row in gone) == ["not_public", "not_public", "withdrawn"]
    assert all(row["created_at"] == row["language"] == "" for row in gone)
    third = by_text["Öffentlich drei"]
    assert third["url"].endswith(f"/contributions/{talk.id}?comment={third['id']}#comment-{third['id']}")
    assert client.get(third["url"].removeprefix("http://127.0.0.1:5000")).status_code == 200


@pytest.mark.parametrize("suffix", ["geojson", "csv", "xlsx", "gpkg", "jsonfg"])
@pytest.mark.parametrize("table", ["comments", "votes"])
def test_hidden_words_are_in_no_format(client, talk, table, suffix):
    response = client.get(f"/proceedings/churchyard/{table}.{suffix}")
    assert response.status_code == 200
    assert b"Geheim" not in response.data
    assert b"Marek" not in response.data


def test_names_under_comments_are_for_planners_who_ask_and_never_of_hidden_ones(app, make_client, make_actor, talk):
    with app.app_context():
        proceeding = proceeding_by_slug(STRANGER, "churchyard")
    with_names = make_client(make_actor(proceeding, Role.PLANNER))
    got = rows(with_names, "/planning/churchyard/comments.csv?personal=1")
    assert {row["public_name"] for row in got if row["text"]} == {"Marek Z."}
    assert {row["public_name"] for row in got if not row["text"]} == {""}
    assert "public_name" not in rows(with_names, "/planning/churchyard/comments.csv")[0]


def test_comments_are_those_of_the_contributions_that_the_filter_finds(
    app, client, make_contribution, make_comment, talk
):
    with app.app_context():
        proceeding = proceeding_by_slug(STRANGER, "churchyard")
    other = make_contribution(proceeding, category="paths")
    make_comment(other, text="Zum Weg")
    hidden = make_contribution(proceeding, state=PublicationState.HIDDEN)
    make_comment(hidden, text="Unter Verborgenem")
    assert [row["text"] for row in rows(client, COMMENTS + ".csv?category=paths")] == ["Zum Weg"]
    assert len(rows(client, COMMENTS + ".csv")) == 7
    assert "Verborgenem" not in client.get(COMMENTS + ".geojson").get_data(as_text=True)


def test_every_change_of_a_comment_changes_the_name_of_the_file(app, client, talk):
    etag = client.get(COMMENTS + ".csv").headers["ETag"]
    with app.app_context(), transaction() as session:
        session.scalars(select(Comment).where(Comment.text == "Öffentlich neun")).one().text = "Gekürzt neun"
    assert client.get(COMMENTS + ".csv", headers={"If-None-Match": etag}).status_code == 200


def test_votes_are_counted_per_contribution(app, client, make_guest, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    with app.app_context():
        for value in (VoteValue.FOR, VoteValue.FOR, VoteValue.AGAINST):
            vote(make_guest(), proceeding, contribution.id, value)
    (row,) = rows(client, VOTES + ".csv")
    assert (row["votes_for"], row["votes_against"], row["votes"]) == ("2", "1", "3")
    (feature,) = json.loads(client.get(VOTES + ".geojson").data)["features"]
    assert (feature["id"], feature["geometry"], feature["properties"]["votes"]) == (contribution.id, None, 3)
