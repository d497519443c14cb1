"""Every mail has two parts with the same words, in German and English, and citizens' words stay words."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from participation import clock
from participation.accounts.models import Role, User
from participation.complaints import services as complaints
from participation.complaints.cases import complaint_case
from participation.complaints.contested import contested_decision
from participation.complaints.models import ComplaintOutcome
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.discussion.models import Vote
from participation.moderation.models import Outcome
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars
from participation.notices.models import NoticeOutcome, NoticeState
from participation.notifications.services import add_mail, add_mail_to_account, send_waiting_mail
from participation.notifications.writing import blocks, quoted
from participation.proceedings.models import Proceeding
from tests.accessibility import axe_findings
from tests.inbox import html, plain_text

TEMPLATES = Path(__file__).resolve().parents[2] / "templates/mails"
HOSTILE = '<script>alert("1")</script> Ärger & <img src="https://evil.example/x.png">'
FAKE_LINK = "Zum Gewinn:\nhttp://127.0.0.1:5000/evil\n\n- Punkt\n> Zitat"


class Words(HTMLParser):
    """Collects the words that a reader sees, and the tags."""

    def __init__(self, source):
        super().__init__()
        self.words, self.tags, self.hidden = [], [], 0
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.hidden += tag in ("style", "title")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if not self.hidden:
            self.words += data.split()


def words_of(text):
    """Return the words of the plain text as the HTML part has them: without addresses and marks of blocks."""
    lines = text.splitlines()
    labels = {number - 1 for number, line in enumerate(lines) if line.startswith("http")}
    shown = [line.removesuffix(":") if number in labels else line for number, line in enumerate(lines)]
    kept = [re.sub(r"^(> ?|- |-- $)", "", line) for line in shown if not line.startswith("http")]
    return " ".join(kept).split()


def put_complaint(author, decision, new, second):
    """Object to a decision; the second moderator, if there is one, upholds that."""
    complaint = complaints.complain(author, contested_decision(decision), new)
    if second is not None:
        proceeding = db.session.get_one(Proceeding, complaint.proceeding_id)
        case = complaint_case(second, proceeding, complaint.id)
        answer = {"outcome": ComplaintOutcome.UPHELD, "answer": new.text, "seen_version": case.item.version}
        complaints.decide(second, case, **answer)


@pytest.fixture
def put(  # noqa: C901 – one case a template
    app_context, make_proceeding, make_contribution, make_comment, make_notice, make_guest, make_actor
):
    """Put one mail of a kind into the outbox, for a recipient with a language."""

    def put_mail(template, language, title=HOSTILE, text=FAKE_LINK):
        proceeding = make_proceeding()
        author = make_guest("author@example.org", language)
        moderator = make_actor(proceeding, Role.MODERATOR)
        waiting = {"state": PublicationState.SUBMITTED, "author": author, "title": title, "text": text}
        contribution = make_contribution(proceeding, **waiting)
        about = {"proceeding_id": proceeding.id}
        reasons = {"ground": "insult", "statement_of_reasons": text, "seen_version": 1}
        match template:
            case "contributions/confirm":
                ids = {"contribution_id": contribution.id, "email": "author@example.org"}
            case "contributions/receipt":
                ids = {"contribution_id": contribution.id}
            case "moderation/decision":
                comment = make_comment(contribution, text, author=author, state=PublicationState.SUBMITTED)
                decide(moderator, contribution, outcome=Outcome.REJECT, **reasons)
                decide(moderator, comment, outcome=Outcome.REJECT, **reasons)
                return
            case "moderation/voter":
                with transaction() as session:
                    vote = {"contribution_id": contribution.id, "participant_id": author.participant_id}
                    session.add(Vote(**vote, value=1, cast_at=clock.now()))
                particulars = Particulars(block_days=7, voter_id=author.participant_id)
                decide(moderator, contribution, outcome=Outcome.BLOCK_VOTER, particulars=particulars, **reasons)
                return
            case "moderation/group":
                merged = make_contribution(proceeding)
                leading = make_contribution(proceeding, author=author, title=title, text=text)
                particulars = Particulars(leading_id=leading.id)
                decide(moderator, merged, outcome=Outcome.MERGE, particulars=particulars, **reasons)
                return
            case "notices/received":
                ids = {"notice_id": make_notice(contribution, email="author@example.org", language=language).id}
            case "notices/settled":
                settled = {"state": NoticeState.SETTLED, "outcome": NoticeOutcome.NOT_UPHELD, "settled_at": clock.now()}
                about_notice = {"email": "author@example.org", "language": language, "answer": text}
                ids = {"notice_id": make_notice(contribution, **settled, **about_notice).id}
            case "complaints/received" | "complaints/settled":
                limited = make_contribution(proceeding, **(waiting | {"state": PublicationState.PUBLISHED}))
                decision = decide(moderator, limited, outcome=Outcome.HIDE, **reasons)
                second = make_actor(proceeding, Role.MODERATOR) if template.endswith("settled") else None
                put_complaint(author, decision, complaints.NewComplaint(text, language=language), second)
                return
            case "moderation/digest":
                make_notice(make_contribution(proceeding))
                with transaction() as session:
                    session.get_one(User, moderator.user_id).language = language
                    add_mail_to_account(session, template, moderator.user_id, user_id=moderator.user_id, seen={})
                return
        with transaction() as session:
            add_mail(session, template, author.participant_id, **about, **ids)

    return put_mail


ALL = [
    *("complaints/received", "complaints/settled", "contributions/confirm", "contributions/receipt"),
    *("moderation/decision", "moderation/digest", "moderation/group", "moderation/voter"),
    *("notices/received", "notices/settled"),
]


def test_every_mail_is_known_to_these_tests():
    found = {str(path.relative_to(TEMPLATES).with_suffix("")) for path in TEMPLATES.rglob("*/*.txt")}
    assert found == set(ALL)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", ALL)
def test_both_parts_say_the_same_in_the_recipients_language(put, inbox, markup_findings, template, language):
    put(template, language)
    _, failed = send_waiting_mail()
    assert failed == 0
    assert inbox.messages
    for message in inbox.messages:
        text, page = plain_text(message), html(message)
        seen = Words(page)
        assert message["Content-Language"] == language
        assert ("html", {"lang": language}) in seen.tags
        assert seen.words == ["mitreden", "Leipzig", *str(message["Subject"]).split(), *words_of(text)]
        assert ("Guten Tag," in text) is (language == "de")
        assert text.count("mitreden Leipzig") == 1
        assert "\n\n\n" not in text.replace("\r", "")
        assert [finding for finding in markup_findings(page) if "deprecated" not in finding] == []


@pytest.mark.parametrize("template", ALL)
def test_a_mail_loads_nothing_and_has_one_button_to_our_own_site(put, inbox, template):
    put(template, "de")
    send_waiting_mail()
    for message in inbox.messages:
        seen = Words(html(message))
        assert not {"script", "img", "link", "iframe", "form"} & {tag for tag, _ in seen.tags}
        assert not re.search(r"url\(|@import", html(message))
        assert not any({"src", "srcset", "style"} & set(attributes) for _, attributes in seen.tags)
        links = [attributes["href"] for tag, attributes in seen.tags if tag == "a"]
        assert all(link.startswith("http://127.0.0.1:5000/") for link in links)
        assert "http://127.0.0.1:5000/evil" not in links
        assert sum(attributes.get("class") == "button" for _, attributes in seen.tags) == 1
        assert all(link in plain_text(message) for link in links)


@pytest.mark.parametrize("title", ["Ä\r\nBcc: evil@example.org", "Ä\nTo: evil@example.org\n\n<b>Text</b>"])
def test_a_title_makes_no_header_and_no_markup(put, inbox, title):
    put("contributions/receipt", "de", title=title)
    assert send_waiting_mail() == (1, 0)
    (message,) = inbox.messages
    assert message["Bcc"] is None
    assert message.get_all("To") == ["author@example.org"]
    assert "b" not in {tag for tag, _ in Words(html(message)).tags}


def test_citizens_words_stand_apart_and_make_no_block_of_their_own(app_context):
    body = f"Davor:\n\n{quoted(FAKE_LINK)}\n\nZum Beleg:\nhttp://127.0.0.1:5000/receipts/1-x"
    kinds = [(block.kind, block.lines, block.url) for block in blocks(body)]
    assert kinds == [
        ("text", ("Davor:",), ""),
        ("quote", ("Zum Gewinn:", "http://127.0.0.1:5000/evil", "", "- Punkt", "> Zitat"), ""),
        ("link", ("Zum Beleg",), "http://127.0.0.1:5000/receipts/1-x"),
    ]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_line_end_gets_out_of_a_quotation(separator):
    assert quoted(f"eins{separator}zwei") == "> eins\n> zwei"


def test_an_address_of_another_site_is_no_button(app_context):
    (block,) = blocks("Hier:\nhttp://127.0.0.1:5000.evil.example/x")
    assert block.kind == "text"


def test_the_subject_has_umlauts_and_no_line_end(put, inbox):
    title = 'Ärger Platz 1 für "jetzt" Ärger Öl, (schön) Platz 1 Öl, Platz für (schön) "jetzt" Straßenbahnhaltestelle'
    put("contributions/receipt", "de", title=title)
    send_waiting_mail()
    (message,) = inbox.messages
    assert message["Subject"] == f"Ihr Beitrag „\u2068{title}\u2069“ ist da"
    assert title in unescape(html(message))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("template", ["moderation/decision", "moderation/digest"])
def test_a_mail_is_accessible_and_fits_a_phone(put, inbox, page, template, theme):
    put(template, "de")
    send_waiting_mail()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 320, "height": 640})
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    for message in inbox.messages:
        page.set_content(html(message))
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert requests == []


def test_the_sentence_about_a_move_is_set_apart_as_the_moderators(
    inbox, app_context, make_proceeding, make_contribution, make_guest, make_actor
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, author=make_guest("author@example.org"))
    where = Particulars(category="paths")
    moderator = make_actor(proceeding, Role.MODERATOR)
    decide(
        moderator, contribution, outcome=Outcome.MOVE, seen_version=1, particulars=where, statement_of_reasons=FAKE_LINK
    )
    send_waiting_mail()
    text = plain_text(inbox.messages[-1]).replace("\r", "")
    assert f"keine Angabe statt Idee.\n\n{quoted(FAKE_LINK)}\n" in text


@pytest.mark.parametrize("state, told", [
    (PublicationState.PUBLISHED, "steht wieder für sich"), (PublicationState.SUBMITTED, "zurzeit nicht öffentlich"),
])  # fmt: skip
def test_of_what_is_no_longer_merged_it_is_said_whether_it_is_public(
    inbox, app_context, make_proceeding, make_contribution, make_guest, make_actor, state, told
):
    proceeding = make_proceeding()
    merged = make_contribution(proceeding, state=state, author=make_guest())
    leading = make_contribution(proceeding, author=make_guest("leading@example.org"))
    moderator = make_actor(proceeding, Role.MODERATOR)
    reasons = {"ground": "repetition", "statement_of_reasons": "Beide wünschen Bänke."}
    particulars = Particulars(leading_id=leading.id)
    decision = decide(moderator, merged, outcome=Outcome.MERGE, seen_version=1, particulars=particulars, **reasons)
    undo(moderator, merged, decision, seen_version=merged.version, **reasons)
    send_waiting_mail()
    assert told in plain_text(inbox.messages[-1])
