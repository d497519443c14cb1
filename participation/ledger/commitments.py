"""Commitments: numbers that are public and tell nothing, until the text and its salt are shown.

A commitment is the SHA-256 of the salt followed by the fingerprint (both as hexadecimal digits), and the fingerprint is
the SHA-256 of the text. The salt lies beside the text: when both are erased, the number says nothing about anybody,
and the chain stays as it is.
"""

import hashlib
import secrets
from typing import Any

import orjson

SALT_BYTES = 16
FOUND_BY_DIGITS = 15  # that many fit into a number of 64 bits


def canonical(content: dict[str, Any]) -> bytes:
    """Write content as RFC 8785 does; it may hold texts, whole numbers, truth values, null, lists and objects."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def sha256(data: bytes) -> str:
    """Return the SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def new_salt() -> str:
    """Return what makes a commitment impossible to guess."""
    return secrets.token_hex(SALT_BYTES)


def commitment(salt: str, fingerprint: str) -> str:
    """Return the commitment to what has this fingerprint."""
    return sha256((salt + fingerprint).encode())


def found_by(commitment_: str) -> int:
    """Return the number by which an entry with this commitment is looked up."""
    return int(commitment_[:FOUND_BY_DIGITS], 16)
