"""The table role × state × channel: who sees what where, walked completely."""

import pytest

from participation.accounts.models import Role
from participation.contributions.checking import NewContribution
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState as State
from participation.proceedings.models import ModerationMode, ProceedingState
from participation.proceedings.queries import proceeding_by_slug
from participation.screening.models import HoldingRule
from tests.app_fixtures import MIDDLE
from tests.whole_app.all_channels import CHANNELS
from tests.whole_app.channels import ROLES, TEXT, TITLE


@pytest.fixture
def stage(make_proceeding, make_actor, make_guest, make_client, make_contribution):
    """A proceeding with one contribution in a state, and a client for a role."""

    def set_up(role, state):
        proceeding, elsewhere = make_proceeding(), make_proceeding("elsewhere")
        author = make_guest()
        contribution = make_contribution(proceeding, state=state, author=author, title=TITLE, text=TEXT)
        actor = {
            "stranger": lambda: None,
            "guest": make_guest,
            "author": lambda: author,
            "participant": make_actor,
            "moderator": lambda: make_actor(proceeding, Role.MODERATOR),
            "planner": lambda: make_actor(proceeding, Role.PLANNER),
            "manager": lambda: make_actor(proceeding, Role.MANAGER),
            "moderator elsewhere": lambda: make_actor(elsewhere, Role.MODERATOR),
            "administrator": lambda: make_actor(is_administrator=True),
        }[role]()
        return make_client(actor), proceeding, contribution

    return set_up


@pytest.mark.parametrize("state", list(State), ids=str)
@pytest.mark.parametrize("role", ROLES)
def test_a_contribution_is_seen_exactly_where_it_may_be(stage, role, state):
    client, proceeding, contribution = stage(role, state)
    wrong = [
        f"{channel.name}: {'missing' if channel.rule(role, state) else 'seen'}"
        for channel in CHANNELS
        if channel.look(client, proceeding, contribution) != channel.rule(role, state)
    ]
    assert wrong == []


# The table above has all roles; here one of each kind of right that the evidence touches.
@pytest.mark.parametrize("role", ["stranger", "author", "moderator", "planner", "manager"])
def test_what_a_rule_holds_is_seen_where_waiting_texts_are_and_its_evidence_only_by_moderators(
    app, make_proceeding, make_actor, make_guest, make_client, arm_rule, role
):
    proceeding, elsewhere = make_proceeding(moderation_mode=ModerationMode.MIXED), make_proceeding("elsewhere")
    arm_rule(proceeding, HoldingRule.WORDS, words=["wollgras"])
    author = make_guest()
    with app.app_context():
        here = proceeding_by_slug(author, proceeding.slug)
        new = NewContribution(TITLE, TEXT, "green", "idea", MIDDLE)
        contribution = submit_contribution(author, here, new, idempotency_key="k")
    assert contribution.state is State.SUBMITTED
    actor = {
        "stranger": lambda: None,
        "guest": make_guest,
        "author": lambda: author,
        "participant": make_actor,
        "moderator": lambda: make_actor(proceeding, Role.MODERATOR),
        "planner": lambda: make_actor(proceeding, Role.PLANNER),
        "manager": lambda: make_actor(proceeding, Role.MANAGER),
        "moderator elsewhere": lambda: make_actor(elsewhere, Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
    }[role]()
    client = make_client(actor)
    wrong = [
        channel.name
        for channel in CHANNELS
        if channel.look(client, proceeding, contribution) != channel.rule(role, State.SUBMITTED)
    ]
    assert wrong == []
    own = f"/proceedings/{proceeding.slug}/contributions/{contribution.id}"
    for path in (own, "/", f"/proceedings/{proceeding.slug}", f"{own[: own.rindex('/')]}.geojson"):
        assert "<mark>" not in client.get(path).get_data(as_text=True)
    case = client.get(f"/moderation/{proceeding.slug}/contribution/{contribution.id}").get_data(as_text=True)
    assert ("<mark>Wollgras</mark>" in case) is (role in ("moderator", "manager"))


def comment_is_readable(role, state):
    return state is State.PUBLISHED or (role in ("author", "moderator", "manager") and state is not State.WITHDRAWN)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("state", [state for state in State if state is not State.MERGED], ids=str)
@pytest.mark.parametrize("role", ROLES)
def test_a_comment_and_its_name_are_read_exactly_by_whom_they_may_be(
    make_proceeding, make_actor, make_guest, make_client, make_contribution, make_comment, role, state, depth
):
    proceeding, elsewhere = make_proceeding(), make_proceeding("elsewhere")
    author = make_guest()
    contribution = make_contribution(proceeding)
    above = None
    for _ in range(depth - 1):
        above = make_comment(contribution, parent=above)
    said = {"text": "Das Wort ist Siebenschläfer.", "public_name": "Kim Haselmaus"}
    comment = make_comment(contribution, state=state, author=author, parent=above, **said)
    make_comment(contribution, "Die Antwort steht da.", parent=comment)
    actor = {
        "stranger": lambda: None,
        "guest": make_guest,
        "author": lambda: author,
        "participant": make_actor,
        "moderator": lambda: make_actor(proceeding, Role.MODERATOR),
        "planner": lambda: make_actor(proceeding, Role.PLANNER),
        "manager": lambda: make_actor(proceeding, Role.MANAGER),
        "moderator elsewhere": lambda: make_actor(elsewhere, Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
    }[role]()
    client, path = make_client(actor), f"/proceedings/churchyard/contributions/{contribution.id}"
    for query in ("", f"?reply={comment.id}", f"?comment={comment.id}"):
        page = client.get(path + query).get_data(as_text=True)
        assert ("Siebenschläfer" in page) is comment_is_readable(role, state)
        assert ("Haselmaus" in page) is comment_is_readable(role, state)
        assert "Die Antwort steht da." in page


@pytest.mark.parametrize("state, status", [
    (State.PUBLISHED, 200), (State.MERGED, 200), (State.HIDDEN, 410), (State.SUBMITTED, 404), (State.REJECTED, 404),
])  # fmt: skip
def test_strangers_learn_what_was_public_but_not_what_waits(client, make_contribution, state, status):
    contribution = make_contribution(state=state)
    assert client.get(f"/proceedings/churchyard/contributions/{contribution.id}").status_code == status


@pytest.mark.parametrize("role, is_visible", [
    ("stranger", False), ("participant", False), ("moderator elsewhere", False),
    ("moderator", True), ("planner", True), ("manager", True), ("administrator", True),
])  # fmt: skip
def test_a_draft_is_seen_by_its_team_only(make_proceeding, make_actor, make_client, role, is_visible):
    draft, elsewhere = make_proceeding("draft", state=ProceedingState.DRAFT), make_proceeding("elsewhere")
    make_proceeding("third")
    actor = {
        "stranger": lambda: None,
        "participant": make_actor,
        "moderator": lambda: make_actor(draft, Role.MODERATOR),
        "planner": lambda: make_actor(draft, Role.PLANNER),
        "manager": lambda: make_actor(draft, Role.MANAGER),
        "moderator elsewhere": lambda: make_actor(elsewhere, Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
    }[role]()
    client = make_client(actor)
    for path in ("/proceedings/draft", "/proceedings/draft/about", "/proceedings/draft/contributions.geojson"):
        assert (client.get(path).status_code == 200) is is_visible
    assert ("Kirchhof draft" in client.get("/").get_data(as_text=True)) is is_visible
