"""States that are reached by sending forms: valid HTML, labelled controls, landmarks, a title that tells the error."""

import json
from collections.abc import Iterator
from html import unescape

import pytest
from werkzeug.test import TestResponse

from participation.accounts.models import Role
from participation.contributions.states import PublicationState
from tests.every_page.test_markup import Outline

PLACE = "/proceedings/churchyard"
CORNERS = [[12.37, 51.342], [12.371, 51.3425], [12.371, 51.342], [12.37, 51.3425], [12.37, 51.342]]
AREA_THAT_CROSSES = json.dumps({"type": "Polygon", "coordinates": [CORNERS]})
UNLABELLED = {"hidden", "submit", "button"}


@pytest.fixture(params=["", "/en"], ids=["German", "English"])
def answers(request, make_proceeding, make_contribution, make_comment, make_actor, make_client):
    """Every such state in one language: name, answer, expected status."""
    proceeding = make_proceeding()
    make_proceeding("elsewhere", allows=())
    contribution = make_contribution(proceeding)
    comment = make_comment(contribution)
    hidden = make_comment(contribution, state=PublicationState.HIDDEN)
    gone = make_contribution(proceeding, state=PublicationState.HIDDEN)
    waiting = make_contribution(proceeding, state=PublicationState.SUBMITTED)
    guest, moderator = make_client(None), make_client(make_actor(proceeding, Role.MODERATOR))
    root = request.param
    steps, detail = f"{root}{PLACE}/contribute", f"{root}{PLACE}/contributions/{contribution.id}"
    case = f"{root}/moderation/churchyard/contribution/{waiting.id}"

    def all_states() -> Iterator[tuple[str, TestResponse, int]]:
        yield "place, nothing chosen", guest.send(f"{steps}/place", {"kind": "point"}), 422
        yield "place, crossing", guest.send(f"{steps}/place", {"kind": "area", "geometry": AREA_THAT_CROSSES}), 422
        yield "place, numbers", guest.send(f"{steps}/place", {"kind": "point", "latitude": "x", "longitude": "y"}), 422
        drawn = {"kind": "point", "latitude": "51.3421", "longitude": "12.3707"}
        yield "place, taken", guest.send(f"{steps}/place", drawn), 303
        yield "topic", guest.get(f"{steps}/topic"), 200
        yield "topic, nothing chosen", guest.send(f"{steps}/topic"), 422
        yield "topic, taken", guest.send(f"{steps}/topic", {"category": "green", "type": "idea"}), 303
        yield "text", guest.get(f"{steps}/text"), 200
        yield "text, too short", guest.send(f"{steps}/text", {"title": '"<b>', "text": "</textarea>"}), 422
        words = {"title": "Schatten für alle", "text": "Bitte pflanzen Sie hier Linden."}
        yield "text, taken", guest.send(f"{steps}/text", words), 303
        yield "check", guest.get(f"{steps}/check"), 200
        yield "check, errors", guest.send(f"{steps}/check", {"email": "kim@example", "public_name": "x" * 500}), 422
        sent = guest.send(f"{steps}/check", {"consent": "y"})
        yield "check, taken", sent, 303
        yield "receipt, just sent", guest.get(sent.headers["Location"]), 200
        yield "list with an own waiting contribution", guest.get(f"{root}{PLACE}"), 200
        yield "empty comment", guest.send(f"{detail}/comments", {"text": " "}), 422
        yield "empty reply", guest.send(f"{detail}/comments", {"text": "", "parent_id": str(comment.id)}), 422
        answer = {"text": "</textarea>Ja.", "parent_id": str(hidden.id)}
        yield "reply to a hidden comment", guest.send(f"{detail}/comments", answer), 409
        yield "reply to no comment", guest.get(f"{detail}?reply={hidden.id}"), 200
        there = f"{root}{PLACE}/contributions/{gone.id}"
        yield "comment on what is gone", guest.send(f"{there}/comments", {"text": "</textarea>Ja."}), 410
        yield "own waiting comment", guest.send(f"{detail}/comments", {"text": "Ja."}, follow_redirects=True), 200
        yield "voted", guest.send(f"{detail}/vote", {"vote": "for"}, follow_redirects=True), 200
        report = f"{detail}/report"
        yield "report", guest.get(report), 200
        yield "report, errors", guest.send(report, {"explanation": "</textarea>", "email": "kim@example"}), 422
        there = f"{root}{PLACE}/contributions/{gone.id}/report"
        yield "report of what is gone", guest.send(there, {"explanation": "</textarea>Weg damit."}), 410
        reported = guest.send(report, {"explanation": "Der zweite Satz beleidigt.", "reason": "insult"})
        yield "report, taken", reported, 303
        yield "receipt of a report", guest.get(reported.headers["Location"]), 200
        yield "not open", guest.get(f"{root}/proceedings/elsewhere/contribute/place"), 409
        yield "method", guest.get(f"{root}/sign-out"), 405
        yield "wrong password", guest.send(f"{root}/sign-in", {"email": "a@example.org", "password": "x"}), 422
        yield "no decision", moderator.send(case, {"seen_version": "1"}), 422
        limit = {"seen_version": "1", "outcome": "reject"}
        yield "decision without reasons", moderator.send(case, limit), 422
        taken = moderator.send(case, {"seen_version": "1", "outcome": "publish"}, follow_redirects=True)
        yield "decided", taken, 200
        late = limit | {"ground": "insult", "statement_of_reasons": "</textarea>"}
        yield "decided by someone else", moderator.send(case, late), 409

    return "en" if root else "de", list(all_states())


