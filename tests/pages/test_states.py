"""What pages show in states that are easily forgotten: waiting, closed, empty, rejected, answering without script."""

import json
from datetime import timedelta
from html import unescape

import pytest

from participation import clock
from participation.accounts.models import Participant, Role
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import COMMENT_LONGEST
from participation.moderation.models import Outcome
from participation.moderation.services import decide

SUBMITTED = PublicationState.SUBMITTED


def read(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(response.get_data(as_text=True))


def test_waiting_contribution_is_first_in_its_authors_list_and_on_the_map_and_nowhere_else(
    make_proceeding, make_contribution, make_guest, make_client
):
    proceeding, author = make_proceeding(), make_guest()
    make_contribution(proceeding, title="Von allen zu sehen")
    make_contribution(proceeding, title="Wartet noch", state=SUBMITTED, author=author)
    own = read(make_client(author), "/proceedings/churchyard")
    assert own.index("Wartet noch") < own.index("Von allen zu sehen")
    assert "Wird geprüft. Nur Sie sehen ihn." in own
    features = json.loads(own.split('data-features="')[1].split('}"')[0] + "}")["features"]
    assert [feature["properties"]["pending"] for feature in features] == [True]
    assert "Wartet noch" not in read(make_client(None), "/proceedings/churchyard")


@pytest.mark.parametrize(
    "query, words",
    [("", "Machen Sie den Anfang."), ("?q=zzz", "Mit diesen Filtern gibt es noch keinen Beitrag.")],
    ids=["nothing yet", "no match"],
)
def test_empty_list_says_what_to_do(client, make_proceeding, query, words):
    make_proceeding()
    assert words in read(client, f"/proceedings/churchyard{query}")


def test_after_the_end_buttons_give_way_to_a_sentence(client, make_proceeding, make_contribution):
    now = clock.now()
    proceeding = make_proceeding(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=2))
    contribution = make_contribution(proceeding)
    pages = [
        read(client, f"/proceedings/churchyard{path}") for path in ("", "/about", f"/contributions/{contribution.id}")
    ]
    for page in pages:
        assert "Dieses Verfahren ist seit dem" in page
        assert "/contribute/" not in page
    assert 'method="post"' not in pages[2]


def test_answering_works_without_script(client, make_proceeding, make_contribution, make_comment):
    contribution = make_contribution(make_proceeding())
    comment = make_comment(contribution)
    path = f"/proceedings/churchyard/contributions/{contribution.id}"
    assert f"{path}?reply={comment.id}#comment-form" in read(client, path)
    page = read(client, f"{path}?reply={comment.id}")
    assert f'name="parent_id" value="{comment.id}"' in page
    assert page.count('id="comment-form"') == 1
    assert f'maxlength="{COMMENT_LONGEST}"' in page


def test_receipt_of_a_rejected_contribution_has_the_whole_statement_of_reasons(
    app, client, make_proceeding, make_contribution, make_actor
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=SUBMITTED)
    moderator = make_actor(proceeding, Role.MODERATOR)
    with app.test_request_context():
        decide(
            moderator,
            db.session.get_one(Contribution, contribution.id),
            outcome=Outcome.REJECT,
            ground="personal_data",
            statement_of_reasons="Sie nennen eine Telefonnummer.",
            seen_version=1,
        )
        secret = receipt_secret(contribution)
    page = read(client, f"/receipts/{secret}")
    for part in (
        "Ihr Beitrag erscheint nicht",
        "Der Text wird dauerhaft nicht veröffentlicht.",
        "Regel 3",
        "Sie nennen eine Telefonnummer.",
        "Ein Mensch hat entschieden, kein Computer.",
        "kostenlos widersprechen",
        "Sie haben Zeit bis zum",
        contribution.fingerprint,
    ):
        assert part in page


def test_a_merged_contribution_is_no_bad_news(make_proceeding, make_contribution, make_actor, make_client):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=PublicationState.MERGED)
    for reader in (None, make_actor(proceeding, Role.MODERATOR)):
        page = read(make_client(reader), f"/proceedings/churchyard/contributions/{contribution.id}")
        assert "Mit einem anderen Beitrag zusammengelegt" in page
        assert "Die Diskussion geht dort weiter." in page
        assert "note--bad" not in page.partition("<template")[0]
        assert "Nur die Moderation" not in page


