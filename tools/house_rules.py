"""Rules of CONTRIBUTING that no linter knows; each finding names its reason. Part of `make check`."""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LONGEST = 400
READ_BY_PEOPLE = {".py", ".js", ".mjs", ".html", ".css"}
TEXT_RULES = (
    (
        re.compile(r"https?://[^\s\"']*/(?:simple|packages)/|\"resolved\": *\"https?:|--index-url[ =]"),
        "names a package registry: the installing machine decides where packages come from",
    ),
    (
        re.compile(r"(?<![\w.{}$/-])/(?:home|root|Users)/[a-z]"),
        "names a folder of one machine: write it relative to the project",
    ),
    (re.compile(r"\b(?:TODO|FIXME|XXX)\b"), "leaves something for later: do it, or file an issue"),
)
HTML_RULES = (
    (
        re.compile(r"<[^>]*\sstyle=\"", re.IGNORECASE),
        "has a style attribute, which our Content-Security-Policy forbids",
    ),
    (
        re.compile(r"<[^>]*\son[a-z]+=\"", re.IGNORECASE),
        "has an inline event handler, which our Content-Security-Policy forbids",
    ),
    (re.compile(r"\|\s*safe\b"), "switches escaping off: people's texts must never reach a page unescaped"),
)
NEVER_NAMES = re.compile(r"(^|/)(?:utils?|helpers?|common|managers?)(\.\w+)?(/|$)")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


def findings_in(path: Path, text: str) -> list[str]:
    """What one file breaks, as `path:line: reason`."""
    found = []
    lines = text.splitlines()
    if path.suffix in READ_BY_PEOPLE and len(lines) > LONGEST and "versions" not in path.parts:  # migrations are made
        found.append(f"{path}: {len(lines)} lines; beyond {LONGEST} a file is two topics")
    rules = (*TEXT_RULES, *HTML_RULES) if path.suffix == ".html" else TEXT_RULES
    for number, line in enumerate(lines, 1):
        found += [f"{path}:{number}: {reason}" for pattern, reason in rules if pattern.search(line)]
    return found


def main() -> None:
    found = []
    for path in tracked_files():
        if NEVER_NAMES.search(path.as_posix()):
            found.append(f"{path}: this name says nothing; a function lives with the subject whose word is in its name")
        if path == Path(__file__).relative_to(PROJECT):
            continue
        try:
            found += findings_in(path, (PROJECT / path).read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # a picture or a font
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