def unlabelled(outline: Outline) -> list[str]:
    """Controls without a label, a name or an enclosing label; labels are matched by id."""
    targets = {attributes.get("for") for tag, attributes in outline.tags if tag == "label"}
    return [
        f"{tag} {attributes.get('name')}"
        for tag, attributes in outline.tags
        if tag in ("input", "select", "textarea")
        and attributes.get("type") not in (*UNLABELLED, "radio", "checkbox")  # these stand inside their labels
        and attributes.get("id") not in targets
        and not (attributes.get("aria-label") or attributes.get("aria-labelledby"))
    ]


def undescribed(outline: Outline) -> list[str]:
    """Ids that a control, a region or a link inside the page refers to, and that are not there."""
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    named = ("aria-describedby", "aria-labelledby", "aria-controls", "for")
    wanted = [word for _, attributes in outline.tags for name in named for word in (attributes.get(name) or "").split()]
    links = [attributes.get("href") or "" for tag, attributes in outline.tags if tag == "a"]
    wanted += [link[1:] for link in links if link.startswith("#") and len(link) > 1]
    return [f"no #{id_}" for id_ in wanted if id_ not in ids]


def test_every_state_is_valid_html_with_its_parts_a_title_and_what_was_typed(answers, markup_findings):
    language, states = answers
    wrong: list[str] = []
    for name, response, status in states:
        if response.status_code != status:
            wrong.append(f"{name}: answers {response.status_code}")
            continue
        if status == 303:
            continue
        html = response.get_data(as_text=True)
        outline = Outline(html)
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        posts = [attributes for tag, attributes in outline.tags if (tag, attributes.get("method")) == ("form", "post")]
        tokens = [attributes for _, attributes in outline.tags if attributes.get("name") == "csrf_token"]
        checks = {
            "one h1": outline.count("h1") == 1,
            "one main": outline.count("main") == 1,
            "a header": outline.count("header") >= 1,
            "a navigation": outline.count("nav") >= 1,
            "its language": f'<html lang="{language}"' in html,
            "unique ids": len(ids) == len(set(ids)),
            "a token in each form": len(tokens) == len(posts),
            "nothing inline": not any(
                key == "style" or key.startswith("on") for _, attributes in outline.tags for key in attributes
            ),
            "the error in its title": status != 422 or outline.title.strip().startswith(("Fehler:", "Error:")),
            "a way to the other language": html.count(f'hreflang="{"de" if language == "en" else "en"}"') >= 2,
        }
        wrong += [f"{name}: not {what}" for what, is_right in checks.items() if not is_right]
        wrong += [f"{name}: {what}" for what in (*markup_findings(html), *unlabelled(outline), *undescribed(outline))]
    assert wrong == []
    pages = {name: response.get_data(as_text=True) for name, response, _ in states}
    typed = pages["text, too short"]  # is shown as text
    assert 'value="&#34;&lt;b&gt;"' in typed
    assert "&lt;/textarea&gt;" in typed
    assert typed.count("</textarea>") == 1
    steps = ("topic", "text", "check", "receipt, just sent", "voted", "decided", "not open")
    assert len({Outline(unescape(pages[name])).title for name in steps}) == len(steps)