def test_who_has_sent_already_is_told_so(client, make_guest, make_client, make_proceeding):
    make_proceeding()
    path = "/proceedings/churchyard/contribute/check"
    page = make_client(make_guest()).get(path, follow_redirects=True).get_data(as_text=True)
    assert "Hier gibt es nichts mehr zu senden." in page
    assert "Set-Cookie" not in client.get(path).headers


def test_filter_of_the_list_travels_to_the_contribution_and_back(client, make_proceeding, make_contribution):
    contribution = make_contribution(make_proceeding())
    path = f"/proceedings/churchyard/contributions/{contribution.id}?category=green"
    assert path in read(client, "/proceedings/churchyard?category=green")
    assert 'href="/proceedings/churchyard?category=green"' in read(client, path)


@pytest.mark.parametrize(
    "query, is_found", [("", True), ("?q=wartet", True), ("?category=paths", False), ("?q=zzz", False)]
)
def test_the_authors_waiting_ones_follow_the_filter_like_all_others(
    make_proceeding, make_contribution, make_guest, make_client, query, is_found
):
    proceeding, author = make_proceeding(), make_guest()
    make_contribution(proceeding, title="Wartet noch", state=SUBMITTED, author=author)
    assert ("Wartet noch" in read(make_client(author), f"/proceedings/churchyard{query}")) is is_found


@pytest.mark.parametrize("number", [0, 2**31, 10**19, 10**40])
def test_a_number_that_no_row_can_have_is_no_page(make_proceeding, make_actor, make_client, number):
    proceeding = make_proceeding()
    moderator = make_client(make_actor(proceeding, Role.MODERATOR))
    for path in (
        f"/proceedings/churchyard/contributions/{number}",
        f"/moderation/churchyard/contribution/{number}",
        f"/receipts/{number}-{'0' * 32}",
    ):
        assert moderator.get(path).status_code == 404
    assert moderator.send(f"/proceedings/churchyard/contributions/{number}/vote", {"vote": "for"}).status_code == 404
    page = make_client(None).get(f"/proceedings/churchyard?after={number}")
    assert page.status_code == 422


def test_no_place_is_not_offered_where_a_place_is_compulsory(make_proceeding, make_client):
    make_proceeding(is_place_required=True)
    client = make_client(None)
    assert 'value="none"' not in read(client, "/proceedings/churchyard/contribute/place")
    assert client.send("/proceedings/churchyard/contribute/place", {"kind": "none"}).status_code == 422


def test_a_receipt_thanks_at_first_and_later_begins_with_what_became_of_it(
    app, client, make_proceeding, make_contribution, make_actor, set_clock
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=SUBMITTED)
    with app.app_context():
        path = f"/receipts/{receipt_secret(contribution)}"
    assert "Danke. Ihr Beitrag ist da." in read(client, path)
    sent_at = clock.now()
    set_clock(sent_at + timedelta(minutes=11))
    assert "Ihr Beitrag wird geprüft" in read(client, path)
    set_clock(sent_at + timedelta(minutes=1))
    with app.app_context():
        again = db.session.get_one(Contribution, contribution.id)
        decide(make_actor(proceeding, Role.MODERATOR), again, outcome=Outcome.PUBLISH, seen_version=1)
    assert "Ihr Beitrag ist öffentlich" in read(client, path)


@pytest.mark.parametrize("path, data", [("vote", {"vote": "for"}), ("comments", {"text": "Das sehe ich anders."})])
def test_an_act_that_is_not_open_leaves_no_cookie_and_no_pseudonym(
    app, client, make_proceeding, make_contribution, path, data
):
    contribution = make_contribution(make_proceeding(allows=("contributing",)))
    response = client.send(f"/proceedings/churchyard/contributions/{contribution.id}/{path}", data)
    assert response.status_code == 409
    assert "guest=" not in ";".join(response.headers.getlist("Set-Cookie"))
    with app.app_context():
        assert db.session.query(Participant).count() == 0
