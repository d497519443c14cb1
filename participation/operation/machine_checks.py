"""Checks of the machine: settings, folders, room, Redis, mail server, built files."""

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from participation.config import Settings
from participation.database import db
from participation.operation.findings import Finding, note, problem, warning, words_of
from participation.security import REDIS_TIMEOUTS

MEGABYTE = 1024 * 1024
REACH_SECONDS = 3
PROJECT = Path(__file__).resolve().parents[2]


def settings_are_meant(settings: Settings) -> Iterator[Finding]:
    """Point out settings that are right one by one, but not what a city wants together."""
    if not settings.is_production:
        yield note("This is a development installation.", "For a city set PARTICIPATION_ENVIRONMENT=production.")
        return
    if not settings.has_https:
        yield warning("PARTICIPATION_BASE_URL is not https://: cookies and passwords travel unencrypted.")
    if not settings.operator or not settings.contact_email:
        yield warning("The imprint names nobody.", "Set PARTICIPATION_OPERATOR and PARTICIPATION_CONTACT_EMAIL.")
    if settings.has_https and settings.trusted_proxies == 0:
        yield warning(
            "PARTICIPATION_TRUSTED_PROXIES is 0: behind a proxy all visitors share one limit.",
            "Set the number of proxies in front.",
        )
    if settings.operation.metrics == "off":
        yield note("Nothing is measured.", "PARTICIPATION_METRICS=local or token switches /metrics on.")


def secret_is_secret(settings: Settings) -> Iterator[Finding]:
    """Look at the key that signs cookies and links."""
    if len(set(settings.secret_key)) < 10:
        yield warning("PARTICIPATION_SECRET_KEY can be guessed: it repeats a few characters.")
    path = settings.instance_path / "secret_key"
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield problem(f"Others on this machine can read {path}.", f"Run: chmod 600 {path}")


def instance_can_be_written(settings: Settings) -> Iterator[Finding]:
    """Write a file where uploads and results lie."""
    folder = settings.instance_path
    if not folder.is_dir():
        yield problem(f"The folder {folder} is missing.", "Make it, owned by the user that runs the site.")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".check-") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield problem(
            f"Nothing can be written to {folder}: {words_of(error.strerror)}.",
            "Give it to the user that runs the site, and make room.",
        )


def instance_is_private(settings: Settings) -> Iterator[Finding]:
    """Look whether other users of this machine can read what people wrote."""
    files = [settings.instance_path / "imports"]
    if db.engine.dialect.name == "sqlite" and db.engine.url.database:
        files.append(Path(db.engine.url.database))
    for path in files if settings.is_production else []:
        is_open = path.exists() and path.stat().st_mode & stat.S_IROTH
        if is_open and all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents):
            yield warning(f"Everybody on this machine can read {path}.", f"Run: chmod 700 {settings.instance_path}")


def disk_has_room(settings: Settings) -> Iterator[Finding]:
    """Compare the room for the instance folder with what is wanted."""
    try:
        free = shutil.disk_usage(settings.instance_path).free // MEGABYTE
    except OSError as error:
        yield problem(f"{settings.instance_path} cannot be looked at: {words_of(error.strerror)}.")
        return
    least = settings.operation.least_free_megabytes
    if free < least:
        yield problem(f"Only {free} MB are free in {settings.instance_path}; {least} are wanted.", "Make room.")
    elif free < 5 * least:
        yield note(f"{free} MB are free in {settings.instance_path}.")


def redis_answers(settings: Settings) -> Iterator[Finding]:
    """Ask Redis, if there should be one."""
    if not settings.redis_url:
        return
    import redis

    try:
        redis.from_url(settings.redis_url, **REDIS_TIMEOUTS).ping()
    except redis.RedisError as error:
        yield warning(f"Redis does not answer: {words_of(error)}.", "Until then each process counts limits by itself.")


def mail_server_answers(settings: Settings) -> Iterator[Finding]:
    """Connect to the mail server, if one is set; send nothing."""
    if not settings.mail.host:
        yield note("No mail server is set: mails wait in the database.", "PARTICIPATION_MAIL_HOST names one.")
        return
    try:
        socket.create_connection((settings.mail.host, settings.mail.port), REACH_SECONDS).close()
    except OSError as error:
        place = f"{settings.mail.host}:{settings.mail.port}"
        yield warning(f"The mail server {place} does not answer: {words_of(error)}.", "Mails wait until it does.")


def site_is_built(settings: Settings) -> Iterator[Finding]:
    """Look for the bundled files and the compiled translations."""
    wanted = [
        PROJECT / "static/dist/manifest.json",
        *(PROJECT / f"participation/translations/{language}/LC_MESSAGES/messages.mo" for language in ("de", "en")),
    ]
    if missing := [str(path.relative_to(PROJECT)) for path in wanted if not path.exists()]:
        yield problem(f"{', '.join(missing)} is missing.", "Run: make build")
