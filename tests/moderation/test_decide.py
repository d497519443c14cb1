"""Deciding: reasons for every limit, no lost decision, the author is told."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.contributions.states import STEPS, PublicationState
from participation.database import db, transaction
from participation.errors import Conflict, InvalidInput, NotPermitted, NotSignedIn
from participation.moderation.mails import decision_mail
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.queries import decisions_about
from participation.moderation.services import decide
from participation.notifications.models import OutboxMail
from participation.proceedings.queries import rule_in_force

REASONS = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt eine Person."}


@pytest.mark.parametrize("outcome", [Outcome.PUBLISH, Outcome.REJECT, Outcome.HIDE])
@pytest.mark.parametrize("state", list(PublicationState))
def test_only_the_steps_of_the_table_are_taken(
    app_context, make_proceeding, make_contribution, make_actor, outcome, state
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=state)
    moderator = make_actor(proceeding, Role.MODERATOR)
    if state in STEPS[outcome]:
        decide(moderator, contribution, outcome=outcome, seen_version=1, **REASONS)
        assert contribution.state is STEPS[outcome][state]
        assert contribution.version == 2
    else:
        with pytest.raises(Conflict):
            decide(moderator, contribution, outcome=outcome, seen_version=1, **REASONS)
        assert db.session.scalars(select(ModerationDecision)).all() == []


@pytest.mark.parametrize(
    "reasons", ["", "  \n", " \u200b ", "\u2800\u3164"], ids=["empty", "blank", "nothing seen", "fillers"]
)
def test_hiding_without_reasons_is_refused_and_changes_nothing(
    app_context, make_proceeding, make_contribution, make_actor, reasons
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    with pytest.raises(InvalidInput):
        decide(
            make_actor(proceeding, Role.MODERATOR),
            contribution,
            outcome=Outcome.HIDE,
            ground="insult",
            statement_of_reasons=reasons,
            seen_version=1,
        )
    assert contribution.state is PublicationState.PUBLISHED
    assert decisions_about(contribution) == []


def test_the_database_itself_refuses_a_limit_without_reasons(app_context, make_contribution):
    contribution = make_contribution()
    values = {
        "outcome": Outcome.HIDE,
        "state_before": "published",
        "state_after": "hidden",
        "rule_id": rule_in_force(contribution.proceeding_id, "insult").id,
        "statement_of_reasons": " ",
        "language": "de",
    }
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            insert(ModerationDecision).values(
                contribution_id=contribution.id, was_automated=False, decided_at=clock.now(), **values
            )
        )


def test_two_moderators_cannot_overwrite_each_other(app_context, make_proceeding, make_contribution, make_actor):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=PublicationState.SUBMITTED)
    first, second = make_actor(proceeding, Role.MODERATOR), make_actor(proceeding, Role.MODERATOR)
    decide(first, contribution, outcome=Outcome.PUBLISH, seen_version=1)
    with pytest.raises(Conflict):
        decide(second, contribution, outcome=Outcome.HIDE, seen_version=1, **REASONS)
    assert len(decisions_about(contribution)) == 1


@pytest.mark.parametrize("role", [None, Role.PLANNER, "elsewhere", "administrator"])
def test_nobody_else_decides(app_context, make_proceeding, make_contribution, make_actor, role):
    proceeding, other = make_proceeding(), make_proceeding("other")
    contribution = make_contribution(proceeding, state=PublicationState.SUBMITTED)
    if role == "elsewhere":
        actor = make_actor(other, Role.MODERATOR)
    elif role == "administrator":
        actor = make_actor(is_administrator=True)
    else:
        actor = make_actor(proceeding, *([role] if role else []))
    with pytest.raises(NotPermitted):
        decide(actor, contribution, outcome=Outcome.PUBLISH, seen_version=1)
    with pytest.raises(NotSignedIn):
        decide(STRANGER, contribution, outcome=Outcome.PUBLISH, seen_version=1)


def test_the_author_is_written_to_and_the_act_recorded(
    app_context, make_proceeding, make_contribution, make_actor, make_guest
):
    proceeding, author = make_proceeding(), make_guest("author@example.org")
    contribution = make_contribution(proceeding, state=PublicationState.SUBMITTED, author=author)
    moderator = make_actor(proceeding, Role.MODERATOR)
    decision = decide(moderator, contribution, outcome=Outcome.REJECT, seen_version=1, **REASONS)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.template, mail.participant_id, mail.ids) == (
        "moderation/decision",
        author.participant_id,
        {"decision_id": decision.id},
    )
    assert [event.action for event in events_about(contribution)] == ["moderation.reject"]


def test_a_comment_is_counted_only_while_it_is_public(
    app_context, make_proceeding, make_contribution, make_comment, make_actor
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    comment = make_comment(contribution, state=PublicationState.SUBMITTED)
    moderator = make_actor(proceeding, Role.MODERATOR)
    decide(moderator, comment, outcome=Outcome.PUBLISH, seen_version=1)
    db.session.refresh(contribution)
    assert contribution.comment_count == 1
    decide(moderator, comment, outcome=Outcome.HIDE, seen_version=2, **REASONS)
    db.session.refresh(contribution)
    assert contribution.comment_count == 0


@pytest.mark.parametrize("kind", ["contribution", "comment"])
def test_only_the_newest_decision_is_mailed(
    app_context, make_proceeding, make_contribution, make_comment, make_actor, make_guest, kind
):
    proceeding, author = make_proceeding(), make_guest("author@example.org")
    contribution = make_contribution(proceeding, state=PublicationState.PUBLISHED, author=author)
    comment = make_comment(contribution, author=author)
    item, other = (contribution, comment) if kind == "contribution" else (comment, contribution)
    moderator = make_actor(proceeding, Role.MODERATOR)
    hidden = decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, **REASONS)
    decide(moderator, other, outcome=Outcome.HIDE, seen_version=1, **REASONS)
    assert decision_mail({"decision_id": hidden.id})
    restored = decide(moderator, item, outcome=Outcome.PUBLISH, seen_version=2)
    assert decision_mail({"decision_id": hidden.id}) is None
    assert decision_mail({"decision_id": restored.id})


def test_a_line_end_counts_as_one_character_as_the_counter_on_the_page_says(
    make_proceeding, make_contribution, make_actor, make_client
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    client = make_client(make_actor(proceeding, Role.MODERATOR))
    path = f"/moderation/churchyard/contribution/{contribution.id}"
    typed = {"outcome": "hide", "ground": "insult", "seen_version": "1"}
    too_long = client.send(path, typed | {"statement_of_reasons": "x" * 4001})
    assert too_long.status_code == 422
    assert "Schreiben Sie höchstens 4000 Zeichen." in too_long.get_data(as_text=True)
    lines = "\r\n".join(["x" * 99] * 40)
    assert len(lines) > 4000
    assert client.send(path, typed | {"statement_of_reasons": lines}).status_code == 303


def test_only_who_decided_is_told_that_the_decision_is_saved(
    make_proceeding, make_contribution, make_actor, make_client
):
    proceeding = make_proceeding()
    first, second = (make_client(make_actor(proceeding, Role.MODERATOR)) for _ in range(2))
    path = f"/moderation/churchyard/contribution/{make_contribution(proceeding).id}"
    sent = {"outcome": "hide", "ground": "insult", "statement_of_reasons": "Der Satz.", "seen_version": "1"}
    where = first.send(path, sent).headers["Location"]
    assert "decided=" in where
    assert "Ihre Entscheidung ist gespeichert" in first.get(where).get_data(as_text=True)
    assert "Ihre Entscheidung ist gespeichert" not in second.get(where).get_data(as_text=True)
