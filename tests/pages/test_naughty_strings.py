"""Strings that break forms, pages and searches elsewhere go through ours as what they are: text."""

import html
import json
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from participation.contributions.models import Contribution
from participation.contributions.text import clean_line, clean_text
from participation.database import db
from participation.discussion.models import Comment
from participation.proceedings.models import ModerationMode
from tests.conftest import SHARED_DATA


def naughty_strings() -> list[str]:
    strings: list[str] = json.loads(
        (SHARED_DATA / "geojson-cases" / "naughty-strings.json").read_text(encoding="utf-8")
    )
    return strings


@pytest.fixture
def free_of_limits(app, monkeypatch):
    generous = replace(app.extensions["settings"], post_limit="100000 per minute", sign_in_limit="100000 per minute")
    monkeypatch.setitem(app.extensions, "settings", generous)


def in_parts(strings: list[str], longest: int) -> list[str]:
    """Join strings, each on a line of its own, into texts no longer than a field takes."""
    parts = [strings[0]]
    for text in strings[1:]:
        if len(parts[-1]) + 1 + len(text) <= longest:
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
    return parts


def test_they_go_through_title_and_text(app, client, make_proceeding, free_of_limits):
    make_proceeding(moderation_mode=ModerationMode.AFTER)
    steps = "/proceedings/churchyard/contribute"
    for text in in_parts(naughty_strings(), 190):
        title, body = f"Titel {text}"[:200], f"Ein Text davor. {text}"
        assert client.send(f"{steps}/place", {"kind": "none"}).status_code == 303
        assert client.send(f"{steps}/topic", {"category": "green", "type": "idea"}).status_code == 303
        assert client.send(f"{steps}/text", {"title": title, "text": body}).status_code == 303, repr(text)
        sent = client.send(f"{steps}/check", {"consent": "y"})
        assert sent.status_code == 303, repr(text)
        with app.app_context():
            stored = db.session.scalar(select(Contribution).order_by(Contribution.id.desc()))
            assert (stored.title, stored.text) == (clean_line(title), clean_text(body))
        page = client.get(f"/proceedings/churchyard/contributions/{stored.id}").get_data(as_text=True)
        assert clean_text(body) in html.unescape(page)
        assert not re.search(r"<(script|img|svg|iframe)[^>]*(alert|onerror|javascript:)", page, re.IGNORECASE)


def test_they_go_through_comments_and_search(app, client, make_proceeding, make_contribution, free_of_limits):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    contribution = make_contribution(proceeding)
    path = f"/proceedings/churchyard/contributions/{contribution.id}/comments"
    parts = in_parts(naughty_strings(), 600)
    for text in parts:
        assert client.send(path, {"text": f"Dazu: {text}"}).status_code == 303, repr(text)
    for text in naughty_strings():
        assert client.get("/proceedings/churchyard", query_string={"q": text}).status_code == 200, repr(text)
    with app.app_context():
        stored = db.session.scalars(select(Comment.text).order_by(Comment.id)).all()
    assert stored == [clean_text(f"Dazu: {text}") for text in parts]


def test_they_go_through_names_and_hidden_fields(client, make_proceeding, make_contribution, free_of_limits):
    contribution = make_contribution(make_proceeding(moderation_mode=ModerationMode.AFTER))
    path = f"/proceedings/churchyard/contributions/{contribution.id}/comments"
    for text in naughty_strings():
        sent = client.send(path, {"text": "Ja.", "public_name": text, "parent_id": text, "idempotency_key": text})
        assert sent.status_code in (303, 409, 422), repr(text)  # 409: there is no such comment to answer


CONTROL = (
    "\x00",
    "a\x00b",
    "\x00@example.org",
    " ",
    "\u200b",
    "\ud7ff\ue000",
    "\U0010ffff",
    "9" * 40,
    "-1",
    "1e400",
    "٣",
)


