"""Every setting: its name in the environment, its default and what it means.

A missing or wrong setting stops the start with one line that says which one and what to do.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from limits import parse_many
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "PARTICIPATION_"
SECRET_KEY_LENGTH = 32
ENVIRONMENTS = ("development", "production")
BASEMAP_KINDS = ("drawing", "xyz", "wms", "none")
MAIL_SECURITIES = ("none", "starttls", "tls")
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("warning", "info", "error")
METRICS_READERS = ("off", "local", "token")


class BadSetting(SystemExit):
    """Stops the start; its text is the one line the operator reads."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"Setting {name}: {problem}")


@dataclass(frozen=True, slots=True)
class Basemap:
    """What lies under the pins: the repo's own drawing, tiles (XYZ), a WMS, or nothing."""

    kind: str
    url: str
    layers: str
    attribution: str

    @property
    def hosts(self) -> list[str]:
        """Origins that the browser may load pictures from, for the content security policy."""
        parts = urlsplit(self.url.replace("{s}", "*"))
        return [f"{parts.scheme}://{parts.netloc}"] if self.kind in ("xyz", "wms") else []


@dataclass(frozen=True, slots=True)
class Mail:
    """The SMTP server that takes our mail; without a host, mail waits in the outbox."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What operators read of a running installation, and when it asks for them."""

    log_format: str
    log_level: str
    slow_query_milliseconds: int
    least_free_megabytes: int
    metrics: str
    metrics_token: str


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days personal data are kept that nobody needs for ever; `flask purge` deletes them."""

    report_contact_days: int
    mail_record_days: int


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one installation, checked."""

    environment: str
    secret_key: str
    instance_path: Path
    database_url: str
    redis_url: str
    base_url: str
    site_name: str
    site_city: str
    operator: str
    contact_email: str
    time_zone: ZoneInfo
    basemap: Basemap
    mail: Mail
    trusted_proxies: int
    frame_ancestors: str
    max_body_kilobytes: int
    max_upload_megabytes: int
    sign_in_limit: str
    post_limit: str
    report_limit: str
    direct_download_rows: int
    api_limit: str
    operation: Operation
    retention: Retention

    @property
    def is_production(self) -> bool:
        """Whether demo accounts and generated keys are refused."""
        return self.environment == "production"

    @property
    def has_https(self) -> bool:
        """Whether cookies may only travel encrypted."""
        return self.base_url.startswith("https://")


