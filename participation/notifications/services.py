"""Writing to the outbox and emptying it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext
from sqlalchemy import or_, select, update

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.queries import address_hash, correspondent, correspondent_of_account
from participation.accounts.services import unconfirm_email
from participation.audit.services import add_event
from participation.database import Session, db, locked, purge, transaction
from participation.errors import Conflict
from participation.notifications.bounces import DeliveryReport
from participation.notifications.models import FAILED_STATES, MailProblem, MailState, OutboxMail
from participation.notifications.permissions import may_see_mails
from participation.notifications.smtp import MailServer, MailServerError, NoMailServerError, masked_address
from participation.notifications.writing import write_mail

FIRST_RETRY = timedelta(minutes=2)
LONGEST_RETRY = timedelta(hours=12)
MOST_ATTEMPTS = 20
LONGEST_ERROR = 200


BOUNCING = frozenset({MailProblem.NO_SUCH_ADDRESS, MailProblem.MAILBOX_FULL})


@dataclass(frozen=True, slots=True)
class MailContext:
    """What a mail says: values for its template; address and language if not the known ones; where to stop them."""

    values: dict[str, Any]
    address: str | None = None
    language: str | None = None
    unsubscribe_path: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an attempt ended: what became of the mail, and why."""

    state: MailState
    problem: MailProblem | None = None
    error: str | None = None


ContextMaker = Callable[[dict[str, Any]], MailContext | None]
_context_makers: dict[str, ContextMaker] = {}
_kinds: dict[str, object] = {}


def mail_context(template: str, kind: object) -> Callable[[ContextMaker], ContextMaker]:
    """Register how to fill a mail from its ids; the function returns None when the mail is moot by now.

    Args:
        template: templates/mails/<template>.txt.
        kind: what managers call such a mail, translated.
    """

    def register(maker: ContextMaker) -> ContextMaker:
        _context_makers[template] = maker
        _kinds[template] = kind
        return maker

    return register


def kind_of(mail: OutboxMail) -> str:
    """Say what a mail is about, for managers."""
    return str(_kinds.get(mail.template, mail.template))


def add_mail(
    session: Session, template: str, participant_id: int | None, *, proceeding_id: int | None, **ids: Any
) -> None:
    """Put a mail into the outbox; joins a transaction. Without a participant there is nobody to write to."""
    if participant_id is not None:
        session.add(_new_mail(template, ids, participant_id=participant_id, proceeding_id=proceeding_id))


def add_mail_to_account(session: Session, template: str, user_id: int, /, **ids: Any) -> None:
    """Put a mail to someone with an account into the outbox, about no single proceeding; joins a transaction."""
    session.add(_new_mail(template, ids, user_id=user_id))


def _new_mail(template: str, ids: dict[str, Any], **columns: int | None) -> OutboxMail:
    now = clock.now()
    key = secrets.token_hex(16)
    return OutboxMail(template=template, ids=ids, message_key=key, created_at=now, next_attempt_at=now, **columns)


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
                delivery = _deliver(mail, server)
            except NoMailServerError as error:
                current_app.logger.error("No connection to the mail server: %s", error)
                _give_back(mail.id, str(error))
                return sent, failed + 1
            _settle(mail.id, delivery)
            sent, failed = sent + (delivery.problem is None), failed + (delivery.problem is not None)
    return sent, failed


