"""A manager brings in what came back on paper, by keyboard in a real browser: with a mistake in it, and back again."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.models import Contribution, Origin
from participation.database import db

PASSWORD = "correct-horse-battery"
TABLE = "Titel;Beschreibung;Rechtswert;Hochwert\n" + "".join(
    f"Bänke am Ring {number};Zwei Bänke im Schatten, bitte.;{5691230 + number};316900\n" for number in range(30)
)


@pytest.fixture
def place(app, make_proceeding):
    proceeding = make_proceeding()
    with app.app_context():
        add_role(create_user(email="kim@example.org", password=PASSWORD, name="Kim"), proceeding.id, Role.MANAGER)
    return proceeding


def test_a_file_is_read_turned_imported_and_taken_back(app, browser: Browser, live_server, place):
    context = browser.new_context(base_url=live_server, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/en/sign-in?next=/en/manage/churchyard/rules")
    page.get_by_label("E-mail").fill("kim@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Set up").get_by_role("link", name="Import").press("Enter")
    bad = TABLE + "Zu kurz;kurz;;\n"
    page.get_by_label("File").set_input_files({"name": "Saal.csv", "mimeType": "text/csv", "buffer": bad.encode()})
    page.get_by_role("button", name="Read the file").press("Enter")
    expect(page.get_by_label("Coordinate system (EPSG code)")).to_have_value("25833")
    page.get_by_label("Topic of rows that have none").select_option("green")
    page.get_by_label("At an event").check()
    page.get_by_role("button", name="Check all rows").press("Enter")
    expect(page.get_by_text("30 places are far away")).to_be_visible()
    page.get_by_role("button", name="Turn all places and check again").press("Enter")
    expect(page.get_by_text("30 rows can come in")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Rows with their reasons").press("Enter")
    assert "Zu kurz;kurz" in waiting.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Change the columns").press("Enter")
    expect(page.locator('[data-module="features-map"] .pin').first).to_be_visible()
    page.get_by_role("button", name="Check all rows").press("Enter")
    page.get_by_role("button", name="Import 30 rows").press("Enter")
    expect(page.get_by_text("30 contributions were imported")).to_be_visible()
    with app.app_context():
        assert set(db.session.scalars(select(Contribution.origin))) == {Origin.HALL}
    page.get_by_role("button", name="Undo this import").press("Enter")
    expect(page.get_by_text("30 contributions were taken back")).to_be_visible()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Contribution)) == 0
    context.close()
