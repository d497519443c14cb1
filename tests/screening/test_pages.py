"""The managers' page of the rules, and what moderators see of them, as people use them."""

import re

import pytest

from participation.accounts.models import Role
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.proceedings.models import ModerationMode, Proceeding
from participation.screening import trials
from participation.screening.models import HoldingRule, ScreeningHit
from participation.screening.queries import rules_of

PAGE = "/manage/churchyard/holding-rules"
GOOD = "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich gerne aus."


@pytest.fixture
def stage(make_proceeding, make_actor, make_client):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    return proceeding, make_client(make_actor(proceeding, Role.MANAGER))


@pytest.fixture
def rule_row(app, stage):
    def read(rule):
        with app.app_context():
            return rules_of(stage[0]).get(rule)

    return read


def read(client, path=PAGE):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def press(client, rule, act, version, **settings):
    return client.send(f"{PAGE}/{rule}", {"act": act, "seen_version": version, **settings})


def test_a_manager_tries_a_rule_sees_what_it_would_hold_and_switches_it_on(stage, make_contribution, rule_row):
    proceeding, client = stage
    linked = make_contribution(proceeding, title="Werbung", text="Nur auf www.example.org")
    make_contribution(proceeding, text=GOOD)
    assert press(client, "links", "try", 0).status_code == 303
    assert "sie hätte 1 von 2 Texten zurückgehalten" in read(client)
    held = read(client, f"{PAGE}/links")
    assert f"/moderation/churchyard/contribution/{linked.id}" in held
    assert "Werbung" in held
    assert press(client, "links", "arm", rule_row("links").version).status_code == 303
    assert rule_row("links").is_armed
    assert press(client, "links", "disarm", rule_row("links").version).status_code == 303
    assert not rule_row("links").is_armed


def test_settings_that_were_not_tried_are_refused_and_kept_on_the_page(stage, rule_row):
    _, client = stage
    press(client, "burst", "try", 0, count=5, minutes=10)
    answer = press(client, "burst", "arm", rule_row("burst").version, count=3, minutes=10)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Probieren Sie die Regel zuerst" in page
    assert re.search(r'name="count"[^>]*value="3"', page)
    assert not rule_row("burst").is_armed


@pytest.mark.parametrize(
    "settings", [{"count": "viele", "minutes": 1}, {"count": 1, "minutes": 1}, {"count": "", "minutes": 1}]
)
def test_a_setting_that_is_no_number_or_out_of_its_limits_is_refused(stage, rule_row, settings):
    assert press(stage[1], "burst", "try", 0, **settings).status_code == 422
    assert rule_row("burst") is None


def test_a_long_trial_goes_on_request_by_request(stage, make_contribution, rule_row, monkeypatch):
    monkeypatch.setattr(trials, "BATCH", 2)
    monkeypatch.setattr(trials, "MOST_TEXTS", 2)
    proceeding, client = stage
    for number in range(5):
        make_contribution(proceeding, text=f"Nummer {number} auf example.org")
    press(client, "links", "try", 0)
    assert "2 von 5 Texten sind gelesen" in read(client)
    for _ in range(2):
        assert client.send(f"{PAGE}/links/go-on").status_code == 303
    assert "sie hätte 5 von 5 Texten zurückgehalten" in read(client)
    assert client.send(f"{PAGE}/links/go-on").status_code == 303
    assert rule_row("links").read_count == 5


def test_what_a_trial_found_is_paged(stage, make_contribution):
    proceeding, client = stage
    for number in range(51):
        make_contribution(proceeding, title=f"Beitrag Nummer {number}", text="Auf example.org")
    press(client, "links", "try", 0)
    first = read(client, f"{PAGE}/links")
    assert first.count("Beitrag Nummer") == 50
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert read(client, following).count("Beitrag Nummer") == 1
    assert client.get(f"{PAGE}/links?after=x").status_code == 422
    assert client.get(f"{PAGE}/words").status_code == 404
    assert client.get(f"{PAGE}/nothing").status_code == 404


