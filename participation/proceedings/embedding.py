"""Which other websites may show a proceeding's map in a frame of theirs: the manager says, the browser keeps to it."""

import re

from flask_babel import lazy_gettext

from participation.errors import InvalidInput
from participation.proceedings.models import Embedding, Proceeding
from participation.proceedings.permissions import PUBLIC_STATES

MOST_ORIGINS = 20
LONGEST_ORIGIN = 260
# Scheme, host and port, as a content security policy takes them (CSP Level 3, 2.3.1), in small letters.
ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")


def frame_ancestors(proceeding: Proceeding) -> str:
    """Return who may put the embedded page into a frame, in the words of a content security policy."""
    if proceeding.state not in PUBLIC_STATES or proceeding.embedding is Embedding.NOBODY:
        return "'none'"
    if proceeding.embedding is Embedding.EVERYBODY:
        return "*"
    return " ".join(proceeding.embedding_origins)


def may_be_embedded(proceeding: Proceeding) -> bool:
    """Whether any other website may show the map."""
    return frame_ancestors(proceeding) != "'none'"


def checked_origins(lines: str) -> list[str]:
    """Return the origins in a text with one in each line; what follows the host is left out.

    Raises:
        InvalidInput: a line is no address of a website, or there are more than 20.
    """
    origins = []
    for line in lines.lower().split():
        match = ORIGIN.match(line)
        if match is None or len(line) > LONGEST_ORIGIN or line[match.end() :][:1] not in ("", "/"):
            raise InvalidInput(
                lazy_gettext(
                    "“%(line)s” is no address of a website. Write for example https://www.example.org.", line=line[:80]
                ),
                field="origins",
            )
        origins.append(match.group())
    if len(set(origins)) > MOST_ORIGINS:
        raise InvalidInput(lazy_gettext("Name at most %(count)s websites.", count=MOST_ORIGINS), field="origins")
    return list(dict.fromkeys(origins))
