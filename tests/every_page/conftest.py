"""The demo as a stage for page tests: loaded once a module, with addresses of every page and state."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.models import Participant, Role, User
from participation.casework.models import ModerationCase
from participation.casework.services import add_note, assign_case, save_view
from participation.contributions.confirmation import confirmation_token
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret, sent_commitment
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.demo import PASSWORD
from participation.demo.loading import load_demo
from participation.digests.stopping import stopping_path
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.services import decide
from participation.moderation.steps import Particulars, Place
from participation.notices.receipts import notice_secret
from participation.notices.services import NewNotice, refuse_notices, report
from participation.notifications.models import MailProblem, MailState, OutboxMail
from participation.proceedings.models import Category
from participation.screening.models import HoldingRule, RuleOfProceeding, ScreeningHit
from participation.security import limiter
from tests.app_fixtures import delete_all_rows
from tests.client import Client
from tests.every_page.batches import make_batch_of_reports, make_batches
from tests.every_page.complaints import make_complaints
from tests.every_page.downloads import make_files
from tests.every_page.imports import import_pages, make_imports
from tests.every_page.ogc import ogc_pages
from tests.every_page.page_state import PageState
from tests.every_page.voters import make_blocked_voter
from tests.serving import served

SLUG = "matthaeikirchhof"
CLOSED = "georg-schwarz-strasse"
DRAFT = "kuehle-hoefe-gruenau"


@pytest.fixture(scope="module")
def demo(app: Flask) -> Iterator[Flask]:
    """The demo in this test process's database, until the module's tests are over."""
    with app.app_context():
        load_demo()
    yield app
    with app.app_context():
        delete_all_rows()


@pytest.fixture(autouse=True)
def empty_database() -> Iterator[None]:
    """The demo stays for the whole module; only the rate limits begin anew."""
    yield
    limiter.reset()


@pytest.fixture(scope="module")
def demo_server(demo: Flask) -> Iterator[str]:
    """The demo on a free port."""
    with served(demo) as address:
        yield address


@pytest.fixture(scope="module")
def demo_pages(demo: Flask) -> list[PageState]:
    """Every page and state that can be reached by an address or one press."""

    def first(state: PublicationState, slug: str = SLUG, **columns: Any) -> Contribution:
        statement = select(Contribution).where(
            Contribution.state == state, Contribution.proceeding.has(slug=slug), *columns.values()
        )
        contribution = db.session.scalar(statement.order_by(Contribution.comment_count.desc(), Contribution.id))
        assert contribution is not None
        return contribution

    with demo.app_context():
        talked = first(PublicationState.PUBLISHED)
        waiting = first(PublicationState.SUBMITTED)
        rejected = first(PublicationState.REJECTED)
        hidden = first(PublicationState.HIDDEN)
        answered = first(PublicationState.PUBLISHED, CLOSED)
        waiting_comment = db.session.scalar(select(Comment.id).where(Comment.state == PublicationState.SUBMITTED))
        decision = db.session.scalar(
            select(ModerationDecision.id).where(ModerationDecision.contribution_id == rejected.id)
        )
        token = confirmation_token(waiting, "someone@example.org")
        secrets = {one.state: receipt_secret(one) for one in (talked, waiting, rejected, hidden)}
        public_comment = db.session.scalar(
            select(Comment.id).where(Comment.state == PublicationState.PUBLISHED, Comment.contribution_id == talked.id)
        )
        open_report, settled_report = make_reports(talked)
        make_outdated_trial(answered.proceeding_id)
        pointed_out = db.session.scalar(
            select(ScreeningHit.item_id).where(
                ScreeningHit.rule == HoldingRule.LINKS, ScreeningHit.item_kind == "contribution"
            )
        )
        complaints = make_complaints(SLUG)
        held = make_casework(hidden)
        make_failed_mails(talked)
        merged = first(PublicationState.MERGED)
        decided = make_decisions(first(PublicationState.PUBLISHED, without=Contribution.comment_count == 0))
        decided_secret = receipt_secret(decided)
        stop_path = stopping_path(1)
        noted = sent_commitment(talked)
        batches = make_batches(CLOSED)
        imports = make_imports(CLOSED)
        reports = make_batch_of_reports(SLUG)
        voters = make_blocked_voter(SLUG)
        files = make_files(SLUG)
    place, here = f"/proceedings/{SLUG}", f"/proceedings/{SLUG}/contributions"
    desk = f"/moderation/{SLUG}/contribution"
    moderator, planner, manager = (f"{name}@example.org" for name in ("moderator", "planner", "manager"))
    return [
        PageState("portal", "/"),
        PageState("portal, English", "/en/"),
        PageState("portal, nothing found", "/?q=gibtesnicht"),
        PageState("list and map", place),
        PageState("list and map, English", "/en" + place),
        PageState("list only", f"{place}?view=list"),
        PageState("filtered", f"{place}?category=green&q=Baum&sort=votes"),
        PageState("nothing found", f"{place}?q=gibtesnicht"),
        PageState("closed proceeding", f"/proceedings/{CLOSED}"),
        PageState("draft, by its manager", f"/proceedings/{DRAFT}", manager),
        PageState("about", f"{place}/about"),
        PageState("about, closed", f"/proceedings/{CLOSED}/about"),
        PageState("frame on another website", f"/embed/{SLUG}"),
        PageState("frame, English, filtered", f"/en/embed/{SLUG}?category=green"),
        PageState("frame, nothing found", f"/embed/{SLUG}?q=gibtesnicht"),
        PageState("moderation log", f"/moderation-log/{SLUG}"),
        PageState("moderation log, English", f"/en/moderation-log/{SLUG}"),
        PageState("ledger, found", f"/ledger/{SLUG}?fingerprint={noted}"),
        PageState("ledger, English, wrong fingerprint", f"/en/ledger/{SLUG}?fingerprint=1", status=422),
        PageState("ledger of a draft", f"/ledger/{DRAFT}", manager),
        PageState("moderation, just decided", f"/moderation/{SLUG}?decided={decision}", moderator),
        PageState("contribution with talk", f"{here}/{talked.id}"),
        PageState("contribution, reply", f"{here}/{talked.id}?reply=1"),
        PageState("contribution with answer, closed", f"/proceedings/{CLOSED}/contributions/{answered.id}"),
        PageState("waiting contribution, by a moderator", f"{here}/{waiting.id}", moderator),
        PageState("contribute: place", f"{place}/contribute/place"),
        PageState("contribute: place, English", f"/en{place}/contribute/place"),
        *(PageState(f"receipt: {state}", f"/receipts/{secret}") for state, secret in secrets.items()),
        PageState("confirm an address", f"/confirm/{token}"),
        PageState("confirm an address, English", f"/en/confirm/{token}"),
        PageState("report a contribution", f"{here}/{talked.id}/report"),
        PageState("report a comment, English", f"/en{here}/{talked.id}/report?comment={public_comment}"),
        PageState(
            "report, error", f"{here}/{talked.id}/report", press="#report-form .wiz__foot [type=submit]", status=422
        ),
        PageState("receipt of a report", f"/notices/{open_report}"),
        PageState("receipt of a report, decided, English", f"/en/notices/{settled_report}"),
        PageState("object to a decision", complaints.form),
        PageState("object to a decision, English", f"/en{complaints.form}"),
        PageState("object, error", complaints.form, press="#complaint-form .wiz__foot [type=submit]", status=422),
        PageState("object to an answer", f"/notices/{settled_report}/complaint"),
        PageState("receipt of a complaint", complaints.waiting),
        PageState("receipt of a complaint, decided, English", f"/en{complaints.decided}"),
        PageState("sign-in", "/sign-in"),
        PageState("sign-in, error", "/sign-in", press="main form [type=submit]", status=422),
        PageState("account", "/account", "resident@example.org"),
        PageState("mails to me", "/account/mails", moderator),
        PageState("mails to me, by a manager, English", "/en/account/mails", manager),
        PageState("mails to me, by a resident", "/account/mails", "resident@example.org"),
        PageState("mails to me, by an administrator", "/account/mails", "admin@example.org"),
        PageState("stop mails", stop_path),
        PageState("stop mails, English", f"/en{stop_path}"),
        PageState("mails to participants", f"/manage/{SLUG}/mails", manager),
        PageState("mails to participants, English", f"/en/manage/{SLUG}/mails", "admin@example.org"),
        PageState("mails to participants, nothing failed", f"/manage/{DRAFT}/mails", manager),
        PageState("all mails", "/admin/mails", "admin@example.org"),
        PageState("moderation", f"/moderation/{SLUG}", moderator),
        PageState("moderation, English", "/en/moderation", moderator),
        PageState("moderation, nothing waits", f"/moderation/{CLOSED}", moderator),
        PageState("moderation, rejected", f"/moderation/{SLUG}?state=rejected", moderator),
        PageState("moderation, comment", f"/moderation/{SLUG}/comment/{waiting_comment}", moderator),
        PageState("moderation, reported", f"/moderation/{SLUG}?kind=notice", moderator),
        PageState("moderation, reported, English", "/en/moderation?kind=notice", moderator),
        PageState("moderation, filtered", f"/moderation/{SLUG}?category=green&age=1&q=a&assigned=nobody", moderator),
        PageState("moderation, nothing matches", f"/moderation/{SLUG}?q=gibtesnicht", moderator),
        PageState("moderation, filter open", f"/en/moderation/{SLUG}", moderator, press="#filter-panel > summary"),
        PageState("moderation, held by another", f"/moderation/{SLUG}/contribution/{held.id}?state=any", moderator),
        PageState("moderation, nothing reported", f"/moderation/{CLOSED}?kind=notice", moderator),
        *(
            PageState(
                f"moderation, {outcome} chosen", f"{desk}/{waiting.id}", moderator, press=f"input[value={outcome}]"
            )
            for outcome in ("redact", "merge", "move", "warn", "block")
        ),
        PageState("moderation, decided in many ways", f"{desk}/{decided.id}", moderator),
        PageState("moderation, decided in many ways, English", f"/en{desk}/{decided.id}", moderator),
        PageState("moderation, merged", f"{desk}/{merged.id}", moderator),
        PageState("merged contribution", f"{here}/{merged.id}"),
        PageState("leading contribution, English", f"/en{here}/{merged.leading_id}"),
        PageState("receipt, decided in many ways", f"/receipts/{decided_secret}"),
        *(
            PageState(f"batch, {state}", f"/moderation/{CLOSED}/batches/{id_}", moderator)
            for state, id_ in batches.items()
            if state != "running"  # its script carries it on while one looks
        ),
        PageState("batch, English", f"/en/moderation/{CLOSED}/batches/{batches['choosing']}", moderator),
        PageState(
            "batch, error",
            f"/moderation/{CLOSED}/batches/{batches['choosing']}",
            moderator,
            press="#batch-form [data-submit]",
            status=422,
        ),
        PageState("batch of reports", f"/moderation/{SLUG}/batches/{reports}", moderator, press="input[value=keep]"),
        PageState("moderation, complaints", f"/moderation/{SLUG}?kind=complaint", moderator),
        PageState("moderation, by rule", f"/moderation/{SLUG}?rule=links&state=any", moderator),
        PageState("rules and text blocks", f"/manage/{SLUG}/rules", manager),
        PageState("reword a rule, English", f"/en/manage/{SLUG}/rules/2", manager),
        PageState("moderation, pointed out by a rule", f"/moderation/{SLUG}/contribution/{pointed_out}", moderator),
        PageState("holding texts", f"/manage/{SLUG}/holding-rules", manager),
        PageState("holding texts, English", f"/en/manage/{SLUG}/holding-rules", manager),
        PageState(
            "holding texts, tried and refused",
            f"/manage/{CLOSED}/holding-rules",
            manager,
            "#burst-form [value=arm]",
            422,
        ),
        PageState("trial of a rule", f"/manage/{SLUG}/holding-rules/links", manager),
        PageState("trial of a rule, English, nothing found", f"/en/manage/{SLUG}/holding-rules/words", manager),
        PageState("embedding", f"/manage/{SLUG}/embedding", manager),
        PageState("embedding, not allowed, English", f"/en/manage/{CLOSED}/embedding", manager),
        *import_pages(imports, CLOSED, SLUG, manager),
        PageState("text block", f"/manage/{SLUG}/text-blocks/new", manager),
        PageState("complaints", f"/moderation/{SLUG}/complaints", manager),
        PageState("complaints, English", f"/en/moderation/{SLUG}/complaints", manager),
        PageState("complaints, about an own decision", f"/moderation/{SLUG}/complaints", moderator),
        PageState("complaints, of a reporter", complaints.of_reporter, manager),
        PageState("complaints, decided", f"/moderation/{SLUG}/complaints?state=settled", moderator),
        PageState("complaints, none", f"/moderation/{CLOSED}/complaints", moderator),
        PageState(
            "text block, error",
            f"/manage/{SLUG}/text-blocks/new",
            manager,
            press="#text-block-form [type=submit]",
            status=422,
        ),
        PageState("votes on a contribution", f"{voters.votes}?days=30", moderator),
        PageState("votes on a contribution, English, nobody stands out", f"/en{voters.quiet}", moderator),
        PageState("block a voter", voters.form, moderator),
        PageState(
            "block a voter, English, error", f"/en{voters.form}", moderator, "#block-form .row [type=submit]", 422
        ),
        PageState("decision about votes", voters.decision),
        PageState("decision about votes, taken back, English", f"/en{voters.taken_back}"),
        PageState("planning", f"/planning/{SLUG}", planner),
        PageState("planning, English, filtered", f"/en/planning/{SLUG}?category=green", planner),
        *ogc_pages(SLUG, talked.proceeding_id, talked.id),
        *(PageState(f"file, {state}", path) for state, path in files.items()),
        PageState("file, ready, English", "/en" + files["ready"]),
        PageState("file to be made", f"{place}/contributions.xlsx/prepare"),
        PageState("tokens", "/account/tokens", manager),
        PageState("tokens, English", "/en/account/tokens", moderator),
        PageState("tokens, by a resident", "/account/tokens", "resident@example.org"),
        PageState("tokens, error", "/account/tokens", manager, press="main .narrow [type=submit]", status=422),
        PageState("interface for programs", "/api/"),
        PageState("interface for programs, English", "/en/api/", manager),
        PageState("privacy", "/privacy"),
        PageState("imprint", "/imprint"),
        PageState("accessibility", "/accessibility"),
        PageState("error: not found", "/nowhere", status=404),
        PageState("error: gone", f"{here}/{hidden.id}", status=410),
        PageState("error: not permitted", f"/planning/{SLUG}", "resident@example.org", status=403),
    ]


def make_decisions(contribution: Contribution) -> Contribution:
    """Redact, move and warn about a contribution, and block its author."""
    proceeding_id = contribution.proceeding_id
    moderator = Actor(user_id=1, roles=frozenset({(proceeding_id, Role.MODERATOR)}))
    reasons = {"ground": "personal_data", "statement_of_reasons": "Darin stehen Daten einer anderen Person."}
    category = db.session.scalar(
        select(Category.key).where(Category.proceeding_id == proceeding_id, Category.id != contribution.category_id)
    )
    particulars = Particulars(
        passages=tuple(contribution.text.split()[2:4]), category=category or "", place=Place(None), block_days=7
    )
    for outcome in (Outcome.REDACT, Outcome.MOVE, Outcome.WARN, Outcome.BLOCK):
        version = contribution.version
        decide(moderator, contribution, outcome=outcome, seen_version=version, particulars=particulars, **reasons)
    return contribution


def make_outdated_trial(proceeding_id: int) -> None:
    """Let a rule have been tried with settings that are no longer allowed."""
    with transaction() as session:
        session.add(
            RuleOfProceeding(
                proceeding_id=proceeding_id,
                rule=HoldingRule.BURST,
                tried_settings={"count": 1, "minutes": 10},
                trial_begun_at=clock.now(),
                tried_at=clock.now(),
                read_to=clock.now(),
                read_count=2_163,
                held_count=14,
            )
        )


def make_casework(contribution: Contribution) -> Contribution:
    """Let a manager look at a contribution, give it to her, write a note and share a view; return the contribution."""
    user_id = db.session.scalar(select(User.id).where(User.email == "manager@example.org"))
    manager = Actor(user_id=user_id, roles=frozenset({(contribution.proceeding_id, Role.MANAGER)}))
    assign_case(manager, contribution, user_id, seen_assignee_id=None)
    add_note(manager, contribution, "Ich frage beim Grünflächenamt nach.")
    save_view(manager, proceeding_id=contribution.proceeding_id, name="Alte Fälle", query="age=7", is_shared=True)
    with transaction() as session:
        case = session.scalars(select(ModerationCase)).one()
        case.held_by, case.held_until = user_id, clock.now() + timedelta(days=1)
    return contribution


def make_failed_mails(contribution: Contribution) -> None:
    """Leave a mail that came back, one that was given up, and one that waits for long."""
    long_ago = clock.now() - timedelta(days=2)
    with transaction() as session:
        guest = Participant(token_hash="mails", language="de", created_at=clock.now())
        session.add(guest)
        session.flush()
        for number, (state, problem) in enumerate(
            (
                (MailState.BOUNCED, MailProblem.NO_SUCH_ADDRESS),
                (MailState.GIVEN_UP, MailProblem.REFUSED),
                (MailState.WAITING, MailProblem.NO_SERVER),
            )
        ):
            session.add(
                OutboxMail(
                    template="contributions/receipt",
                    participant_id=guest.id,
                    proceeding_id=contribution.proceeding_id,
                    ids={"contribution_id": contribution.id},
                    message_key=str(number),
                    created_at=long_ago,
                    next_attempt_at=long_ago,
                    attempts=1,
                    state=state,
                    problem=problem,
                    masked_address="l…@eine-sehr-lange-domain-fuer-post.example.org",
                )
            )


def make_reports(contribution: Contribution) -> tuple[str, str]:
    """Report a contribution twice, and answer the first report; return the secrets (open, settled)."""
    with transaction() as session:
        guests = [Participant(token_hash=str(number), language="de", created_at=clock.now()) for number in range(2)]
        session.add_all(guests)
    new = NewNotice("insult", "Der zweite Satz beleidigt jemanden. " * 5, "der zweite Satz", "Lou Siebenschläfer")
    moderator = Actor(
        user_id=db.session.scalar(select(User.id).limit(1)),
        roles=frozenset({(contribution.proceeding_id, Role.MODERATOR)}),
    )
    first = report(Actor(participant_id=guests[0].id), contribution, None, new, idempotency_key="first")
    seen = {"seen_version": contribution.version, "seen_notice": first.id}
    refuse_notices(moderator, contribution, answer="Der Satz ist scharf, aber er greift niemanden an.", **seen)
    second = report(Actor(participant_id=guests[1].id), contribution, None, new, idempotency_key="second")
    return notice_secret(second), notice_secret(first)


@pytest.fixture
def sign_in_client(demo: Flask) -> Callable[[str], Client]:
    """A client signed in with a demo account; without an address a stranger's."""

    def sign_in(email: str) -> Client:
        client = demo.test_client()
        if email:
            page = client.get("/sign-in").get_data(as_text=True)
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert found
            data = {"csrf_token": found[1], "email": email, "password": PASSWORD}
            assert client.post("/sign-in", data=data).status_code == 303
        return client  # type: ignore[return-value]

    return sign_in
