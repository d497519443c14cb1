"""Signing in: a new session each time, the same answer for every mistake, and never to another site."""

import re

import pytest
from itsdangerous import URLSafeSerializer

from participation.accounts.commands import users
from participation.accounts.models import Participant, User
from participation.accounts.queries import user_by_email
from participation.accounts.services import create_user
from participation.accounts.sessions import GUEST_COOKIE
from participation.contributions.states import PublicationState
from participation.database import transaction
from participation.errors import Conflict, InvalidInput

PASSWORD = "correct-horse-battery"


@pytest.fixture
def account(app, make_proceeding):
    make_proceeding()
    make_proceeding("elsewhere")
    with app.app_context():
        return create_user(email="Someone@Example.org", password=PASSWORD, name="Someone")


def token_of(response) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.get_data(as_text=True))[1]


def sign_in(client, email="someone@example.org", password=PASSWORD, **more):
    return client.send("/sign-in", {"email": email, "password": password, **more})


def test_a_session_begins_anew_at_each_sign_in(client, account):
    keys = []
    for _ in range(2):
        assert sign_in(client).status_code == 303
        with client.session_transaction() as session:
            keys.append(session["key"])
    assert keys[0] != keys[1]
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "email, password", [("someone@example.org", "wrong-password"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(client, account, email, password):
    response = sign_in(client, email, password)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "E-Mail und Passwort passen nicht zusammen" in page
    assert email in page
    assert password not in page


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "/\\/evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:1",
        "evil.example",
    ],
)
def test_nobody_is_led_to_another_site(client, account, wanted):
    location = sign_in(client, next=wanted).headers["Location"]
    assert location == "/"


@pytest.mark.parametrize("wanted", ["/account", "/en/proceedings/churchyard?q=a//b&category=green", "/?q=%5C%5C"])
def test_pages_of_this_site_are_not_taken_for_others(client, account, wanted):
    assert sign_in(client, next=wanted).headers["Location"] == wanted


def test_one_is_led_to_the_page_one_wanted(client, account):
    first = client.get("/account?x=1")
    assert first.headers["Location"] == "/sign-in?next=/account?x%3D1"
    assert sign_in(client, next="/account?x=1").headers["Location"] == "/account?x=1"


def test_a_whole_town_hall_signs_in_from_one_address(app, account):
    assert [sign_in(app.test_client()).status_code for _ in range(25)] == [303] * 25


def test_failed_tries_are_limited_whatever_succeeds_between_them(app, account):
    answers = []
    for _ in range(11):
        answers.append(sign_in(app.test_client(), password="wrong-password").status_code)
        if answers[-1] == 422:
            sign_in(app.test_client())
    assert answers == [422] * 10 + [429]


def place_of_draft(client, slug="churchyard") -> str:
    """What step 1 says was chosen before; the steps after it are closed without a draft."""
    page = client.get(f"/proceedings/{slug}/contribute/topic")
    return "kept" if page.status_code == 200 else "nothing"


def test_what_a_guest_began_goes_on_under_the_account(client, account):
    client.send("/proceedings/churchyard/contribute/place", {"kind": "none"})
    sign_in(client)
    assert place_of_draft(client) == "kept"
    client.send("/sign-out")
    assert place_of_draft(client) == "nothing"


def test_a_draft_of_the_account_is_not_replaced_by_one_of_a_guest(app, client, account):
    steps = "/proceedings/churchyard/contribute"
    sign_in(client)
    client.send(f"{steps}/place", {"kind": "none"})
    client.send(f"{steps}/topic", {"category": "paths"})
    guest = app.test_client()
    guest.send(f"{steps}/place", {"kind": "none"})
    guest.send("/proceedings/elsewhere/contribute/place", {"kind": "none"})
    sign_in(guest)
    assert guest.get(f"{steps}/text").status_code == 200  # the topic was chosen by the account
    assert place_of_draft(guest, "elsewhere") == "kept"


def test_signing_out_ends_the_session(client, account):
    sign_in(client)
    assert client.send("/sign-out").status_code == 303
    assert client.get("/account").status_code == 303


def test_a_new_session_key_ends_all_sessions(app, client, account):
    sign_in(client)
    with app.app_context(), transaction() as session:
        session.get_one(User, account.id).session_key = "changed"
    assert client.get("/account").status_code == 303


def test_a_session_of_before_the_sign_in_is_a_strangers(app, client, account):
    """Whoever planted a session in this browser does not share what comes after (session fixation)."""
    client.get("/account")
    before = client.get_cookie("session")
    sign_in(client)
    assert client.get_cookie("session") != before
    other = app.test_client()
    other.set_cookie("session", before.value if before else "")
    assert other.get("/account").status_code == 303


def test_a_changed_session_is_a_strangers(client, account):
    sign_in(client)
    value = client.get_cookie("session").value
    client.set_cookie("session", value[:10] + ("A" if value[10] != "A" else "B") + value[11:])
    assert client.get("/account").status_code == 303


