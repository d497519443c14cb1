"""Batches as moderators use them, without script: tick, decide, watch, take back."""

import re

import pytest
from sqlalchemy import func, select

from participation.accounts.models import Role
from participation.batches.models import Batch, BatchItem
from participation.contributions.checking import NewContribution
from participation.contributions.models import Contribution
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.proceedings.queries import proceeding_by_slug

QUEUE = "/moderation/churchyard"
BATCHES = f"{QUEUE}/batches"
REASONS = {"ground": "repetition", "reasons_de": "„{title}“ kam schon einmal."}


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(place, make_actor):
    return make_actor(place, Role.MODERATOR)


@pytest.fixture
def client(moderator, make_client):
    return make_client(moderator)


def ticked(*items):
    return {"item": [f"{item.__tablename__}-{item.id}-{item.version}" for item in items]}


def states(app, *items):
    with app.app_context():
        return [db.session.get_one(Contribution, item.id).state for item in items]


def finish(client, path):
    """Press “go on” until the page says what came of it, as someone without script does."""
    for _ in range(50):
        page = client.get(path).get_data(as_text=True)
        if 'data-module="batch"' not in page:
            return page
        assert client.send(f"{path}/go").status_code == 303
    raise AssertionError("the batch does not end")


def test_the_ticked_ones_are_decided_with_one_reason_and_taken_back(app, place, client, make_contribution):
    items = [make_contribution(place, title=f"Linde {number}") for number in range(30)]
    left = make_contribution(place, title="Andere")
    opened = client.send(BATCHES, ticked(*items))
    path = opened.headers["Location"]
    page = client.get(path).get_data(as_text=True)
    assert "30 Texte ausgewählt" in page
    refused = client.send(path, {"outcome": "hide", "ground": "repetition", "reasons_de": " "})
    assert refused.status_code == 422
    assert re.search(r'value="repetition" checked|checked[^>]*value="repetition"', refused.get_data(as_text=True))
    assert client.send(path, {"outcome": "hide", **REASONS}).status_code == 303
    page = finish(client, path)
    assert '<h1 class="h2">Ausblenden: 30 Texte</h1>' in page
    assert "30 Texte sind entschieden" in page
    assert states(app, *items, left) == [State.HIDDEN] * 30 + [State.PUBLISHED]
    undoing = client.send(f"{path}/undo")
    assert undoing.status_code == 303
    finish(client, undoing.headers["Location"])
    assert set(states(app, *items)) == {State.PUBLISHED}


def test_all_that_match_a_filter_are_chosen_also_beyond_the_page(app, place, client, make_contribution):
    for number in range(60):
        make_contribution(place, state=State.SUBMITTED, category="green" if number < 55 else "paths")
    opened = client.send(f"{BATCHES}?category=green", {"all": "1"})
    assert opened.status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BatchItem)) == 55


@pytest.mark.parametrize("value", ["contribution-1", "photo-1-1", "contribution-x-1", "", "a-b-c"])
def test_an_odd_selection_is_refused_whole(app, place, client, make_contribution, value):
    item = make_contribution(place)
    assert client.send(BATCHES, {"item": [*ticked(item)["item"], value]}).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Batch)) == 0


def test_items_of_another_proceeding_are_named_on_the_queue(app, place, client, make_contribution, make_proceeding):
    foreign = make_contribution(make_proceeding("elsewhere"))
    back = client.send(BATCHES, ticked(make_contribution(place), foreign))
    assert back.status_code == 303
    assert f"Beitrag {foreign.id}" in client.get(back.headers["Location"]).get_data(as_text=True)


def test_nothing_ticked_leads_back_and_says_so(place, client):
    back = client.send(BATCHES, {})
    assert back.headers["Location"].endswith(QUEUE)
    assert "mindestens einen Text" in client.get(QUEUE).get_data(as_text=True)


def test_programs_read_the_progress(place, client, make_contribution):
    items = [make_contribution(place, state=State.SUBMITTED) for _ in range(30)]
    path = client.send(BATCHES, ticked(*items)).headers["Location"]
    client.send(path, {"outcome": "publish"})
    answer = client.send(f"{path}/go", headers={"Accept": "application/json"})
    assert answer.json == {"done": 25, "total": 30}


