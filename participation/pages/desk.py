"""Where a moderator works: whose queue, filtered how, at which page; all of it is in the address."""

from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.casework.queries import cases_of, is_held_by_another
from participation.database import Page
from participation.moderation.queries import item_to_decide
from participation.moderation.queue import QueueItem, cursor_at, proceeding_ids_to_moderate, queue_page
from participation.moderation.queue_filter import QueueFilter
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import proceeding_by_slug, visible_proceedings

OVER_ALL = "all"
LOOKED_AHEAD = 10


@dataclass(frozen=True)
class Desk:
    """A moderator before a queue. own: the moderator's proceedings; chosen: whose queue it is, or None for all."""

    actor: Actor
    own: list[Proceeding]
    chosen: Proceeding | None
    wanted: QueueFilter
    after: str = ""
    before: str = ""

    @property
    def proceedings(self) -> list[Proceeding]:
        """Those whose queue it is."""
        return [self.chosen] if self.chosen else self.own

    @property
    def ids(self) -> list[int]:
        """Their ids."""
        return [proceeding.id for proceeding in self.proceedings]

    @property
    def place(self) -> dict[str, str]:
        """Which page of the list it is, as it stands in addresses."""
        return {name: value for name, value in (("after", self.after), ("before", self.before)) if value}

    def page(self) -> Page[QueueItem]:
        """Read the page of the list."""
        return queue_page(self.actor, self.ids, self.wanted, after=self.after, before=self.before)

    def wanted_with(self, **changes: Any) -> QueueFilter:
        """Return the filter with changes."""
        return replace(self.wanted, **changes)

    def with_category(self, key: str) -> QueueFilter:
        """Return the filter with one more category, or without it."""
        chosen = self.wanted.categories
        return self.wanted_with(
            categories=tuple(one for one in chosen if one != key) if key in chosen else (*chosen, key)
        )

    def queue_url(self, wanted: QueueFilter | None = None, **more: Any) -> str:
        """Return the address of the queue with this or another filter, by default at its first page."""
        slug = self.chosen.slug if self.chosen else None
        return url_for("moderation.queue", slug=slug, **(wanted or self.wanted).to_arguments(), **more)

    def url(self, endpoint: str, found: QueueItem, **more: Any) -> str:
        """Return the address of something about an item, from which one comes back to this queue."""
        words = self.wanted.to_arguments() | self.place | ({} if self.chosen else {"over": OVER_ALL}) | more
        return url_for(endpoint, slug=found.proceeding.slug, item_kind=found.kind, item_id=found.item.id, **words)

    def case_url(self, found: QueueItem, **more: Any) -> str:
        """Return the address of an item beside this list."""
        return self.url("moderation.case", found, **more)

    def draft_key(self, act: str, found: QueueItem) -> str:
        """Return under which name this moderator's device keeps what is typed into a form of an item."""
        return f"desk:{self.actor.user_id}:{act}:{found.kind}:{found.item.id}"

    def cursor_at(self, found: QueueItem) -> str:
        """Return where the list goes on after an item; to be asked before a decision changes its place."""
        return cursor_at(self.actor, found, self.wanted)

    def next_url(self, cursor: str, **more: Any) -> str:
        """Return the address of the case behind a cursor; behind the last one it starts again, until nothing is left.

        The page of the list stays, if the case is on it.
        """
        following = queue_page(self.actor, self.ids, self.wanted, after=cursor, limit=LOOKED_AHEAD).items
        if following:
            found = first_free(self.actor, following)
            is_here = any(_is_same(one, found) for one in self.page().items)
            place = self.place if is_here else {"after": cursor}
            return Desk(self.actor, self.own, self.chosen, self.wanted, **place).case_url(found, **more)
        start = Desk(self.actor, self.own, self.chosen, self.wanted)
        items = start.page().items
        return start.case_url(first_free(self.actor, items), **more) if items else start.queue_url(**more)


def first_free(actor: Actor, items: list[QueueItem]) -> QueueItem:
    """Return the first item that nobody else is looking at; if there is none, the first."""
    cases = cases_of(one.item for one in items)
    free = (one for one in items if not is_held_by_another(actor, cases.get((one.kind, one.item.id))))
    return next(free, items[0])


def desk_here(slug: str | None) -> Desk:
    """Return the desk of the address.

    Raises:
        NotPermitted: not a moderator (there).
        InvalidInput: the filter is not possible.
    """
    actor = signed_in_actor()
    ids = proceeding_ids_to_moderate(actor)
    require(bool(ids), actor=actor)
    own = list(visible_proceedings(actor, ids))
    here = (_of_slug(own, slug) or proceeding_by_slug(actor, slug)) if slug else None
    require(here is None or may_moderate(actor, here.id), actor=actor)
    desk = Desk(
        actor,
        own,
        None if request.args.get("over") == OVER_ALL else here,
        QueueFilter.from_arguments(request.args),
        request.args.get("after", ""),
        request.args.get("before", ""),
    )
    desk.wanted.require_known(desk.proceedings)
    return desk


def case_here(slug: str, item_kind: str, item_id: int) -> tuple[Desk, QueueItem]:
    """Return the desk and the case of the address.

    Raises:
        NotPermitted: not a moderator there.
        NotFound: there is no such item.
    """
    desk = desk_here(slug)
    proceeding = _of_slug(desk.own, slug) or proceeding_by_slug(desk.actor, slug)
    return desk, item_to_decide(desk.actor, proceeding, item_kind, item_id)


def _of_slug(own: list[Proceeding], slug: str) -> Proceeding | None:
    return next((proceeding for proceeding in own if proceeding.slug == slug), None)


def _is_same(one: QueueItem, other: QueueItem) -> bool:
    return (one.kind, one.item.id) == (other.kind, other.item.id)
