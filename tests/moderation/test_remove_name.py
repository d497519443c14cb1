"""Removing the name shown with a text: with reasons, sealed for author and moderators, gone everywhere else."""

from html import unescape

import pytest

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import Outcome
from participation.moderation.news import news_of
from participation.moderation.queries import sealed_original
from participation.moderation.reasons import statement_of
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars

NAME = "Rathaus abreißen!"
TEXT = "Im Schatten ist es auch im August angenehm."
REASONS = {"ground": "insult", "statement_of_reasons": "Der Name beleidigt."}


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(place, make_actor):
    return make_actor(place, Role.MODERATOR)


@pytest.fixture
def author(make_guest):
    return make_guest()


@pytest.fixture(params=["contribution", "comment"])
def item(request, place, author, make_contribution, make_comment):
    if request.param == "contribution":
        return make_contribution(place, author=author, public_name=NAME, text=TEXT)
    return make_comment(make_contribution(place), TEXT, author=author, public_name=NAME)


def remove(moderator, item, *words, **changes):
    values = {"seen_version": item.version, "particulars": Particulars(passages=words, removes_name=True), **REASONS}
    return decide(moderator, item, outcome=Outcome.REDACT, **(values | changes))


def test_the_name_goes_and_the_text_stays(app_context, moderator, item):
    decision = remove(moderator, item)
    assert (item.public_name, item.text, item.state) == (None, TEXT, State.PUBLISHED)
    assert sealed_original(item).public_name == NAME
    assert decision.changes == {"title": [], "text": [], "name": True}
    assert NAME not in str(decision.changes)
    assert statement_of(decision).restriction == "Der gezeigte Name ist auf Dauer entfernt. Der Text ist öffentlich."
    assert news_of(decision).headline == "Der Name bei Ihrem Text wurde entfernt"


def test_taken_back_it_stands_there_again(app_context, moderator, item):
    undo(moderator, item, remove(moderator, item), seen_version=item.version)
    assert (item.public_name, item.text) == (NAME, TEXT)
    assert sealed_original(item) is None


def test_name_and_passages_go_at_once_and_come_back_at_once(app_context, moderator, item):
    decision = remove(moderator, item, "Schatten")
    assert (item.public_name, item.text) == (None, TEXT.replace("Schatten", "[entfernt]"))
    assert statement_of(decision).restriction.startswith("Stellen und der gezeigte Name sind")
    undo(moderator, item, decision, seen_version=item.version)
    assert (item.public_name, item.text) == (NAME, TEXT)


def test_removed_after_passages_it_comes_back_alone(app_context, moderator, item):
    particulars = Particulars(passages=("Schatten",))
    decide(moderator, item, outcome=Outcome.REDACT, seen_version=item.version, particulars=particulars, **REASONS)
    decision = remove(moderator, item)
    assert (sealed_original(item).public_name, item.public_name) == (NAME, None)
    undo(moderator, item, decision, seen_version=item.version)
    assert (item.public_name, item.text) == (NAME, TEXT.replace("Schatten", "[entfernt]"))


def test_removed_before_passages_it_stays_away_when_those_come_back(app_context, moderator, item):
    remove(moderator, item)
    particulars = Particulars(passages=("Schatten",))
    words = decide(
        moderator, item, outcome=Outcome.REDACT, seen_version=item.version, particulars=particulars, **REASONS
    )
    undo(moderator, item, words, seen_version=item.version)
    assert (item.public_name, item.text) == (None, TEXT)


def test_a_merged_text_loses_it_too_and_stays_merged(app_context, place, moderator, author, make_contribution):
    leading, merged = make_contribution(place), make_contribution(place, author=author, public_name=NAME, text=TEXT)
    merge = {"seen_version": merged.version, "particulars": Particulars(leading_id=leading.id)}
    decide(moderator, merged, outcome=Outcome.MERGE, **merge, **REASONS)
    decision = remove(moderator, merged, "Schatten")
    assert (merged.state, merged.leading_id, merged.public_name) == (State.MERGED, leading.id, None)
    assert "Schatten" not in merged.text
    undo(moderator, merged, decision, seen_version=merged.version)
    assert (merged.state, merged.leading_id, merged.public_name, merged.text) == (State.MERGED, leading.id, NAME, TEXT)


