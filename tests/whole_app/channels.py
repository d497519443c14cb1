"""Every channel in which a contribution can be seen, and who may see it there.

A new page, map, feed, mail or interface that shows contributions registers here; the test walks
role × state × channel (product.md, section 1).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from participation import clock
from participation.accounts.models import Membership, Participant, Role, User
from participation.casework.models import InternalNote
from participation.complaints.models import Complainant, Complaint
from participation.complaints.receipts import complaint_secret
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState as State
from participation.database import transaction
from participation.digests.queries import waiting_for
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.objections import objection_secret
from participation.notices.models import Notice
from participation.notices.receipts import notice_secret
from participation.notifications.models import MailProblem, MailState, OutboxMail
from participation.notifications.services import add_mail
from participation.notifications.writing import write_mail
from participation.proceedings.queries import rule_in_force
from tests.whole_app.reading import category_counts

ROLES = (
    *("stranger", "guest", "author", "participant", "moderator", "planner", "manager"),
    *("moderator elsewhere", "administrator"),
)
TITLE = "Kennwort Sumpfdotterblume"
TEXT = "Der Text dazu spricht von Wollgras."
NOTE = "Kennwort Notizzettel"
EVERYWHERE = "12.3,51.3,12.4,51.4"

Rule = Callable[[str, State], bool]
Look = Callable[[Any, Any, Any], bool]


@dataclass(frozen=True)
class Channel:
    """A way to see contributions: `look` tries it with a client, `rule` says whether it should succeed."""

    name: str
    rule: Rule
    look: Look


CHANNELS: list[Channel] = []


def channel(name: str, rule: Rule) -> Callable[[Look], Look]:
    """Register a channel: look(client, proceeding, contribution) → whether title or text came out of it."""

    def register(look: Look) -> Look:
        CHANNELS.append(Channel(name, rule, look))
        return look

    return register


def listed(role: str, state: State) -> bool:
    return state is State.PUBLISHED


def listed_or_own_waiting(role: str, state: State) -> bool:
    return state is State.PUBLISHED or (role == "author" and state is State.SUBMITTED)


def readable(role: str, state: State) -> bool:
    return role in ("author", "moderator", "manager") or state in (State.PUBLISHED, State.MERGED)


def public(role: str, state: State) -> bool:
    return state in (State.PUBLISHED, State.MERGED)


def readable_by_others(role: str, state: State) -> bool:
    return role != "author" and readable(role, state)


def for_planners(role: str, state: State) -> bool:
    return role in ("planner", "manager") and state is State.PUBLISHED


def for_moderators(role: str, state: State) -> bool:
    return role in ("moderator", "manager")


def in_queue(role: str, state: State) -> bool:
    return for_moderators(role, state) and state not in (State.MERGED, State.WITHDRAWN)


def in_batch(role: str, state: State) -> bool:
    """As it is public: words that were removed stand at the case only."""
    return for_moderators(role, state)


def with_secret(role: str, state: State) -> bool:
    return True


def nobody(role: str, state: State) -> bool:
    return False


def shows(response: Any) -> bool:
    text = response.get_data(as_text=True)
    return response.status_code == 200 and (TITLE in text or "Wollgras" in text)


@channel("page: map and list", listed_or_own_waiting)
def _(client, proceeding, contribution):
    return shows(client.get(f"/proceedings/{proceeding.slug}"))


@channel("page: English", listed_or_own_waiting)
def _(client, proceeding, contribution):
    return shows(client.get(f"/en/proceedings/{proceeding.slug}"))


@channel("search", listed_or_own_waiting)
def _(client, proceeding, contribution):
    return TITLE in client.get(f"/proceedings/{proceeding.slug}?q=Wollgras").get_data(as_text=True)


@channel("count of a category", listed)
def _(client, proceeding, contribution):
    page = client.get(f"/proceedings/{proceeding.slug}").get_data(as_text=True)
    return category_counts(page)["green"] == 1


@channel("map", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"/proceedings/{proceeding.slug}/map.json?box={EVERYWHERE}&zoom=18"))


@channel("map: numbers", listed)
def _(client, proceeding, contribution):
    answer = client.get(f"/proceedings/{proceeding.slug}/map.json?box={EVERYWHERE}&zoom=3")
    return answer.get_json()["in_view"] == 1


@channel("own page", readable)
def _(client, proceeding, contribution):
    return shows(client.get(f"/proceedings/{proceeding.slug}/contributions/{contribution.id}"))


@channel("planners' page", for_planners)
def _(client, proceeding, contribution):
    return shows(client.get(f"/planning/{proceeding.slug}"))


@channel("moderators' queue", in_queue)
def _(client, proceeding, contribution):
    state = contribution.state if contribution.state not in (State.MERGED, State.WITHDRAWN) else State.SUBMITTED
    return shows(client.get(f"/moderation/{proceeding.slug}?state={state}"))


@channel("moderators' case", for_moderators)
def _(client, proceeding, contribution):
    return shows(client.get(f"/moderation/{proceeding.slug}/contribution/{contribution.id}"))


@channel("own account", nobody)
def _(client, proceeding, contribution):
    return shows(client.get("/account"))


@channel("receipt, with the secret link", with_secret)
def _(client, proceeding, contribution):
    with client.application.app_context():
        secret = receipt_secret(contribution)
    return shows(client.get(f"/receipts/{secret}"))


@channel("receipt, with a guessed link", nobody)
def _(client, proceeding, contribution):
    return shows(client.get(f"/receipts/{contribution.id}-{'0' * 32}"))


@channel("moderation log", nobody)
def _(client, proceeding, contribution):
    paths = (f"/moderation-log/{proceeding.slug}{ending}" for ending in ("", ".csv", ".json"))
    return any(shows(client.get(path)) for path in paths)


def report_of(client: Any, contribution: Any) -> str:
    """Report the contribution as somebody who quotes it; return the secret of the receipt."""
    with client.application.app_context():
        with transaction() as session:
            notice = Notice(
                proceeding_id=contribution.proceeding_id,
                contribution_id=contribution.id,
                rule=rule_in_force(contribution.proceeding_id, "insult"),
                explanation=f"Das stört mich: {TEXT}",
                passage=TEXT,
                language="de",
                idempotency_key=secrets.token_hex(32),
                receipt_nonce=secrets.token_hex(16),
                created_at=clock.now(),
            )
            session.add(notice)
        return notice_secret(notice)


@channel("page to report it", readable_by_others)
def _(client, proceeding, contribution):
    return shows(client.get(f"/proceedings/{proceeding.slug}/contributions/{contribution.id}/report"))


@channel("receipt of a reporter, with the secret link", public)
def _(client, proceeding, contribution):
    return shows(client.get(f"/notices/{report_of(client, contribution)}"))


@channel("moderators' queue, in any state", for_moderators)
def _(client, proceeding, contribution):
    return shows(client.get(f"/moderation/{proceeding.slug}?state=any&q=Wollgras"))


def note_about(client: Any, contribution: Any) -> None:
    """Write an internal note about the contribution."""
    with client.application.app_context(), transaction() as session:
        session.add(InternalNote(contribution_id=contribution.id, text=NOTE, written_at=clock.now()))


@channel("internal notes", for_moderators)
def _(client, proceeding, contribution):
    note_about(client, contribution)
    here = f"/proceedings/{proceeding.slug}"
    paths = [
        f"/moderation/{proceeding.slug}/contribution/{contribution.id}",
        f"/moderation/{proceeding.slug}?state=any",
    ]
    paths += [here, f"{here}/contributions/{contribution.id}", f"{here}/contributions.geojson", "/account"]
    paths += [f"{here}/contributions.csv", f"/moderation-log/{proceeding.slug}", f"/planning/{proceeding.slug}"]
    with client.application.app_context():
        paths.append(f"/receipts/{receipt_secret(contribution)}")
    return any(NOTE in client.get(path).get_data(as_text=True) for path in paths)


@channel("moderators' batch", in_batch)
def _(client, proceeding, contribution):
    item = f"contribution-{contribution.id}-{contribution.version}"
    opened = client.send(f"/moderation/{proceeding.slug}/batches", {"item": [item]})
    return shows(client.get(opened.headers.get("Location", f"/moderation/{proceeding.slug}/batches/1")))


@channel("live count of the queue", nobody)
def _(client, proceeding, contribution):
    return shows(client.get(f"/moderation/{proceeding.slug}/news?since=2020-01-01T00:00:00%2B00:00"))


@channel("moderators' queue of reported texts", for_moderators)
def _(client, proceeding, contribution):
    report_of(client, contribution)
    return shows(client.get(f"/moderation/{proceeding.slug}?kind=notice"))


@channel("moderators' queue of reported texts, everywhere", for_moderators)
def _(client, proceeding, contribution):
    report_of(client, contribution)
    return shows(client.get("/moderation?kind=notice"))


@channel("digest for a moderator", nobody)
def _(client, proceeding, contribution):
    report_of(client, contribution)
    with client.application.app_context():
        key = secrets.token_hex(16)
        account = {"email": f"{key}@example.org", "password_hash": "-", "name": "K", "language": "de"}
        with transaction() as session:
            user = User(**account, session_key=key, created_at=clock.now())
            session.add(user)
            session.flush()
            session.add(Membership(user_id=user.id, proceeding_id=proceeding.id, role=Role.MODERATOR))
        written = write_mail("moderation/digest", "de", {"waiting": waiting_for(user.id, {})}, unsubscribe_path="/x")
    return any(word in part for word in (TITLE, "Wollgras") for part in (written.subject, written.text, written.html))


@channel("mails that failed, as managers see them", nobody)
def _(client, proceeding, contribution):
    with client.application.app_context(), transaction() as session:
        guest = Participant(language="de", created_at=clock.now())
        session.add(guest)
        session.flush()
        about = {"proceeding_id": proceeding.id, "contribution_id": contribution.id}
        add_mail(session, "contributions/receipt", guest.id, **about)
        session.flush()
        session.execute(update(OutboxMail).values(state=MailState.GIVEN_UP, problem=MailProblem.REFUSED))
    return shows(client.get(f"/manage/{proceeding.slug}/mails"))


def limit_of(contribution: Any) -> ModerationDecision:
    """Write down a decision that hid the contribution; needs an application context."""
    with transaction() as session:
        decision = ModerationDecision(
            contribution_id=contribution.id,
            outcome=Outcome.HIDE,
            state_before=State.PUBLISHED,
            state_after=State.HIDDEN,
            rule=rule_in_force(contribution.proceeding_id, "insult"),
            statement_of_reasons="Der zweite Satz.",
            decided_at=clock.now(),
            language="de",
        )
        session.add(decision)
    return decision


def complaint_about(client: Any, contribution: Any) -> str:
    """Object to a decision about the contribution as somebody who quotes it; return the secret of the receipt."""
    with client.application.app_context():
        decision = limit_of(contribution)
        with transaction() as session:
            complaint = Complaint(
                contribution_id=contribution.id,
                proceeding_id=contribution.proceeding_id,
                complainant=Complainant.AUTHOR,
                decision_id=decision.id,
                text=f"Ich schrieb doch nur: {TEXT}",
                language="de",
                receipt_nonce=secrets.token_hex(16),
                created_at=clock.now(),
            )
            session.add(complaint)
        return complaint_secret(complaint)


@channel("page to object, with the author's link", nobody)
def _(client, proceeding, contribution):
    with client.application.app_context():
        secret = objection_secret(limit_of(contribution))
    return shows(client.get(f"/decisions/{secret}/complaint"))


@channel("receipt of a complaint, with the secret link", public)
def _(client, proceeding, contribution):
    return shows(client.get(f"/complaints/{complaint_about(client, contribution)}"))


@channel("moderators' desk of complaints", for_moderators)
def _(client, proceeding, contribution):
    complaint_about(client, contribution)
    return shows(client.get(f"/moderation/{proceeding.slug}/complaints"))


@channel("moderators' case of a complaint", for_moderators)
def _(client, proceeding, contribution):
    complaint_id = complaint_about(client, contribution).partition("-")[0]
    return shows(client.get(f"/moderation/{proceeding.slug}/complaints/{complaint_id}"))


@channel("moderation log with complaints", nobody)
def _(client, proceeding, contribution):
    complaint_about(client, contribution)
    paths = (f"/moderation-log/{proceeding.slug}{ending}" for ending in ("", ".csv", ".json"))
    return any(shows(client.get(path)) for path in paths)


from tests.whole_app import download_channels as _download_channels  # noqa: E402, F401 – they register themselves here