def test_a_form_of_before_the_sign_in_no_longer_counts(client, account):
    old = token_of(client.get("/sign-in"))
    sign_in(client)
    refused = client.post("/sign-out", data={"csrf_token": old}, headers={"Origin": "http://localhost"})
    assert refused.status_code == 422
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("length, problem", [
    (11, "mindestens 12 Zeichen"), (12, ""), (200, ""), (201, "höchstens 200 Zeichen")
])  # fmt: skip
def test_a_password_that_does_not_fit_is_told_which_length_does(app, app_context, length, problem):
    def create():
        return create_user(email="new@example.org", password="p" * length, name="New")

    if not problem:
        assert create().id
        return
    with pytest.raises(InvalidInput) as refused, app.test_request_context():
        create()
    with app.test_request_context():
        assert problem in str(refused.value.message)


@pytest.fixture
def waiting(make_guest, make_contribution):
    """A guest and a contribution of theirs that nobody else sees."""
    author = make_guest()
    return author, make_contribution(state=PublicationState.SUBMITTED, author=author, title="Wartet noch")


def sees_it(client) -> bool:
    return "Wartet noch" in client.get("/proceedings/churchyard").get_data(as_text=True)


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 422),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
    ids=["our page", "our site", "nothing said", "another site", "nowhere", "cross-site"],
)
def test_a_form_opened_before_the_first_act_counts_for_the_guest_it_made_if_it_is_ours(
    client, account, headers, status
):
    path = "/proceedings/churchyard/contribute/place"
    opened_first = token_of(client.get(path))
    assert client.post(path, data={"csrf_token": opened_first, "kind": "none"}).status_code == 303
    assert client.get_cookie(GUEST_COOKIE)
    sent = client.post(path, data={"csrf_token": opened_first, "kind": "none"}, headers=headers)
    assert sent.status_code == status


def test_the_form_of_another_guest_never_counts(make_client, make_guest, account):
    path = "/proceedings/churchyard/contribute/place"
    other = token_of(make_client(make_guest()).get(path))
    sent = make_client(make_guest()).post(
        path, data={"csrf_token": other, "kind": "none"}, headers={"Origin": "http://localhost"}
    )
    assert sent.status_code == 422


def test_a_guest_is_known_by_the_cookie(make_client, waiting):
    assert sees_it(make_client(waiting[0]))
    assert not sees_it(make_client(None))


@pytest.mark.parametrize("forge", ["unsigned", "other_key", "changed", "of_another_use", "garbage"])
def test_a_forged_guest_cookie_is_a_strangers(app, client, waiting, guest_tokens, forge):
    token = guest_tokens[waiting[0].participant_id]
    real = str(URLSafeSerializer(app.secret_key, salt="guest-cookie").dumps(token))
    value = {
        "unsigned": token,
        "other_key": str(URLSafeSerializer("another-key", salt="guest-cookie").dumps(token)),
        "changed": real[:-2] + ("AA" if real[-2:] != "AA" else "BB"),
        "of_another_use": str(URLSafeSerializer(app.secret_key, salt="confirm-email").dumps(token)),
        "garbage": "IjEi.forged",
    }[forge]
    client.set_cookie(GUEST_COOKIE, value)
    assert not sees_it(client)


def test_the_cookie_of_a_forgotten_guest_is_a_strangers_and_the_next_act_makes_a_new_one(
    app, make_client, waiting, guest_tokens
):
    author, _ = waiting
    client = make_client(author)
    with app.app_context(), transaction() as session:
        session.get_one(Participant, author.participant_id).token_hash = "0" * 64
    old = client.get_cookie(GUEST_COOKIE)
    assert not sees_it(client)
    path = "/proceedings/churchyard/contribute/place"
    assert client.post(path, data={"csrf_token": token_of(client.get(path)), "kind": "none"}).status_code == 303
    assert client.get_cookie(GUEST_COOKIE) != old


def test_an_account_has_one_address_and_a_long_password(app, app_context, account):
    with pytest.raises(Conflict):
        create_user(email="SOMEONE@example.org", password=PASSWORD, name="Again")
    with pytest.raises(InvalidInput):
        create_user(email="other@example.org", password="short", name="Other")
    with pytest.raises(InvalidInput):
        create_user(email="no address", password=PASSWORD, name="Other")
    assert re.match(r"\$argon2id\$", user_by_email("someone@example.org").password_hash)


def test_accounts_and_roles_by_command(app, make_proceeding, client):
    make_proceeding()
    make_proceeding("elsewhere")
    runner = app.test_cli_runner()
    created = runner.invoke(users, ["create", "m@example.org", "--name", "M", "--password", PASSWORD])
    assert created.exit_code == 0, created.output
    assert runner.invoke(users, ["create", "m@example.org", "--name", "M", "--password", PASSWORD]).exit_code == 1
    assert runner.invoke(users, ["grant", "m@example.org", "nowhere", "moderator"]).exit_code == 1
    assert runner.invoke(users, ["grant", "m@example.org", "churchyard", "moderator"]).exit_code == 0
    assert sign_in(client, "m@example.org").headers["Location"] == "/moderation"
    assert client.get("/moderation/churchyard").status_code == 200
    assert client.get("/moderation/elsewhere").status_code == 403
