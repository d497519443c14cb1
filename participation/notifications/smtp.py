"""Talking to the SMTP server (RFC 5321), one connection for a whole round."""

import re
import smtplib
import ssl
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formatdate
from types import TracebackType
from typing import Self

from email_validator import EmailNotValidError, validate_email

from participation.config import Mail
from participation.notifications.models import MailProblem
from participation.notifications.writing import WrittenMail

TIMEOUT_SECONDS = 20
FINAL = 500  # RFC 5321, 4.2.1: from here on a repeat is of no use
DEAD_ADDRESS = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})  # RFC 3463, 3.2 and 3.3; RFC 7505, 4
ENHANCED_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class MailServerError(Exception):
    """The mail did not leave; unless the refusal is final it stays in the outbox."""

    def __init__(self, message: str, problem: MailProblem, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.problem = problem
        self.is_final = is_final


class NoMailServerError(Exception):
    """There is no connection to the server, so no mail leaves: none of them is to blame."""


class WholeHeaders(EmailPolicy):
    """Writes a subject with umlauts as encoded words (RFC 2047) throughout, and an address on one line.

    Python's own way changes between encoded and plain words and loses the space between some of them; of a long address
    it makes encoded words, which nobody can open.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the lines of a header."""
        if name == "List-Unsubscribe":
            written = value
        elif name == "Subject" and not value.isascii():
            written = Header(value, "utf-8", header_name=name).encode(linesep=self.linesep)
        else:
            return bytes(super().fold_binary(name, value))
        return f"{name}: {written}{self.linesep}".encode("ascii")


class MailServer:
    """The configured SMTP server, which must be set; connects at the first mail."""

    def __init__(self, settings: Mail) -> None:
        self.settings = settings
        self.connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, address: str, mail: WrittenMail, *, message_key: str) -> None:
        """Send one mail, as plain text and as HTML.

        Raises:
            NoMailServerError: the server does not answer, is not the one it should be, or did not let us sign in.
            MailServerError: it refused the mail, or broke off.
        """
        message = self._message(address, mail, message_key)
        if self.connection is None:
            try:
                self.connection = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise NoMailServerError(f"{type(error).__name__}: {error}") from error
        try:
            self.connection.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise _refusal(error) from error

    def _message(self, address: str, mail: WrittenMail, message_key: str) -> EmailMessage:
        message = EmailMessage(policy=WholeHeaders())
        message["From"] = self.settings.sender
        message["To"] = with_ascii_domain(address)
        message["Subject"] = mail.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = message_id(message_key, self.settings)
        message["Auto-Submitted"] = "auto-generated"
        if mail.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
            if mail.unsubscribe_url.startswith("https://"):  # RFC 8058, 3.1: one click needs an encrypted address
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        message["Content-Language"] = mail.language  # after the content, which clears the headers about it
        return message

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        if settings.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
        try:
            if settings.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if settings.user:
                connection.login(settings.user, settings.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hang_up(self) -> None:
        if self.connection is not None:
            try:
                self.connection.quit()
            except (smtplib.SMTPException, OSError):
                self.connection.close()
            self.connection = None


def _refusal(error: smtplib.SMTPException | OSError) -> MailServerError:
    """Say what a refusal means: only one of this recipient or of this mail's content can be final.

    That the sender is refused is a matter of settings, which an operator can put right.
    """
    words = f"{type(error).__name__}: {error}"
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            ((code, answer),) = recipients.values()
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=answer):
            pass
        case _:
            return MailServerError(words, MailProblem.POSTPONED)
    found = ENHANCED_STATUS.search(answer.decode("utf-8", "replace"))
    problem = problem_of(found[0] if found else f"{code // 100}.0.0")
    return MailServerError(words, problem, is_final=code >= FINAL)


def problem_of(status: str) -> MailProblem:
    """Say what a status of a mail server means (RFC 3463): “5.1.1” is an address that does not exist."""
    kind, _, detail = status.partition(".")
    if kind == "5" and detail in DEAD_ADDRESS:
        return MailProblem.NO_SUCH_ADDRESS
    if detail == "2.2":
        return MailProblem.MAILBOX_FULL
    if detail.startswith("4."):
        return MailProblem.NOT_REACHED
    return MailProblem.REFUSED if kind == "5" else MailProblem.POSTPONED


def message_id(message_key: str, settings: Mail) -> str:
    """Return the Message-ID of a mail: a repeat has the same, and a report of failure names it."""
    return f"<{message_key}@{settings.sender.rsplit('@', 1)[-1].rstrip('>')}>"


def masked_address(address: str) -> str:
    """Write an address so that its owner knows it and nobody else learns it: “j…@example.org”."""
    local_part, _, domain = address.rpartition("@")
    return f"{local_part[:1]}…@{domain}"


def with_ascii_domain(address: str) -> str:
    """Write a domain with umlauts as servers without SMTPUTF8 know it: info@münchen.de → info@xn--mnchen-3ya.de."""
    if address.rpartition("@")[2].isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return address
    return f"{found.local_part}@{found.ascii_domain}"
