"""Somebody has a large workbook made, watches it grow, takes it, and comes back too late, in a real browser."""

import io
from datetime import timedelta

import openpyxl
from playwright.sync_api import Browser, expect

from participation import clock
from participation.jobs.services import beat, give_back, take_job
from participation.jobs.work import Worker
from tests.accessibility import axe_findings


def test_a_large_workbook_is_made_while_one_looks_on_and_its_link_ends_after_a_day(
    app, browser: Browser, live_server, three, small_bound, set_clock
):
    set_clock(clock.now() + timedelta(minutes=1))
    context = browser.new_context(base_url=live_server, locale="en-GB", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/en/proceedings/churchyard/about")
    page.get_by_role("link", name="Table for Excel").press("Enter")
    expect(page.get_by_text("This file has 4 rows.")).to_be_visible()
    page.get_by_role("button", name="Make the file").press("Enter")
    bar = page.get_by_role("progressbar", name="Progress")
    expect(bar).to_have_attribute("max", "4")
    assert axe_findings(page) == []
    page.evaluate("window.isStillHere = true")
    with app.app_context():
        job = take_job()
        beat(job.id, job.attempts, 3)
    expect(page.get_by_text("3 of 4 rows.")).to_be_visible()
    assert bar.evaluate("bar => bar.value") == 3
    assert page.evaluate("window.isStillHere")
    with app.app_context():
        give_back(job.id, job.attempts, counts=False)
        assert Worker().run_due() == 1
    expect(page.get_by_role("heading", name="Your file is ready")).to_be_visible()
    assert axe_findings(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the file").press("Enter")
    assert waiting.value.suggested_filename.startswith("churchyard-contributions-")
    sheet = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes())).worksheets[0]
    assert len([row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]) == 4
    set_clock(clock.now() + timedelta(days=1, seconds=1))
    page.reload()
    expect(page.get_by_text("Files are deleted after a day")).to_be_visible()
    context.close()