class _Reader:
    """Reads single values from the environment and remembers nothing. An empty value is none: the default counts."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def text(self, name: str, default: str = "", *, prefix: str = PREFIX) -> str:
        return self.environment.get(prefix + name, "").strip() or default

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise BadSetting(PREFIX + name, f"“{value}” is not one of {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdecimal() or not lowest <= int(value) <= highest:
            raise BadSetting(PREFIX + name, f"“{value}” is not a whole number from {lowest} to {highest}.")
        return int(value)

    def address(self, name: str, default: str, schemes: tuple[str, ...], *, prefix: str = PREFIX) -> str:
        value = self.text(name, default, prefix=prefix)
        if not value:
            return value
        if not value.lower().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise BadSetting(prefix + name, f"“{value}” does not start with {' or '.join(s + '://' for s in schemes)}.")
        if not _is_complete(value):
            raise BadSetting(prefix + name, f"“{value}” is not a complete address.")
        return value

    def limit(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            parse_many(value)
        except ValueError:
            raise BadSetting(PREFIX + name, f"“{value}” is not a limit, for example {default}.") from None
        return value


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings.

    | name (PARTICIPATION_…)  | default               | meaning |
    | ----------------------- | --------------------- | ------- |
    | ENVIRONMENT             | development           | `production` refuses generated keys and demo accounts |
    | SECRET_KEY              | made once, instance/  | signs cookies, links and hashes; ≥ 32 characters |
    | INSTANCE_PATH           | instance/             | database file, uploads, drawings |
    | BASE_URL                | http://127.0.0.1:5000 | address people use; links in mails; https makes cookies secure |
    | SITE_NAME, SITE_CITY    | mitreden, empty       | the name in the header |
    | OPERATOR, CONTACT_EMAIL | empty                 | who answers for the site (imprint) |
    | TIME_ZONE               | Europe/Berlin         | zone in which dates are entered and shown |
    | BASEMAP                 | drawing               | drawing, xyz, wms or none |
    | BASEMAP_URL             | empty                 | tiles `https://…/{z}/{x}/{y}.png` or the WMS address |
    | BASEMAP_LAYERS          | empty                 | WMS layer names, comma-separated |
    | BASEMAP_ATTRIBUTION     | empty                 | credit shown on the map; needed with xyz and wms |
    | MAIL_HOST, MAIL_PORT    | empty, 25             | SMTP server |
    | MAIL_SECURITY           | none                  | none, starttls or tls |
    | MAIL_USER, MAIL_PASSWORD | empty                 | sign-in at the SMTP server |
    | MAIL_FROM               | empty                 | sender; needed with MAIL_HOST |
    | TRUSTED_PROXIES         | 0                     | number of reverse proxies in front that set X-Forwarded-… |
    | FRAME_ANCESTORS         | 'none'                | who may embed pages (content security policy) |
    | MAX_BODY_KILOBYTES      | 1024                  | largest request body |
    | MAX_UPLOAD_MEGABYTES    | 32                    | largest file that managers import through the page, 1 to 64 |
    | SIGN_IN_LIMIT           | 10 per 5 minutes      | failed tries per address and account |
    | DIRECT_DOWNLOAD_ROWS    | 5000                  | larger workbooks, and GeoPackages of ten times that, are jobs |
    | POST_LIMIT              | 60 per 10 minutes     | contributions, comments, votes, reports by address or IPv6 /64 |
    | REPORT_LIMIT            | 10 per hour           | reports alone, by address or IPv6 /64; they count above, too |
    | API_LIMIT               | 600 per 1 minute      | requests to the JSON API by address or IPv6 /64 |
    | LOG_FORMAT, LOG_LEVEL   | text, warning         | text or json; info (a line for each request), warning or error |
    | SLOW_QUERY_MILLISECONDS | 0                     | log statements that take longer, without their values; 0: none |
    | LEAST_FREE_MEGABYTES    | 200                   | with less room in instance/ the site says that it is not ready |
    | METRICS, METRICS_TOKEN  | off, empty            | who reads /metrics: off, local (this machine) or token |
    | REPORT_CONTACT_DAYS     | 210                   | names and addresses of reports are kept after the answer |
    | MAIL_RECORD_DAYS        | 180                   | what became of mails is kept |

    Without prefix: `DATABASE_URL` (SQLite file in instance/, or `postgresql+psycopg://…`) and
    `REDIS_URL` (empty: one process). An empty setting is as good as none.

    Raises:
        BadSetting: one clear line about the first wrong setting; ends the program.
    """
    read = _Reader(os.environ if environment is None else environment)
    kind = read.choice("ENVIRONMENT", "development", ENVIRONMENTS)
    instance_path = Path(read.text("INSTANCE_PATH", str(Path(__file__).parent.parent / "instance"))).absolute()
    return Settings(
        environment=kind,
        secret_key=_secret_key(read, kind, instance_path),
        instance_path=instance_path,
        database_url=_database_url(read, instance_path),
        redis_url=read.address("REDIS_URL", "", ("redis", "rediss", "unix"), prefix=""),
        base_url=read.address("BASE_URL", "http://127.0.0.1:5000", ("http", "https")).rstrip("/"),
        site_name=read.text("SITE_NAME", "mitreden"),
        site_city=read.text("SITE_CITY"),
        operator=read.text("OPERATOR"),
        contact_email=read.text("CONTACT_EMAIL"),
        time_zone=_time_zone(read),
        basemap=_basemap(read),
        mail=_mail(read),
        trusted_proxies=read.number("TRUSTED_PROXIES", 0, 0, 5),
        frame_ancestors=read.text("FRAME_ANCESTORS", "'none'"),
        max_body_kilobytes=read.number("MAX_BODY_KILOBYTES", 1024, 64, 102_400),
        max_upload_megabytes=read.number("MAX_UPLOAD_MEGABYTES", 32, 1, 64),
        sign_in_limit=read.limit("SIGN_IN_LIMIT", "10 per 5 minutes"),
        post_limit=read.limit("POST_LIMIT", "60 per 10 minutes"),
        report_limit=read.limit("REPORT_LIMIT", "10 per hour"),
        direct_download_rows=read.number("DIRECT_DOWNLOAD_ROWS", 5_000, 0, 1_000_000),
        api_limit=read.limit("API_LIMIT", "600 per 1 minute"),
        operation=_operation(read),
        retention=Retention(
            # Whoever reported something can object to the answer for six months (Regulation (EU) 2022/2065, Art. 20).
            report_contact_days=read.number("REPORT_CONTACT_DAYS", 210, 190, 3_650),
            mail_record_days=read.number("MAIL_RECORD_DAYS", 180, 30, 3_650),
        ),
    )


