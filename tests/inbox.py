"""A real SMTP server for tests, which keeps what it is sent."""

import email
import email.policy
import socket
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller


class Inbox:
    """Takes every mail, or refuses each while `is_full`; `refusals` says what is answered to which recipient."""

    def __init__(self):
        self.messages = []
        self.is_full = False
        self.refusals = {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 – the server's name for it
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.is_full:
            return "452 No space left"
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


def plain_text(message):
    """Return the plain-text part of a mail, which comes first."""
    first, _ = message.iter_parts()
    assert (message.get_content_type(), first.get_content_type()) == ("multipart/alternative", "text/plain")
    return first.get_content()


def html(message):
    """Return the HTML part of a mail, which comes last."""
    _, last = message.iter_parts()
    assert last.get_content_type() == "text/html"
    return last.get_content()


@pytest.fixture
def inbox(app, monkeypatch):
    """A real SMTP server on a free port; the app's settings lead to it."""
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, mail=replace(settings.mail, port=port)))
    yield handler
    controller.stop()
