"""One round: everything that is measured with one number of contributions on one database."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tools.bench import load, programme
from tools.bench.load import Load, Script
from tools.bench.machine import cpu_seconds, description, family_of, resident_megabytes, wait_until_quiet
from tools.bench.site import SLUG, Server, Site, bare_served, served, site_on

CLIENTS = 32
VOTES_EACH, COMMENTS_EACH = 3, 0.5  # for each contribution
MOST_ASKED_ALONE = 200
PER_SECOND = re.compile(r"([\d,]+) contributions/s")
PARTS = ("pages", "acts", "downloads")


def measure(database: str, size: int, *, seconds: float, workers: int, parts: Sequence[str]) -> dict[str, Any]:
    """Seed an installation, measure some parts of the programme, and return the figures by their names."""
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="minutes"), "machine": description()}
    found |= {"workers": workers, "clients": CLIENTS}
    with site_on(database) as site:
        found["seed"] = _seed(site, size)
        facts = site.inside("facts")
        if facts["synchronous"] is not None:
            site.environment["BENCH_SYNCHRONOUS"] = str(facts["synchronous"])
        wait_until_quiet(1)
        if "downloads" in parts:
            found["downloads"] = site.inside("downloads")
        with bare_served(site, workers) as bare, served(site, workers) as server:
            found["start"] = {"server": {"seconds": server.start_seconds}}
            if "pages" in parts:
                found["pages"] = _pages(site, server, facts, seconds)
                found["bare read"] = _together(bare, programme.reading_bare(facts["ids"]), seconds)
            if "acts" in parts:
                found["acts"] = _acts(site, server, bare, facts, seconds)
            if "downloads" in parts:
                found["streams"] = _streams(server, bare)
            workers_of_server = family_of(server.pid)[1:] or [server.pid]
            found["start"]["server"]["memory"] = max(map(resident_megabytes, workers_of_server))
    return found


def _seed(site: Site, size: int) -> dict[str, Any]:
    """Seed contributions alone, whose speed has a bar, then as many again with votes and comments, and a neighbour."""
    half = size // 2
    votes, comments = str(size * VOTES_EACH), str(int(size * COMMENTS_EACH))
    alone = site.command("seed", "--contributions", str(half))
    site.command("seed", "--contributions", str(size - half), "--votes", votes, "--comments", comments)
    site.command("seed", "--contributions", "10", "--slug", "neighbour")  # a portal with one proceeding leads there
    told = PER_SECOND.search(alone)
    return {"contributions": {"rate": float(told[1].replace(",", "")) if told else 0.0}}


def _pages(site: Site, server: Server, facts: dict[str, Any], seconds: float) -> dict[str, Any]:
    pages = programme.pages(facts)
    first = [replace(page, path=page.path.format(id=facts["ids"][0])) for page in pages]
    counted = site.inside("queries", *(f"{page.path}\t{page.cookie}" for page in first))
    found = {}
    for page, example in zip(pages, first, strict=True):
        script = programme.reading(page, facts["ids"])
        load.run(server.url, script, clients=CLIENTS, seconds=seconds, at_most=2)  # every worker has seen it
        alone = load.run(server.url, script, clients=1, seconds=seconds, at_most=MOST_ASKED_ALONE)
        found[page.name] = _figures(alone) | _together(server, script, seconds) | counted[example.path]
    return found


def _together(server: Server, script: Script, seconds: float) -> dict[str, Any]:
    """Return how many requests a second many clients get through, and what one costs the server's processes."""
    before = cpu_seconds(family_of(server.pid))
    many = load.run(server.url, script, clients=CLIENTS, seconds=seconds)
    cpu = cpu_seconds(family_of(server.pid)) - before
    served_ = max(1, len(many.times))
    return {
        "rate": many.rate,
        "cpu": 1_000 * cpu / served_,
        "crowd p99": 1_000 * many.p99,
        "crowd median": 1_000 * many.median,
        "acknowledged": len(many.times),
        "wrong": sum(many.wrong.values()),
    }


def _figures(alone: Load) -> dict[str, float]:
    return {"median": 1_000 * alone.median, "p99": 1_000 * alone.p99, "size": alone.mean_size}


def _acts(site: Site, server: Server, bare: Server, facts: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let many people vote and contribute at once, and see whether what was acknowledged is there, and once."""
    before = site.inside("rows")
    found = {
        "bare vote": _together(bare, programme.voting_bare(facts["ids"]), seconds),
        "vote": _together(server, programme.voting(server.url, facts["ids"]), seconds),
        "contribute": _together(server, programme.contributing(), seconds),
    }
    after = site.inside("rows")
    for name, table in (("vote", "vote"), ("contribute", "contribution")):
        found[name]["written"] = after[table] - before[table]
    found["vote"]["counters differ by"] = after["counters"] - after["vote"]
    return found


def _streams(server: Server, bare: Server) -> dict[str, Any]:
    """Return how long the whole GeoJSON takes over HTTP, beside a bare view that streams the rows as JSON."""
    found = {}
    for name, one, path in (
        ("bare stream", bare, "/stream"),
        ("GeoJSON", server, f"/proceedings/{SLUG}/contributions.geojson"),
        ("CSV", server, f"/proceedings/{SLUG}/contributions.csv"),
    ):
        before = cpu_seconds(family_of(one.pid))
        done = load.run(one.url, programme.streaming(path), clients=1, seconds=3_600, at_most=1)
        cpu = cpu_seconds(family_of(one.pid)) - before
        found[name] = {"seconds": done.median, "size": done.mean_size, "cpu": cpu}
    return found


def default_workers() -> int:
    """Return as many processes as there are cores."""
    return os.cpu_count() or 1
