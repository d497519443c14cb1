#!/usr/bin/env python3
"""Check a public ledger that was downloaded, and count again what it says; needs nothing but Python 3.9.

    python3 verify_ledger.py FILE [--head HASH] [--find FINGERPRINT] [--counts]

FILE is what /ledger/<consultation>.jsonl sends ("-": standard input). --head: the hash of an entry that you noted
down earlier: the file must hold it, so nothing before it was changed since. --find: a fingerprint from a receipt.
--counts: print what was counted for each public contribution. Exit code: 0 if all is right, 1 if not.

Each line but the last is {"entry": {...}, "hash": "..."}, written as RFC 8785 does: keys in order, no spaces. The hash
is the SHA-256 of the entry; each entry repeats the hash of the one before. The last line repeats number and hash of the
last entry. What the entries say is described beside the download and in docs/ledger.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

VERSION = 1
NOTHING_BEFORE = "0" * 64
STATES = ("public", "not_public", "merged", "removed")
KINDS = ("begin", "stand", "submit", "import", "comment", "vote", "decide", "settle", "remove")
MEMBERS = {
    *("at", "before", "commitment", "details", "id", "item", "kind", "leading", "number", "on"),
    *("previous", "proceeding", "state", "value", "version", "voter", "votes"),
}


class FaultError(Exception):
    """Something in the file is not as it must be."""


@dataclass
class Counted:
    """What the entries say of one contribution or comment."""

    state: str = ""
    public_id: str | None = None
    on: str | None = None
    leading: str | None = None
    commitment: str | None = None
    votes_for: int = 0
    votes_against: int = 0
    is_joint: bool = False
    comments: int = 0


@dataclass
class Recount:
    """Reads entries one after the other, checks the chain and the acts, and counts.

    `read` takes a line of the file, `read_entry` an entry with its hash.
    """

    number: int = 0
    hash: str = NOTHING_BEFORE
    proceeding: str = ""
    is_complete: bool = False
    items: dict[str, Counted] = field(default_factory=dict)
    votes: dict[bytes, int] = field(default_factory=dict)  # how each voter voted last on each contribution
    kinds: dict[str, int] = field(default_factory=dict)

    def read(self, line: bytes) -> dict[str, Any]:
        """Check one line and count it; return the entry, or what the last line says."""
        if self.is_complete:
            raise FaultError("there is a line after the last one")
        content = parsed(line)
        if not line.endswith(b"\n") or canonical(content) != line[:-1]:
            raise FaultError("the line is not written as it must be")
        if set(content) == {"head"}:
            if content["head"] != {"hash": self.hash, "number": self.number}:
                raise FaultError("entries are missing: the last line names another entry")
            self.is_complete = True
            return content
        if set(content) != {"entry", "hash"} or not isinstance(content["entry"], dict):
            raise FaultError("the line holds no entry")
        entry = content["entry"]
        self.read_entry(entry, canonical(entry), content["hash"])
        return entry

    def read_entry(self, entry: dict[str, Any], body: bytes, hash_: str) -> None:
        """Check an entry against its hash and the entry before, and count what it says."""
        if hashlib.sha256(body).hexdigest() != hash_:
            raise FaultError("the entry was changed: it has another hash")
        if entry.get("previous") != self.hash:
            raise FaultError("the entry does not follow the one before")
        if entry.get("number") != self.number + 1:
            raise FaultError("the number is not the next one")
        if not set(entry) <= MEMBERS or entry.get("kind") not in KINDS:
            raise FaultError("the entry says something unknown")
        self.number, self.hash = entry["number"], hash_
        kind = entry["kind"]
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if (kind == "begin") != (self.number == 1):
            raise FaultError("the ledger does not begin as it must")
        if kind == "begin":
            if entry.get("version") != VERSION:
                raise FaultError("this program does not know this version of the ledger")
            self.proceeding = entry["proceeding"]
        elif "item" in entry:
            self._count(entry)

    def _count(self, entry: dict[str, Any]) -> None:
        item = self.items.setdefault(entry["item"], Counted())
        if "voter" in entry:
            self._count_vote(entry, item)
        if "state" in entry:
            self._count_state(entry, item)
        item.commitment = entry.get("commitment", item.commitment)
        if "votes" in entry:
            leading = self.items.setdefault(entry["leading"], Counted())
            leading.votes_for, leading.votes_against = entry["votes"]
            leading.is_joint = True

    def _count_vote(self, entry: dict[str, Any], item: Counted) -> None:
        value, before, voter = entry["value"], entry["before"], bytes.fromhex(entry["voter"])
        if value not in (1, 0, -1) or before not in (1, 0, -1):
            raise FaultError("there is no such vote")
        if not item.is_joint and self.votes.get(voter, 0) != before:
            raise FaultError("somebody votes twice, or takes back what was not there")
        if value:
            self.votes[voter] = value
        else:
            self.votes.pop(voter, None)
        item.votes_for += (value == 1) - (before == 1)
        item.votes_against += (value == -1) - (before == -1)
        if item.votes_for < 0 or item.votes_against < 0:
            raise FaultError("there are fewer votes than none")

    def _count_state(self, entry: dict[str, Any], item: Counted) -> None:
        state = entry["state"]
        if state not in STATES:
            raise FaultError("there is no such state")
        if "on" in entry:
            on = self.items.setdefault(entry["on"], Counted())
            on.comments += (state == "public") - (item.state == "public")
            item.on = entry["on"]
        item.state = state
        item.leading = entry["leading"] if state == "merged" else None
        if item.public_id not in (None, entry.get("id", item.public_id)):
            raise FaultError("a text has two numbers")
        item.public_id = entry.get("id", item.public_id)

    def totals(self) -> dict[str, int]:
        """Return how much there is of what the public sees."""
        shown = [one for one in self.items.values() if one.state == "public"]
        return {
            "entries": self.number,
            "contributions": sum(one.on is None for one in shown),
            "comments": sum(one.on is not None for one in shown),
            "votes_for": sum(value == 1 for value in self.votes.values()),
            "votes_against": sum(value == -1 for value in self.votes.values()),
        }


def parsed(line: bytes) -> dict[str, Any]:
    """Return what a line says."""
    try:
        content = json.loads(line.decode("utf-8"), parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FaultError("the line cannot be read") from error
    if not isinstance(content, dict):
        raise FaultError("the line holds no entry")
    return content


def _no_number(_text: str) -> None:
    raise ValueError("only whole numbers")


def canonical(content: dict[str, Any]) -> bytes:
    """Write texts, whole numbers, lists and objects as RFC 8785 does."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def read_lines(lines: Iterable[bytes], recount: Recount) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Yield the number of each line, the line and what it says. Raises FaultError at the first fault."""
    for number, line in enumerate(lines, start=1):
        try:
            yield number, line, recount.read(line)
        except FaultError as fault:
            raise FaultError(f"Line {number}: {fault}.") from fault
        except (KeyError, TypeError, ValueError) as error:
            raise FaultError(f"Line {number}: a part of the entry is missing or wrong.") from error
    if not recount.is_complete:
        raise FaultError("The file is not complete: its last line is missing.")


