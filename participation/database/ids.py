"""Row ids as they stand in addresses and forms: every table's id is a 32-bit integer on both databases."""

LARGEST_ID = 2**31 - 1
MOST_DIGITS = 10


def id_in(text: str) -> int | None:
    """Return the row id that a text is, or None when no row can have it."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS) or int(text) > LARGEST_ID:
        return None
    return int(text)
