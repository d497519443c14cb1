"""Whether a moderator clears 500 real contributions by keyboard in ten minutes, and how fast the queue answers.

.venv/bin/python tools/measure_moderation.py [--items 500] [--data ../shared/data]

In a temporary folder: a fresh installation with the demo, Bonn's contributions held for moderation, the server as a
process of its own, a real Chromium. The moderator is tests/casework/by_keyboard.py. At the end every decision is looked
up in the database. Ends with 1 when a bar is missed or something is not as it was decided.
"""

import argparse
import os
import platform
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response, sync_playwright
from shapely import MultiPolygon, box
from sqlalchemy import func, select

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.browser.chromium import driver_environment, launch_options  # noqa: E402  # the folder is known only now
from tests.casework.by_keyboard import Cleared, KeyboardModerator  # noqa: E402

FLASK = [sys.executable, "-m", "flask", "--app", "app"]
SLUG = "bonn"
EMAIL, PASSWORD = "moderator@example.org", "demo-participation"  # of the demo, printed by `make run`
AREA = MultiPolygon([box(7.00, 50.62, 7.25, 50.78)])
MOST_SECONDS = 600.0
MOST_P95_MS = 300.0
START_SECONDS = 60
END_SECONDS = 10


def prepare(data: Path) -> None:
    """Make the installation: the demo with its accounts, and Bonn's contributions, all of them held."""
    file = str(data / "contributions/bonn_raddialog_2017.csv")
    held = ["--category-default", "paths", "--state", "submitted"]
    lenient = ["--text-default", "Ohne Beschreibung.", "--without-place-if-wrong", "--skip-bad"]
    run("db", "upgrade")
    run("demo")
    make_proceeding()
    run("import", SLUG, file, *held, *lenient)
    run("users", "grant", EMAIL, SLUG, "moderator")


def run(*arguments: str) -> None:
    """Run one of our commands; what it says is shown if it fails."""
    done = subprocess.run([*FLASK, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"flask {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


def make_proceeding() -> None:
    """Make the proceeding that Bonn's contributions belong to."""
    from participation import clock, create_app  # noqa: PLC0415 – after the settings are in the environment
    from participation.database import transaction  # noqa: PLC0415
    from participation.moderation.default_text_blocks import default_text_blocks  # noqa: PLC0415
    from participation.proceedings import models  # noqa: PLC0415
    from participation.proceedings.default_rules import default_rules  # noqa: PLC0415

    name = {"de": "Bonner Rad-Dialog", "en": "Cycling in Bonn"}
    now = clock.now()
    proceeding = models.Proceeding(
        slug=SLUG,
        state=models.ProceedingState.PUBLISHED,
        **dict.fromkeys(("title", "subtitle", "summary", "about"), name),
        **{part: {} for part in ("rules_note", "results")},
        organiser="Bonn",
        contact_email="rad@example.org",
        project_area=AREA,
        placing=models.Placing.FREE,
        is_place_required=False,
        geometry_kinds=["point", "none"],
        text_max=2_000,
        moderation_mode=models.ModerationMode.BEFORE,
        voting=models.Voting.FOR_AGAINST,
        licence="dl-de/by-2-0",
        languages=["de", "en"],
        created_at=now,
        rules=default_rules(),
        phases=[
            models.Phase(
                kind=models.PhaseKind.COLLECT,
                title=name,
                starts_at=now - timedelta(days=1),
                ends_at=now + timedelta(days=1),
                allows_contributing=True,
                allows_commenting=True,
                allows_voting=True,
            )
        ],
        categories=[models.Category(key="paths", position=0, name=name, hint={}, color="orange", icon="bike")],
    )
    with create_app().app_context(), transaction() as session:
        session.add(proceeding)
        session.flush()
        session.add_all(default_text_blocks(proceeding.id))


@contextmanager
def served() -> Iterator[str]:
    """Serve the installation as a process of its own; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([*FLASK, "serve", "--port", str(port)], cwd=PROJECT, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/sign-in", server)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=END_SECONDS).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    sys.exit("The server did not start.")


class Answers:
    """The server's answers about the moderators' desk, as the browser timed them."""

    def __init__(self, page: Page) -> None:
        self.responses: list[Response] = []
        page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        self.responses.append(response)

    def by_kind(self) -> dict[str, list[float]]:
        """Return milliseconds from the sent request to the last byte, by what was asked."""
        found: dict[str, list[float]] = defaultdict(list)
        for response in self.responses:
            path = urlsplit(response.url).path
            timing = response.request.timing
            if not path.startswith("/moderation/") or timing["responseEnd"] < 0:
                continue
            if response.status >= 400:
                sys.exit(f"{response.request.method} {path} answered {response.status}")
            found[self._kind(response, path)].append(timing["responseEnd"] - timing["requestStart"])
        return found

    @staticmethod
    def _kind(response: Response, path: str) -> str:
        last = path.rsplit("/", 1)[-1]
        if response.request.method == "POST":
            return {"hold": "looking at it", "undo": "taking back"}.get(last, "decision")
        if last == "news":
            return "what is new"
        is_ahead = "prefetch" in response.request.headers.get("sec-purpose", "")
        return "next case, ahead" if is_ahead else "queue with case"


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def clear(address: str, items: int) -> tuple[list[Cleared], float, dict[str, list[float]]]:
    """Let the moderator work; return the cases, the seconds from opening the queue, and the server's answers."""
    os.environ.update(driver_environment())
    cleared: list[Cleared] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 800}).new_page()
        sign_in(page, address)
        answers = Answers(page)
        started = time.perf_counter()
        page.goto(f"{address}/moderation/{SLUG}")
        for one in KeyboardModerator(page).clear(items):
            cleared.append(one)
            if time.perf_counter() - started > MOST_SECONDS:
                break
        seconds = time.perf_counter() - started
        by_kind = answers.by_kind()
        browser.close()
    return cleared, seconds, by_kind


