"""Words that a text contains, found by an index of its triples of letters: FTS5 on SQLite, pg_trgm on PostgreSQL.

A word is found wherever it stands, also inside another one. The index only narrows down; the text itself is compared
afterwards, so both databases find the same. A word without three letters or digits in a row has no triple: it only
narrows down what other words find, and alone it is looked for in the newest contributions of a proceeding.
"""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, column, func, or_, select, table, text

from participation.contributions.models import Contribution
from participation.database import db

MOST_NEW = 20_000  # so many are looked through for words without a triple
FEW = 5_000  # so many are read one by one; more are met soon enough in the order of the list
TRIPLE = re.compile(r"[^\W_]{3}")
_SEARCH = table("contribution_search", column("rowid"), column("contribution_search"))


def is_postgresql() -> bool:
    """Whether the database plans by statistics; SQLite has to be told how."""
    return db.session.get_bind().dialect.name == "postgresql"


def contains_words(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return the WHERE for texts that contain every word, in any proceeding.

    Args:
        words: as text.search_form gives them.
    """
    return [Contribution.search_text.contains(word, autoescape=True) for word in words]


def found_in(proceeding_id: int, words: Sequence[str], *, by_index: bool = True) -> list[ColumnElement[bool]]:
    """Return the WHERE for texts of a proceeding that contain every word.

    Args:
        proceeding_id: the proceeding's.
        words: as text.search_form gives them.
        by_index: whether SQLite looks up what the index knows; else texts are compared as they come.
    """
    found = contains_words(words)
    ids = _ids(words)
    if words and not _indexed(words):
        found.append(_is_new(proceeding_id))
    elif ids is not None and by_index:
        found.insert(0, Contribution.id.in_(ids))
    return found


def is_rare(words: Sequence[str]) -> bool:
    """Whether SQLite's index knows that few texts contain all words."""
    ids = _ids(words)
    if ids is None:
        return False
    return (db.session.scalar(select(func.count()).select_from(ids.limit(FEW + 1).subquery())) or 0) <= FEW


def _indexed(words: Sequence[str]) -> list[str]:
    return [word for word in words if TRIPLE.search(word)]


def _ids(words: Sequence[str]) -> Select[tuple[int]] | None:
    """Return the ids of texts with all triples of the words; None where the planner asks the index by itself."""
    indexed = _indexed(words)
    if not indexed or is_postgresql():
        return None
    match = " AND ".join(sorted({_quoted(word[at : at + 3]) for word in indexed for at in range(len(word) - 2)}))
    return select(_SEARCH.c.rowid).where(text("contribution_search MATCH :match").bindparams(match=match))


def _is_new(proceeding_id: int) -> ColumnElement[bool]:
    since = (
        select(Contribution.created_at)
        .where(Contribution.proceeding_id == proceeding_id)
        .order_by(Contribution.created_at.desc())
        .offset(MOST_NEW - 1)
        .limit(1)
        .scalar_subquery()
    )
    return or_(since.is_(None), Contribution.created_at >= since)


def _quoted(triple: str) -> str:
    return '"' + triple.replace('"', '""') + '"'