def check(file: BinaryIO, head: str = "", find: str = "") -> tuple[Recount, list[str]]:
    """Return what was counted, and the entries with a fingerprint. Raises FaultError at the first fault."""
    recount, found, is_head_there = Recount(), [], not head
    for _, line, content in read_lines(file, recount):
        is_head_there = is_head_there or recount.hash == head
        if find and content.get("commitment") == find:
            found.append(line.decode("utf-8").rstrip("\n"))
    if not is_head_there:
        raise FaultError("No entry has the hash you noted down: what was there before was changed.")
    return recount, found


def main(arguments: list[str] | None = None) -> int:
    """Check the file named on the command line, and say what was found."""
    parser = argparse.ArgumentParser(description="Check a public ledger, and count again what it says.")
    parser.add_argument("file", help='the downloaded file; "-" reads standard input')
    parser.add_argument("--head", default="", help="hash of an entry that you noted down earlier")
    parser.add_argument("--find", default="", help="a fingerprint from a receipt")
    parser.add_argument("--counts", action="store_true", help="print the counts of each public contribution")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.file == "-":
            recount, found = check(sys.stdin.buffer, chosen.head, chosen.find)
        else:
            with Path(chosen.file).open("rb") as file:
                recount, found = check(file, chosen.head, chosen.find)
    except FaultError as fault:
        print(f"WRONG. {fault}")
        return 1
    except OSError as error:
        print(f"The file cannot be read: {error}")
        return 1
    totals = recount.totals()
    print(f"RIGHT. {recount.proceeding}: {totals['entries']} entries, each follows the one before.")
    print(f"Last hash: {recount.hash}")
    print(f"Public now: {totals['contributions']} contributions, {totals['comments']} comments.")
    print(f"Votes: {totals['votes_for']} for, {totals['votes_against']} against.")
    if chosen.find:
        print("\n".join(found) if found else "No entry has this fingerprint.")
    if chosen.counts:
        for one in recount.items.values():
            if one.state == "public" and one.on is None:
                print(f"{one.public_id}: {one.votes_for} for, {one.votes_against} against, {one.comments} comments")
    return 0 if found or not chosen.find else 1


if __name__ == "__main__":
    sys.exit(main())
