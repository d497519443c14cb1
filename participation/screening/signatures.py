"""Signatures of texts, by which near-duplicates are found without comparing every text with every other.

MinHash (Broder, On the resemblance and containment of documents, 1997) over the set of character 4-grams: the share of
equal places of two signatures estimates the share of 4-grams that two texts have in common (Jaccard), with a standard
error of at most 6 percentage points. The first 24 places make 8 bands of three; texts that share a band are compared.
Two texts that have 60, 70 or 80 % in common share a band with a probability of 86, 96 or 99.7 %.
"""

from typing import NamedTuple

import numpy as np

from participation.screening.folding import words_only

GRAM = 4
SHORTEST = 20  # folded characters: “Danke!” resembles nothing
PLACES = 64
BANDS = 8
IN_BAND = 3
# Stored signatures depend on these numbers: whoever changes them empties screened_text and has it filled anew.
_RANDOM = np.random.default_rng(20_261_124)
_FACTORS = (_RANDOM.integers(1, 2**63, PLACES, dtype=np.uint64) * np.uint64(2) + np.uint64(1))[:, np.newaxis]
_OFFSETS = _RANDOM.integers(0, 2**63, PLACES, dtype=np.uint64)[:, np.newaxis]
_PRIME = np.uint64(1_099_511_628_211)  # FNV, 64 bit
_HALF = np.uint64(32)


class Signature(NamedTuple):
    """`bands` are indexed, `places` are compared: PLACES numbers of 16 bits."""

    bands: tuple[int, ...]
    places: bytes


def signature_of(*texts: str) -> Signature | None:
    """Return the signature of a text, or None where it is too short to resemble another by more than chance."""
    words = words_only(" ".join(texts))
    if len(words) < SHORTEST:
        return None
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    grams = codes[: len(codes) - GRAM + 1]
    for offset in range(1, GRAM):
        grams = (grams * _PRIME) ^ codes[offset : len(codes) - GRAM + 1 + offset]
    grams = np.unique(grams * _PRIME)
    least = ((grams ^ (grams >> _HALF)) * _FACTORS + _OFFSETS >> _HALF).min(axis=1)
    bands = least[: BANDS * IN_BAND].reshape(BANDS, IN_BAND)
    keys = ((bands[:, 0] * _PRIME ^ bands[:, 1]) * _PRIME ^ bands[:, 2]) * _PRIME >> _HALF
    return Signature(tuple(keys.astype(np.uint32).view(np.int32).tolist()), least.astype("<u2").tobytes())


def likeness(one: bytes, other: bytes) -> int:
    """Return about how much two texts have in common, in percent, by the places of their signatures."""
    equal = np.count_nonzero(np.frombuffer(one, dtype="<u2") == np.frombuffer(other, dtype="<u2"))
    return int(equal) * 100 // PLACES
