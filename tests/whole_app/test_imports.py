"""Who may import whom: only from the left; and a new subject must be given its place."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "participation"
ORDER = [
    "clock", "geodata", "errors", "config", "logs", "database", "languages", "forms", "security",
    "accounts", "audit", "notifications", "jobs", "proceedings", "tokens", "screening", "contributions", "discussion",
    "casework", "moderation", "notices", "complaints", "batches", "digests", "planning",
    "imports", "exports", "interfaces", "pages", "operation", "demo",
]  # fmt: skip
ASSEMBLY = {
    "__init__",
    "assets",
    "compression",
    "routes",
    "startup",
    "migrations",
}  # put the parts together; nobody imports them
PURE = {"geodata"}
WITHOUT_REQUEST = {"models.py", "permissions.py"}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("participation.")}
    return found


def modules():
    return [path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts]


def test_every_part_has_its_place_in_the_order():
    assert {part_of(path) for path in modules()} <= set(ORDER) | ASSEMBLY


def test_parts_import_only_from_the_left():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path in modules()
        if part_of(path) in ORDER
        for other in imported_parts(path) - {part_of(path)}
        if other in ASSEMBLY or (other in ORDER and ORDER.index(other) > ORDER.index(part_of(path)))
    ]
    assert wrong == []


def test_the_order_is_that_of_contributing():
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    line = text.partition("A subject imports only from those before it:")[2].partition("A test holds")[0]
    assert re.findall(r"[a-z]+", line) == ORDER


def test_models_permissions_and_geodata_know_no_request_and_no_session():
    wrong = []
    for path in modules():
        if path.name in WITHOUT_REQUEST or part_of(path) in PURE:
            text = path.read_text(encoding="utf-8")
            wrong += [
                f"{path.relative_to(PACKAGE)}: {word}"
                for word in ("db.session", "current_app", "flask import")
                if word in text
            ]
    assert wrong == []


def test_only_services_open_transactions():
    allowed = {
        "services.py",
        "drafts.py",
        "text_blocks.py",
        "loading.py",
        "runs.py",
        "seeding.py",
        "transactions.py",
        "__init__.py",
    }
    wrong = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if "transaction()" in path.read_text(encoding="utf-8")
        and "with transaction()" in path.read_text(encoding="utf-8")
        and path.name not in allowed
    ]
    assert wrong == []


def test_every_decision_settles_the_notices_about_it():
    """Whoever lets a moderator decide calls notices.services.decide, which calls that of moderation."""
    importing = re.compile(r"from participation\.moderation(\.services import .*\bdecide\b| import .*\bservices\b)")
    wrong = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if part_of(path) not in ("moderation", "notices") and importing.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_only_the_clock_reads_the_time():
    wrong = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if part_of(path) != "clock"
        and any(word in path.read_text(encoding="utf-8") for word in ("datetime.now(", "utcnow(", "time.time("))
    ]
    assert wrong == []


def test_no_file_is_longer_than_400_lines():
    root = PACKAGE.parent
    files = [
        *root.glob("*.py"),
        *modules(),
        *(root / "templates").rglob("*.*"),
        *(root / "tests").rglob("*.py"),
    ]
    files += [path for folder in ("js", "css") for path in (root / "static" / folder).rglob(f"*.{folder}")]
    long = [str(path.relative_to(root)) for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert long == []
