"""Before the first answer the installation is checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from participation import create_app
from participation.accounts.services import create_user
from participation.config import read_settings
from participation.database import db
from participation.operation.doctor import start_problems

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fresh_app(tmp_path) -> Flask:
    return create_app(
        read_settings(
            {
                "DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.db'}",
                "PARTICIPATION_SECRET_KEY": "x" * 32,
                "PARTICIPATION_INSTANCE_PATH": str(tmp_path),
            }
        )
    )


def test_without_tables_it_answers_503_and_says_what_to_run(fresh_app, caplog):
    response = fresh_app.test_client().get("/")
    assert response.status_code == 503
    assert "flask --app app db upgrade" in caplog.text


def test_a_migrated_installation_starts(app, app_context):
    assert start_problems(app.extensions["settings"]) == []


@pytest.mark.parametrize("environment, is_refused", [("development", False), ("production", True)])
def test_production_refuses_the_demo_accounts(app, app_context, environment, is_refused):
    create_user(email="demo@example.org", password="demo-participation", name="Demo", is_demo=True)
    settings = read_settings({"PARTICIPATION_SECRET_KEY": "x" * 32, "PARTICIPATION_ENVIRONMENT": environment})
    problems = start_problems(settings)
    assert bool(problems) is is_refused
    if is_refused:
        assert "Demo accounts" in problems[0]


def test_a_spatial_index_that_lost_a_row_is_noticed(app, app_context, make_contribution):
    make_contribution()
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP INDEX contribution_geometry_gist"))
        else:
            connection.execute(text("DELETE FROM contribution_geometry_rtree"))
    db.session.commit()  # PostgreSQL makes no index while somebody reads
    try:
        problem, remedy = start_problems(app.extensions["settings"])
        assert problem.startswith("contribution.geometry")
        assert remedy.endswith("flask --app app db rebuild-index")
    finally:
        rebuilt = app.test_cli_runner().invoke(args=["db", "rebuild-index"])
    assert "contribution.geometry" in rebuilt.output
    assert rebuilt.exit_code == 0
    assert start_problems(app.extensions["settings"]) == []


def test_without_tables_there_is_no_index_to_make(fresh_app):
    result = fresh_app.test_cli_runner().invoke(args=["db", "rebuild-index"])
    assert result.exit_code == 1
    assert "flask --app app db upgrade" in result.output


@pytest.mark.parametrize("database_url", ["", "sqlite:///{}/instance/data/own.db"], ids=["default", "own"])
def test_the_first_start_in_production_makes_the_folder_of_its_database(tmp_path, database_url):
    environment = {
        "PATH": os.environ["PATH"],
        "PARTICIPATION_ENVIRONMENT": "production",
        "PARTICIPATION_SECRET_KEY": "x" * 32,
        "PARTICIPATION_INSTANCE_PATH": str(tmp_path / "instance"),
        "DATABASE_URL": database_url.format(tmp_path),
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    ended = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert list((tmp_path / "instance").rglob("*.db"))