@pytest.mark.parametrize("text", CONTROL, ids=ascii)
def test_no_field_or_query_takes_what_the_database_cannot_keep(client, make_proceeding, make_contribution, text):
    """NUL ends a text in PostgreSQL, blanks pass for empty, and other scripts have digits, too."""
    contribution = make_contribution(make_proceeding(moderation_mode=ModerationMode.AFTER))
    here, steps = "/proceedings/churchyard", "/proceedings/churchyard/contribute"
    has_nul = "\0" in text
    sent = [
        client.send("/sign-in", {"email": text, "password": text, "next": text}),
        client.send(f"{here}/contributions/{contribution.id}/vote", {"vote": text}),
        client.send(f"{steps}/place", {"kind": text, "geometry": text}),
        client.send(f"{steps}/place", {"kind": "point", "geometry": text}),
        client.send(f"{steps}/place", {"kind": "point", "longitude": text, "latitude": text}),
        client.send(f"{steps}/place", {"kind": "none"}),
        client.send(f"{steps}/topic", {"category": text, "type": text}),
    ]
    comments = f"{here}/contributions/{contribution.id}/comments"
    sent += [
        client.send(comments, {"text": "Ja, gern.", field: text})
        for field in ("public_name", "parent_id", "idempotency_key")
    ]
    refused = (400,) if has_nul else (303, 409, 422)
    assert [answer.status_code for answer in sent if answer.status_code not in (303, *refused)] == []
    for name in ("q", "category", "type", "sort", "bbox", "view", "map", "after", "before"):
        for path in (here, f"{here}/contributions.geojson", f"{here}/contributions.csv"):
            assert client.get(path, query_string={name: text}).status_code in (200, 400, 404, 422), (path, name)
    query = {"box": "12.3,51.3,12.4,51.4", "zoom": "15"}
    for name in ("box", "zoom", "q", "category"):
        assert client.get(f"{here}/map.json", query_string=query | {name: text}).status_code in (200, 400, 422), name
    for path in (
        f"/receipts/{quote(text)}",
        f"/proceedings/{quote(text)}",
        f"/confirm/{quote(text)}",
        f"/?q={quote(text)}",
    ):
        assert client.get(path).status_code in (200, 302, 303, 400, 404), path


def test_in_the_browser_they_stay_text(page: Page, live_server, make_proceeding, make_contribution, make_comment):
    """Titles, texts and comments on one page, on the map and in its live region: nothing runs, nothing is fetched."""
    proceeding = make_proceeding()
    make_proceeding("elsewhere")
    strings = [text for text in naughty_strings() if re.search(r"[<>&\"'`{}]|script|alert", text)]
    strings = sorted({clean_line(text)[:190] for text in strings if clean_line(text)}, key=len, reverse=True)[:50]
    made = [make_contribution(proceeding, title=text, text=f"Davor. {text}") for text in strings]
    for text in strings:
        make_comment(made[0], f"Dazu: {text}")
    problems: list[str] = []
    page.on("dialog", lambda dialog: (problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith((live_server, "data:")) else problems.append(request.url),
    )
    seen: list[str] = []
    for _ in range(5):
        page.goto(page.url if seen else f"{live_server}/proceedings/churchyard")
        page.wait_for_load_state("networkidle")
        seen += page.locator("li.ccard h2").all_text_contents()
        following = page.locator(".pages a[href*='after=']")
        if not following.count():
            break
        following.first.click()
    assert sorted(" ".join(title.split()) for title in seen) == sorted(" ".join(text.split()) for text in strings)
    page.locator("#map .leaflet-marker-pane [role] > *").first.click()
    page.goto(f"{live_server}/proceedings/churchyard/contributions/{made[0].id}")
    page.wait_for_load_state("networkidle")
    for text in strings[:5]:
        expect(page.get_by_text(f"Dazu: {text}", exact=True).first).to_be_attached()
    ours = (
        "img, iframe, object, embed, video, audio, [onerror], [onload], [onclick], [onmouseover], [style*=expression]"
    )
    assert page.locator(f":is(main) :is({ours})").count() == 0
    assert problems == []