def test_of_two_managers_the_slower_one_is_told(stage, rule_row, make_actor, make_client):
    proceeding, client = stage
    other = make_client(make_actor(proceeding, Role.MANAGER))
    press(client, "links", "try", 0)
    seen = rule_row("links").version
    press(client, "links", "arm", seen)
    press(other, "links", "disarm", seen)
    assert "Jemand hat diese Regel gleichzeitig geändert" in read(other)
    assert rule_row("links").is_armed


def test_the_mode_is_switched_on_the_same_page_by_one_at_a_time(app, stage):
    _, client = stage
    assert client.send(f"{PAGE}/mode", {"mode": "mixed", "seen_mode": "after"}).status_code == 303
    assert "Keine Regel ist eingeschaltet" in read(client)
    client.send(f"{PAGE}/mode", {"mode": "before", "seen_mode": "after"})
    with app.app_context():
        assert db.session.get_one(Proceeding, stage[0].id).moderation_mode is ModerationMode.MIXED
    assert client.send(f"{PAGE}/mode", {"mode": "never", "seen_mode": "mixed"}).status_code == 422


def point_out(app, contribution, rule=HoldingRule.WORDS, evidence=None):
    with app.app_context(), transaction() as session:
        session.add(
            ScreeningHit(
                item_kind="contribution",
                item_id=contribution.id,
                proceeding_id=contribution.proceeding_id,
                rule=rule,
                evidence=evidence or {"spans": [["text", 4, 11]]},
                found_at=contribution.created_at,
            )
        )


def test_the_desk_shows_on_row_and_case_what_was_found_and_where(app, stage, make_contribution, arm_rule):
    proceeding, client = stage
    for rule in (HoldingRule.WORDS, HoldingRule.LINKS):
        arm_rule(proceeding, rule)
    contribution = make_contribution(proceeding, state=State.SUBMITTED, text="Ihr Idioten <b>dort</b>!")
    point_out(app, contribution)
    page = read(client, "/moderation/churchyard")
    assert page.count("1 Wort der Liste") == 2
    assert "Ihr <mark>Idioten</mark> &lt;b&gt;dort&lt;/b&gt;!" in page
    assert "Keine Links" in page
    assert "Nicht der erste Text eines Gastes" not in page
    assert "Entschieden wird immer von einem Menschen." in page
    assert "A machine" in read(client, "/en/moderation/churchyard")


def test_evidence_beyond_a_text_that_changed_marks_nothing(app, stage, make_contribution):
    proceeding, client = stage
    contribution = make_contribution(proceeding, state=State.SUBMITTED, text="Ihr Idioten dort!")
    point_out(app, contribution, evidence={"spans": [["text", 4, 11], ["text", 6, 9], ["text", 90, 99]]})
    assert "Ihr <mark>Idioten</mark> dort!" in read(client, "/moderation/churchyard")


def test_the_case_names_similar_texts_as_suggestions(app, stage, make_contribution, make_comment, fill_texts):
    proceeding, client = stage
    first = make_contribution(proceeding, title="Eine Bank", text=GOOD, state=State.SUBMITTED)
    others = [make_contribution(proceeding, title="Noch eine Bank", text=GOOD) for _ in range(6)]
    make_comment(others[0], "Eine Bank " + GOOD, state=State.HIDDEN)
    fill_texts(proceeding)
    page = read(client, f"/moderation/churchyard/contribution/{first.id}")
    assert "7 ähnliche Texte" in page
    assert page.count("Noch eine Bank") == 5
    assert f"/moderation/churchyard/contribution/{others[0].id}" in page


def test_a_text_that_no_rule_was_asked_about_shows_no_checks(stage, make_contribution):
    proceeding, client = stage
    make_contribution(proceeding, state=State.SUBMITTED)
    assert "Prüfung vorab" not in read(client, "/moderation/churchyard")
