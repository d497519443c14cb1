"""From what happened to the entry that is published: pseudonyms, canonical JSON, hash."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from participation.ledger.commitments import canonical, found_by, sha256
from participation.ledger.models import Kind, Publicity

VERSION = 1  # of the format
NOTHING_BEFORE = "0" * 64
PSEUDONYM_BYTES = 12
NAMED = (Publicity.PUBLIC, Publicity.MERGED)


@dataclass(slots=True)
class Chain:
    """The end of a proceeding's chain; `add` puts the next entry behind it."""

    proceeding_id: int
    secret: bytes
    number: int = 0
    hash: str = NOTHING_BEFORE

    def begin(self, slug: str, day: str) -> dict[str, Any]:
        """Return the row of the first entry."""
        return self._sealed({"at": day, "kind": Kind.BEGIN.value, "proceeding": slug, "version": VERSION})

    def add(self, happened: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row of the next entry.

        Args:
            happened: columns of `ledger_waiting`; only the day is published of the time.
        """
        state, participant_id = happened.get("state"), happened.get("participant_id")
        entry: dict[str, Any] = {"at": happened["happened_at"].date().isoformat(), "kind": happened["kind"].value}
        item = self._item(happened, entry)
        if state is not None:
            entry["state"] = state.value
            if state in NAMED:
                entry["id"] = item
        if happened.get("leading_id") is not None:
            entry["leading"] = self.pseudonym(f"contribution-{happened['leading_id']}")
        if happened.get("votes_for") is not None:
            entry["votes"] = [happened["votes_for"], happened["votes_against"]]
        if participant_id is not None:
            entry["voter"] = self.pseudonym(f"{item}-{participant_id}")
            entry["value"] = happened["value"]
            entry["before"] = happened["before"]
        for name in ("commitment", "details"):
            if happened.get(name) is not None:
                entry[name] = happened[name]
        return self._sealed(entry)

    def _item(self, happened: Mapping[str, Any], entry: dict[str, Any]) -> str:
        contribution_id, comment_id = happened.get("contribution_id"), happened.get("comment_id")
        if contribution_id is None:
            return ""
        item = on = f"contribution-{contribution_id}"
        if comment_id is not None:
            item = f"comment-{comment_id}"
            entry["on"] = self.pseudonym(on)
        entry["item"] = self.pseudonym(item)
        return item

    def pseudonym(self, of: str) -> str:
        """Return by what name something is known here, and only here: `contribution-7`, `contribution-7-<voter>`."""
        return hmac.digest(self.secret, of.encode(), "sha256")[:PSEUDONYM_BYTES].hex()

    def _sealed(self, entry: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        entry["number"] = self.number
        entry["previous"] = self.hash
        body = canonical(entry)
        self.hash = sha256(body)
        commitment = entry.get("commitment")
        return {
            "proceeding_id": self.proceeding_id,
            "number": self.number,
            "body": body.decode(),
            "hash": self.hash,
            "found_by": None if commitment is None else found_by(commitment),
        }
