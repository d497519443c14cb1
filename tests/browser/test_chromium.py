"""The browser that the tests drive is a real one: it shows text, and axe runs in it."""

import platform
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import Looker, axe_findings
from tests.browser import chromium

PAGE = """<!doctype html><html lang="de"><title>Probe</title><main><h1>Größe „ẞ“</h1><button>Los</button></main>
<script>document.querySelector("button").onclick = (event) => { event.target.textContent = "Geschafft"; };</script>"""


def test_the_browser_shows_text_and_runs_scripts(page: Page) -> None:
    page.set_content(PAGE)
    expect(page.get_by_role("heading")).to_have_text("Größe „ẞ“")
    assert page.locator("h1").inner_text() == "Größe „ẞ“"  # empty where the browser has no fonts
    page.get_by_role("button", name="Los").click()
    expect(page.get_by_role("button")).to_have_text("Geschafft")
    assert axe_findings(page) == []


def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<!doctype html><html lang=de><title>Probe</title><main><h1>Probe</h1><img src='data:,'></main>")
    assert [finding.split()[0] for finding in axe_findings(page)] == ["image-alt"]


def test_colors_approved_once_hide_no_bad_ones(page: Page) -> None:
    """On the first page every look is good; later ones differ in color, background, size, opacity or scheme."""
    looker = Looker()
    top = "<!doctype html><html lang=de><title>Probe</title><style>body {background: #fff; color: #767676} "
    rest = "</style><main><h1>Probe</h1><p>Ein Text.</p><div><p>Noch ein Text.</p></div></main>"
    page.set_content(f"{top} {rest}")
    assert looker.findings(page) == []
    for style in ("div {color: #777}", "div {background: #eee}", "div {opacity: .9}", "main {background: #eee}"):
        page.set_content(f"{top} {style} {rest}")
        assert {finding.split()[0] for finding in looker.findings(page)} == {"color-contrast"}, style
    page.set_content(f"{top} h1 {{font-size: 2em; color: #949494}} {rest}")
    assert looker.findings(page) == []
    page.set_content(f"{top} h1 {{font-size: 1em; color: #949494}} {rest}")
    assert len(looker.findings(page, only_colors=True)) == 1
    page.set_content(f"{top} @media (prefers-color-scheme: dark) {{div {{color: #ccc}}}} {rest}")
    assert looker.findings(page) == []
    page.emulate_media(color_scheme="dark")
    assert len(looker.findings(page, only_colors=True)) == 1


def test_a_named_browser_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", sys.executable)
    assert chromium.launch_options() == {"executable_path": sys.executable}


def test_a_wrong_name_is_said_and_not_replaced_by_another_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", "/nowhere/chromium")
    with pytest.raises(chromium.NoBrowserError, match="/nowhere/chromium"):
        chromium.launch_options()


def test_without_any_browser_the_message_names_two_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "MAC_APP", tmp_path / "none")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(chromium.NoBrowserError) as error:
        chromium.launch_options()
    assert "apt-get install chromium" in str(error.value)
    assert "CHROMIUM_PATH=" in str(error.value)
