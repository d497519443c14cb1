"""Arming rules for tests."""

from collections.abc import Callable
from typing import Any

import pytest

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.models import Role
from participation.database import transaction
from participation.moderation.past_texts import postings_of, unknown_texts
from participation.proceedings.models import Proceeding
from participation.screening.models import HoldingRule, RuleOfProceeding
from participation.screening.queries import rules_of
from participation.screening.rule_settings import first_settings
from participation.screening.services import begin_trial, fill, go_on_trying


@pytest.fixture
def arm_rule(in_app: Callable[[Callable[[], Any]], Any]) -> Callable[..., RuleOfProceeding]:
    """Arm a rule of a proceeding without a trial."""

    def make(proceeding: Proceeding, rule: HoldingRule, **settings: Any) -> RuleOfProceeding:
        def build() -> RuleOfProceeding:
            chosen = first_settings(rule) | settings
            with transaction() as session:
                row = RuleOfProceeding(proceeding_id=proceeding.id, rule=rule, settings=chosen, armed_at=clock.now())
                session.add(row)
            return row

        return in_app(build)  # type: ignore[no-any-return]

    return make


@pytest.fixture
def fill_texts(in_app: Callable[[Callable[[], Any]], Any]) -> Callable[[Proceeding], None]:
    """Make everything in a proceeding known to screening."""

    def make(proceeding: Proceeding) -> None:
        def build() -> None:
            while fill(lambda session: unknown_texts(session, proceeding.id)):
                pass

        in_app(build)

    return make


@pytest.fixture
def try_rule(make_actor: Callable[..., Actor]) -> Callable[..., RuleOfProceeding]:
    """Try a rule on everything in a proceeding, to the end, as a manager."""

    def run(proceeding: Proceeding, rule: HoldingRule, **settings: Any) -> RuleOfProceeding:
        manager = make_actor(proceeding, Role.MANAGER)
        before = rules_of(proceeding).get(rule)
        row = begin_trial(
            manager, proceeding, rule, first_settings(rule) | settings, seen_version=before.version if before else 0
        )
        while row.is_being_tried:
            go_on_trying(manager, proceeding, row, postings_of)
        return row

    return run
