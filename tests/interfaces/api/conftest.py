"""A client that speaks JSON."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from participation.security import limiter
from tests.client import Client
from tests.token_fixtures import bearer

API = "/api/v1"
HERE = f"{API}/proceedings/churchyard"
NEW = {
    "title": "Mehr Bäume",
    "text": "Bitte pflanzen Sie hier Linden.",
    "category": "green",
    "type": "idea",
    "geometry": {"type": "Point", "coordinates": [12.3707, 51.3421]},
    "consent": True,
}


class Program:
    """Calls the API, with a token or without."""

    def __init__(self, client: Client, token: str = "") -> None:
        self.client = client
        self.headers = bearer(token) if token else {}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | named(headers))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {} if body is None else {"json": body}
        return self.client.open(path, method=method, headers=self.headers | named(headers), **sent)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def program(make_client):
    """Make a program with a token, or a stranger's."""
    return lambda token="": Program(make_client(None), token)


@pytest.fixture
def guest_program(program, make_guest, guest_token):
    """Make a program that acts for a new guest, or this one."""
    return lambda guest=None: program(guest_token(guest or make_guest()))


@pytest.fixture
def unlimited(monkeypatch):
    """No rate limits: for tests that send hundreds of requests."""
    monkeypatch.setattr(limiter, "enabled", False)


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """Return a problem document after checking that it is one."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = answer.get_json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told
