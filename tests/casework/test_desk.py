"""The desk around a decision: who is looking, whose it is, notes, saved views, what is new, where one comes next."""

import re
from datetime import timedelta
from html import unescape

import pytest

from participation import clock
from participation.accounts.models import Role
from participation.casework.services import save_view
from participation.contributions.states import PublicationState as State

QUEUE = "/moderation/churchyard"
NOTE = "Ich frage beim Grünflächenamt nach."


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def people(place, make_actor, make_client):
    actors = [make_actor(place, Role.MODERATOR) for _ in range(2)]
    return [(actor, make_client(actor)) for actor in actors]


@pytest.fixture
def items(place, make_contribution):
    now = clock.now()
    return [
        make_contribution(place, state=State.SUBMITTED, title=f"Fall {n}", created_at=now - timedelta(hours=9 - n))
        for n in range(3)
    ]


def path(item):
    return f"{QUEUE}/contribution/{item.id}"


def text_of(response):
    return unescape(response.get_data(as_text=True))


def sent(item, **words):
    return {"seen_version": "1", "seen_notice": "0", "outcome": "publish", **words}


def test_after_a_decision_comes_the_next_case_of_the_same_filter(people, items):
    _, client = people[0]
    response = client.send(f"{path(items[1])}?category=green", sent(items[1]))
    assert response.headers["Location"].startswith(f"{path(items[2])}?category=green&decided=")
    page = text_of(client.get(response.headers["Location"]))
    assert "Ihre Entscheidung ist gespeichert" in page
    assert "Zurücknehmen" in page
    response = client.send(f"{path(items[2])}?category=green", sent(items[2]))
    assert response.headers["Location"].startswith(f"{path(items[0])}?category=green&decided=")
    response = client.send(f"{path(items[0])}?category=green", sent(items[0]))
    assert response.headers["Location"].startswith(f"{QUEUE}?category=green&decided=")


def test_over_all_proceedings_one_stays_there(people, items):
    _, client = people[0]
    page = client.get("/moderation").get_data(as_text=True)
    assert f"{path(items[1])}?over=all" in unescape(page)
    response = client.send(f"{path(items[0])}?over=all", sent(items[0]))
    assert response.headers["Location"].startswith(f"{path(items[1])}?over=all&decided=")


def test_while_someone_looks_the_other_reads_and_nothing_typed_is_lost(people, items, markup_findings):
    (_, first), (_, second) = people
    assert first.send(f"{path(items[0])}/hold", headers={"Accept": "application/json"}).get_json() == {
        "state": "submitted",
        "is_mine": True,
        "holder": "",
        "version": 1,
    }
    held = second.send(f"{path(items[0])}/hold", headers={"Accept": "application/json"}).get_json()
    assert (held["is_mine"], held["holder"]) == (False, "K. Anders")
    page = second.get(path(items[0])).get_data(as_text=True)
    assert "K. Anders prüft gerade." in page
    assert "data-held-part disabled" in page
    assert markup_findings(page) == []
    assert f'action="{path(items[1])}' in second.get(QUEUE).get_data(as_text=True)  # the first that is free
    reasons = {"outcome": "reject", "ground": "insult", "statement_of_reasons": "Der zweite <b>Satz."}
    refused = second.send(path(items[0]), sent(items[0], **reasons))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Der zweite &lt;b&gt;Satz." in page
    assert "Übernehmen und speichern" in page
    assert markup_findings(page) == []
    assert second.send(path(items[0]), sent(items[0], take_over="1", **reasons)).status_code == 303


def test_without_script_one_takes_over_by_a_button_and_leaving_frees(people, items):
    (_, first), (_, second) = people
    first.send(f"{path(items[0])}/hold")
    response = second.send(f"{path(items[0])}/hold?age=", {"take_over": "1"})
    assert (response.status_code, response.headers["Location"]) == (303, path(items[0]))
    assert "prüft gerade." in re.sub(r"data-text=\S+ \S+ \S+", "", text_of(first.get(path(items[0]))))
    assert second.send(f"{path(items[0])}/release").status_code == 204
    assert "data-held-part disabled" not in text_of(first.get(path(items[0])))


