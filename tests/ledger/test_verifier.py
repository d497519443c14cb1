"""The program for everyone: it tells whatever was changed in a downloaded ledger; alone, on an old Python."""

import ast
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from participation.demo.seeding import seed
from participation.ledger.verify_ledger import FaultError, canonical, check
from tests.ledger.test_recount import place, story  # noqa: F401 – fixtures

TOOL = Path(__file__).resolve().parents[2] / "tools" / "verify_ledger.py"


@pytest.fixture
def ledger(client, story):  # noqa: F811
    """The file of a story in which everything happens once."""
    return client.get("/ledger/churchyard.jsonl").data


def faults(data):
    try:
        check(io.BytesIO(data))
    except FaultError as fault:
        return str(fault)
    return ""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_change_of_a_byte_a_line_or_the_order_is_found(ledger, data):
    lines = ledger.splitlines(keepends=True)
    what = data.draw(st.sampled_from(["byte", "cut", "insert", "drop", "double", "swap", "end"]))
    at, to = (data.draw(st.integers(0, len(ledger) - 1)) for _ in range(2))
    line, other = at % len(lines), to % len(lines)
    changed = bytearray(ledger)
    if what == "byte":
        changed[at] = data.draw(st.integers(0, 255))
    elif what == "cut":
        del changed[min(at, to) : max(at, to)]
    elif what == "insert":
        changed[at:at] = data.draw(st.binary(min_size=1, max_size=3))
    elif what == "end":
        del changed[at:]
    else:
        if what == "drop":
            del lines[line]
        elif what == "double":
            lines.insert(other, lines[line])
        else:
            lines[line], lines[other] = lines[other], lines[line]
        changed = bytearray(b"".join(lines))
    assert bool(faults(bytes(changed))) is (bytes(changed) != ledger)


def forged(ledger, number, **members):
    """Change an entry and compute all hashes after it anew, as somebody with the database could."""
    entries = [json.loads(line)["entry"] for line in ledger.splitlines()[:-1]]
    entries[number - 1] |= members
    lines, before = [], "0" * 64
    for entry in entries:
        entry["previous"] = before
        before = hashlib.sha256(canonical(entry)).hexdigest()
        lines.append(canonical({"entry": entry, "hash": before}))
    lines.append(canonical({"head": {"hash": before, "number": len(entries)}}))
    return b"\n".join(lines) + b"\n"


def test_who_noted_a_hash_down_finds_a_forged_ledger_out_and_nobody_votes_twice(ledger):
    entries = [json.loads(line)["entry"] for line in ledger.splitlines()[:-1]]
    vote = next(entry for entry in entries if entry["kind"] == "vote")
    noted = json.loads(ledger.splitlines()[-1])["head"]["hash"]
    assert check(io.BytesIO(ledger), head=noted)[0].hash == noted
    remade = forged(ledger, 2, commitment="f" * 64)
    assert faults(remade) == ""
    with pytest.raises(FaultError, match="No entry has the hash you noted down"):
        check(io.BytesIO(remade), head=noted)
    assert "votes twice" in faults(forged(ledger, vote["number"], before=-1))
    assert "no such vote" in faults(forged(ledger, vote["number"], value=5))
    assert "something unknown" in faults(forged(ledger, 2, remark="x"))


def test_the_program_runs_alone_and_says_in_words_what_it_found(ledger, tmp_path):
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(ledger)
    found = [json.loads(line)["entry"] for line in ledger.splitlines()[:-1]][1]["commitment"]

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-I", str(TOOL), *arguments], capture_output=True, text=True, check=False, cwd=tmp_path
        )

    right = run(str(file), "--counts", "--find", found)
    assert right.returncode == 0
    for words in ("RIGHT. churchyard: 18 entries", "2 contributions, 1 comments", "1 for, 1 against", found):
        assert words in right.stdout
    file.write_bytes(ledger.replace(b'"value":-1', b'"value":1', 1))
    wrong = run(str(file))
    assert (wrong.returncode, wrong.stdout[:14]) == (1, "WRONG. Line 6:")
    assert run(str(tmp_path / "none")).returncode == 1


def test_the_program_needs_only_python_3_9_and_its_standard_library():
    tree = ast.parse(TOOL.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert names <= sys.stdlib_module_names


def test_no_one_can_be_followed_from_one_contribution_to_another(client, app):
    with app.app_context():
        seed(slug="seed", contributions=6, votes=60)
    entries = [json.loads(line).get("entry", {}) for line in client.get("/ledger/seed.jsonl").data.splitlines()]
    votes = [entry for entry in entries if "voter" in entry]
    assert len({entry["voter"] for entry in votes}) == len(votes) == 60
    assert {len(entry["at"]) for entry in entries if entry} == {10}
