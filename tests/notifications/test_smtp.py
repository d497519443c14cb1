"""The settings of the mail server, against real servers: encrypted, signed in, never to one we cannot trust."""

import os
import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from participation.config import Mail
from participation.notifications.smtp import MailServer, MailServerError, NoMailServerError, with_ascii_domain
from participation.notifications.writing import WrittenMail

# aiosmtpd does not count a connection that is encrypted from its beginning as one where a password is safe.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

USER, PASSWORD = "mitreden", "a-password-for-mail"


class Handler:
    """Notes how each mail came in; refuses those to nobody@."""

    def __init__(self):
        self.came = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 – the server's name for it
        if address.startswith("nobody@"):
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, _envelope):  # noqa: N802
        self.came.append((server.transport.get_extra_info("ssl_object") is not None, session.authenticated))
        return "250 OK"


def authenticate(_server, _session, _envelope, _mechanism, data):
    is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=is_right)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Certificate and key of `localhost`, signed by itself."""
    program = shutil.which("openssl")
    if program is None and os.environ.get("CI"):
        pytest.fail("openssl is not installed, and in CI encrypted mail has to be tested.", pytrace=False)
    if program is None:
        pytest.skip("openssl is not installed: encrypted mail was NOT tested.")
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    kind = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([program, "req", "-x509", *kind, *names, *files], check=True, capture_output=True, timeout=60)
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Let this machine trust the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@contextmanager
def server(certificate, security):
    """Run a server that takes mail only from those who are signed in over an encrypted connection."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    encrypted = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    controller = Controller(
        Handler(),
        hostname="localhost",
        port=port,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=security == "starttls",
        **encrypted,
    )
    controller.start()
    try:
        yield controller
    finally:
        controller.stop()


def send(port, security, *, host="localhost", password=PASSWORD, address="someone@example.org"):
    settings = Mail(host, port, security, USER if password else "", password, "mitreden <mitreden@example.org>")
    with MailServer(settings) as mail_server:
        mail_server.send(address, WrittenMail("Betreff", "Text\n", "<p>Text</p>", "de"), message_key="k")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_leaves_encrypted_and_signed_in(certificate, trusted, security):
    with server(certificate, security) as controller:
        send(controller.port, security)
        assert controller.handler.came == [(True, True)]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_password_nor_mail(certificate, security):
    with server(certificate, security) as controller:
        with pytest.raises(NoMailServerError, match="CERTIFICATE_VERIFY_FAILED"):
            send(controller.port, security)
        assert controller.handler.came == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_of_another_name_gets_nothing(certificate, trusted, security):
    with server(certificate, security) as controller:
        with pytest.raises(NoMailServerError, match=r"127\.0\.0\.1"):
            send(controller.port, security, host="127.0.0.1")
        assert controller.handler.came == []


def test_a_server_without_starttls_gets_nothing():
    controller = Controller(Handler(), hostname="localhost", port=0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        with pytest.raises(NoMailServerError, match="STARTTLS"):
            send(controller.port, "starttls", password="")
        assert controller.handler.came == []
    finally:
        controller.stop()


def test_a_wrong_password_is_no_mails_fault(certificate, trusted):
    with server(certificate, "starttls") as controller:
        with pytest.raises(NoMailServerError, match="SMTPAuthenticationError"):
            send(controller.port, "starttls", password="wrong")
        assert controller.handler.came == []


def test_a_refused_recipient_is_that_mails_fault(certificate, trusted):
    with server(certificate, "tls") as controller, pytest.raises(MailServerError, match="No such user"):
        send(controller.port, "tls", address="nobody@example.org")


@pytest.mark.parametrize("address, written", [
    ("info@münchen.de", "info@xn--mnchen-3ya.de"),
    ("info@straße.de", "info@xn--strae-oqa.de"),
    ("Info@Example.org", "Info@Example.org"),
    ("info@ü..de", "info@ü..de"),
])  # fmt: skip
def test_only_a_domain_with_umlauts_is_written_anew(address, written):
    assert with_ascii_domain(address) == written
