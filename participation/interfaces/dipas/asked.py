"""Which proceeding and which language a request is about: DIPAS has a host for each, we have a path."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, request
from sqlalchemy import select

from participation.accounts.actors import STRANGER
from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.database import db, id_in
from participation.errors import NotFound, ParticipationError
from participation.interfaces.dipas.periods import is_running
from participation.languages import LANGUAGES, language_of_request
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug, visible_proceedings


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: the slug of a proceeding (or none), and the language of the answer."""

    slug: str | None
    language: str


def note_asked(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take proceeding and language out of the arguments of a view; they may stand in any address."""
    values = {} if values is None else values
    language = values.pop("language", None) or language_of_request()
    g.asked = Asked(values.pop("slug", None) or _slug_of_host(), language)


def slug_asked() -> str | None:
    """Return the slug of the proceeding that the address names, if it names one."""
    return cast("Asked", g.asked).slug


def language_asked() -> str:
    """Return the language of the answer, one of ours."""
    language = cast("Asked", g.asked).language
    return language if language in LANGUAGES else LANGUAGES[0]


def public_proceedings() -> list[Proceeding]:
    """Return what everybody may see, newest first."""
    return list(visible_proceedings(STRANGER))


def proceeding_asked() -> Proceeding:
    """Return the proceeding of the address; without one, the newest that runs, else the newest of all.

    Raises:
        NotFound: the address names one that is not public, or there is none at all.
    """
    slug = slug_asked()
    if slug is not None:
        return proceeding_by_slug(STRANGER, slug)
    proceedings = public_proceedings()
    if not proceedings:
        raise NotFound("There is no proceeding.")
    return next((proceeding for proceeding in proceedings if is_running(proceeding)), proceedings[0])


def public_proceeding(slug: str) -> Proceeding | None:
    """Return a proceeding, or None if strangers may not know of it."""
    try:
        return proceeding_by_slug(STRANGER, slug)
    except NotFound:
        return None


def contribution_asked(number: str) -> tuple[Proceeding, Contribution]:
    """Return a listed contribution and its proceeding; where the address names none, of whichever it is.

    Raises:
        ParticipationError: there is none of this number in the lists.
    """
    id_ = id_in(number)
    proceeding = None
    if id_ is not None:
        proceeding = proceeding_asked() if slug_asked() is not None else _proceeding_of(id_)
    found = None if proceeding is None or id_ is None else listed_contribution(proceeding, id_)
    if proceeding is None or found is None:
        raise ParticipationError("There is no contribution with this id.")
    return proceeding, found


def listed_contribution(proceeding: Proceeding, id_: int) -> Contribution | None:
    """Return a contribution that stands in the public list of a proceeding."""
    return db.session.scalar(
        select(Contribution).where(*conditions(proceeding, ContributionFilter()), Contribution.id == id_)
    )


def _proceeding_of(contribution_id: int) -> Proceeding | None:
    proceeding_id = db.session.scalar(select(Contribution.proceeding_id).where(Contribution.id == contribution_id))
    if proceeding_id is None:
        return None
    return next(iter(visible_proceedings(STRANGER, among=[proceeding_id])), None)


def _slug_of_host() -> str | None:
    """Return the first label of a host such as `churchyard.example.org`; None for the host of the installation.

    The host only chooses among what is public; no address that we write comes from it.
    """
    host = request.host.rpartition(":")[0] or request.host
    label, _, rest = host.partition(".")
    own = urlsplit(current_app.extensions["settings"].base_url).hostname
    if rest and rest == own:
        return label
    return label if label and rest and host != own and public_proceeding(label) is not None else None
