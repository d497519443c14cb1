"""Passwords: argon2id hashes (RFC 9106), two at a time per process since each takes 64 MiB."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
_hasher = PasswordHasher()
_two_at_a_time = BoundedSemaphore(2)
_NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$hvP0lZp0TDwKbZVfYcSpWpYqQf0R3lTqg0kIPxaBcFo"


def hash_password(password: str) -> str:
    """Return an argon2id hash."""
    with _two_at_a_time:
        return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long when there is no such account (None)."""
    with _two_at_a_time:
        try:
            _hasher.verify(password_hash or _NOBODYS_HASH, password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None
