"""Headers, cookies, limits: what protects every page."""

import re
from dataclasses import replace

import pytest

from participation.config import read_settings
from participation.routes import PUBLIC_ENDPOINTS
from participation.security import POSTS, client_network, content_security_policy

PAGES = [
    "/",
    "/proceedings/churchyard",
    "/proceedings/churchyard/about",
    "/proceedings/churchyard/contribute/place",
    "/sign-in",
    "/privacy",
    "/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_reading_sets_no_cookie_and_every_answer_has_its_headers(client, make_proceeding, path):
    make_proceeding()
    make_proceeding("second")
    response = client.get(path)
    assert "Set-Cookie" not in response.headers
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_reading_a_contribution_sets_no_cookie(client, make_contribution):
    contribution = make_contribution()
    assert "Set-Cookie" not in client.get(f"/proceedings/churchyard/contributions/{contribution.id}").headers


def test_the_first_vote_sets_the_guest_cookie_once(client, make_contribution):
    path = f"/proceedings/churchyard/contributions/{make_contribution().id}/vote"
    cookie = client.send(path, {"vote": "for"}).headers["Set-Cookie"]
    assert cookie.startswith("guest=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    second = client.send(path, {"vote": "none"}, headers={"Accept": "application/json"})
    assert second.get_json()["votes_for"] == 0
    assert not any(cookie.startswith("guest=") for cookie in second.headers.getlist("Set-Cookie"))


def test_a_token_of_another_browser_is_refused(app, make_guest, make_client, make_contribution):
    path = f"/proceedings/churchyard/contributions/{make_contribution().id}/vote"
    stolen = make_client(make_guest()).send
    assert stolen(path, {"vote": "for"}).status_code == 303
    victim, attacker = make_client(make_guest()), make_client(make_guest())
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', attacker.get("/sign-in").get_data(as_text=True))[1]
    assert victim.post(path, data={"csrf_token": token, "vote": "for"}).status_code == 422


def test_map_hosts_are_in_the_policy():
    settings = read_settings(
        {
            "PARTICIPATION_SECRET_KEY": "x" * 32,
            "PARTICIPATION_BASEMAP": "xyz",
            "PARTICIPATION_BASEMAP_URL": "https://{s}.tiles.example.org/{z}/{x}/{y}.png",
            "PARTICIPATION_BASEMAP_ATTRIBUTION": "© Example",
        }
    )
    assert "img-src 'self' data: https://*.tiles.example.org" in content_security_policy(settings)


def test_a_body_that_is_too_large_is_refused_with_a_page(client, make_contribution):
    path = f"/proceedings/churchyard/contributions/{make_contribution().id}/comments"
    response = client.send(path, {"text": "x" * 1_100_000})
    assert response.status_code == 413
    assert "<h1" in response.get_data(as_text=True)


@pytest.mark.parametrize("address, network", [
    ("192.0.2.7", "192.0.2.7"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ("fe80::1%eth0", "fe80::/64"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("unix socket", "unix socket"),
])  # fmt: skip
def test_limits_count_a_connection_to_the_internet_not_its_addresses(address, network):
    assert client_network(address) == network


def test_whoever_changes_between_addresses_of_one_network_is_still_limited(client):
    def try_from(address, number):
        data = {"email": f"{number}@example.org", "password": "wrong-password"}
        return client.send("/sign-in", data, environ_overrides={"REMOTE_ADDR": address}).status_code

    answers = [try_from(f"2001:db8::{number:x}", number) for number in range(1, 13)]
    assert answers[:10] == [422] * 10
    assert 429 in answers[10:]
    assert try_from("2001:db8:0:1::1", 20) == 422


def test_votes_and_comments_count_together(app, client, make_contribution, monkeypatch):
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], post_limit="3 per hour"))
    page = f"/proceedings/churchyard/contributions/{make_contribution().id}"
    answers = [client.send(f"{page}/vote", {"vote": "for"}).status_code for _ in range(2)]
    answers += [client.send(f"{page}/comments", {"text": f"Kommentar {number}"}).status_code for number in range(2)]
    assert answers == [303, 303, 303, 429]
    assert client.get(page).status_code == 200
    assert client.send("/proceedings/churchyard/contribute/place", {"kind": "none"}).status_code == 303
    assert client.send("/proceedings/churchyard/contribute/check").status_code == 429


def test_sign_in_tries_are_limited_per_account(client):
    answers = [
        client.send("/sign-in", {"email": "a@example.org", "password": "wrong-password"}).status_code for _ in range(12)
    ]
    assert answers[:10] == [422] * 10
    assert 429 in answers[10:]


def test_what_counts_as_a_post_exists():
    assert POSTS <= PUBLIC_ENDPOINTS
