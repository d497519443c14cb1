"""Is a page valid HTML? Asked of html-validate, with the rules in .htmlvalidate.json."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def markup_findings() -> Iterator[Callable[[str], list[str]]]:
    """Function that lists what is wrong with the HTML of a page, one line a finding; an empty list is a good page."""
    node = shutil.which("node", path=f"{PROJECT / '.venv/bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    if node is None or not (PROJECT / "node_modules/html-validate").exists():
        pytest.fail("html-validate is missing. Run: make setup-dev", pytrace=False)
    command = [node, str(PROJECT / "tools/markup-checker.mjs")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as checker:
        assert checker.stdin is not None
        assert checker.stdout is not None
        questions, answers = checker.stdin, checker.stdout

        def findings(html: str) -> list[str]:
            questions.write(json.dumps(html) + "\n")
            questions.flush()
            answer: list[str] = json.loads(answers.readline())
            return answer

        yield findings
        questions.close()
