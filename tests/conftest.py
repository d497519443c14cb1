"""Fixtures of the whole suite: the real data, one database a test process, one browser a test process."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import NoBrowserError, driver_environment, launch_options
from tests.worker_database import worker_database

pytest_plugins = [
    "tests.app_fixtures",
    "tests.inbox",
    "tests.markup",
    "tests.notice_fixtures",
    "tests.screening_fixtures",
    "tests.statements",
    "tests.token_fixtures",
]

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"
BROWSER_FIXTURES = {"page", "context", "browser"}


def pytest_configure() -> None:
    os.environ.update(driver_environment())


def pytest_report_header() -> str:
    if os.environ.get("TEST_DATABASE_URL"):
        return "database: PostgreSQL with PostGIS; tests that need no database are left to the run on SQLite"
    return "database: SQLite"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that `-m "not browser"` gives a quick run, and the stories among it."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            if "story" in item.path.stem:
                item.add_marker(pytest.mark.story)
    if os.environ.get("TEST_DATABASE_URL"):
        idle = [item for item in items if not needs_database(item)]
        config.hook.pytest_deselected(items=idle)
        items[:] = [item for item in items if needs_database(item)]


def needs_database(item: pytest.Item) -> bool:
    """Tests of the database layer make their own databases; all others have one by a fixture."""
    return item.path.parent.name == "database" or "database_url" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data (contributions, broken GeoJSON, districts), which lies beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.fail(f"The real data is missing: expected in {SHARED_DATA}", pytrace=False)
    return SHARED_DATA


@pytest.fixture(scope="session")
def database_url(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of this test process's own database, empty."""
    with worker_database(worker_id, tmp_path_factory.mktemp("database")) as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    try:
        return {**browser_type_launch_args, **launch_options()}
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "de-DE", "timezone_id": "Europe/Berlin"}
