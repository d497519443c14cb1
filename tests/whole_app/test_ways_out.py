"""A page that leads no further says what is the matter, and where to go from there."""

from datetime import timedelta

import pytest

from participation import clock
from participation.accounts.models import Role
from participation.proceedings.models import ProceedingState


@pytest.fixture
def over(make_proceeding):
    now = clock.now()
    return make_proceeding(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=2))


def test_who_comes_too_late_reads_since_when_and_not_that_someone_was_faster(client, over):
    response = client.get("/proceedings/churchyard/contribute/place")
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "Das ist im Moment nicht offen." in page
    assert "Dieses Verfahren ist seit dem" in page
    assert "Jemand war schneller" not in page


def test_who_comes_too_early_reads_from_when(client, make_proceeding):
    begins = clock.now() + timedelta(days=3)
    make_proceeding(starts_at=begins, ends_at=begins + timedelta(days=9))
    page = client.get("/en/proceedings/churchyard/contribute/place").get_data(as_text=True)
    assert "You can contribute from" in page


def test_programs_read_the_same(client, over):
    problem = client.get("/proceedings/churchyard/contribute/place", headers={"Accept": "application/json"}).get_json()
    assert problem["title"] == "Das ist im Moment nicht offen."
    assert "seit dem" in problem["detail"]


@pytest.mark.parametrize("path, status", [("contribute/place", 409), ("contributions/1", 404), ("?after=x", 422)])
def test_error_pages_of_a_proceeding_lead_back_to_it(client, over, path, status):
    response = client.get(f"/proceedings/churchyard/{path}".replace("/?", "?"))
    assert response.status_code == status
    assert 'href="/proceedings/churchyard"' in response.get_data(as_text=True)


def test_a_draft_is_not_given_away_by_an_error_page(client, make_proceeding):
    make_proceeding("secret", state=ProceedingState.DRAFT)
    page = client.get("/proceedings/secret/contributions/1").get_data(as_text=True)
    assert 'href="/proceedings/secret"' not in page


@pytest.mark.parametrize("form", ["comments", "vote"])
@pytest.mark.parametrize("root", ["", "/en"])
def test_the_address_of_a_sent_form_can_be_opened_again(client, make_contribution, make_proceeding, form, root):
    contribution = make_contribution(make_proceeding())
    path = f"{root}/proceedings/churchyard/contributions/{contribution.id}"
    response = client.get(f"{path}/{form}?page=2")
    assert (response.status_code, response.headers["Location"]) == (303, f"{path}?page=2#{form}")


@pytest.mark.parametrize(
    "path, link",
    [
        ("/proceedings/churchyard?q=Linden", "/sign-in?next=/proceedings/churchyard?q%3DLinden"),
        ("/en/proceedings/churchyard/about", "/en/sign-in?next=/en/proceedings/churchyard/about"),
        ("/sign-in?next=/account", "/sign-in?next=/account"),
        ("/", "/sign-in"),
        ("/nowhere", "/sign-in"),
    ],
)
def test_the_sign_in_link_leads_back_to_the_page_it_stands_on(client, make_proceeding, path, link):
    make_proceeding()
    make_proceeding("elsewhere")
    assert f'href="{link}"' in client.get(path).get_data(as_text=True)


def test_whose_session_ended_while_deciding_is_led_back_to_the_case(
    app, make_client, make_proceeding, make_contribution
):
    contribution = make_contribution(make_proceeding())
    case = f"/moderation/churchyard/contribution/{contribution.id}"
    response = make_client(None).send(case, {"outcome": "publish"})
    assert response.status_code == 401
    assert f'href="/sign-in?next={case}"' in response.get_data(as_text=True)


def test_who_may_not_see_a_desk_gets_to_the_public_page_of_its_proceeding(make_proceeding, make_actor, make_client):
    make_proceeding()
    stranger = make_client(make_actor(make_proceeding("elsewhere"), Role.PLANNER))
    response = stranger.get("/planning/churchyard")
    assert response.status_code == 403
    assert 'href="/proceedings/churchyard"' in response.get_data(as_text=True)
