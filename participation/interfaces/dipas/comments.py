"""Comments as DIPAS knows them: first ones, and answers to them, two levels deep."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from participation.accounts.actors import STRANGER
from participation.discussion.models import Comment
from participation.discussion.queries import Thread, threads_about
from participation.interfaces.dipas.periods import moment_words


@dataclass(frozen=True, slots=True)
class Said:
    """A comment everybody can read, with all readable answers below it, however deep; oldest first."""

    comment: Comment
    answers: list[Comment]


def comments_about(contribution_ids: Sequence[int]) -> dict[int, list[Said]]:
    """Return the readable comments on listed contributions; asks the database once."""
    threads = threads_about(STRANGER, contribution_ids)
    return {id_: _said(threads.get(id_, [])) for id_ in contribution_ids}


def count_of(said: list[Said]) -> int:
    """Return how many comments these are, answers counted."""
    return sum(1 + len(one.answers) for one in said)


def pds_comments(said: list[Said]) -> list[dict[str, Any]]:
    """Return comments by the names of the open data family."""
    found = []
    for one in said:
        answers = [_pds_comment(answer, []) | {"commentOnComment": one.comment.id} for answer in one.answers]
        found.append(_pds_comment(one.comment, answers))
    return found


def rest_comments(said: list[Said]) -> list[dict[str, Any]]:
    """Return comments by the names of `getcomments`."""
    return [_rest_comment(one.comment, [_rest_comment(answer, []) for answer in one.answers]) for one in said]


def _pds_comment(comment: Comment, answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(comment.id),
        "dateCreated": moment_words(comment.created_at),
        "title": "",
        "commentContent": comment.text,
        "commentedBy": answers,
        "commentOnContribution": str(comment.contribution_id),
    }


def _rest_comment(comment: Comment, answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "cid": str(comment.id),
        "subject": "",
        "comment": comment.text,
        "created": moment_words(comment.created_at),
        "replies": answers,
    }


def _said(threads: list[Thread]) -> list[Said]:
    """Arrange comments in two levels. Answers to what nobody may read any more move up: DIPAS has no placeholders."""
    first: list[Said] = []
    waiting = list(threads)
    for thread in waiting:
        if thread.text is None:
            waiting.extend(thread.replies)
        else:
            answers = [answer.comment for answer in thread.answers if answer.text is not None]
            first.append(Said(thread.comment, answers))
    return sorted(first, key=lambda one: one.comment.id)
