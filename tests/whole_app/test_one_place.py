"""What several subjects need is said and done in one place."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"participation": "*.py", "templates": "*.*", "static/css": "*.css"}


def places_of(words: str) -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for folder, pattern in FOLDERS.items()
        for path in sorted((ROOT / folder).rglob(pattern))
        for _ in range(path.read_text(encoding="utf-8").count(words))
    ]


@pytest.mark.parametrize(
    "words, place",
    [
        ("This page was open for too long.", "participation/forms.py"),
        ("This page of the list does not exist any more.", "participation/database/paging.py"),
        ('["X-Robots-Tag"]', "participation/security.py"),
        ("SECRET_LENGTH = 32", "participation/security.py"),
        ("ValidationError(str(error.message))", "participation/forms.py"),
        ("You can also go to court.", "participation/moderation/reasons.py"),
        ("A person decided this, not a computer.", "participation/moderation/reasons.py"),
        ("A machine pointed this text out", "participation/moderation/reasons.py"),
        ("One can object for six months.", "participation/moderation/reasons.py"),
    ],
)
def test_it_stands_in_one_place(words, place):
    assert places_of(words) == [place]