def test_a_case_is_given_and_a_second_hand_is_told(people, items, markup_findings):
    (one, first), (other, second) = people
    data = {"assignee": str(other.user_id), "seen_assignee": "0"}
    assert first.send(f"{path(items[0])}/assign", data).status_code == 303
    assert f'value="{other.user_id}"' in text_of(first.get(path(items[0])))
    late = second.send(f"{path(items[0])}/assign", {"assignee": str(one.user_id), "seen_assignee": "0"})
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "inzwischen jemand anderem gegeben" in page
    assert markup_findings(page) == []
    assert "Fall 0" in text_of(second.get(f"{QUEUE}?assigned=me"))
    assert "Fall 1" not in text_of(second.get(f"{QUEUE}?assigned=me"))


@pytest.mark.parametrize("assignee", ["99999", "x", "-1", ""])
def test_a_case_is_not_given_to_someone_else(people, items, assignee):
    _, client = people[0]
    response = client.send(f"{path(items[0])}/assign", {"assignee": assignee, "seen_assignee": "0"})
    assert response.status_code in (303, 422)
    assert 'aria-label="Zuständig"' in text_of(client.get(QUEUE))
    assert "Meine <span" in text_of(client.get(QUEUE))


def test_a_note_is_shown_to_moderators_and_comes_back_if_it_is_too_long(people, items, markup_findings):
    (_, first), (_, second) = people
    assert first.send(f"{path(items[0])}/notes", {"text": NOTE + " <i>"}).status_code == 303
    assert NOTE in text_of(second.get(path(items[0])))
    for text in ("", "y" * 2001):
        refused = first.send(f"{path(items[0])}/notes", {"text": text})
        assert refused.status_code == 422
        assert text in text_of(refused)
        assert markup_findings(refused.get_data(as_text=True)) == []


def test_a_view_is_saved_opened_and_deleted(people, items):
    (_, first), (_, second) = people
    saved = first.send(f"{QUEUE}/views?age=7&q=Fall", {"name": "Alte <Fälle>", "is_shared": "y"})
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{QUEUE}?age=7&q=Fall")
    found = re.search(r'href="(/moderation/views/\d+)">Alte <Fälle>', text_of(second.get(QUEUE)))
    assert found
    assert second.get(found[1]).headers["Location"] == f"{QUEUE}?age=7&q=Fall"
    assert second.send(f"{found[1]}/delete").status_code == 403
    assert first.send(f"{found[1]}/delete").status_code == 303
    assert first.get(found[1]).status_code == 404
    assert first.send(f"{QUEUE}/views?age=7", {"name": ""}).status_code == 422


def test_a_view_of_something_that_is_gone_says_so(people, place, in_app):
    actor, client = people[0]
    for query in ("category=gone", "kind=photo"):
        view = in_app(lambda q=query: save_view(actor, proceeding_id=place.id, name="Alt", query=q, is_shared=False))
        response = client.get(f"/moderation/views/{view.id}", follow_redirects=True)
        assert response.status_code == 200
        assert "fragt nach etwas, das es nicht mehr gibt" in text_of(response)


def test_what_is_new_is_counted_for_this_filter(people, items, make_contribution, place):
    _, client = people[0]
    since = clock.now().isoformat()
    make_contribution(place, state=State.SUBMITTED, category="paths")
    for where in (QUEUE, "/moderation"):
        answer = client.get(f"{where}/news", query_string={"since": since}).get_json()
        assert (answer["count"], answer["text"], answer["url"]) == (1, "1 neuer Fall", f"{where}?sort=newest")
        none = client.get(f"{where}/news", query_string={"since": since, "category": "green"}).get_json()
        assert none["count"] == 0
        for wrong in ("", "yesterday", "2026-11-24T12:00:00", "0001-01-01T00:00:00+00:00"):
            assert client.get(f"{where}/news", query_string={"since": wrong}).status_code == 422


def test_nothing_matches_is_said_with_a_way_out(people, items, markup_findings):
    _, client = people[0]
    page = client.get(f"{QUEUE}?q=gibtesnicht&kind=comment").get_data(as_text=True)
    assert "Nichts passt" in page
    assert f'href="{QUEUE}?kind=comment"' in page
    assert markup_findings(page) == []
