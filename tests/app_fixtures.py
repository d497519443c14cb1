"""Fixtures around the application: one app and migrated database a test process, emptied after each test."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask_migrate import upgrade
from shapely import Point, box
from shapely.geometry import MultiPolygon
from sqlalchemy import event, text

from participation import clock, create_app
from participation.accounts.actors import Actor
from participation.accounts.models import Membership, Participant, Role, User
from participation.accounts.queries import actor_of_user
from participation.accounts.sessions import GUEST_COOKIE, _cookie_signer, guest_token_hash
from participation.config import read_settings
from participation.contributions.checking import NewContribution
from participation.contributions.models import Contribution, Origin
from participation.contributions.services import add_to_counters, contribution_values
from participation.contributions.states import PublicationState
from participation.database import Base, db, transaction
from participation.discussion.models import Comment
from participation.ledger.commitments import new_salt
from participation.proceedings.default_rules import default_rules
from participation.proceedings.models import (
    Category,
    ContributionType,
    ModerationMode,
    Phase,
    PhaseKind,
    Placing,
    Proceeding,
    ProceedingState,
    Voting,
)
from participation.security import limiter
from tests.client import Client
from tests.serving import served

AREA = MultiPolygon([box(12.3690, 51.3410, 12.3725, 51.3432)])
MIDDLE = Point(12.3707, 51.3421)
CATEGORIES = (
    ("green", "Grün und Klima", "Green and climate", "green", "tree"),
    ("paths", "Wege", "Paths", "orange", "bike"),
)
LARGE_BYTES = 1_000_000
TYPES = (("idea", "Idee", "Idea", "bulb"), ("question", "Frage", "Question", "question"))


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on this test process's database, at the newest migration."""
    settings = read_settings(
        {
            "DATABASE_URL": database_url,
            "PARTICIPATION_SECRET_KEY": "only-for-tests-" + "x" * 32,
            "PARTICIPATION_INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
            "PARTICIPATION_MAIL_HOST": "127.0.0.1",
            "PARTICIPATION_MAIL_FROM": "mitreden@example.org",
            "PARTICIPATION_SITE_CITY": "Leipzig",
        }
    )
    app = create_app(settings)
    app.config.update(TESTING=True)
    app.test_client_class = Client
    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # the data live as long as the tests: safety would only cost time
            event.listen(
                db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF")
            )
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def empty_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave an empty database and fresh rate limits to the next test."""
    yield
    if "app" not in request.fixturenames:
        return
    app: Flask = request.getfixturevalue("app")
    limiter.reset()
    with app.app_context():
        delete_all_rows()


def size_of(table: str) -> str:
    return f"pg_relation_size('{table}')"


def delete_all_rows() -> None:
    """Empty every table; needs an application context."""
    with db.engine.begin() as connection:
        tables = list(reversed(Base.metadata.sorted_tables))
        if connection.dialect.name == "postgresql":
            # TRUNCATE makes new files for every table: twenty times as long. Triggers rest, as some forbid deleting.
            names = [f'"{table.name}"' for table in tables]
            is_large = connection.scalar(text(f"SELECT greatest({', '.join(map(size_of, names))}) > {LARGE_BYTES}"))
            emptying = (
                f"TRUNCATE {', '.join(names)}" if is_large else "; ".join(f"DELETE FROM {name}" for name in names)
            )
            connection.execute(text(f"SET LOCAL session_replication_role = replica; {emptying}"))
            restart = "setval(format('%I', sequencename)::regclass, 1, false)"
            connection.execute(text(f"SELECT {restart} FROM pg_sequences WHERE last_value > 0"))
        else:
            for table in tables:
                if table.name != "ledger_entry":  # entries go with their proceeding, and not before
                    connection.execute(table.delete())


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """An open application context, for tests of services and queries; page tests must not use it."""
    with app.app_context():
        yield app


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time; it stands still from then on."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment.astimezone(UTC))

    return set_to


@pytest.fixture
def in_app(app: Flask) -> Callable[[Callable[[], Any]], Any]:
    """Call something in the open application context, or in one of its own."""

    def call(what: Callable[[], Any]) -> Any:
        if has_app_context():
            return what()
        with app.app_context():
            return what()

    return call


@pytest.fixture
def make_proceeding(in_app: Callable[[Callable[[], Any]], Any]) -> Callable[..., Proceeding]:
    """Make a published proceeding with one open phase, two categories and two types."""

    def make(
        slug: str = "churchyard",
        *,
        allows: tuple[str, ...] = ("contributing", "commenting", "voting"),
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        **changes: Any,
    ) -> Proceeding:
        def build() -> Proceeding:
            now = clock.now()
            values: dict[str, Any] = {
                "slug": slug,
                "state": ProceedingState.PUBLISHED,
                "title": {"de": f"Kirchhof {slug}", "en": f"Churchyard {slug}"},
                "subtitle": {"de": "Ein Stück Innenstadt", "en": "A piece of the old town"},
                "summary": {"de": "Was soll hier entstehen?", "en": "What should be built here?"},
                "about": {"de": "## Worum es geht\n\nEin Platz.", "en": "## What it is about\n\nA square."},
                "rules_note": {"de": "Ein Mensch prüft jeden Beitrag.", "en": "A person checks every contribution."},
                "results": {},
                "organiser": "Stadt Leipzig",
                "contact_email": "plan@example.org",
                "project_area": AREA,
                "placing": Placing.FREE,
                "is_place_required": False,
                "geometry_kinds": ["point", "line", "area", "none"],
                "text_max": 1500,
                "moderation_mode": ModerationMode.BEFORE,
                "voting": Voting.FOR_AGAINST,
                "licence": "dl-de/by-2-0",
                "languages": ["de", "en"],
                "created_at": now,
            }
            proceeding = Proceeding(**(values | changes))
            proceeding.rules = default_rules()
            proceeding.phases = [
                Phase(
                    kind=PhaseKind.COLLECT,
                    title={"de": "Ideen sammeln", "en": "Collect ideas"},
                    starts_at=starts_at or now - timedelta(days=10),
                    ends_at=ends_at or now + timedelta(days=10),
                    allows_contributing="contributing" in allows,
                    allows_commenting="commenting" in allows,
                    allows_voting="voting" in allows,
                )
            ]
            proceeding.categories = [
                Category(key=key, position=i, name={"de": de, "en": en}, hint={}, color=color, icon=icon)
                for i, (key, de, en, color, icon) in enumerate(CATEGORIES)
            ]
            proceeding.types = [
                ContributionType(key=key, position=i, name={"de": de, "en": en}, icon=icon)
                for i, (key, de, en, icon) in enumerate(TYPES)
            ]
            with transaction() as session:
                session.add(proceeding)
            return proceeding

        return in_app(build)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def make_actor(in_app: Callable[[Callable[[], Any]], Any]) -> Callable[..., Actor]:
    """Make an account (with roles in a proceeding, or administrator) and return its actor; it is a participant, too."""

    def make(proceeding: Proceeding | None = None, *roles: Role, is_administrator: bool = False) -> Actor:
        def build() -> Actor:
            key = secrets.token_hex(16)
            with transaction() as session:
                user = User(
                    email=f"{key}@example.org",
                    password_hash="-",
                    name="K. Anders",
                    language="de",
                    is_administrator=is_administrator,
                    session_key=key,
                    created_at=clock.now(),
                )
                session.add(user)
                session.flush()
                for role in roles:
                    assert proceeding is not None, "a role is held in a proceeding"
                    session.add(Membership(user_id=user.id, proceeding_id=proceeding.id, role=role))
                session.add(Participant(user_id=user.id, language="de", created_at=clock.now()))
            actor = actor_of_user(user.id, key)
            assert actor is not None
            return actor

        return in_app(build)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def guest_tokens() -> dict[int, str]:
    """Tokens of the guests made in this test, by participant id."""
    return {}


@pytest.fixture
def make_guest(in_app: Callable[[Callable[[], Any]], Any], guest_tokens: dict[int, str]) -> Callable[..., Actor]:
    """Make a guest who has acted before, perhaps with a confirmed e-mail address."""

    def make(email: str | None = None, language: str = "de") -> Actor:
        def build() -> Actor:
            token = secrets.token_urlsafe(32)
            with transaction() as session:
                participant = Participant(
                    token_hash=guest_token_hash(token),
                    email=email,
                    email_confirmed_at=clock.now() if email else None,
                    language=language,
                    created_at=clock.now(),
                )
                session.add(participant)
            guest_tokens[participant.id] = token
            return Actor(participant_id=participant.id)

        return in_app(build)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def make_client(app: Flask, guest_tokens: dict[int, str]) -> Callable[[Actor | None], Client]:
    """Make a client for a signed-in user, a known guest or (None) a stranger."""

    def make(actor: Actor | None = None) -> Client:
        client = app.test_client()
        if actor is not None and actor.user_id is not None:
            with app.app_context():
                user = db.session.get_one(User, actor.user_id)
            with client.session_transaction() as session:
                session["_user_id"] = f"{user.id}:{user.session_key}"
                session["_fresh"] = True
                session["key"] = "test"
        elif actor is not None and actor.participant_id is not None:
            with app.app_context():
                client.set_cookie(GUEST_COOKIE, str(_cookie_signer().dumps(guest_tokens[actor.participant_id])))
        return client  # type: ignore[return-value]

    return make


@pytest.fixture
def client(make_client: Callable[[Actor | None], Client]) -> Client:
    """A stranger's client."""
    return make_client(None)