def _take_next() -> OutboxMail | None:
    """Take the mail that has waited longest: nobody else touches it until its lease ends."""
    now = clock.now()
    # None is put off for longer: such a mail was written while the clock was ahead.
    is_turn = or_(OutboxMail.next_attempt_at <= now, OutboxMail.next_attempt_at > now + LONGEST_RETRY)
    with transaction() as session:
        mail = session.scalar(
            select(OutboxMail)
            .where(OutboxMail.state == MailState.WAITING, is_turn)
            .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + min(FIRST_RETRY * 2**mail.attempts, LONGEST_RETRY)
    return mail


def _settle(mail_id: int, delivery: Delivery) -> None:
    """Record how an attempt ended; a report that it came back may be here already."""
    with transaction() as session:
        mail = locked(session, session.get_one(OutboxMail, mail_id))
        if mail.state is not MailState.WAITING:
            return
        mail.state = delivery.state
        if mail.state is MailState.WAITING and mail.attempts >= MOST_ATTEMPTS:
            mail.state = MailState.GIVEN_UP
        mail.sent_at = clock.now() if mail.state is MailState.SENT else None
        mail.problem = delivery.problem
        mail.last_error = delivery.error and delivery.error[:LONGEST_ERROR]
        _doubt_address(session, mail)


def _give_back(mail_id: int, error: str) -> None:
    """Put a mail back as if it had not been taken."""
    with transaction() as session:
        mail = locked(session, session.get_one(OutboxMail, mail_id))
        mail.attempts -= 1
        mail.next_attempt_at = clock.now()
        mail.problem = MailProblem.NO_SERVER
        mail.last_error = error[:LONGEST_ERROR]


def _doubt_address(session: Session, mail: OutboxMail) -> None:
    """Write no more to a guest's address that does not exist, until it is confirmed anew."""
    is_dead = mail.state is MailState.BOUNCED and mail.problem is MailProblem.NO_SUCH_ADDRESS
    if is_dead and mail.participant_id is not None and mail.address_hash is not None:
        unconfirm_email(session, mail.participant_id, mail.address_hash, confirmed_before=mail.sent_at or clock.now())


def _deliver(mail: OutboxMail, server: MailServer) -> Delivery:
    """Send one mail and say how it went. Whatever is wrong with one mail must not keep the others waiting.

    Raises:
        NoMailServerError: no mail can leave now.
    """
    try:
        return Delivery(MailState.SENT if _send(mail, server) else MailState.MOOT)
    except MailServerError as error:
        is_bounce = error.problem in BOUNCING
        refused = MailState.BOUNCED if is_bounce else MailState.GIVEN_UP
        return Delivery(refused if error.is_final else MailState.WAITING, error.problem, str(error))
    except NoMailServerError:
        raise
    except Exception as error:
        current_app.logger.exception("mail %s (%s) cannot be written", mail.id, mail.template)
        db.session.rollback()
        return Delivery(MailState.WAITING, MailProblem.NOT_WRITTEN, f"{type(error).__name__}: {error}")


def _send(mail: OutboxMail, server: MailServer) -> bool:
    """Write and send a mail; return whether there still was something to say and someone to say it to."""
    envelope = _envelope(mail)
    if envelope is None:
        return False
    address, language, context = envelope
    written = write_mail(mail.template, language, context.values, unsubscribe_path=context.unsubscribe_path)
    _note_address(mail.id, address)
    server.send(address, written, message_key=mail.message_key)
    return True


def _envelope(mail: OutboxMail) -> tuple[str, str, MailContext] | None:
    """Return (address, language, what to say), or None if there is nobody to write to or nothing left to say."""
    context = _context_makers[mail.template](mail.ids)
    recipient = _recipient(mail)
    if context is None or recipient is None:
        return None
    known_address, language = recipient
    address = context.address or known_address
    return None if address is None else (address, context.language or language, context)


def _recipient(mail: OutboxMail) -> tuple[str | None, str] | None:
    if mail.participant_id is not None:
        return correspondent(mail.participant_id)
    return correspondent_of_account(mail.user_id) if mail.user_id is not None else None


def _note_address(mail_id: int, address: str) -> None:
    with transaction() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.masked_address, mail.address_hash = masked_address(address), address_hash(address)


def note_bounce(report: DeliveryReport) -> bool:
    """Record that a mail came back; return whether the report is about one of ours."""
    with transaction() as session:
        statement = select(OutboxMail).where(OutboxMail.message_key == report.message_key)
        mail = session.scalar(statement.with_for_update())
        if mail is None or mail.state is MailState.MOOT or mail.attempts == 0:
            return False
        if report.problem is not None and mail.state is not MailState.BOUNCED:
            mail.state, mail.problem, mail.last_error = MailState.BOUNCED, report.problem, report.status
            _doubt_address(session, mail)
    return True


def try_again(actor: Actor, mail: OutboxMail) -> None:
    """Let a mail that failed wait once more.

    Raises:
        NotPermitted: neither manager of its proceeding nor administrator.
        Conflict: it did not fail, somebody tried it again already, or there is no address to try.
    """
    require(may_see_mails(actor, mail.proceeding_id), actor=actor)
    if mail.state is MailState.BOUNCED and _envelope(mail) is None:
        raise Conflict(lazy_gettext("There is no address left to write to, or nothing to say any more."))
    with transaction() as session:
        locked(session, mail)
        if mail.state not in FAILED_STATES:
            raise Conflict(lazy_gettext("This mail waits to be sent already, or has been sent."))
        mail.state, mail.attempts, mail.next_attempt_at, mail.sent_at = MailState.WAITING, 0, clock.now(), None
        add_event(session, actor, "notifications.try_again", mail, proceeding_id=mail.proceeding_id)


def try_all_again() -> int:
    """Let the mails that were given up wait once more; return how many."""
    with transaction() as session:
        statement = update(OutboxMail).where(OutboxMail.state == MailState.GIVEN_UP)
        result = session.execute(statement.values(state=MailState.WAITING, attempts=0, next_attempt_at=clock.now()))
    return int(result.rowcount)  # type: ignore[attr-defined]


def forget_mails(before: datetime, *, is_dry: bool) -> int:
    """Delete what is kept of mails from before a moment that are done with; return how many."""
    return purge(OutboxMail, OutboxMail.created_at < before, OutboxMail.state != MailState.WAITING, is_dry=is_dry)
