"""A citizen's right-to-left marks turn around nothing but the citizen's own words."""

import pytest

from participation.accounts.models import Role
from participation.contributions.states import PublicationState
from participation.languages import bdi, isolated

RLO, FSI, PDI = "\u202e", "\u2068", "\u2069"
NAME = f"{RLO}M. Muster"


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def talk(proceeding, make_contribution, make_comment):
    contribution = make_contribution(proceeding, title=f"{RLO}Bänke her", public_name=NAME)
    comment = make_comment(contribution, public_name=NAME)
    make_comment(contribution, parent=make_comment(contribution, parent=comment, public_name=NAME))
    return contribution, comment


def test_names_and_titles_inside_a_sentence_stand_alone(client, talk):
    contribution, comment = talk
    page = client.get(f"/proceedings/churchyard/contributions/{contribution.id}?reply={comment.id}").get_data(
        as_text=True
    )
    assert page.count(NAME) == page.count(f"<bdi>{NAME}</bdi>") > 4
    assert f"<title>{FSI}{contribution.title}{PDI} – " in page
    assert f'aria-label="Abstimmen: {FSI}{contribution.title}{PDI}"' in page


def test_the_moderators_queue_keeps_them_apart_too(proceeding, make_actor, make_client, make_comment, talk):
    contribution, _ = talk
    make_comment(contribution, state=PublicationState.SUBMITTED, public_name=NAME)
    moderator = make_client(make_actor(proceeding, Role.MODERATOR))
    page = moderator.get("/moderation/churchyard").get_data(as_text=True)
    assert page.count(f"<bdi>{contribution.title}</bdi>") == 3  # list, its checkbox, case
    assert f"<bdi>{NAME}</bdi>" in page


@pytest.mark.parametrize("typed", ["\u2069" + RLO, "\u2067\u2066", RLO], ids=["ends ours", "never ends", "override"])
def test_nobody_can_break_out(typed):
    within = "".join(character for character in typed if character == RLO)
    assert isolated(typed) == FSI + within + PDI
    assert bdi(typed) == f"<bdi>{within}</bdi>"


def test_markup_stays_text():
    assert bdi("<b>&") == "<bdi>&lt;b&gt;&amp;</bdi>"