@pytest.mark.parametrize("missing, field", [
    ({"ground": None}, "ground"), ({"statement_of_reasons": " "}, "statement_of_reasons"),
])  # fmt: skip
def test_it_needs_reasons(app_context, moderator, item, missing, field):
    with pytest.raises(InvalidInput) as refused:
        remove(moderator, item, **missing)
    assert refused.value.field == field
    assert db.session.get_one(type(item), item.id, populate_existing=True).public_name == NAME


def test_where_no_name_is_shown_none_is_removed(app_context, moderator, item):
    remove(moderator, item)
    with pytest.raises(InvalidInput) as refused:
        remove(moderator, item)
    assert refused.value.field == "removes_name"


def test_a_colleague_who_was_faster_wins(app_context, moderator, item):
    seen = item.version
    remove(moderator, item)
    with pytest.raises(Conflict):
        decide(moderator, item, outcome=Outcome.HIDE, seen_version=seen, **REASONS)


def paths_of(item, contribution_id):
    return [
        f"/proceedings/churchyard/contributions/{contribution_id}",
        "/proceedings/churchyard",
        "/proceedings/churchyard/contributions.geojson",
        "/proceedings/churchyard/contributions.csv",
        "/moderation-log/churchyard",
    ]


def test_no_public_channel_tells_the_name_and_author_and_moderator_still_see_it(
    app, place, moderator, item, author, make_client, make_actor
):
    with app.test_request_context():
        here = db.session.get_one(type(item), item.id)
        remove(moderator, here)
        is_comment = isinstance(here, Comment)
        contribution = db.session.get_one(Contribution, here.contribution_id if is_comment else here.id)
        receipt = f"/receipts/{receipt_secret(contribution)}"
        contribution_id = contribution.id
    for client in (make_client(None), make_client(make_actor(place, Role.PLANNER))):
        for path in paths_of(item, contribution_id):
            assert NAME not in unescape(client.get(path, buffered=True).get_data(as_text=True)), path
    planner = make_client(make_actor(place, Role.PLANNER))
    for query in ("", "?personal=1"):
        page = planner.get(f"/planning/churchyard/contributions.csv{query}")
        assert NAME not in page.get_data(as_text=True)
    own = make_client(author)
    seen_by_author = own.get(receipt if not is_comment else paths_of(item, contribution_id)[0])
    assert NAME in unescape(seen_by_author.get_data(as_text=True))
    kind = "comment" if is_comment else "contribution"
    case = make_client(moderator).get(f"/moderation/churchyard/{kind}/{item.id}?state=any")
    assert NAME in unescape(case.get_data(as_text=True))
    assert "Der gezeigte Name wurde entfernt." in unescape(case.get_data(as_text=True))


def test_on_the_desk_one_box_removes_it(app, place, moderator, item, make_client):
    client = make_client(moderator)
    kind = "comment" if isinstance(item, Comment) else "contribution"
    path = f"/moderation/churchyard/{kind}/{item.id}?state=any"
    page = unescape(client.get(path).get_data(as_text=True))
    assert "Stellen oder den Namen entfernen" in page
    assert f"Den gezeigten Namen „<bdi>{NAME}</bdi>“ entfernen." in page
    sent = {"outcome": "redact", "removes_name": "y", "seen_version": "1", "passages": "", **REASONS}
    assert client.send(path, sent).status_code == 303
    page = unescape(client.get(path).get_data(as_text=True))
    assert 'name="removes_name"' not in page
    with app.app_context():
        assert db.session.get_one(type(item), item.id).public_name is None