def held() -> int:
    """Return how many contributions wait."""
    return states()["submitted"]


def states() -> Counter[str]:
    """Return how many contributions of the proceeding are in each state."""
    from participation import create_app  # noqa: PLC0415 – after the settings are in the environment
    from participation.contributions.models import Contribution  # noqa: PLC0415
    from participation.database import db  # noqa: PLC0415
    from participation.proceedings.models import Proceeding  # noqa: PLC0415

    statement = (
        select(Contribution.state, func.count())
        .join(Proceeding, Proceeding.id == Contribution.proceeding_id)
        .where(Proceeding.slug == SLUG)
        .group_by(Contribution.state)
    )
    with create_app().app_context():
        return Counter({state.value: count for state, count in db.session.execute(statement)})


def problems(cleared: Sequence[Cleared], number_before: int) -> list[str]:
    """Return what is in the database otherwise than it was decided."""
    from participation import create_app  # noqa: PLC0415 – after the settings are in the environment
    from participation.contributions.models import Contribution  # noqa: PLC0415
    from participation.database import db  # noqa: PLC0415
    from participation.moderation.models import ModerationDecision  # noqa: PLC0415

    wanted = Counter({"published": 0, "rejected": 0, "submitted": number_before - len(cleared)})
    after = {"publish": "published", "reject": "rejected"}
    wanted.update(after[one.outcomes[-1]] for one in cleared)
    present = states()
    found = [
        f"{present[state]} {state} instead of {number}" for state, number in wanted.items() if present[state] != number
    ]
    with create_app().app_context():
        for one in cleared:
            decisions = db.session.scalars(
                select(ModerationDecision).filter_by(contribution_id=one.item_id).order_by(ModerationDecision.id)
            ).all()
            taken = tuple(decision.outcome.value for decision in decisions)
            state = db.session.get_one(Contribution, one.item_id).state.value
            if taken != one.outcomes or state != after[one.outcomes[-1]]:
                found.append(f"{one.item_id} is {state} by {taken} instead of {one.outcomes}")
    return found


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return p50, p95 and p99."""
    if len(values) < 2:
        return (values[0],) * 3
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def report(cleared: Sequence[Cleared], seconds: float, by_kind: dict[str, list[float]]) -> list[str]:
    """Print the figures and return the bars that were missed."""
    missed = [f"over {MOST_SECONDS:.0f} s"] if seconds > MOST_SECONDS else []
    outcomes = Counter(one.outcomes for one in cleared)
    print(f"{len(cleared)} cases in {seconds:.1f} s, {60 * len(cleared) / seconds:.0f} a minute:")
    for outcome, number in outcomes.items():
        print(f"  {number:5} {', '.join(outcome)}")
    print(f"\n{'':24}{'number':>8}{'p50':>8}{'p95':>8}{'p99':>8}")
    times = percentiles([one.seconds for one in cleared])
    print(f"{'a case, seconds':24}{len(cleared):8}" + "".join(f"{one:8.2f}" for one in times))
    rows = {**by_kind, "all answers": [one for values in by_kind.values() for one in values]}
    for kind, values in rows.items():
        p50, p95, p99 = percentiles(values)
        print(f"{f'{kind}, ms':24}{len(values):8}{p50:8.0f}{p95:8.0f}{p99:8.0f}")
        if p95 >= MOST_P95_MS:
            missed.append(f"p95 of “{kind}” is {p95:.0f} ms")
    return missed


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Clear the moderators' queue by keyboard, and measure it.")
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--data", type=Path, default=PROJECT.parent / "shared/data")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended from outside."))  # the server ends with us
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/measure.db"
        os.environ["PARTICIPATION_INSTANCE_PATH"] = folder
        os.environ["PARTICIPATION_SECRET_KEY"] = secrets.token_hex(32)
        prepare(arguments.data.resolve())
        number = held()
        print(
            f"{datetime.now().astimezone():%Y-%m-%d %H:%M}, {os.cpu_count()} cores, {load()}, {platform.system()},",
            end=" ",
        )
        print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; {number:,} contributions held")
        with served() as address:
            cleared, seconds, by_kind = clear(address, arguments.items)
        missed = report(cleared, seconds, by_kind)
        wrong = problems(cleared, number)
        print(f"\n{load()} at the end; {len(wrong)} of {len(cleared)} decisions lost or wrong")
        if missed or wrong:
            sys.exit("\n".join(["Missed:", *missed, *wrong[:20]]))


if __name__ == "__main__":
    main()
