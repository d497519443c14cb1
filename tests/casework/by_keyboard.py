"""A moderator without a mouse, who clears a queue in a real browser: for the story and for tools/measure_moderation.py.

Mostly publishes; every tenth case is rejected, every fiftieth is rejected, taken back and then published. Presses a key
only when the page of the next case has come, listens and lets one decide, and looks afterwards at what was saved.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Page

REJECTS_EVERY = 10
TAKES_BACK_EVERY = 50
WAIT_MS = 30_000
MOST_TABS = 60
FACTS = "Es geht um den zweiten Satz."
# What the page shows once it hears keys and its case can be decided, unless it is the one that was shown before.
SHOWN = """([before, selector]) => {
  const form = document.querySelector("form.decide");
  const button = form?.querySelector("[data-submit]:enabled");
  if (!document.querySelector("[data-listening]") || !button || form.dataset.sending) return null;
  const version = form.querySelector("[name=seen_version]").value;
  const key = `${new URL(form.action).pathname}@${version}`;
  const done = document.querySelector(selector);
  return key === before || (before && !done) ? null : { key, done: done?.href ?? "" };
}"""
DECIDED, UNDONE = ".flash a[href*='/moderation/']", ".flash"
CASE = re.compile(r"/(contribution|comment)/(\d+)")


@dataclass(frozen=True, slots=True)
class Cleared:
    """A case and what was decided about it, in this order. seconds: from the first key to the next case."""

    item_id: int
    outcomes: tuple[str, ...]
    seconds: float


class KeyboardModerator:
    """Clears the queue that a page shows; the page has been opened, and everything else is done by keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.key = ""  # path and version of the case that is shown
        self._wait(DECIDED)

    def clear(
        self, number: int, *, rejects_every: int = REJECTS_EVERY, takes_back_every: int = TAKES_BACK_EVERY
    ) -> Iterator[Cleared]:
        """Decide about so many cases, one after the other."""
        for count in range(1, number + 1):
            item_id, started = self._item_id(), time.perf_counter()
            if count % takes_back_every == 0:
                self._reject(count)
                self._take_back(item_id)
                self._publish()
                outcomes: tuple[str, ...] = ("reject", "undo", "publish")
            elif count % rejects_every == 0:
                self._reject(count)
                outcomes = ("reject",)
            else:
                self._publish()
                outcomes = ("publish",)
            yield Cleared(item_id, outcomes, time.perf_counter() - started)

    def _publish(self) -> None:
        self.page.keyboard.press("f")
        self._send("publish")

    def _reject(self, count: int) -> None:
        """Choose a rule, and reasons: by turns a text block with one sentence more, and only the sentence."""
        press = self.page.keyboard.press
        press("r")
        press("Tab")
        self._require_focus("input[name=ground]")
        for _ in range(count // REJECTS_EVERY % 3):
            press("ArrowDown")
        press("Space")
        press("Tab")
        self._require_focus("select[name=text_block]")
        if count // REJECTS_EVERY % 2:
            press("a")  # the first that begins with it; its text is in the reasons then, and so is the caret
        else:
            press("Tab")
        self._require_focus("textarea[name=statement_of_reasons]")
        press("Control+End")
        self.page.keyboard.type(f" {FACTS}")
        self._send("reject")

    def _take_back(self, item_id: int) -> None:
        """Take the decision just saved back, and stand before its case again."""
        self._tab_to(".flash form[action$='/undo'] button")
        self.page.keyboard.press("Enter")
        self._wait(UNDONE)
        if self._item_id() != item_id:
            raise AssertionError(f"{item_id} was taken back, and {self.key} is shown.")

    def _send(self, outcome: str) -> None:
        chosen = self.page.evaluate("document.querySelector('form.decide input[name=outcome]:checked')?.value")
        if chosen != outcome:
            raise AssertionError(f"{outcome} was pressed, and {chosen} is chosen.")
        item_id = self._item_id()
        self.page.keyboard.press("Control+Enter")
        done = self._wait(DECIDED)
        if _id_in(done) != item_id:
            raise AssertionError(f"{item_id} was decided, and {done} is said to be saved.")

    def _wait(self, selector: str) -> str:
        """Wait for a case other than the one before, with the note that says what was done; return its link."""
        try:
            handle = self.page.wait_for_function(SHOWN, arg=[self.key, selector], timeout=WAIT_MS)
        except Error as error:
            said = self.page.locator("main").inner_text()[:600]
            raise AssertionError(f"After {self.key or 'the start'} no case came. The page says: {said}") from error
        shown: dict[str, Any] = handle.json_value()
        handle.dispose()  # else the browser keeps the page for as long as it runs
        self.key = shown["key"]
        return str(shown["done"])

    def _item_id(self) -> int:
        return _id_in(self.key)

    def _tab_to(self, selector: str) -> None:
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self._has_focus(selector):
                return
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {selector}.")

    def _require_focus(self, selector: str) -> None:
        if not self._has_focus(selector):
            found = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            raise AssertionError(f"The focus is not on {selector} but on {found}")

    def _has_focus(self, selector: str) -> bool:
        return bool(self.page.evaluate("selector => document.activeElement?.matches(selector)", selector))


def _id_in(address: str) -> int:
    found = CASE.search(address)
    if found is None:
        raise AssertionError(f"“{address}” is the address of no case.")
    return int(found[2])
