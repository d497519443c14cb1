"""Talking to the SMTP server (RFC 5321), one connection for a whole round."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from types import TracebackType
from typing import Self

from email_validator import EmailNotValidError, validate_email

from participation.config import Mail

TIMEOUT_SECONDS = 20


class MailServerError(Exception):
    """The mail did not leave; it stays in the outbox."""


class NoMailServerError(Exception):
    """There is no connection to the server, so no mail leaves: none of them is to blame."""


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

    def send(self, address: str, subject: str, body: str, *, message_key: str, language: str) -> None:
        """Send one plain-text mail.

        Raises:
            NoMailServerError: the server does not answer, is not the one it should be, or did not let us sign in.
            MailServerError: it refused the mail, or broke off.
        """
        message = EmailMessage()
        message["From"] = self.settings.sender
        message["To"] = with_ascii_domain(address)
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = f"<{message_key}@{self.settings.sender.rsplit('@', 1)[-1].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        message["Content-Language"] = language  # after the content, which clears the headers about it
        if self.connection is None:
            try:
                self.connection = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise NoMailServerError(f"{type(error).__name__}: {error}") from error
        try:
            self.connection.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailServerError(f"{type(error).__name__}: {error}") from error

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


def with_ascii_domain(address: str) -> str:
    """Write a domain with umlauts as servers without SMTPUTF8 know it: info@münchen.de → info@xn--mnchen-3ya.de."""
    if address.rpartition("@")[2].isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return address
    return f"{found.local_part}@{found.ascii_domain}"
