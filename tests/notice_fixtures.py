"""Making notices for tests."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from participation import clock
from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.database import transaction
from participation.discussion.models import Comment
from participation.notices.models import Notice
from participation.proceedings.queries import rule_in_force

EXPLANATION = "Der zweite Satz beleidigt meine Nachbarin."


@pytest.fixture
def make_notice(in_app: Callable[[Callable[[], Any]], Any], make_guest: Callable[..., Actor]) -> Callable[..., Notice]:
    """Make an open notice about a contribution or comment in any state, by a new guest unless told by whom."""

    def make(
        item: Contribution | Comment,
        *,
        reporter: Actor | None = None,
        explanation: str = EXPLANATION,
        created_at: datetime | None = None,
        **columns: Any,
    ) -> Notice:
        actor = reporter or make_guest()

        def build() -> Notice:
            values: dict[str, Any] = {
                f"{item.__tablename__}_id": item.id,
                "proceeding_id": item.proceeding_id,
                "participant_id": actor.participant_id,
                "rule": rule_in_force(item.proceeding_id, "insult"),
                "explanation": explanation,
                "passage": "",
                "language": "de",
                "idempotency_key": secrets.token_hex(32),
                "receipt_nonce": secrets.token_hex(16),
                "created_at": created_at or clock.now(),
            }
            with transaction() as session:
                notice = Notice(**(values | columns))
                session.add(notice)
            return notice

        return in_app(build)  # type: ignore[no-any-return]

    return make
