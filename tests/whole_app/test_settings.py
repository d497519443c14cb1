"""Settings: documented, checked, and a bad one stops the start with one clear line."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from participation import config
from participation.config import BadSetting, Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
KEY = {"PARTICIPATION_SECRET_KEY": "x" * 32}


def test_every_setting_is_documented_where_it_is_read():
    source = Path(config.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'read\.(?:text|choice|number|address|limit)\(\s*"([A-Z_]+)"', source))
    documented = set(re.findall(r"[A-Z][A-Z_]+", read_settings.__doc__ or ""))
    assert read
    assert read - documented == set()


@pytest.mark.parametrize("environment, words", [
    ({"PARTICIPATION_ENVIRONMENT": "production"}, "PARTICIPATION_SECRET_KEY: is missing"),
    ({"PARTICIPATION_ENVIRONMENT": "production", "PARTICIPATION_SECRET_KEY": "short"}, "has 5 characters"),
    (KEY | {"PARTICIPATION_ENVIRONMENT": "staging"}, "PARTICIPATION_ENVIRONMENT: “staging” is not one of"),
    (KEY | {"DATABASE_URL": "mysql://x"}, "DATABASE_URL: needs"),
    (KEY | {"REDIS_URL": "http://x"}, "REDIS_URL: “http://x” does not start with"),
    (KEY | {"PARTICIPATION_TIME_ZONE": "Europe/Nowhere"}, "is not a time zone"),
    (KEY | {"PARTICIPATION_TRUSTED_PROXIES": "many"}, "is not a whole number"),
    (KEY | {"PARTICIPATION_BASEMAP": "xyz"}, "PARTICIPATION_BASEMAP_URL: is needed"),
    (KEY | {"PARTICIPATION_MAIL_HOST": "mail"}, "PARTICIPATION_MAIL_FROM"),
    (KEY | {"PARTICIPATION_POST_LIMIT": "often"}, "PARTICIPATION_POST_LIMIT"),
    (KEY | {"PARTICIPATION_METRICS": "token"}, "PARTICIPATION_METRICS_TOKEN: needs at least 32"),
    (KEY | {"PARTICIPATION_REPORT_CONTACT_DAYS": "30"}, "is not a whole number from 190"),
    (KEY | {"PARTICIPATION_BASE_URL": "http://["}, "PARTICIPATION_BASE_URL: “http://[” is not a complete address"),
    (KEY | {"PARTICIPATION_BASE_URL": "https://"}, "PARTICIPATION_BASE_URL: “https://” is not a complete address"),
    (KEY | {"PARTICIPATION_BASE_URL": "https://a.example:x"}, "is not a complete address"),
    (KEY | {"PARTICIPATION_BASE_URL": "mitreden.example.org"}, "does not start with http:// or https://"),
    (KEY | {"REDIS_URL": "redis://["}, "REDIS_URL: “redis://[” is not a complete address"),
    (KEY | {"DATABASE_URL": "postgresql+psycopg://a:b@host:port/x"}, "DATABASE_URL: is not a complete address"),
    (KEY | {"DATABASE_URL": "sqlite:////no/such/folder/own.db"}, "DATABASE_URL: the folder /no/such/folder is not"),
    (KEY | {"PARTICIPATION_INSTANCE_PATH": "/dev/null/instance"}, "PARTICIPATION_INSTANCE_PATH: the folder"),
    ({"PARTICIPATION_INSTANCE_PATH": "/dev/null/instance"}, "PARTICIPATION_INSTANCE_PATH: the folder"),
])  # fmt: skip
def test_a_bad_setting_is_named_in_one_line(environment, words, tmp_path):
    with pytest.raises(BadSetting) as stopped:
        read_settings({"PARTICIPATION_INSTANCE_PATH": str(tmp_path)} | environment)
    message = str(stopped.value)
    assert words in message
    assert "\n" not in message


def test_the_program_itself_stops_with_that_line():
    environment = {"PATH": os.environ["PATH"], "PARTICIPATION_ENVIRONMENT": "production"}
    command = [sys.executable, "-m", "flask", "--app", "app", "routes"]
    ended = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode != 0
    assert ended.stderr.strip().splitlines()[-1].startswith("Setting PARTICIPATION_SECRET_KEY: is missing.")
    assert "Traceback" not in ended.stderr


def test_an_empty_setting_is_as_good_as_none(tmp_path):
    """docker-compose passes variables on that nobody has set as empty ones."""
    given = KEY | {"PARTICIPATION_INSTANCE_PATH": str(tmp_path)}
    names = {field.name.upper() for field in fields(Settings)} - {"SECRET_KEY", "INSTANCE_PATH"}
    names |= {f"MAIL_{name}" for name in ("HOST", "PORT", "SECURITY", "USER", "PASSWORD", "FROM")}
    names |= {f"BASEMAP_{name}" for name in ("URL", "LAYERS", "ATTRIBUTION")}
    empty = {f"PARTICIPATION_{name}": "" for name in names} | {"DATABASE_URL": "", "REDIS_URL": " "}
    assert read_settings(given | empty) == read_settings(given)


def test_development_makes_a_key_once(tmp_path):
    environment = {"PARTICIPATION_INSTANCE_PATH": str(tmp_path / "instance")}
    first, second = read_settings(environment), read_settings(environment)
    assert first.secret_key == second.secret_key
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_no_setting_is_left_unread():
    source = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "participation").rglob("*.py"))
    source += "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "templates").rglob("*.*"))
    asked = r"""(?:settings(?:"\])?|settings\(\)|self)\.{}\b"""
    unread = [field.name for field in fields(Settings) if not re.search(asked.format(field.name), source)]
    assert unread == []
