"""Making and revoking a token, in a browser, by keyboard; and what a program then can do."""

import pytest

from participation.accounts.models import Role, User
from participation.accounts.passwords import hash_password
from participation.database import db, transaction
from tests.accessibility import axe_findings
from tests.token_fixtures import bearer

PASSWORD = "correct-horse-battery"


@pytest.fixture
def manager(app, make_proceeding, make_actor):
    actor = make_actor(make_proceeding(), Role.MANAGER)
    with app.app_context():
        with transaction() as session:
            user = session.get_one(User, actor.user_id)
            user.password_hash = hash_password(PASSWORD)
        return db.session.get_one(User, actor.user_id).email


@pytest.mark.parametrize("width", [1280, 390])
def test_a_manager_makes_a_token_uses_it_and_revokes_it(browser, live_server, client, manager, width):
    context = browser.new_context(base_url=live_server, viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto("/sign-in?next=/account/tokens")
    page.get_by_label("E-Mail").fill(manager)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Sie haben keine Tokens").wait_for()

    page.get_by_label("Wofür ist es?").focus()
    page.keyboard.type("QGIS")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # moderate
    page.get_by_role("button", name="Token erstellen").focus()
    page.keyboard.press("Enter")
    secret = page.get_by_label("Kopieren Sie es").input_value()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    queue = "/api/v1/proceedings/churchyard/moderation/queue"
    assert client.get(queue, headers=bearer(secret)).status_code == 200

    page.reload()  # the browser sends the form again; there is such a token
    assert page.get_by_label("Kopieren Sie es").count() == 0
    assert page.get_by_label("Wofür ist es?").input_value() == "QGIS"
    page.get_by_role("button", name="Widerrufen Token „QGIS“").press("Enter")
    page.get_by_text("Das Token ist widerrufen").wait_for()
    assert page.get_by_text("Sie haben keine Tokens").is_visible()
    assert client.get(queue, headers=bearer(secret)).status_code == 401
    context.close()
