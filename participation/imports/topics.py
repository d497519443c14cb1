"""Which words a file has for topics, how often, and which topic each would be taken for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from participation.contributions.text import clean_line
from participation.imports.cells import is_missing
from participation.imports.checking import words_for
from participation.imports.columns import folded
from participation.imports.source import text_of
from participation.proceedings.models import Proceeding

MOST_WORDS = 50
LONGEST_WORD = 100  # what is longer is a sentence, and its column not that of the topics


@dataclass(frozen=True, slots=True)
class TopicWord:
    """A word of the file: its form for comparing, in how many rows it stands, the topic of that name (or none)."""

    text: str
    folded: str
    count: int
    topic: str


@dataclass(frozen=True, slots=True)
class TopicWords:
    """The most frequent words, and how many others there are."""

    words: list[TopicWord]
    others: int


def topic_words(values: Iterable[Any], proceeding: Proceeding) -> TopicWords:
    """Return the words that stand in the column of the topic; spellings that mean the same count as one."""
    names = words_for(proceeding.categories)
    counts: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for text, count in Counter(text_of(value) for value in values).most_common():
        word = "" if is_missing(text) else clean_line(text)
        key = folded(word) if len(word) <= LONGEST_WORD else ""
        if key:
            counts[key] += count
            texts.setdefault(key, word)
    words = [TopicWord(texts[key], key, count, names.get(key, "")) for key, count in counts.most_common(MOST_WORDS)]
    return TopicWords(words, len(counts) - len(words))
