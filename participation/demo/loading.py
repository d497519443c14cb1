"""Loading the demo: accounts, three proceedings, contributions with comments, votes, decisions and responses.

Days in content/*.json are offsets from the day of loading, so that a phase is always open. Loaded once, all or nothing.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from shapely.geometry import shape
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Membership, Participant, User
from participation.accounts.passwords import hash_password
from participation.contributions.checking import NewContribution
from participation.contributions.models import Contribution, Origin, ResponseStatus
from participation.contributions.services import contribution_values
from participation.contributions.states import PublicationState, standing_of, state_after
from participation.database import Session, db, transaction
from participation.demo import ACCOUNTS, PASSWORD
from participation.discussion.joint_votes import recount_votes
from participation.discussion.models import Comment, Vote, VoteValue
from participation.errors import Conflict
from participation.ledger.commitments import new_salt
from participation.moderation.default_text_blocks import default_text_blocks
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.past_texts import posting_of_item
from participation.proceedings.default_rules import default_rules
from participation.proceedings.models import Category, ContributionType, ModerationMode, Phase, Proceeding
from participation.proceedings.phases import phase_at, span_of_days
from participation.recounts.services import enter
from participation.screening.models import HoldingRule, RuleOfProceeding
from participation.screening.queries import is_pointed_out
from participation.screening.rule_settings import first_settings
from participation.screening.services import remember, screen

CONTENT = Path(__file__).parent / "content"
VOTERS = 40
ARMED_RULES = (HoldingRule.LINKS, HoldingRule.WORDS, HoldingRule.OUTSIDE)


def load_demo() -> bool:
    """Load the demo into this installation; return False when it is there already.

    Raises:
        Conflict: this is a production installation, whose accounts must not have a public password.
    """
    settings = current_app.extensions["settings"]
    if settings.is_production:
        raise Conflict("The demo is not loaded in production: its accounts have a public password.")
    proceedings = _read("proceedings")
    contributions = _read("contributions")
    if db.session.scalar(select(Proceeding.id).where(Proceeding.slug == proceedings[0]["slug"])) is not None:
        return False
    with transaction() as session:
        _Loader(session, settings.time_zone).load(proceedings, contributions)
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CONTENT / "basemap.geojson", settings.instance_path / "basemap.geojson")
    return True


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))[name]
    return rows


class _Loader:
    """Writes the demo's rows in one transaction."""

    def __init__(self, session: Session, zone: ZoneInfo) -> None:
        self.session = session
        self.zone = zone
        self.now = clock.now()
        self.today = self.now.astimezone(zone)
        self.users: dict[str, User] = {}
        self.residents: dict[str, Participant] = {}
        self.by_key: dict[str, Contribution] = {}
        self.moderator_id = 0
        self.rule_ids: dict[tuple[int, int], int] = {}  # by proceeding and number

    def load(self, proceedings: list[dict[str, Any]], contributions: list[dict[str, Any]]) -> None:
        """Write everything."""
        self._add_accounts()
        voters = [self._guest() for _ in range(VOTERS)]
        for content in proceedings:
            proceeding = self._add_proceeding(content)
            for number, row in enumerate(one for one in contributions if one["proceeding"] == content["slug"]):
                self._add_contribution(proceeding, row, voters[number % VOTERS :] + voters[: number % VOTERS])
        self.session.flush()
        self._merge(contributions)
        self.session.flush()
        for proceeding_id in {contribution.proceeding_id for contribution in self.by_key.values()}:
            enter(self.session, proceeding_id)

    def _merge(self, contributions: list[dict[str, Any]]) -> None:
        """Merge what the content says is merged, now that the leading ones are there."""
        for content in contributions:
            if content["state"] == PublicationState.MERGED:
                merged, leading = (self.by_key[content[name]] for name in ("key", "merged_into"))
                merged.state, merged.leading_id = PublicationState.MERGED, leading.id
                self.session.flush()
                recount_votes(self.session, leading.id)
                self._add_decision(content, merged, {"leading_id": leading.id})

    def _moment(self, content: dict[str, Any]) -> datetime:
        """Return the instant of a day offset and a time of day; never in the future."""
        hour, minute = map(int, content["time"].split(":"))
        day = (self.today + timedelta(days=content["day"])).date()
        return min(datetime.combine(day, time(hour, minute), self.zone), self.now)

    def _add_accounts(self) -> None:
        password_hash = hash_password(PASSWORD)
        for account in ACCOUNTS:
            user = User(
                email=account.email,
                password_hash=password_hash,
                name=account.name,
                language="de",
                is_administrator=account.is_administrator,
                is_demo=True,
                session_key=secrets.token_hex(16),
                created_at=self.now,
            )
            self.session.add(user)
            self.session.flush()
            self.users[account.email] = user
            self.residents[account.email] = self._add(Participant(user_id=user.id, language="de", created_at=self.now))
        self.moderator_id = self.users[ACCOUNTS[0].email].id

    def _guest(self) -> Participant:
        """Add a guest whose cookie nobody has."""
        return self._add(Participant(token_hash=secrets.token_hex(32), language="de", created_at=self.now))

    def _add(self, participant: Participant) -> Participant:
        self.session.add(participant)
        self.session.flush()
        return participant

    def _add_proceeding(self, content: dict[str, Any]) -> Proceeding:
        texts = {name: _texts(content[name]) for name in ("about", "rules_note", "results")}
        same = ("slug", "state", "title", "subtitle", "summary", "organiser", "contact_email", "licence", "languages")
        rules = ("placing", "geometry_kinds", "text_max", "moderation_mode", "voting", "embedding")
        proceeding = Proceeding(
            **{name: content[name] for name in (*same, *rules)},
            **texts,
            is_place_required=content["place_required"],
            project_area=shape(content["project_area"]),
            created_at=self.now + timedelta(days=content["created_day"]),
        )
        proceeding.phases = [self._phase(phase) for phase in content["phases"]]
        proceeding.categories = [Category(position=i, **one) for i, one in enumerate(content["categories"])]
        proceeding.types = [ContributionType(position=i, **one) for i, one in enumerate(content["types"])]
        proceeding.rules = default_rules()
        self.session.add(proceeding)
        self.session.flush()
        self.session.add_all(default_text_blocks(proceeding.id))
        self.rule_ids |= {(proceeding.id, rule.position): rule.id for rule in proceeding.rules}
        # Words of the file become what they name.
        self.session.refresh(proceeding, ["moderation_mode", "placing", "embedding"])
        self._arm_rules(proceeding)
        for account in ACCOUNTS:
            if account.role is not None:
                user_id = self.users[account.email].id
                self.session.add(Membership(user_id=user_id, proceeding_id=proceeding.id, role=account.role))
        return proceeding

    def _arm_rules(self, proceeding: Proceeding) -> None:
        """Let rules point texts out to moderators, who read all of them in the demo's running proceeding."""
        if proceeding.moderation_mode is not ModerationMode.BEFORE:
            return
        for rule in ARMED_RULES:
            self.session.add(
                RuleOfProceeding(
                    proceeding_id=proceeding.id,
                    rule=rule,
                    settings=first_settings(rule),
                    armed_at=proceeding.created_at,
                    tried_settings=first_settings(rule),
                    trial_begun_at=proceeding.created_at,
                    tried_at=proceeding.created_at,
                    read_to=proceeding.created_at,
                )
            )
        self.session.flush()

    def _screen(self, proceeding: Proceeding, item: Contribution | Comment) -> None:
        standing = standing_of(item.state, item.published_at)
        remember(self.session, screen(self.session, proceeding, posting_of_item(item)), item.id, standing)

    def _phase(self, content: dict[str, Any]) -> Phase:
        first, last = (self.today + timedelta(days=content[f"{name}_day"]) for name in ("starts", "ends"))
        starts_at, ends_at = span_of_days(first, last, self.zone)
        return Phase(
            kind=content["kind"],
            title=content["title"],
            starts_at=starts_at,
            ends_at=ends_at,
            allows_contributing=content["contribute"],
            allows_commenting=content["comment"],
            allows_voting=content["vote"],
        )

    def _author(self, content: dict[str, Any]) -> Participant:
        return self.residents[content["account"]] if "account" in content else self._guest()

    def _add_contribution(self, proceeding: Proceeding, content: dict[str, Any], voters: list[Participant]) -> None:
        new = NewContribution(
            title=content["title"],
            text=content["text"],
            category=content["category"],
            type=content["type"],
            geometry=shape(content["geometry"]) if content["geometry"] else None,
            language=content["language"],
            public_name=content["name"] or "",
        )
        created_at = self._moment(content)
        state = PublicationState(content["state"])
        if state is PublicationState.MERGED:
            state = PublicationState.PUBLISHED  # until what it is merged into is there, too
        phase = phase_at(proceeding, created_at)
        values = contribution_values(
            proceeding,
            new,
            state=state,
            created_at=created_at,
            origin=Origin.WEB,
            participant_id=self._author(content).id,
            phase_id=phase.id if phase else None,
        )
        was_public = state not in (PublicationState.SUBMITTED, PublicationState.REJECTED)
        voted_until = min(phase.ends_at, self.now) if phase else self.now
        later = [self._moment(content[name]) for name in ("response", "decision", "withdrawn") if name in content]
        comments = list(_tree(content.get("comments", [])))
        contribution = Contribution(
            **values
            | {
                "published_at": created_at if was_public else None,
                "updated_at": max([created_at, *later, *map(self._moment, comments)]),
            },
            votes_for=content["votes_for"],
            votes_against=content["votes_against"],
            comment_count=sum(comment["state"] == PublicationState.PUBLISHED for comment in comments),
        )
        if content["votes_for"] or content["votes_against"]:
            contribution.updated_at = max(contribution.updated_at, voted_until)
        if response := content.get("response"):
            contribution.response_status = ResponseStatus(response["status"])
            contribution.response = response["text"]
            contribution.responded_at = self._moment(response)
        self.session.add(contribution)
        self.session.flush()
        self._screen(proceeding, contribution)
        self.by_key[content["key"]] = contribution
        if "merged_into" not in content:
            self._add_decision(content, contribution, {})
        self._add_votes(contribution, voters, voted_until)
        self._add_comments(proceeding, contribution, content.get("comments", []), None)

    def _add_votes(self, contribution: Contribution, voters: list[Participant], voted_until: datetime) -> None:
        """Write votes, evenly from the contribution's first moment to the last one in which one could vote."""
        values = [VoteValue.FOR] * contribution.votes_for + [VoteValue.AGAINST] * contribution.votes_against
        step = (voted_until - contribution.created_at) / max(1, len(values))
        for number, (voter, value) in enumerate(zip(voters[: len(values)], values, strict=True), start=1):
            self.session.add(
                Vote(
                    contribution_id=contribution.id,
                    participant_id=voter.id,
                    value=int(value),
                    cast_at=contribution.created_at + step * number,
                )
            )

    def _add_comments(
        self,
        proceeding: Proceeding,
        contribution: Contribution,
        contents: list[dict[str, Any]],
        parent: Comment | None,
    ) -> None:
        """Write comments with their replies."""
        for content in contents:
            created_at = self._moment(content)
            state = PublicationState(content["state"])
            comment = Comment(
                proceeding_id=contribution.proceeding_id,
                contribution_id=contribution.id,
                parent_id=parent.id if parent else None,
                participant_id=self._author(content).id,
                state=state,
                text=content["text"],
                salt=new_salt(),
                language=content["language"],
                public_name=content["name"],
                created_at=created_at,
                published_at=None if state is PublicationState.SUBMITTED else created_at,
            )
            self.session.add(comment)
            self.session.flush()
            self._screen(proceeding, comment)
            self._add_decision(content, comment, {})
            self._add_comments(proceeding, contribution, content.get("replies", []), comment)

    def _add_decision(self, content: dict[str, Any], item: Contribution | Comment, changes: dict[str, Any]) -> None:
        decision = content.get("decision")
        if decision is None:
            return
        subject: dict[str, Any] = {f"{item.__tablename__}_id": item.id}
        self.session.add(
            ModerationDecision(
                **subject,
                moderator_id=self.moderator_id,
                outcome=(outcome := Outcome(decision["kind"])),
                state_before=(
                    before := PublicationState.SUBMITTED if outcome is Outcome.REJECT else PublicationState.PUBLISHED
                ),
                state_after=state_after(outcome, before),
                rule_id=self.rule_ids[item.proceeding_id, decision["rule"]],
                statement_of_reasons=decision["statement_of_reasons"],
                changes=changes,
                was_automated=is_pointed_out(self.session, item.__tablename__, item.id),
                decided_at=self._moment(decision),
                language=content["language"],
            )
        )


def _texts(files: dict[str, str] | None) -> dict[str, str]:
    """Read a text in each language from its Markdown file."""
    return {language: (CONTENT / name).read_text(encoding="utf-8") for language, name in (files or {}).items()}


def _tree(comments: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield comments with all their replies."""
    for comment in comments:
        yield comment
        yield from _tree(comment.get("replies", []))
