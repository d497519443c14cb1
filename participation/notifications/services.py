"""Writing to the outbox and emptying it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import func, select, update

from participation import clock
from participation.accounts.queries import correspondent
from participation.database import Session, db, transaction
from participation.languages import page_url
from participation.notifications.models import OutboxMail
from participation.notifications.smtp import MailServer, MailServerError, NoMailServerError

FIRST_RETRY = timedelta(minutes=2)
LONGEST_RETRY = timedelta(hours=12)
MOST_ATTEMPTS = 20
LONGEST_ERROR = 200


@dataclass(frozen=True, slots=True)
class MailContext:
    """What a mail says: values for its template; address and language if not the known ones."""

    values: dict[str, Any]
    address: str | None = None
    language: str | None = None


ContextMaker = Callable[[dict[str, Any]], MailContext | None]
_context_makers: dict[str, ContextMaker] = {}


def mail_context(template: str) -> Callable[[ContextMaker], ContextMaker]:
    """Register how to fill a mail from its ids; the function returns None when the mail is moot by now."""

    def register(maker: ContextMaker) -> ContextMaker:
        _context_makers[template] = maker
        return maker

    return register


def add_mail(session: Session, template: str, participant_id: int | None, **ids: Any) -> None:
    """Put a mail into the outbox; joins a transaction. Without a participant there is nobody to write to."""
    if participant_id is None:
        return
    now = clock.now()
    session.add(
        OutboxMail(
            template=template,
            participant_id=participant_id,
            ids=ids,
            message_key=secrets.token_hex(16),
            created_at=now,
            next_attempt_at=now,
        )
    )


def send_waiting_mail(limit: int = 1000) -> tuple[int, int]:
    """Send what waits in the outbox; return (sent, failed). Without a server everything waits on.

    No transaction is open while the server is talked to. A crash in between repeats that one mail after its lease,
    with the same Message-ID. When there is no connection the round ends: the mails wait, and it costs them no attempt.
    """
    settings = current_app.extensions["settings"].mail
    sent = failed = 0
    if not settings.host:
        return sent, failed
    with MailServer(settings) as server:
        while sent + failed < limit and (mail := _take_next()) is not None:
            try:
                problem = _deliver(mail, server)
            except NoMailServerError as error:
                current_app.logger.error("No connection to the mail server: %s", error)
                _give_back(mail.id, str(error))
                return sent, failed + 1
            _settle(mail.id, problem)
            sent, failed = sent + (problem is None), failed + (problem is not None)
    return sent, failed


def _take_next() -> OutboxMail | None:
    """Take the mail that has waited longest: nobody else touches it until its lease ends."""
    now = clock.now()
    with transaction() as session:
        mail = session.scalar(
            select(OutboxMail)
            .where(OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at <= now, OutboxMail.attempts < MOST_ATTEMPTS)
            .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + min(FIRST_RETRY * 2**mail.attempts, LONGEST_RETRY)
    return mail


def _settle(mail_id: int, problem: str | None) -> None:
    with transaction() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.last_error = problem and problem[:LONGEST_ERROR]
        mail.sent_at = clock.now() if problem is None else None


def _give_back(mail_id: int, problem: str) -> None:
    """Put a mail back as if it had not been taken."""
    with transaction() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.attempts -= 1
        mail.next_attempt_at = clock.now()
        mail.last_error = problem[:LONGEST_ERROR]


def _deliver(mail: OutboxMail, server: MailServer) -> str | None:
    """Send one mail; return what went wrong. Whatever is wrong with one mail must not keep the others waiting.

    Raises:
        NoMailServerError: no mail can leave now.
    """
    try:
        _send(mail, server)
    except MailServerError as error:
        return str(error)
    except NoMailServerError:
        raise
    except Exception as error:
        current_app.logger.exception("mail %s (%s) cannot be written", mail.id, mail.template)
        db.session.rollback()
        return f"{type(error).__name__}: {error}"
    return None


def _send(mail: OutboxMail, server: MailServer) -> None:
    """Write and send a mail, if there still is something to say and someone to say it to."""
    context = _context_makers[mail.template](mail.ids)
    recipient = correspondent(mail.participant_id)
    if context is None or recipient is None:
        return
    known_address, language = recipient
    address, language = context.address or known_address, context.language or language
    if address is None:
        return
    with force_locale(language):
        text = render_template(f"mails/{mail.template}.txt", language=language, page_url=page_url, **context.values)
    subject, _, body = text.strip().partition("\n")
    server.send(address, subject.strip(), body.strip() + "\n", message_key=mail.message_key, language=language)


def unsent_mail_counts() -> tuple[int, int]:
    """Return how many mails wait in the outbox, and how many were given up after too many attempts."""
    is_given_up = OutboxMail.attempts >= MOST_ATTEMPTS
    statement = select(is_given_up, func.count()).where(OutboxMail.sent_at.is_(None)).group_by(is_given_up)
    counts = {bool(given_up): count for given_up, count in db.session.execute(statement)}
    return counts.get(False, 0), counts.get(True, 0)


def try_again() -> int:
    """Let the mails that were given up wait once more; return how many."""
    with transaction() as session:
        statement = update(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.attempts >= MOST_ATTEMPTS)
        result = session.execute(statement.values(attempts=0, next_attempt_at=clock.now()))
    return int(result.rowcount)  # type: ignore[attr-defined]
