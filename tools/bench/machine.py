"""What this machine is, and what processes on it use (Linux: proc(5))."""

import os
import platform
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")
USER_TIME, SYSTEM_TIME, PARENT = 11, 12, 1  # of /proc/<pid>/stat, behind the name


def description() -> str:
    """Say on which machine figures came about."""
    load = os.getloadavg()[0]
    parts = [
        f"{os.cpu_count()} cores ({_cpu_name()})",
        f"{_memory_gigabytes():.0f} GB",
        platform.platform(terse=True),
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"load {load:.1f} at the start",
    ]
    return ", ".join(parts)


def resident_megabytes(pid: int | None = None) -> float:
    """Return the memory a process holds at the moment: this one, unless another is named."""
    path = Path(f"/proc/{pid or os.getpid()}/statm")
    return int(path.read_text(encoding="ascii").split()[1]) * PAGE / 1e6


def family_of(pid: int) -> list[int]:
    """Return a process and all that it started."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                parents[int(folder.name)] = int(_stat(int(folder.name))[PARENT])
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def cpu_seconds(pids: list[int]) -> float:
    """Return how long processes have been computing."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            stat = _stat(pid)
            ticks += int(stat[USER_TIME]) + int(stat[SYSTEM_TIME])
    return ticks / TICK


def wait_until_quiet(seconds: float) -> None:
    """Wait a moment: what a seed left to do for the disk must not count for what comes next."""
    os.sync()
    time.sleep(seconds)


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gigabytes() -> float:
    return os.sysconf("SC_PHYS_PAGES") * PAGE / 1e9
