"""The document is valid, complete and true: schemathesis sends what it allows and what it forbids."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from participation.accounts.models import Role, Scope
from participation.contributions.models import Contribution
from participation.database import db
from participation.interfaces.api.openapi import path_of
from participation.interfaces.api.registry import OPERATIONS, Access
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.moderation.steps import Particulars
from participation.proceedings.models import ModerationMode
from tests.interfaces.api.conftest import API
from tests.token_fixtures import bearer

DOCUMENT = f"{API}/openapi.json"
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_document_is_valid(client, prefix):
    document = client.get(prefix + DOCUMENT).get_json()
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["servers"][0]["url"].endswith(f"{prefix}/api/v1")


def test_every_route_stands_in_the_document(app, client):
    paths = client.get(DOCUMENT).get_json()["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert documented == {(one.method, path_of(one)) for one in OPERATIONS}
    routed = {
        (method, re.sub(r"<(?:[^:>]*:)?([a-z_]+)>", r"{\1}", rule.rule).removeprefix(API))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routed == documented | {("GET", "/openapi.json")}


def test_every_operation_is_on_the_page_in_both_languages(client):
    for prefix in ("", "/en"):
        page = client.get(f"{prefix}/api/").get_data(as_text=True)
        document = client.get(prefix + DOCUMENT).get_json()
        for path, methods in document["paths"].items():
            for method, told in methods.items():
                assert f"<strong>{method.upper()}</strong> <code>{path}</code>" in page
                assert f'id="{told["operationId"]}"' in page
    assert "http" not in re.sub(r"https?://127\.0\.0\.1:5000", "", page).partition("<main")[2].partition("</main>")[0]


@dataclass(frozen=True)
class Stage:
    """Tokens by who holds them, and the parts of addresses by name."""

    tokens: dict[str, str]
    existing: dict[str, Any]


@pytest.fixture
def stage(
    app, make_proceeding, make_actor, make_guest, make_token, guest_token, make_contribution, make_comment, make_notice
):
    """A proceeding with something of everything."""
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    contribution, manager = make_contribution(proceeding), make_actor(proceeding, Role.MANAGER)
    make_comment(contribution)
    make_notice(contribution)
    with app.test_request_context():
        item = db.session.get_one(Contribution, contribution.id)
        decision = decide(
            manager, item, outcome=Outcome.MOVE, seen_version=1, particulars=Particulars(category="paths")
        )
    return Stage(
        {"staff": make_token(manager, *Scope), "guest": guest_token(make_guest())},
        {
            "slug": proceeding.slug,
            "contribution_id": contribution.id,
            "item_kind": "contribution",
            "item_id": contribution.id,
            "decision_id": decision.id,
        },
    )


def answered(cases, headers):
    """Send some of these cases; return the statuses of the answers, which are as the document says."""
    statuses = set()
    excluded = [CHECKS.get_one("positive_data_acceptance")]

    @settings(parent=BOUNDED)
    @given(case=cases)
    def check(case):
        statuses.add(case.call_and_validate(headers=headers, excluded_checks=excluded).status_code)

    with suppress(Unsatisfiable):  # nothing that it takes can be wrong
        check()
    return statuses


def test_schemathesis_finds_nothing(app, stage, unlimited):
    """What the document allows and what it forbids, about things that exist: every answer is as the document says.

    That all that is allowed is taken is no rule here: a text of five spaces is a text, but no contribution.
    """
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app)
    statuses: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        declared = next(one for one in OPERATIONS if one.name == operation.definition.raw["operationId"])
        holder = "staff" if declared.access in (Access.MODERATE, Access.PLAN) else "guest"
        # Schemathesis asks for brotli, too, but unpacks nothing when it calls the application itself.
        headers = bearer(stage.tokens[holder]) | {"Accept-Encoding": "identity"}
        names = [one["name"] for one in operation.definition.raw["parameters"] if one["in"] == "path"]
        for mode in GenerationMode:
            cases = operation.as_strategy(mode, path_parameters={name: stage.existing[name] for name in names})
            statuses.setdefault(declared.name, set()).update(answered(cases, headers))
    assert set(statuses) == {one.name for one in OPERATIONS}
    read = [one.name for one in OPERATIONS if one.method == "GET"]
    assert [name for name in read if 200 not in statuses[name]] == []
