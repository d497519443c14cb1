"""On a terminal `flask import` shows how far it is; elsewhere it does not."""

import os
import pty
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = ["-m", "flask", "--app", "app", "import", "hall", "--category-default", "green", "--dry-run"]


def run_import(file, database_url, instance_path, stderr):
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
        "DATABASE_URL": database_url,
        "PARTICIPATION_SECRET_KEY": "x" * 32,
        "PARTICIPATION_INSTANCE_PATH": str(instance_path),
    }
    return subprocess.run(
        [sys.executable, *COMMAND, str(file)],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        check=False,
        timeout=120,
    )


def test_a_terminal_shows_a_progress_bar_and_the_result_stays_clean(hall, table, database_url, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(table(), encoding="utf-8")
    screen, terminal = pty.openpty()
    try:
        ended = run_import(file, database_url, tmp_path, terminal)
    finally:
        os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(screen, 4096):
            shown += chunk
    except OSError:  # Linux says so at the end
        pass
    finally:
        os.close(screen)
    assert ended.returncode == 0, shown
    assert b"Checking" in shown
    assert b"100%" in shown
    assert b"Checking" not in ended.stdout
    assert b"1 new" in ended.stdout


def test_a_log_file_gets_none(hall, table, database_url, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(table(), encoding="utf-8")
    ended = run_import(file, database_url, tmp_path, subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"1 new" in ended.stdout