def test_who_moderates_elsewhere_sees_and_does_nothing(
    place, client, make_contribution, make_proceeding, make_actor, make_client
):
    path = client.send(BATCHES, ticked(make_contribution(place))).headers["Location"]
    elsewhere = make_proceeding("elsewhere")
    stranger = make_client(make_actor(elsewhere, Role.MODERATOR))
    assert stranger.get(path).status_code == 403
    assert stranger.send(path, {"outcome": "hide", **REASONS}).status_code == 403
    assert stranger.send(f"{path}/go").status_code == 403
    assert stranger.get(path.replace("churchyard", "elsewhere")).status_code == 404


def test_look_alikes_are_offered_as_one_choice(app, place, client, make_guest):
    text = "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich gerne aus, wenn es warm ist."
    ids = []
    for number, words in enumerate([text, f"{text}!", "Etwas ganz anderes über Radwege und Ampeln am Fluss."]):
        guest = make_guest()
        with app.test_request_context():
            here = proceeding_by_slug(guest, "churchyard")
            new = NewContribution("Bank im Schatten" if number < 2 else "Radweg", words, "green", "idea", None)
            ids.append(submit_contribution(guest, here, new, idempotency_key=str(number)).id)
    page = client.get(f"{QUEUE}/contribution/{ids[0]}").get_data(as_text=True)
    form = page[page.index('aria-labelledby="alike"') :].partition("</form>")[0]
    assert set(re.findall(r'name="item" value="contribution-(\d+)-1"', form)) == {str(id_) for id_ in ids[:2]}
    assert "Gemeinsam entscheiden" in form


def test_a_batch_that_was_started_says_so_to_a_stale_page(place, client, make_contribution):
    path = client.send(BATCHES, ticked(make_contribution(place))).headers["Location"]
    assert client.send(path, {"outcome": "hide", **REASONS}).status_code == 303
    assert client.send(path, {"outcome": "publish"}).status_code == 303
    assert "läuft schon" in client.get(path).get_data(as_text=True)


def test_the_form_that_takes_publications_back_asks_for_reasons_and_takes_them(app, place, client, make_contribution):
    item = make_contribution(place, state=State.SUBMITTED)
    path = client.send(BATCHES, ticked(item)).headers["Location"]
    client.send(path, {"outcome": "publish"})
    page = finish(client, path)
    form = page[page.index('id="undo-form"') :].partition("</form>")[0]
    assert {"csrf_token", *REASONS} <= set(re.findall(r'name="([^"]+)"', form))
    assert client.send(f"{path}/undo", {"ground": "repetition"}).status_code == 422
    finish(client, client.send(f"{path}/undo", REASONS).headers["Location"])
    assert states(app, item) == [State.SUBMITTED]


def test_a_batch_can_be_read_in_the_other_language(place, client, make_contribution):
    path = client.send(BATCHES, ticked(make_contribution(place))).headers["Location"]
    assert f'href="/en{path}"' in client.get(path).get_data(as_text=True)


def test_a_colleague_takes_a_running_batch_over_by_a_button(place, client, make_contribution, make_actor, make_client):
    path = client.send(BATCHES, ticked(*[make_contribution(place) for _ in range(2)])).headers["Location"]
    client.send(path, {"outcome": "hide", **REASONS})
    colleague = make_client(make_actor(place, Role.MODERATOR))
    page = colleague.get(path).get_data(as_text=True)
    assert "Übernehmen und weitermachen" in page
    assert 'data-module="batch"' not in page
    assert colleague.send(f"{path}/go", headers={"Accept": "application/json"}).status_code == 409
    taken = colleague.send(f"{path}/go", {"take_over": "1"}, headers={"Accept": "application/json"})
    assert taken.json == {"done": 2, "total": 2}


def test_while_reports_wait_the_empty_queue_says_so(place, client, make_contribution, make_notice):
    make_notice(make_contribution(place))
    page = client.get(QUEUE).get_data(as_text=True)
    assert "Keine neuen Texte" in page
    assert 'href="/moderation/churchyard?kind=notice">Gemeldet <span class="ct">1</span>' in page
