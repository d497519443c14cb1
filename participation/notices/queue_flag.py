"""Reports as a kind of the moderators' queue."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, select

from participation.moderation.queue_filter import FLAGS, Flag
from participation.notices.models import Notice, NoticeState


def open_reports(proceeding_ids: Sequence[int]) -> Select[Any]:
    """Return what is reported and not settled in these proceedings."""
    return select(Notice.contribution_id, Notice.comment_id, Notice.created_at).where(
        Notice.proceeding_id.in_(proceeding_ids), Notice.state == NoticeState.OPEN
    )


REPORTED = "notice"
FLAGS[REPORTED] = Flag(lazy_gettext("Reported"), open_reports)
