"""Each decision in real browsers: one moderator takes it, the other sees it and takes it back; the author is told."""

import pytest
from playwright.sync_api import expect

from participation.discussion.models import VoteValue
from participation.discussion.services import vote
from tests.casework.desk import (
    decide,
    is_late,
    open_case,
    read,
    reasons,
    send,
    take_back,
    take_over,
    title,
)

PHONE_NUMBER = "0341 555 01 23"
WHY = "It names the number of a neighbour."
LATE = "I would hide all of it."


@pytest.fixture
def vote_for(app, place):
    """Votes for contributions as a guest."""

    def cast(guest, *contributions):
        with app.app_context():
            for one in contributions:
                vote(guest, place, one.id, VoteValue.FOR)

    return cast


def test_passages_are_removed_while_a_colleague_decides_and_put_back(moderator, visitor, written, receipt_of):
    item = written(title="Nachmittags treffen", text=f"Wer mitmacht: {PHONE_NUMBER}. Wir bringen Kuchen mit.")
    whole, rest = item.text, "Wer mitmacht: [entfernt]. Wir bringen Kuchen mit."
    kim, lou, public = moderator("Kim"), moderator("Lou"), visitor()
    open_case(lou, item)
    decide(lou, "h", LATE)
    open_case(kim, item)
    expect(kim.get_by_text("Lou is checking this just now.")).to_be_visible()
    take_over(kim)
    decide(kim, "s", WHY)
    expect(kim.get_by_label("Words to remove")).to_have_value(PHONE_NUMBER)
    send(kim)
    read(public, item)
    expect(public.get_by_text(rest)).to_be_visible()
    author = receipt_of(item)
    for words in ("Passages are removed from it, for good.", WHY, "You can object free of charge."):
        expect(author.get_by_role("region", name="The reasons")).to_contain_text(words)
    expect(author.get_by_text(whole)).to_be_visible()

    is_late(lou, "Passages removed")
    expect(lou.get_by_role("region", name="Decisions so far")).to_contain_text(WHY)
    expect(lou.get_by_text(whole)).to_be_hidden()
    lou.get_by_text("What the author wrote").click()
    expect(lou.get_by_text(whole)).to_be_visible()
    take_back(lou)
    public.reload()
    expect(public.get_by_text(whole)).to_be_visible()
    author.reload()
    expect(author.get_by_text("Your text is shown in full again.")).to_be_visible()


def test_two_contributions_are_merged_counted_together_and_separated(
    moderator, visitor, written, receipt_of, vote_for, make_guest
):
    leading, item = written(title="Linden pflanzen"), written(title="Bäume in den Hof")
    both, other = make_guest(), make_guest()
    vote_for(both, leading, item)
    vote_for(other, item)
    kim, lou, public = moderator("Kim"), moderator("Lou"), visitor()
    votes = public.locator("form.vote [data-vote=for]")
    open_case(kim, item)
    kim.keyboard.press("m")
    kim.get_by_label("Or find it by words of its headline or text").fill("Linden")
    kim.get_by_role("button", name="Find contributions, nearest first").click()
    kim.get_by_role("group", name="Found").get_by_label("Linden pflanzen").check()
    decide(kim, "m", "Both ask for trees in the same yard.")
    send(kim)
    read(public, leading)
    expect(votes).to_have_text("Agree 2")
    public.get_by_role("link", name=f"number {item.id}").click()
    expect(public.get_by_role("heading", name="Bäume in den Hof")).to_be_visible()
    public.get_by_role("link", name="To the leading contribution").click()
    expect(public.get_by_role("heading", name="Linden pflanzen")).to_be_visible()
    author = receipt_of(item)
    expect(author.get_by_role("heading", level=1)).to_have_text("Your contribution was merged with another one")

    open_case(lou, leading)
    lou.locator(".case").get_by_role("link", name=f"number {item.id}").click()
    title(lou, "Bäume in den Hof")
    take_back(lou)
    for one, number in ((leading, 1), (item, 2)):
        read(public, one)
        expect(votes).to_have_text(f"Agree {number}")
    author.reload()
    expect(author.get_by_text("Your contribution stands on its own again.")).to_be_visible()


def test_a_wrong_topic_is_mended_while_a_colleague_decides(moderator, visitor, written, receipt_of):
    item = written(title="Radweg verbreitern")
    moved = "Topic: Paths instead of Green and climate."
    kim, lou, public = moderator("Kim"), moderator("Lou"), visitor()
    open_case(lou, item)
    decide(lou, "h", LATE)
    open_case(kim, item)
    take_over(kim)
    kim.keyboard.press("v")
    kim.get_by_label("Topic", exact=True).select_option("Paths")
    reasons(kim).fill("More people will find it there.")
    send(kim)
    is_late(lou, "Moved")
    expect(lou.get_by_role("region", name="Decisions so far")).to_contain_text(moved)
    read(public, item)
    expect(public.get_by_role("article").first).to_contain_text("Paths")
    author = receipt_of(item)
    for words in ("Your contribution was moved", moved, "More people will find it there."):
        expect(author.get_by_role("region", name="Decisions")).to_contain_text(words)
    take_back(lou)
    author.reload()
    expect(author.get_by_text("Your contribution is back where it was")).to_be_visible()


def test_a_warning_reaches_the_author_alone_and_a_colleague_takes_it_back(moderator, visitor, written, receipt_of):
    item = written(title="Ruhe am Abend")
    kim, lou, public = moderator("Kim"), moderator("Lou"), visitor()
    open_case(kim, item)
    decide(kim, "w", WHY)
    send(kim)
    author = receipt_of(item)
    for words in ("This is a warning. Your text stays as it is.", WHY):
        expect(author.get_by_role("region", name="The reasons")).to_contain_text(words)
    read(public, item)
    expect(public.get_by_text(item.text)).to_be_visible()
    expect(public.get_by_text(WHY)).to_have_count(0)
    open_case(lou, item)
    expect(lou.get_by_text("The author was warned 1 time before.")).to_be_visible()
    take_back(lou)
    expect(lou.get_by_text("The author was warned 1 time before.")).to_have_count(0)
    author.reload()
    expect(author.get_by_text("We have taken our warning back")).to_be_visible()