def _secret_key(read: _Reader, environment: str, instance_path: Path) -> str:
    key = read.text("SECRET_KEY")
    if not key and environment == "development":
        path = instance_path / "secret_key"
        if not path.exists():
            _make_instance(instance_path)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        key = path.read_text(encoding="ascii").strip()
    if len(key) < SECRET_KEY_LENGTH:
        problem = "is missing." if not key else f"has {len(key)} characters; at least {SECRET_KEY_LENGTH} are needed."
        raise BadSetting(
            PREFIX + "SECRET_KEY", problem + " Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return key


def _database_url(read: _Reader, instance_path: Path) -> str:
    url = read.text("DATABASE_URL", f"sqlite:///{instance_path / 'participation.db'}", prefix="")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("DATABASE_URL", "needs sqlite:///… or postgresql+psycopg://….")
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise BadSetting("DATABASE_URL", "is not a complete address.") from None
    if parts.drivername == "sqlite" and parts.database and not parts.database.startswith((":memory:", "file:")):
        _require_folder_of(instance_path / parts.database, instance_path)
    return url


def _require_folder_of(file: Path, instance_path: Path) -> None:
    """SQLite makes its file, but not the folder: ours is made, any other has to be there."""
    if file.parent.is_relative_to(instance_path):
        _make_instance(file.parent)
    if not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        raise BadSetting("DATABASE_URL", f"the folder {file.parent} is not there, or may not be written to.")


def _make_instance(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the folder {folder} cannot be made ({error.strerror}). Make it, or name another one."
        raise BadSetting(PREFIX + "INSTANCE_PATH", problem) from None


def _is_complete(address: str) -> bool:
    """Whether an address names a host (or, as unix://, a file), and a port that can be."""
    try:
        parts = urlsplit(address)
        return bool(parts.path if parts.scheme == "unix" else parts.hostname and parts.port != 0)
    except ValueError:
        return False


def _time_zone(read: _Reader) -> ZoneInfo:
    name = read.text("TIME_ZONE", "Europe/Berlin")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadSetting(PREFIX + "TIME_ZONE", f"“{name}” is not a time zone, for example Europe/Berlin.") from None


def _basemap(read: _Reader) -> Basemap:
    kind = read.choice("BASEMAP", "drawing", BASEMAP_KINDS)
    url = read.address("BASEMAP_URL", "", ("http", "https"))
    basemap = Basemap(kind, url, read.text("BASEMAP_LAYERS"), read.text("BASEMAP_ATTRIBUTION"))
    if kind in ("xyz", "wms"):
        for name, value in (("BASEMAP_URL", url), ("BASEMAP_ATTRIBUTION", basemap.attribution)):
            if not value:
                raise BadSetting(PREFIX + name, f"is needed with BASEMAP={kind}.")
    if kind == "wms" and not basemap.layers:
        raise BadSetting(PREFIX + "BASEMAP_LAYERS", "is needed with BASEMAP=wms.")
    return basemap


def _mail(read: _Reader) -> Mail:
    host = read.text("MAIL_HOST")
    sender = read.text("MAIL_FROM")
    if host and "@" not in sender:
        raise BadSetting(PREFIX + "MAIL_FROM", "needs the sender's address when MAIL_HOST is set.")
    return Mail(
        host=host,
        port=read.number("MAIL_PORT", 25, 1, 65_535),
        security=read.choice("MAIL_SECURITY", "none", MAIL_SECURITIES),
        user=read.text("MAIL_USER"),
        password=read.text("MAIL_PASSWORD"),
        sender=sender,
    )


def _operation(read: _Reader) -> Operation:
    metrics, token = read.choice("METRICS", "off", METRICS_READERS), read.text("METRICS_TOKEN")
    if metrics == "token" and len(token) < SECRET_KEY_LENGTH:
        raise BadSetting(PREFIX + "METRICS_TOKEN", f"needs at least {SECRET_KEY_LENGTH} characters with METRICS=token.")
    return Operation(
        log_format=read.choice("LOG_FORMAT", "text", LOG_FORMATS),
        log_level=read.choice("LOG_LEVEL", "warning", LOG_LEVELS),
        slow_query_milliseconds=read.number("SLOW_QUERY_MILLISECONDS", 0, 0, 600_000),
        least_free_megabytes=read.number("LEAST_FREE_MEGABYTES", 200, 0, 1_000_000),
        metrics=metrics,
        metrics_token=token,
    )
