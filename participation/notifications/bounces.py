"""Reports of mail servers that a mail did not arrive (delivery status notifications, RFC 3464).

They come from anywhere: one counts only if it names the Message-ID of a mail, which only its recipient's side knows.
"""

import email.policy
import re
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from participation.notifications.models import MailProblem
from participation.notifications.smtp import problem_of

LARGEST_REPORT = 1_000_000  # bytes
OUR_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]{1,255}>")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """About which mail a report is, and what is wrong; without a problem it is only late, or arrived."""

    message_key: str
    status: str
    problem: MailProblem | None


def read_report(raw: bytes) -> DeliveryReport | None:
    """Read a mail that is perhaps a report; None if it is none, or does not name a mail that can be ours."""
    if len(raw) > LARGEST_REPORT:
        return None
    try:
        message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
        if message.get_content_type() != "multipart/report" or not message.is_multipart():
            return None
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        return _report(parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # what a parser meets in broken mail
        return None


def _report(parts: list[Message]) -> DeliveryReport | None:
    key = next((found for part in parts if (found := _message_key(part))), None)
    fields = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if key is None or fields is None or not fields.is_multipart():
        return None
    for group in fields.get_payload():
        if not isinstance(group, Message) or "Action" not in group:
            continue
        stated = STATUS.search(str(group["Status"]))
        status = stated[0] if stated else ""
        is_failed = str(group["Action"]).strip().lower() == "failed"
        return DeliveryReport(key, status, _final(problem_of(status)) if is_failed else None)
    return None


def _final(problem: MailProblem) -> MailProblem:
    """A server that reports a failure tries no more, whatever status it gives."""
    return MailProblem.REFUSED if problem is MailProblem.POSTPONED else problem


def _message_key(part: Message) -> str | None:
    """Return what the returned mail, or its headers, has as Message-ID."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        returned = part.get_payload(0)
    elif part.get_content_type() == "text/rfc822-headers":
        content = part.get_payload(decode=True)
        returned = BytesParser(policy=email.policy.compat32).parsebytes(content) if isinstance(content, bytes) else None
    else:
        return None
    found = OUR_MESSAGE_ID.fullmatch(str(returned["Message-ID"]).strip()) if isinstance(returned, Message) else None
    return found[1] if found else None
