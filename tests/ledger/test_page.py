"""The page of the ledger and the files on it."""

import json
from pathlib import Path

import pytest

from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret, sent_commitment
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.demo.seeding import seed
from participation.jobs.work import Worker, do_chores
from participation.ledger import verify_ledger
from participation.ledger.models import WaitingEntry
from participation.proceedings.models import Proceeding, ProceedingState
from participation.recounts import counting
from participation.recounts.services import complete
from tests.ledger.test_recount import new, place, story  # noqa: F401 – fixtures

HERE = "/ledger/churchyard"


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.get_data(as_text=True)


@pytest.fixture
def seeded(app):
    with app.app_context():
        seed(slug="churchyard", contributions=20, votes=30, comments=10)


def test_the_page_counts_again_and_finds_what_a_receipt_names(client, app, seeded, markup_findings):
    with app.app_context():
        one = db.session.query(Contribution).filter_by(state=State.PUBLISHED).first()
        number, secret = sent_commitment(one), receipt_secret(one)
        public = db.session.query(Contribution).filter_by(state=State.PUBLISHED).count()
    receipt = read(client, f"/receipts/{secret}")
    assert f'href="{HERE}?fingerprint={number}#find"' in receipt
    for part in (one.salt, one.fingerprint):
        assert part in receipt
    page = read(client, f"{HERE}?fingerprint={number[:32]}+{number[32:].upper()}")
    assert "Er steht im Protokoll." in page
    assert "Stand schon hier, als das Protokoll begann" in page
    assert f'"id":"contribution-{one.id}"' in page.replace("&#34;", '"')
    assert f'Öffentliche Beiträge</th><td class="n">{public}<' in page
    assert f'"{number}"' in client.get(f"{HERE}.jsonl").get_data(as_text=True)
    assert "Keine Zeile hat diesen Fingerabdruck." in read(client, f"{HERE}?fingerprint={'0' * 64}")
    wrong = read(client, f"{HERE}?fingerprint=12'%22<b>", 422)
    assert "Das ist kein vollständiger Fingerabdruck." in wrong
    assert 'value="12&#39;&#34;&lt;b&gt;"' in wrong
    for shown in (receipt, page, wrong, read(client, f"/en{HERE}")):
        assert markup_findings(shown) == []
    assert f'href="{HERE}"' in read(client, "/proceedings/churchyard/about")


def test_an_empty_ledger_says_so_and_a_draft_has_none_for_strangers(client, make_proceeding):
    make_proceeding()
    make_proceeding("draft", state=ProceedingState.DRAFT)
    assert "Noch ist nichts geschehen." in read(client, HERE)
    assert client.get(f"{HERE}.jsonl").data == b'{"head":{"hash":"%s","number":0}}\n' % (b"0" * 64)
    for path in ("/ledger/draft", "/ledger/draft.jsonl", "/ledger/none"):
        read(client, path, 404)


def test_the_file_is_sent_once_and_says_no_more_than_the_public_sees(client, app, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    shown, held = make_contribution(proceeding), make_contribution(proceeding, state=State.SUBMITTED)
    with app.app_context():
        complete(db.session.get_one(Proceeding, proceeding.id))
    first = client.get(f"{HERE}.jsonl")
    entries = [json.loads(line).get("entry", {}) for line in first.data.splitlines()]
    assert [entry.get("state") for entry in entries] == [None, "public", "not_public", None]
    assert entries[1]["id"] == f"contribution-{shown.id}"
    assert "id" not in entries[2]
    assert f"contribution-{held.id}" not in first.get_data(as_text=True)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(f"{HERE}.jsonl", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = client.get(f"{HERE}.jsonl", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    program = client.get("/ledger/verify_ledger.py")
    assert program.data.decode() == Path(verify_ledger.__file__).read_text(encoding="utf-8")


def test_a_long_ledger_is_counted_in_the_background(client, app, seeded, monkeypatch):
    monkeypatch.setattr(counting, "MOST_AT_ONCE", 10)
    page = read(client, HERE)
    assert "Dieses Protokoll ist lang." in page
    assert "Nachgezählt</h2>" in page
    sent = client.send(HERE)
    assert sent.status_code == 303
    assert "Das Protokoll wird gezählt." in read(client, HERE)
    with app.app_context():
        Worker().run_due()
    counted = read(client, HERE)
    assert "wurde jede Zeile bis Nummer 61 geprüft und gezählt" in counted
    assert 'Öffentliche Kommentare</th><td class="n">10<' in counted


def test_what_nobody_looks_at_is_sealed_by_the_worker(app, place, make_guest):  # noqa: F811
    submit_contribution(make_guest(), place, new(), idempotency_key="k")
    assert db.session.query(WaitingEntry).count() == 1
    do_chores()
    assert db.session.query(WaitingEntry).count() == 0
