"""Bring everything the project needs into the project's folder: run by `make setup` with the machine's own Python.

    python3 tools/install.py [--dev]

Does nothing when all is there. Needs Python 3.11 with its venv module, no rights, no Node. What comes in is pinned by
hash in requirements*.txt and package-lock.json.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin/python"
VENV_STAMP = VENV / "installed"
NODE_STAMP = PROJECT / "node_modules/.installed"
OLDEST_NODE = (22, 17)
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def say(line: str) -> None:
    print(f"  {line}", flush=True)


def fail(line: str) -> None:
    sys.exit(f"\n{line}")


def run(*command: object, quiet: bool = False, environment: dict[str, str] | None = None) -> bool:
    """Run a command in the project's folder; what it says is shown only when it fails, and not when quiet."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and not quiet:
        print(done.stdout, file=sys.stderr)
    return not done.returncode


def digest(*names: str) -> str:
    return hashlib.sha256(b"".join((PROJECT / name).read_bytes() for name in names)).hexdigest()[:16]


def is_installed(stamp: Path, wanted: str, *, dev: bool) -> bool:
    """Everything of the run set is in the dev set too, so the larger one will do."""
    lines = stamp.read_text().split() if stamp.is_file() else []
    return f"dev:{wanted}" in lines or (not dev and f"run:{wanted}" in lines)


def make_environment() -> None:
    """Make .venv, or make it again where an earlier try or a change of Python left half of one."""
    if PYTHON.exists() and run(PYTHON, "-m", "pip", "--version", quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", VENV, quiet=True):
        shutil.rmtree(VENV, ignore_errors=True)
        is_root_on_debian = os.geteuid() == 0 and shutil.which("apt-get")
        if not (
            is_root_on_debian
            and run("apt-get", "install", "-y", "python3-venv", environment={"DEBIAN_FRONTEND": "noninteractive"})
        ):
            fail(
                "This Python cannot make virtual environments. On Debian and Ubuntu type:"
                "\n  sudo apt-get install python3-venv"
            )
        if not run(sys.executable, "-m", "venv", VENV):
            shutil.rmtree(VENV, ignore_errors=True)
            fail("Python's venv module fails as shown above.")
    say(f"Python {sys.version_info.major}.{sys.version_info.minor} environment in .venv")


def uv_environment() -> dict[str, str]:
    """uv asks the package index that pip is set up for, trusts the machine's certificates and fetches no Python."""
    settings = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true"}
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    index = re.search(r"\bindex-url='([^']+)'", re.sub(r"extra-index-url=\S+", "", listed))
    if index and "UV_DEFAULT_INDEX" not in os.environ:
        settings["UV_DEFAULT_INDEX"] = index[1]
    return settings


def install_python_packages(files: list[str]) -> None:
    """Install exactly the pinned packages: with uv in seconds, where uv cannot run with pip."""
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    count = sum(line.count("==") for name in files for line in (PROJECT / name).read_text().splitlines())
    if run(*pip, "-r", "tools/uv.txt", quiet=True) and run(
        PYTHON,
        "-m",
        "uv",
        "pip",
        "sync",
        "--quiet",
        "--python",
        PYTHON,
        "--require-hashes",
        *files,
        quiet=True,
        environment=uv_environment(),
    ):
        say(f"{count} Python packages")
        return
    say("uv does not work here; pip takes half a minute longer …")
    if not run(*pip, *(part for name in files for part in ("-r", name))):
        fail("The Python packages could not be installed (see above). Is the package index reachable?")
    say(f"{count} Python packages")


def has_node() -> bool:
    """Is there a Node, with npm, that is new enough (and not the one we brought ourselves)?"""
    path = os.pathsep.join(
        folder for folder in os.get_exec_path() if Path(folder).resolve() != (VENV / "bin").resolve()
    )
    node = shutil.which("node", path=path)
    if not node or not shutil.which("npm", path=path):
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.match(r"v(\d+)\.(\d+)\.", version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST_NODE


def set_up_python(*, dev: bool) -> None:
    files = ["requirements-dev.txt" if dev else "requirements.txt"]
    if not has_node():
        files.append("tools/node.txt")
    wanted = digest("requirements.txt", "requirements-dev.txt", "tools/uv.txt", *files[1:])
    if PYTHON.exists() and is_installed(VENV_STAMP, wanted, dev=dev):
        return
    make_environment()
    VENV_STAMP.unlink(missing_ok=True)
    install_python_packages(files)
    if len(files) > 1:
        say("Node for the build, since the machine has none from 22.17 on")
    VENV_STAMP.write_text(f"{'dev' if dev else 'run'}:{wanted}\n")


def set_up_npm(*, dev: bool) -> None:
    wanted = digest(*NPM_FILES)
    if is_installed(NODE_STAMP, wanted, dev=dev):
        return
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    npm = shutil.which("npm", path=path)
    # Node trusts its own list of certificates unless told; offices often have one of theirs in the machine's list.
    environment = {"PATH": path, "NODE_USE_SYSTEM_CA": "1"}
    if not npm or not run(npm, "ci", *([] if dev else ["--omit=dev"]), environment=environment):
        fail("The npm packages could not be installed (see above). Is the npm registry reachable?")
    NODE_STAMP.write_text(f"{'dev' if dev else 'run'}:{wanted}\n")
    say("npm packages in node_modules")


def main() -> None:
    if sys.version_info < (3, 11):
        fail(
            f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=python3.11"
        )
    parser = argparse.ArgumentParser(description="Install what the project needs into its folder.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    dev = parser.parse_args().dev
    set_up_python(dev=dev)
    set_up_npm(dev=dev)


if __name__ == "__main__":
    main()
