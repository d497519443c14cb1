"""Text blocks: reasons that moderators start from, in the author's language, with the case's own words put in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import force_locale, lazy_gettext
from sqlalchemy import func, select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.contributions.models import Contribution
from participation.contributions.text import clean_line, clean_text
from participation.database import db, locked, transaction
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput, NotFound
from participation.languages import show_date, text_in
from participation.moderation.models import TextBlock
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_manage, may_moderate

NAME_LONGEST, TEXT_LONGEST = 80, 2_000
MOST_BLOCKS = 100
PLACEHOLDER = re.compile(r"\{(\w*)\}")
PLACEHOLDERS: dict[str, Callable[[Proceeding, Contribution, Contribution | Comment, str], str]] = {
    "title": lambda _proceeding, contribution, _item, _language: contribution.title,
    "consultation": lambda proceeding, _contribution, _item, language: text_in(proceeding.title, language),
    "date": lambda _proceeding, _contribution, item, language: _date(item, language),
    "contact": lambda proceeding, _contribution, _item, _language: proceeding.contact_email,
}


def _date(item: Contribution | Comment, language: str) -> str:
    with force_locale(language):
        return show_date(item.created_at)


@dataclass(frozen=True, slots=True)
class FilledBlock:
    """A text block for one case, in the author's language."""

    block: TextBlock
    text: str


def blocks_of(actor: Actor, proceeding_id: int) -> Sequence[TextBlock]:
    """Return the text blocks of a proceeding, for its moderators, by name.

    Raises:
        NotPermitted: not a moderator here.
    """
    require(may_moderate(actor, proceeding_id), actor=actor)
    statement = select(TextBlock).where(TextBlock.proceeding_id == proceeding_id)
    return db.session.scalars(statement.order_by(TextBlock.name, TextBlock.id).limit(MOST_BLOCKS)).all()


def filled_blocks(
    actor: Actor,
    proceeding: Proceeding,
    contribution: Contribution,
    item: Contribution | Comment,
    language: str | None = None,
) -> list[FilledBlock]:
    """Return the blocks with the words of a case; in a language, by default the item's, or another one if needed."""
    language = language or item.language
    return [
        FilledBlock(block, fill(text_in(block.text, language), proceeding, contribution, item, language))
        for block in blocks_of(actor, proceeding.id)
    ]


def fill(
    text: str,
    proceeding: Proceeding,
    contribution: Contribution,
    item: Contribution | Comment,
    language: str | None = None,
) -> str:
    """Put the case's words in the place of the placeholders; the words themselves are not read for placeholders."""

    def words(found: re.Match[str]) -> str:
        make = PLACEHOLDERS.get(found[1])
        return make(proceeding, contribution, item, language or item.language) if make else found[0]

    return PLACEHOLDER.sub(words, text)


def block_of(proceeding: Proceeding, block_id: int) -> TextBlock:
    """Return one text block of a proceeding.

    Raises:
        NotFound: there is none with this number here.
    """
    block = db.session.get(TextBlock, block_id)
    if block is None or block.proceeding_id != proceeding.id:
        raise NotFound(lazy_gettext("There is no such text block."))
    return block


def save_block(
    manager: Actor,
    proceeding: Proceeding,
    block: TextBlock | None,
    *,
    name: str,
    text: Mapping[str, str],
    rule_key: str = "",
    seen_version: int = 0,
) -> TextBlock:
    """Add a text block, or change one.

    Args:
        manager: who does it.
        proceeding: where it belongs.
        block: the one to change, or None for a new one.
        name: what moderators call it.
        text: by language; with placeholders such as `{title}`.
        rule_key: key of the rule it is about, or empty.
        seen_version: version of the block on the page.

    Raises:
        NotPermitted: not a manager of this proceeding.
        InvalidInput: a text is missing, too long, or has a placeholder that does not exist; `field` says where.
        Conflict: someone else changed it in the meantime, or there are 100 already.
    """
    _require_manager(manager, proceeding)
    name, texts = clean_line(name), {language: clean_text(text.get(language, "")) for language in proceeding.languages}
    _check(name, texts)
    with transaction() as session:
        if block is None:
            locked(session, proceeding)
            counted = select(func.count()).where(TextBlock.proceeding_id == proceeding.id)
            if (session.scalar(counted) or 0) >= MOST_BLOCKS:
                raise Conflict(
                    lazy_gettext("There are %(count)s text blocks already. Delete one first.", count=MOST_BLOCKS)
                )
            block = TextBlock(proceeding_id=proceeding.id)
            session.add(block)
        else:
            locked(session, block)
            if block.version != seen_version:
                raise Conflict(lazy_gettext("Someone changed this text block in the meantime. Please look again."))
        block.name, block.text, block.rule_key, block.updated_at = name, texts, rule_key, clock.now()
        session.flush()
        add_event(session, manager, "moderation.save_text_block", block, proceeding_id=proceeding.id)
    return block


def delete_block(manager: Actor, proceeding: Proceeding, block: TextBlock) -> None:
    """Delete a text block; statements written with it stay as they are.

    Raises:
        NotPermitted: not a manager of this proceeding.
    """
    _require_manager(manager, proceeding)
    with transaction() as session:
        add_event(session, manager, "moderation.delete_text_block", block, proceeding_id=proceeding.id)
        session.delete(block)


def _check(name: str, texts: Mapping[str, str]) -> None:
    if not name:
        raise InvalidInput(lazy_gettext("Give the text block a name."), field="name")
    if len(name) > NAME_LONGEST:
        raise InvalidInput(lazy_gettext("Write at most %(count)s characters.", count=NAME_LONGEST), field="name")
    for language, text in texts.items():
        field = f"text_{language}"
        if not text:
            raise InvalidInput(lazy_gettext("Write this in each language."), field=field)
        if len(text) > TEXT_LONGEST:
            raise InvalidInput(lazy_gettext("Write at most %(count)s characters.", count=TEXT_LONGEST), field=field)
        unknown = next((word for word in PLACEHOLDER.findall(text) if word not in PLACEHOLDERS), None)
        if unknown is not None:
            known = ", ".join(f"{{{word}}}" for word in PLACEHOLDERS)
            raise InvalidInput(
                lazy_gettext("There is no placeholder {%(unknown)s}. Use %(known)s.", unknown=unknown, known=known),
                field=field,
            )


def _require_manager(manager: Actor, proceeding: Proceeding) -> None:
    require(
        may_manage(manager, proceeding.id),
        lazy_gettext("Only managers of this consultation can change its text blocks."),
        actor=manager,
    )
