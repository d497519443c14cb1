"""Words that were removed come out of no channel, but for the author (receipt, own comment) and moderators (desk)."""

from datetime import timedelta

import pytest

from participation.accounts.models import Role
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.moderation.steps import Particulars
from tests.whole_app import dipas_channels, ledger_channels
from tests.whole_app.all_channels import CHANNELS
from tests.whole_app.channels import ROLES, for_moderators, in_queue, with_secret
from tests.whole_app.test_visibility import stage  # noqa: F401 – a fixture

# That it is there is no secret.
NUMBERS = (
    dipas_channels.NUMBERS
    | ledger_channels.NUMBERS
    | {
        *("count of a category", "map: numbers", "sitemap", "OGC API: numbers and extent", "API: counts"),
    }
)
REASONS = {"ground": "personal_data", "statement_of_reasons": "Darin stehen persönliche Daten."}
HOUR = timedelta(hours=1)
WORDS = ("Sumpfdotterblume", "Wollgras", "spricht von")


@pytest.fixture
def redact(app, make_actor):
    def remove(proceeding, item, *words):
        moderator = make_actor(proceeding, Role.MODERATOR)
        with app.test_request_context():
            here = db.session.get_one(type(item), item.id)
            decide(
                moderator,
                here,
                outcome=Outcome.REDACT,
                seen_version=here.version,
                particulars=Particulars(passages=words),
                **REASONS,
            )

    return remove


@pytest.mark.parametrize("role", ROLES)
def test_removed_words_are_seen_only_on_the_receipt_and_at_the_desk(stage, redact, role):  # noqa: F811
    client, proceeding, contribution = stage(role, State.PUBLISHED)
    redact(proceeding, contribution, *WORDS)
    wrong = []
    for channel in CHANNELS:
        if channel.name in NUMBERS:
            continue
        is_known = channel.rule in (for_moderators, in_queue, with_secret)
        expected = is_known and channel.rule(role, State.PUBLISHED)
        if channel.look(client, proceeding, contribution) != expected:
            wrong.append(f"{channel.name}: {'missing' if expected else 'seen'}")
    assert wrong == []


@pytest.mark.parametrize("format_", ["geojson", "csv"])
def test_a_file_that_somebody_has_already_is_not_taken_for_the_new_one(
    client, make_proceeding, make_contribution, redact, set_clock, format_
):
    contribution = make_contribution(proceeding := make_proceeding(), title="Ein Gruß von Max Muster")
    set_clock(contribution.created_at + HOUR)
    path = f"/proceedings/churchyard/contributions.{format_}"
    before = client.get(path)
    assert "Max Muster" in before.get_data(as_text=True)
    redact(proceeding, contribution, "Max Muster")
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Max" not in after.get_data(as_text=True)


def test_the_author_reads_under_the_own_comment_what_it_said(
    make_proceeding, make_contribution, make_comment, make_guest, make_client, redact, markup_findings
):
    contribution = make_contribution(proceeding := make_proceeding())
    author = make_guest()
    comment = make_comment(contribution, "Mein Nachbar Max Haselmaus stört mich.", author=author)
    redact(proceeding, comment, "Max Haselmaus")
    redact(proceeding, comment, "stört")
    here = f"/proceedings/{proceeding.slug}/contributions/{contribution.id}"
    page = make_client(author).get(here).get_data(as_text=True)
    assert "Mein Nachbar Max Haselmaus stört mich." in page
    assert "Mein Nachbar [entfernt] [entfernt] mich." in page
    assert markup_findings(page) == []
    assert "Haselmaus" not in make_client(make_guest()).get(here).get_data(as_text=True)


@pytest.mark.parametrize("role", ROLES)
def test_removed_words_of_a_comment_are_seen_only_at_the_desk(stage, redact, make_comment, role):  # noqa: F811
    client, proceeding, contribution = stage(role, State.PUBLISHED)
    comment = make_comment(contribution, "Mein Nachbar Max Haselmaus stört.", public_name="Kim")
    redact(proceeding, comment, "Max Haselmaus")
    here = f"/proceedings/{proceeding.slug}/contributions/{contribution.id}"
    for path in (here, f"{here}?reply={comment.id}", f"{here}/report?comment={comment.id}"):
        page = client.get(path).get_data(as_text=True)
        assert "Haselmaus" not in page
        assert "[entfernt]" in page
    desk = client.get(f"/moderation/{proceeding.slug}/comment/{comment.id}").get_data(as_text=True)
    assert ("Haselmaus" in desk) is (role in ("moderator", "manager"))
