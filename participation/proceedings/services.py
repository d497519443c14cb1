"""Writes of proceedings."""

from flask_babel import lazy_gettext

from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.database import locked, transaction
from participation.errors import Conflict
from participation.proceedings.models import ModerationMode, Proceeding
from participation.proceedings.permissions import may_manage


def switch_moderation_mode(
    manager: Actor, proceeding: Proceeding, mode: ModerationMode, *, seen_mode: ModerationMode
) -> None:
    """Choose whether new texts are held; what is there already stays as it is.

    Raises:
        NotPermitted: not a manager of this proceeding.
        Conflict: someone else switched it meanwhile.
    """
    require(may_manage(manager, proceeding.id), actor=manager)
    with transaction() as session:
        locked(session, proceeding)
        if proceeding.moderation_mode is not seen_mode:
            raise Conflict(lazy_gettext("Someone changed this at the same time. Please look at it again."))
        if mode is seen_mode:
            return
        proceeding.moderation_mode = mode
        add_event(
            session,
            manager,
            "proceedings.moderation_mode",
            proceeding,
            proceeding_id=proceeding.id,
            before=seen_mode,
            after=mode,
        )
