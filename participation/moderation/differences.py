"""What a decision changed in a text, word by word, for the history of a case."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from participation.moderation.models import ModerationDecision, SealedText
from participation.moderation.redaction import removed_mark


class Difference(NamedTuple):
    """A piece of text: as it stayed, or what was taken and what stands there instead."""

    same: str = ""
    taken: str = ""
    put: str = ""


def words_changed(sealed: SealedText, decision: ModerationDecision, language: str) -> Sequence[Difference]:
    """Return what a decision that removes passages did to title and text, in their order.

    The offsets of the decision say it exactly, whatever came later; nothing is compared or guessed.
    """
    title, text = (
        list(_pieces(before, passages, language)) if passages else []
        for before, passages in ((sealed.title, decision.changes["title"]), (sealed.text, decision.changes["text"]))
    )
    return [*title, Difference(same="\n"), *text] if title and text else title + text


def _pieces(before: str, passages: Sequence[Sequence[int]], language: str) -> Iterator[Difference]:
    mark = removed_mark(language)
    at = 0
    for start, end in passages:
        yield Difference(same=before[at:start])
        yield Difference(taken=before[start:end], put=mark)
        at = end
    yield Difference(same=before[at:])
