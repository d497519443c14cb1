"""The table role × state for programs: with a token one sees at most what its owner sees, and hidden things nowhere."""

import pytest

from participation.accounts.models import Role, Scope
from participation.contributions.states import PublicationState as State
from tests.interfaces.api.conftest import HERE
from tests.whole_app.channels import TITLE

OWNERS = {"moderator": Role.MODERATOR, "planner": Role.PLANNER, "manager": Role.MANAGER}
PUBLIC = (State.PUBLISHED, State.MERGED)


@pytest.mark.parametrize("state", list(State), ids=str)
@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("owner", [*OWNERS, "manager elsewhere", "author", "guest", "stranger"])
def test_a_program_sees_exactly_what_it_may(
    program, guest_program, make_proceeding, make_actor, make_guest, make_token, make_contribution, owner, scope, state
):
    place, elsewhere, author = make_proceeding(), make_proceeding("elsewhere"), make_guest()
    contribution = make_contribution(place, state=state, author=author, title=TITLE)
    if owner in OWNERS:
        caller = program(make_token(make_actor(place, OWNERS[owner]), scope))
    elif owner == "manager elsewhere":
        caller = program(make_token(make_actor(elsewhere, Role.MANAGER), scope))
    else:
        caller = {"author": guest_program(author), "guest": guest_program(), "stranger": program()}[owner]
    moderates = owner in ("moderator", "manager") and scope is Scope.MODERATE
    plans = owner in ("planner", "manager") and scope is Scope.PLAN
    sees = {
        "contributions": state is State.PUBLISHED,
        f"contributions/{contribution.id}": state in PUBLIC or moderates or owner == "author",
        "moderation/queue?state=any": moderates,
        f"moderation/contribution/{contribution.id}": moderates,
        "planning/contributions": plans and state is State.PUBLISHED,
    }
    found = {path: TITLE in caller.get(f"{HERE}/{path}").get_data(as_text=True) for path in sees}
    assert found == sees
