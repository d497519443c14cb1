"""What a check found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from participation.config import Settings
from participation.logs import first_line


class Severity(StrEnum):
    """`note`: worth knowing; `warning`: something does not work; `problem`: the site cannot do its work."""

    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about what is wrong, and, where we know it, what helps."""

    severity: Severity
    words: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.remedy}".rstrip()


def note(words: str, remedy: str = "") -> Finding:
    """Return something worth knowing."""
    return Finding(Severity.NOTE, words, remedy)


def warning(words: str, remedy: str = "") -> Finding:
    """Return something that does not work as it should."""
    return Finding(Severity.WARNING, words, remedy)


def problem(words: str, remedy: str = "") -> Finding:
    """Return what keeps the site from its work."""
    return Finding(Severity.PROBLEM, words, remedy)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at.

    name: for programs. title: for people. find: yields what is wrong; nothing yielded means all is well.
    at_start: the site does not answer before it is well. at_readiness: part of `/readyz`.
    needs_database: not asked while the database does not answer.
    """

    name: str
    title: str
    find: Callable[[Settings], Iterator[Finding]]
    at_start: bool = False
    at_readiness: bool = False
    needs_database: bool = True


def words_of(error: Any) -> str:
    """Return the first line of what a library says, as part of a sentence."""
    return (first_line(error) or type(error).__name__).rstrip(".")
