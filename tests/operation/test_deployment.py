"""Container, compose file and units: they hold together, and what they start runs from a read-only folder."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.operation.conftest import PROJECT
from tests.whole_app.test_serving import free_port, wait_for_answer

INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
PLACES = ["compose.yaml", "Containerfile", "deploy/timer.sh", "docs/operation.md", "README.md", "docs/mail.md"]


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Containerfile, without comments, lines joined."""
    text = "\n".join(line for line in (PROJECT / "Containerfile").read_text().splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", "", text)
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(i for i, (word, _) in enumerate(found) if word == "FROM") :]


def test_the_image_is_built_as_make_builds_and_runs_without_rights():
    words = {word for word, _ in instructions()}
    assert words <= INSTRUCTIONS
    stage = last_stage()
    assert ("USER", "10001:10001") in stage
    assert stage.index(("USER", "10001:10001")) > max(i for i, (word, _) in enumerate(stage) if word in ("RUN", "COPY"))
    base = re.compile(r"docker\.io/library/python:3\.\d+-slim-\w+( AS build)?")
    assert all(base.fullmatch(rest) for word, rest in instructions() if word == "FROM")
    runs = " ".join(rest for word, rest in instructions() if word == "RUN")
    recipe = re.search(r"^build: setup\n((?:\t@.+\n)+)", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    for line in recipe[1].splitlines():
        assert line.strip("\t@") in runs
    copies = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    copied = {part for parts in copies for part in parts}
    ignored = (PROJECT / ".dockerignore").read_text().split()
    for name in copied:
        assert (PROJECT / name).exists()
        assert any(Path(name).match(pattern.removeprefix("!")) for pattern in ignored if pattern.startswith("!"))


def test_every_service_gives_up_its_rights_and_waits_for_what_it_needs():
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
    ours = {name: one for name, one in services.items() if str(one["image"]).startswith("mitreden")}
    assert set(ours) == {"migrate", "app", "worker", "timer"}
    for name, one in ours.items():
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        needed = one["depends_on"]
        assert needed["db"]["condition"] == "service_healthy"
        assert name == "migrate" or needed["migrate"]["condition"] == "service_completed_successfully"
    assert all("ports" not in one for name, one in services.items() if name != "caddy")
    assert all(":" in one["image"] for one in services.values())


def commands() -> list[tuple[str, list[str]]]:
    """Every `flask …` that an operator is told to run, and where."""
    found = []
    for name in PLACES:
        text = (PROJECT / name).read_text()
        if name.endswith(".md"):
            found += [(name, shlex.split(words)) for words in re.findall(r"`flask ([^`…]+)`", text)]
        for whole in text.splitlines():
            line = re.sub(r"\s+#.*|`.*$", "", whole.partition("CMD ")[2] if name == "Containerfile" else whole)
            listed = re.search(r"\[(flask.+|\"flask\".+)\]", line)
            if listed:
                found.append((name, [part.strip(" \"'") for part in listed[1].split(",")][1:]))
            elif re.match(r"\s*(\$ |docker compose exec app |\S*bin/)?flask ", line):
                found.append((name, shlex.split(line.partition("flask ")[2], comments=True)))
    for unit in (PROJECT / "deploy/systemd").glob("*.service"):
        lines = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart")]
        found += [(unit.name, shlex.split(line.partition("/flask ")[2].rstrip("'"))) for line in lines]
    return found


def test_every_command_that_is_named_exists_with_its_options(app):
    wrong = []
    for place, words in commands():
        rest = words[2:] if words[:1] == ["--app"] else words
        rest = rest[: next((i for i, word in enumerate(rest) if word in ("&&", "|", ";", "then")), len(rest))]
        group = app.cli
        while rest and hasattr(group, "commands") and rest[0].strip(";") in group.commands:
            group = group.commands[rest.pop(0).strip(";")]
        options = {
            name for parameter in getattr(group, "params", []) for name in parameter.opts + parameter.secondary_opts
        }
        if group is app.cli or not {word for word in rest if word.startswith("--")} <= options:
            wrong.append((place, words))
    assert len(commands()) > 15
    assert wrong == []


def unprivileged() -> list[str]:
    """Begin of a command that runs without any right beyond those of its files' owner; who is not root has none."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def read_only_copy(tmp_path_factory):
    """What the image holds, by its COPY lines, in a folder that its user cannot write to."""
    folder = tmp_path_factory.mktemp("image") / "app"
    folder.mkdir()
    for word, rest in last_stage():
        if word == "COPY":
            _, *sources, target = rest.split()
            for source in (Path(one).relative_to("/app") for one in sources if not one.endswith(".venv")):
                place = folder / target / (source.name if target == "./" else "")
                if (PROJECT / source).is_dir():
                    shutil.copytree(PROJECT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(PROJECT / source, place)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        path.chmod(0o755)


@pytest.mark.parametrize("server", ["the image's command", "gunicorn"])
def test_it_runs_from_a_read_only_folder_as_nobody_special(read_only_copy, empty_installation, server):
    port, python = free_port(), [*unprivileged(), sys.executable, "-m"]
    image = dict(part.split("=", 1) for word, rest in last_stage() if word == "ENV" for part in shlex.split(rest))
    environment = {
        **image,
        **empty_installation,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": next(path for path in sys.path if path.endswith("site-packages")),
        "PORT": str(port),
        "HOME": "/nonexistent",
    }
    how = {
        "cwd": read_only_copy,
        "env": environment,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
    }
    touched = subprocess.run([*unprivileged(), "touch", read_only_copy / "x"], check=False, capture_output=True)
    assert touched.returncode, "the folder can be written to"
    before = sorted(str(path) for path in read_only_copy.rglob("*"))
    migrated = subprocess.run([*python, "flask", "db", "upgrade"], check=False, timeout=120, **how)
    assert migrated.returncode == 0, migrated.stdout
    command = json.loads(next(rest for word, rest in last_stage() if word == "CMD"))
    if server == "gunicorn":
        command = ["gunicorn", "--config", "deploy/gunicorn.conf.py", "app:app"]
    running = subprocess.Popen([*python, *command], start_new_session=True, **how)
    said = ""
    try:
        ready = json.loads(wait_for_answer(f"http://127.0.0.1:{port}/readyz"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
            page = answer.read().decode()
        running.send_signal(signal.SIGTERM)
        said, _ = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    assert ready["status"] == "ok"
    assert "<h1" in page
    assert "Traceback" not in said
    assert sorted(str(path) for path in read_only_copy.rglob("*")) == before, "nothing was written beside the program"
