"""Every route, as every role: closed unless it is on the public list; and every form needs its token."""

import pytest
from flask import current_app

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.database import db
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.routes import PUBLIC_ENDPOINTS

# What each kind of staff may open, beyond what everybody with an account may.
OWN_ENDPOINTS = {
    "moderator": {
        *(
            "moderation.queue",
            "moderation.case",
            "moderation.undo",
            "moderation.refuse_notices",
            "moderation.take_back_answer",
            "casework.news",
        ),
        *("casework.hold", "casework.release", "casework.assign", "casework.note"),
        *("casework.save_view", "casework.open_view", "casework.delete_view"),
        *("complaint_desk.waiting", "complaint_desk.case"),
    },
    "planner": {"planning.desks", "planning.desk", "exports.planners", "exports.prepare_planners"},
}
OWN_ENDPOINTS["moderator"] |= {"batches.choose", "batches.batch", "batches.go", "batches.undo"}
OWN_ENDPOINTS["moderator"] |= {"voters.votes", "voters.block"}
OWN_ENDPOINTS["manager"] = (
    OWN_ENDPOINTS["moderator"]
    | OWN_ENDPOINTS["planner"]
    | {"rules_desk.desks", "rules_desk.rules", "rules_desk.rule", "rules_desk.end_rule"}
    | {"rules_desk.text_block", "rules_desk.delete_text_block", "mails.sent", "mails.retry"}
    | {"embedding_desk.embedding"}
    | {"import_desk.imports", "import_desk.run", "import_desk.go", "import_desk.act", "import_desk.bad_rows"}
    | {"holding_rules.rules", "holding_rules.mode", "holding_rules.rule", "holding_rules.go_on"}
)
OVER_ALL = {"moderation.queue", "casework.news", "casework.save_view", "casework.open_view", "casework.delete_view"}
OWN_ENDPOINTS["administrator"] = {"mails.sent", "mails.retry", "mails.all_sent", "mails.retry_any"}
SIGNED_IN_ENDPOINTS = {"accounts.sign_out", "pages.account", "mails.own", "tokens.own", "tokens.revoke"}
# Interfaces read no cookie: there these are closed to every browser (tests/interfaces has the tokens).
TOKEN_ENDPOINTS = {
    *(
        "api.queue",
        "api.case",
        "api.decide",
        "api.undo",
        "api.refuse_notices",
        "api.planning_contributions",
        "api.votes",
    ),
}
ROLES = ["stranger", "guest", "participant", "moderator", "planner", "manager", "moderator elsewhere", "administrator"]


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


@pytest.fixture
def clients(make_proceeding, make_actor, make_guest, make_client):
    proceeding, elsewhere = make_proceeding(), make_proceeding("elsewhere")
    return proceeding, {
        "stranger": make_client(None),
        "guest": make_client(make_guest()),
        "participant": make_client(make_actor()),
        "moderator": make_client(make_actor(proceeding, Role.MODERATOR)),
        "planner": make_client(make_actor(proceeding, Role.PLANNER)),
        "manager": make_client(make_actor(proceeding, Role.MANAGER)),
        "moderator elsewhere": make_client(make_actor(elsewhere, Role.MODERATOR)),
        "administrator": make_client(make_actor(is_administrator=True)),
    }


def address(rule, contribution):
    values = {
        "slug": "churchyard",
        "contribution_id": contribution.id,
        "item_id": contribution.id,
        "decision_id": 1,
        "voter_id": 1,
        "complaint_id": 1,
        "view_id": 1,
        "rule_id": 1,
        "block_id": 1,
        "block": 0,
        **dict.fromkeys(("zoom", "row", "column"), 0),
        "batch_id": 1,
        "run_id": 1,
        "rule": "links",
        "mail_id": 1,
        "item_kind": "contribution",
        "collection_id": "churchyard.contributions",
        "feature_id": str(contribution.id),
        "secret": "1-x",
        "table": "contributions",
        "suffix": "geojson",
        "name": "contribution-1",
        "token": "x",
        "token_id": 1,
        "language": "de",
        "project": "churchyard",
        "number": contribution.id,
        "key": "init",
        "parameter": "x",
        "drawing": "pin-green",
        "_rest": "x",
    }
    with current_app.test_request_context():
        return current_app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )


def is_expected_open(role, endpoint):
    if endpoint in PUBLIC_ENDPOINTS:
        return True
    if role in ("stranger", "guest"):
        return False
    if endpoint in SIGNED_IN_ENDPOINTS:
        return True
    if role == "moderator elsewhere":  # the bare queue is over the proceedings one moderates
        return endpoint in OVER_ALL
    return endpoint in OWN_ENDPOINTS.get(role, set())


def test_every_route_is_known_to_this_test(app):
    known = (
        PUBLIC_ENDPOINTS
        | TOKEN_ENDPOINTS
        | SIGNED_IN_ENDPOINTS
        | OWN_ENDPOINTS["manager"]
        | OWN_ENDPOINTS["administrator"]
    )
    assert {rule.endpoint for rule in rules(app)} | {"static"} == known


@pytest.mark.parametrize("role", ROLES)
def test_routes_are_closed_by_default(app, clients, make_contribution, role):
    proceeding, by_role = clients
    contribution = make_contribution(proceeding)
    client = by_role[role]
    wrong = []
    for rule in rules(app):
        if "GET" not in rule.methods:
            continue
        with app.app_context():
            path = address(rule, contribution)
        is_foreign_queue = role == "moderator elsewhere" and rule.endpoint in OVER_ALL and "slug" in rule.arguments
        response = client.get(path)
        is_open = response.status_code not in (401, 403) and "/sign-in" not in response.headers.get("Location", "")
        if is_open != (is_expected_open(role, rule.endpoint) and not is_foreign_queue):
            wrong.append(f"{role} {path}: {response.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_every_form_needs_its_token_and_its_right(app, clients, make_actor, make_contribution, role):
    """Without a token nothing is changed; with one, only those who may change something get in."""
    proceeding, by_role = clients
    decided, contribution = make_contribution(proceeding), make_contribution(proceeding)
    with app.test_request_context():
        reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
        item = db.session.get_one(Contribution, decided.id)
        decide(make_actor(proceeding, Role.MODERATOR), item, outcome=Outcome.HIDE, seen_version=1, **reasons)
    client = by_role[role]
    wrong = []
    data = {
        "vote": "for",
        "text": "Ein Kommentar",
        "outcome": Outcome.HIDE.value,
        "ground": "insult",
        "seen_version": "1",
        "statement_of_reasons": "x",
    }
    with_token = data | {"csrf_token": client.form_token()}  # good for every form: nothing here signs in or out
    for rule in rules(app):
        if "POST" not in rule.methods:
            continue
        with app.app_context():
            path = address(rule, contribution)
        without = client.post(path, data=data)
        if without.status_code < 300 or (
            without.status_code == 303
            and "/check" not in path
            and "contribute" not in path
            and "/sign-in" not in without.headers["Location"]
        ):
            wrong.append(f"{role} POST {path} without token: {without.status_code}")
        foreign = client.post(path, data=with_token, headers={"Origin": "https://evil.example"})
        if foreign.status_code != 403:
            wrong.append(f"{role} POST {path} from another site: {foreign.status_code}")
        if not is_expected_open(role, rule.endpoint) and rule.endpoint not in PUBLIC_ENDPOINTS:
            refused = client.post(path, data=with_token)
            if refused.status_code not in (401, 403):
                wrong.append(f"{role} POST {path}: {refused.status_code}")
    assert wrong == []
