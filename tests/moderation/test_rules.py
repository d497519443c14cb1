"""Rules and text blocks: managers word them, decisions keep the wording they named."""

import re

import pytest
from sqlalchemy import select

from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.audit.models import AuditEvent
from participation.database import db
from participation.errors import Conflict, InvalidInput, NotPermitted, NotSignedIn
from participation.moderation.default_text_blocks import default_text_blocks
from participation.moderation.models import Outcome, TextBlock
from participation.moderation.reasons import statement_of
from participation.moderation.services import decide
from participation.moderation.text_blocks import MOST_BLOCKS, PLACEHOLDERS, blocks_of, filled_blocks, save_block
from participation.proceedings.default_rules import DEFAULT_RULES
from participation.proceedings.models import Rule
from participation.proceedings.queries import proceeding_by_slug, rule_in_force, rules_in_force
from participation.proceedings.services import MOST_RULES, Wording, add_rule, end_rule, reword_rule

WORDING = Wording(
    name={"de": "Bleiben Sie höflich.", "en": "Stay polite."},
    explanation={"de": "", "en": ""},
    breach={"de": "Er ist unhöflich.", "en": "It is rude."},
    law="§ 185 StGB",
)


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def manager(proceeding, make_actor):
    return make_actor(proceeding, Role.MANAGER)


def insult(proceeding):
    rule = rule_in_force(proceeding.id, "insult")
    assert rule is not None
    return rule


def test_a_decision_keeps_the_wording_it_named(proceeding, manager, make_contribution):
    contribution = make_contribution(proceeding)
    reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
    before = decide(manager, contribution, outcome=Outcome.HIDE, seen_version=1, **reasons)
    new = reword_rule(manager, proceeding, insult(proceeding), WORDING)
    other = make_contribution(proceeding)
    after = decide(manager, other, outcome=Outcome.HIDE, seen_version=1, **reasons)
    db.session.expire_all()
    assert (new.key, new.version, new.position) == ("insult", 2, 2)
    assert statement_of(before).ground == "Er beleidigt oder bedroht Menschen (Regel 2)."
    assert statement_of(after).ground == "Er ist unhöflich (Regel 2, § 185 StGB)."


def test_numbers_stay_when_a_rule_ends_and_one_is_added(proceeding, manager):
    end_rule(manager, insult(proceeding))
    added = add_rule(manager, proceeding, WORDING)
    assert [rule.position for rule in rules_in_force(proceeding.id)] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert added.position == 9
    actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "rule")).all()
    assert actions == ["proceedings.end_rule", "proceedings.add_rule"]


def test_nobody_decides_by_a_rule_that_ended(proceeding, manager, make_contribution):
    end_rule(manager, insult(proceeding))
    reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
    with pytest.raises(InvalidInput, match="Regel"):
        decide(manager, make_contribution(proceeding), outcome=Outcome.HIDE, seen_version=1, **reasons)


def test_a_rule_of_another_proceeding_is_none_here(proceeding, manager, make_proceeding, make_contribution):
    own = add_rule(manager, proceeding, WORDING)
    elsewhere = make_proceeding("elsewhere")
    assert rule_in_force(elsewhere.id, own.key) is None


def test_the_rule_about_the_law_cannot_end(proceeding, manager):
    with pytest.raises(Conflict):
        end_rule(manager, rule_in_force(proceeding.id, "illegal"))
    assert rule_in_force(proceeding.id, "illegal") is not None


def test_two_managers_do_not_overwrite_each_other(proceeding, manager):
    seen = insult(proceeding)
    reword_rule(manager, proceeding, seen, WORDING)
    with pytest.raises(Conflict):
        reword_rule(manager, proceeding, seen, WORDING)
    with pytest.raises(Conflict):
        end_rule(manager, seen)
    versions = select(Rule.version).where(Rule.key == "insult").order_by(Rule.version)
    assert db.session.scalars(versions).all() == [1, 2]


@pytest.mark.parametrize("change, field", [
    ({"name": {"de": "Da.", "en": " "}}, "name_en"),
    ({"breach": {"de": "x" * 201, "en": "y"}}, "breach_de"),
    ({"explanation": {"de": "x" * 501, "en": "y"}}, "explanation_de"),
    ({"law": "§" * 201}, "law"),
])  # fmt: skip
def test_a_wording_is_whole_and_bounded(proceeding, manager, change, field):
    wording = {"name": WORDING.name, "explanation": WORDING.explanation, "breach": WORDING.breach, "law": ""}
    with pytest.raises(InvalidInput) as refused:
        add_rule(manager, proceeding, Wording(**(wording | change)))
    assert refused.value.field == field


def test_there_are_not_more_rules_than_anyone_reads(proceeding, manager):
    for _ in range(MOST_RULES - len(DEFAULT_RULES)):
        add_rule(manager, proceeding, WORDING)
    with pytest.raises(Conflict):
        add_rule(manager, proceeding, WORDING)