@pytest.fixture
def make_contribution(
    in_app: Callable[[Callable[[], Any]], Any], make_proceeding: Callable[..., Proceeding]
) -> Callable[..., Contribution]:
    """Make a contribution; without a proceeding in a new one."""

    def make(
        proceeding: Proceeding | None = None,
        *,
        state: PublicationState = PublicationState.PUBLISHED,
        author: Actor | None = None,
        geometry: Any = MIDDLE,
        created_at: datetime | None = None,
        title: str = "Bänke unter den Linden",
        text: str = "Im Schatten ist es auch im August angenehm.",
        category: str = "green",
        type: str = "idea",
        language: str = "de",
        **columns: Any,
    ) -> Contribution:
        place = proceeding or make_proceeding()

        def build() -> Contribution:
            new = NewContribution(title, text, category, type, geometry, language)
            values = contribution_values(
                place,
                new,
                state=state,
                created_at=created_at or clock.now(),
                origin=Origin.WEB,
                participant_id=author.participant_id if author else None,
            )
            if state is PublicationState.HIDDEN:
                values["published_at"] = values["created_at"]
            if (
                state is PublicationState.MERGED and "leading_id" not in columns
            ):  # that into which it was merged is in no list
                columns["leading_id"] = make(place, state=PublicationState.HIDDEN, geometry=None).id
            with transaction() as session:
                contribution = Contribution(**(values | columns))
                session.add(contribution)
            return contribution

        return in_app(build)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def make_comment(in_app: Callable[[Callable[[], Any]], Any]) -> Callable[..., Comment]:
    """Make a comment on a contribution; a published one is counted."""

    def make(
        contribution: Contribution,
        text: str = "Das sehe ich auch so.",
        *,
        state: PublicationState = PublicationState.PUBLISHED,
        author: Actor | None = None,
        parent: Comment | None = None,
        public_name: str | None = None,
    ) -> Comment:
        def build() -> Comment:
            now = clock.now()
            with transaction() as session:
                comment = Comment(
                    salt=new_salt(),
                    proceeding_id=contribution.proceeding_id,
                    contribution_id=contribution.id,
                    parent_id=parent.id if parent else None,
                    participant_id=author.participant_id if author else None,
                    state=state,
                    text=text,
                    language="de",
                    public_name=public_name,
                    created_at=now,
                    published_at=now if state is PublicationState.PUBLISHED else None,
                )
                session.add(comment)
                if state is PublicationState.PUBLISHED:
                    add_to_counters(session, contribution.id, comments=1)
            return comment

        return in_app(build)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The application on a free port, for browsers and other real clients; yields its address."""
    with served(app) as address:
        yield address
