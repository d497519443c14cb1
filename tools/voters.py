"""Guests with their cookies who vote on seeded contributions, and what must be true of votes afterwards."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, insert, select

from participation import clock, create_app
from participation.accounts.models import Participant
from participation.accounts.sessions import _cookie_signer, guest_token_hash
from participation.config import read_settings
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.discussion.models import Comment, Vote, VoteValue
from participation.forms import GUEST_COOKIE, _bound_to, _serializer
from tools.http_clients import Answer
from tools.installation import Installation

VOTERS = 2_000


def app_of(installation: Installation) -> Flask:
    """Return an application on the same database, for looking and preparing."""
    return create_app(read_settings(installation.environment))


class Voters:
    """Guests who have acted before; request n is a vote of guest n modulo their number."""

    def __init__(self, installation: Installation, *, count: int = VOTERS, is_hot: bool = False) -> None:
        self.app = app_of(installation)
        self.cast: dict[tuple[int, int], tuple[int, str]] = {}
        with self.app.app_context():
            tokens = [f"voter-{number}" for number in range(count)]
            rows = [
                {"token_hash": guest_token_hash(token), "language": "de", "created_at": clock.now()} for token in tokens
            ]
            made = insert(Participant).returning(Participant.id, sort_by_parameter_order=True)
            with transaction() as session:
                self.ids = list(session.scalars(made, rows))
            public = select(Contribution.id).where(Contribution.state == PublicationState.PUBLISHED)
            self.contributions = list(db.session.scalars(public.order_by(Contribution.id).limit(1 if is_hot else None)))
            cookies = [str(_cookie_signer().dumps(token)) for token in tokens]
            form_tokens = [_serializer().dumps(_bound_to(cookie)) for cookie in cookies]
            db.session.remove()
        self.browsers = list(zip(cookies, form_tokens, strict=True))

    def vote(self, number: int) -> tuple[int, int, str]:
        """Return who votes on what and how, as (index of the guest, contribution id, word)."""
        turn, who = divmod(number, len(self.ids))
        contribution_id = self.contributions[(number * 31 + turn) % len(self.contributions)]
        return who, contribution_id, "for" if (number + turn) % 3 else "against"

    def request(self, number: int) -> bytes:
        """Return what a browser sends with script."""
        who, contribution_id, word = self.vote(number)
        cookie, token = self.browsers[who]
        body = urlencode({"csrf_token": token, "vote": word}).encode()
        address = f"10.{who >> 8 & 255}.{who & 255}.7"
        return (
            f"POST /proceedings/seed/contributions/{contribution_id}/vote HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {GUEST_COOKIE}={cookie}\r\nAccept: application/json\r\nX-Forwarded-For: {address}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def bare_request(self, number: int) -> bytes:
        """Return the same vote for the bare view."""
        who, contribution_id, word = self.vote(number)
        body = urlencode({"voter": self.ids[who], "vote": word}).encode()
        return (
            f"POST /vote/{contribution_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def note(self, answers: list[Answer]) -> None:
        """Remember what was acknowledged."""
        for answer in answers:
            if answer.status == 200:
                who, contribution_id, word = self.vote(answer.number)
                key = (contribution_id, self.ids[who])
                if self.cast.get(key, (-1, ""))[0] < answer.number:
                    self.cast[key] = (answer.number, word)

    def missing(self) -> list[str]:
        """Return which acknowledged votes are not in the database, or are otherwise."""
        with self.app.app_context():
            rows: Any = db.session.execute(select(Vote.contribution_id, Vote.participant_id, Vote.value))
            found = {(contribution_id, participant_id): value for contribution_id, participant_id, value in rows}
            db.session.remove()
        wanted = {"for": VoteValue.FOR, "against": VoteValue.AGAINST}
        return [
            f"vote of {key[1]} on {key[0]} is {found.get(key)}, acknowledged as {word}"
            for key, (_, word) in self.cast.items()
            if found.get(key) != wanted[word]
        ]


def wrong_counters(installation: Installation) -> list[str]:
    """Return which contributions have counters that differ from the rows (none of them is merged)."""
    with app_of(installation).app_context():
        votes = select(Vote.contribution_id, Vote.value, func.count()).group_by(Vote.contribution_id, Vote.value)
        cast = {(id_, value): count for id_, value, count in db.session.execute(votes)}
        public = select(Comment.contribution_id, func.count()).where(Comment.state == PublicationState.PUBLISHED)
        grouped = db.session.execute(public.group_by(Comment.contribution_id))
        comments = {row[0]: row[1] for row in grouped}
        columns = (Contribution.id, Contribution.votes_for, Contribution.votes_against, Contribution.comment_count)
        told = {id_: tuple(counters) for id_, *counters in db.session.execute(select(*columns))}
        db.session.remove()
    rows = {id_: (cast.get((id_, 1), 0), cast.get((id_, -1), 0), comments.get(id_, 0)) for id_ in told}
    return [f"contribution {id_}: counters {told[id_]}, rows {rows[id_]}" for id_ in told if told[id_] != rows[id_]]
