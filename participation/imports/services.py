"""Bringing contributions in from a file: all together in one transaction, and each only once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row, select

from participation import clock
from participation.accounts.actors import Actor
from participation.audit.services import add_event
from participation.contributions.imported import CONTRIBUTION, add_contributions, contributions_by_import_key
from participation.contributions.models import Origin
from participation.contributions.services import contribution_values
from participation.contributions.states import PublicationState, publicity_of
from participation.database import Session, transaction
from participation.database.bulk_insert import reserved_ids
from participation.errors import InvalidInput
from participation.imports.checking import BadRow, Candidate, RowChecker, Wishes
from participation.imports.columns import Columns
from participation.imports.source import SourceRow
from participation.ledger.commitments import commitment
from participation.ledger.models import Kind
from participation.ledger.services import append_all
from participation.moderation.past_texts import unknown_texts
from participation.proceedings.models import Proceeding
from participation.proceedings.phases import phase_at
from participation.screening.services import fill

Note = Callable[[Session, Sequence[int], "Comparison"], None]
STATES = (PublicationState.PUBLISHED, PublicationState.SUBMITTED)
ORIGINS = (Origin.IMPORT, Origin.PAPER, Origin.HALL)


@dataclass(slots=True)
class Comparison:
    """Rows that are new, and those whose id came in before: with the same content, or with another."""

    new: list[Candidate] = field(default_factory=list)
    same: list[Candidate] = field(default_factory=list)
    changed: list[Candidate] = field(default_factory=list)


def require_columns(columns: Columns, wishes: Wishes, proceeding: Proceeding) -> None:
    """Refuse a file as a whole when no row could come in, with what to add to the command.

    Raises:
        InvalidInput: there is neither a column nor a value for title, text or category, or no such category.
    """
    keys = [category.key for category in proceeding.categories]
    unknown = [key for key in (wishes.category, *wishes.categories.values()) if key and key not in keys]
    if unknown:
        raise InvalidInput(
            gettext("There is no topic “%(key)s”. Topics are: %(keys)s.", key=unknown[0], keys=", ".join(keys))
        )
    for part in ("title", "text", "category"):
        if not getattr(columns, part) and not getattr(wishes, part):
            raise InvalidInput(
                gettext(
                    "No column of the file looks like “%(part)s”. "
                    "Name one with --%(part)s, or give all rows the same with --%(part)s-default.",
                    part=part,
                )
            )


def check_rows(checker: RowChecker, rows: Iterable[SourceRow]) -> tuple[list[Candidate], list[BadRow]]:
    """Return the rows that can come in, and the others with what is wrong with them."""
    candidates: list[Candidate] = []
    bad: list[BadRow] = []
    for row in rows:
        checked = checker.check(row)
        if isinstance(checked, Candidate):
            candidates.append(checked)
        else:
            bad.append(checked)
    return candidates, bad


def compare(proceeding: Proceeding, candidates: Sequence[Candidate]) -> Comparison:
    """Tell new rows from those that came in before."""
    there = contributions_by_import_key(proceeding, [candidate.key for candidate in candidates])
    category_ids = {category.key: category.id for category in proceeding.categories}
    type_ids = {type_.key: type_.id for type_ in proceeding.types}
    compared = Comparison()
    for candidate in candidates:
        before = there.get(candidate.key)
        if before is None:
            compared.new.append(candidate)
        elif _is_same(before, candidate, category_ids[candidate.new.category], type_ids.get(candidate.new.type)):
            compared.same.append(candidate)
        else:
            compared.changed.append(candidate)
    return compared


def import_contributions(
    actor: Actor | None,
    proceeding: Proceeding,
    candidates: Sequence[Candidate],
    *,
    state: PublicationState = PublicationState.PUBLISHED,
    origin: Origin = Origin.IMPORT,
    file_digest: str = "",
    note: Note | None = None,
) -> Comparison:
    """Bring the new ones among checked rows in, all or none; what came in before stays as it is.

    Screening does not know them yet: see `let_screening_know`.

    Args:
        actor: None for a command.
        state: published, or submitted to be looked at by a moderator; a phase need not be open.
        file_digest: SHA-256 of the file, for the trail.
        note: joins the transaction with the new ids and the comparison.
    """
    now = clock.now()
    # Compared and made before the transaction: while it lasts, nobody else can write on SQLite.
    before = compare(proceeding, candidates)
    rows = {candidate.key: _row(proceeding, candidate, state, origin, now) for candidate in before.new}
    with transaction() as session:
        # Two imports into one proceeding wait for each other; residents' contributions wait for neither.
        session.execute(
            select(Proceeding.id).where(Proceeding.id == proceeding.id).with_for_update(key_share=True)
        ).one()
        compared = compare(proceeding, before.new)
        compared.same += before.same
        compared.changed += before.changed
        ids = reserved_ids(session, CONTRIBUTION, len(compared.new)) if compared.new else []
        if compared.new:
            numbered = zip(ids, compared.new, strict=True)
            add_contributions(session, ({"id": id_} | rows[candidate.key] for id_, candidate in numbered))
            entries = (
                {
                    "contribution_id": id_,
                    "state": publicity_of(state),
                    "commitment": commitment(rows[candidate.key]["salt"], rows[candidate.key]["fingerprint"]),
                }
                for id_, candidate in zip(ids, compared.new, strict=True)
            )
            append_all(session, Kind.IMPORT, proceeding.id, entries)
            add_event(
                session,
                actor,
                "imports.import",
                proceeding,
                proceeding_id=proceeding.id,
                added=len(compared.new),
                existing=len(compared.same) + len(compared.changed),
                state=state,
                origin=origin,
                file=file_digest,
            )
        if note is not None:
            note(session, ids, compared)
    return compared


def let_screening_know(proceeding: Proceeding) -> int:
    """Let screening know some of the texts that came in, so that look-alikes are found; return how many, 0 at the end.

    A short transaction of its own, since remembering a text takes longer than storing it.
    """
    return fill(lambda session: unknown_texts(session, proceeding.id))


def _row(
    proceeding: Proceeding, candidate: Candidate, state: PublicationState, origin: Origin, now: datetime
) -> dict[str, Any]:
    phase = phase_at(proceeding, candidate.created_at)
    values = contribution_values(
        proceeding,
        candidate.new,
        state=state,
        created_at=candidate.created_at,
        origin=origin,
        phase_id=phase.id if phase else None,
        import_key=candidate.key,
    )
    # It was said then, but it is here only now: downloads and caches ask when something changed.
    values["updated_at"] = now
    values["published_at"] = now if state is PublicationState.PUBLISHED else None
    return values


def _is_same(before: Row[Any], candidate: Candidate, category_id: int, type_id: int | None) -> bool:
    new = candidate.new
    told = (before.title, before.text, before.category_id, before.type_id)
    if told != (new.title, new.text, category_id, type_id):
        return False
    if before.geometry is None or new.geometry is None:
        return before.geometry is new.geometry
    return bool(before.geometry.equals_exact(new.geometry))