def test_only_managers_change_rules_and_text_blocks(proceeding, make_actor, make_proceeding):
    elsewhere = make_actor(make_proceeding("elsewhere"), Role.MANAGER)
    texts = {"name": "x", "text": {"de": "x", "en": "x"}}
    for actor, error in (
        (STRANGER, NotSignedIn),
        (elsewhere, NotPermitted),
        (make_actor(proceeding, Role.MODERATOR), NotPermitted),
        (make_actor(proceeding, Role.PLANNER), NotPermitted),
        (make_actor(is_administrator=True), NotPermitted),
    ):
        for change in (
            lambda actor: add_rule(actor, proceeding, WORDING),
            lambda actor: reword_rule(actor, proceeding, insult(proceeding), WORDING),
            lambda actor: end_rule(actor, insult(proceeding)),
            lambda actor: save_block(actor, proceeding, None, **texts),
        ):
            with pytest.raises(error):
                change(actor)
    assert len(rules_in_force(proceeding.id)) == len(DEFAULT_RULES)


def test_placeholders_become_the_words_of_the_case_once(proceeding, manager, make_contribution):
    contribution = make_contribution(proceeding, title="Ein {contact} am Platz")
    save_block(manager, proceeding, None, name="A", text={"de": "„{title}“, {contact}, {date}", "en": "{consultation}"})
    [filled] = filled_blocks(manager, proceeding, contribution, contribution)
    assert re.fullmatch(r"„Ein \{contact\} am Platz“, plan@example.org, \d+\. \w+ \d{4}", filled.text)


def test_a_text_block_speaks_the_language_of_the_author(proceeding, manager, make_contribution):
    contribution = make_contribution(proceeding, language="en")
    save_block(manager, proceeding, None, name="A", text={"de": "Deutsch", "en": "{consultation}"})
    [filled] = filled_blocks(manager, proceeding, contribution, contribution)
    assert filled.text == "Churchyard churchyard"


@pytest.mark.parametrize("change, field", [
    ({"name": " "}, "name"),
    ({"name": "x" * 81}, "name"),
    ({"text": {"de": "da", "en": ""}}, "text_en"),
    ({"text": {"de": "x" * 2001, "en": "x"}}, "text_de"),
    ({"text": {"de": "{nmae}", "en": "x"}}, "text_de"),
])  # fmt: skip
def test_a_text_block_is_whole_and_bounded(proceeding, manager, change, field):
    values = {"name": "A", "text": {"de": "x", "en": "x"}}
    with pytest.raises(InvalidInput) as refused:
        save_block(manager, proceeding, None, **(values | change))
    assert refused.value.field == field
    assert blocks_of(manager, proceeding.id) == []


def test_a_text_block_is_not_overwritten_by_who_saw_an_older_one(proceeding, manager):
    block = save_block(manager, proceeding, None, name="A", text={"de": "x", "en": "x"})
    save_block(manager, proceeding, block, name="B", text={"de": "x", "en": "x"}, seen_version=1)
    with pytest.raises(Conflict):
        save_block(manager, proceeding, block, name="C", text={"de": "x", "en": "x"}, seen_version=1)
    assert db.session.get_one(TextBlock, block.id, populate_existing=True).name == "B"


def test_the_number_of_text_blocks_is_bounded(proceeding, manager):
    for number in range(MOST_BLOCKS):
        save_block(manager, proceeding, None, name=str(number), text={"de": "x", "en": "x"})
    with pytest.raises(Conflict):
        save_block(manager, proceeding, None, name="x", text={"de": "x", "en": "x"})


def test_the_shipped_text_blocks_follow_the_rules(proceeding):
    keys = {rule.key for rule in rules_in_force(proceeding.id)}
    for block in default_text_blocks(proceeding.id):
        assert block.rule_key in keys
        assert set(block.text) == {"de", "en"}
        assert all(set(re.findall(r"\{(\w*)\}", text)) <= set(PLACEHOLDERS) for text in block.text.values())


def test_pages_keep_what_was_typed_and_say_what_is_wrong(app, make_proceeding, make_actor, make_client):
    proceeding = make_proceeding()
    client = make_client(make_actor(proceeding, Role.MANAGER))
    typed = {"name_de": "Bleiben Sie höflich.", "breach_de": "Er ist unhöflich.", "law": "§ 185 StGB"}
    refused = client.send("/manage/churchyard/rules", typed)
    assert refused.status_code == 422
    assert all(f'value="{text}"' in refused.get_data(as_text=True) for text in typed.values())
    added = client.send("/manage/churchyard/rules", typed | {"name_en": "Stay polite.", "breach_en": "It is rude."})
    assert added.status_code == 303
    about = client.get("/en/proceedings/churchyard/about").get_data(as_text=True)
    assert re.search(r'<li id="rule-\w+" value="9"><strong>Stay polite.</strong>\s+\(§ 185 StGB\)</li>', about)


def test_without_script_a_button_inserts_the_block(app, make_proceeding, make_contribution, make_actor, make_client):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    manager = make_actor(proceeding, Role.MANAGER)
    with app.test_request_context():
        here = proceeding_by_slug(manager, "churchyard")
        block = save_block(manager, here, None, name="A", text={"de": "Zu „{title}“.", "en": "x"})
    data = {"statement_of_reasons": "Getippt.", "text_block": str(block.id), "insert": "1", "seen_version": "1"}
    page = make_client(manager).send(f"/moderation/churchyard/contribution/{contribution.id}", data)
    assert page.status_code == 200
    assert f"Getippt.\n\nZu „{contribution.title}“.</textarea>" in page.get_data(as_text=True).replace("\r\n", "\n")
