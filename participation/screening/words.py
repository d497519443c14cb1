"""Listed words: the list we ship, and finding them as whole words in any of their forms.

The list is short on purpose: insults, slurs and threats that hardly have another meaning in a consultation. Words that
name groups of people, and words that also mean something else (Ungeziefer, Ratte, Zecke), are not on it.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy

from participation.screening.folding import folded, folded_places

LISTED = Path(__file__).with_name("listed_words.txt").read_text(encoding="utf-8").splitlines()
SHIPPED = tuple(sorted({line for line in LISTED if not line.startswith("#")}))
WORD = re.compile(r"[^\W\d_]+")
LONGEST_WORD = 40  # what is longer is on no list, and costs the lemmatiser time


@cache
def _lemmatizer() -> Lemmatizer:
    """Return the German dictionary (16 MB of memory), which is read when the first list is asked."""
    return Lemmatizer(lemmatization_strategy=DefaultStrategy(low_memory=True))


@lru_cache(maxsize=20_000)
def _forms_of(word: str) -> frozenset[str]:
    """Return the folded forms under which a folded word can stand on a list: itself, and its German lemma.

    Nouns and verbs are told apart by their capital, which a resident may leave out: both are asked.
    """
    if len(word) > LONGEST_WORD:
        return frozenset()
    return frozenset({word, _lemma(word), _lemma(word.capitalize())})


def _lemma(word: str) -> str:
    return folded(_lemmatizer().lemmatize(word, lang="de"))


@lru_cache(maxsize=32)
def listed_forms(words: tuple[str, ...]) -> frozenset[str]:
    """Return what makes a word of a text a listed one: the words of the list, and their lemma if they are nouns."""
    plain = {folded(word) for word in words}
    return frozenset(plain | {_lemma(word.capitalize()) for word in plain})


def listed_words_in(text: str, forms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each listed word; a part of a longer word does not count.

    Args:
        forms: what `listed_forms` returned.
    """
    if all(forms.isdisjoint(_forms_of(word)) for word in set(WORD.findall(folded(text)))):
        return
    plain, places = folded_places(text)
    for found in WORD.finditer(plain):
        if not forms.isdisjoint(_forms_of(found[0])):
            yield places[found.start()], places[found.end()]
