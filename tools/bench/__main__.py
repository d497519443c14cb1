"""python -m tools.bench [--sizes 10000 …] [--databases sqlite …] [--parts pages …] [--seconds 3] [--write]."""

import argparse
import json
from typing import Any

from tools.bench import measuring, report
from tools.bench.site import PROJECT

SIZES = (10_000, 100_000, 1_000_000)
DATABASES = ("sqlite", "postgresql")
RESULTS = PROJECT / "docs" / "performance" / "results.json"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the platform beside its limits.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of contributions")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--parts", nargs="+", choices=measuring.PARTS, default=measuring.PARTS)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement")
    parser.add_argument("--workers", type=int, default=measuring.default_workers(), help="processes of the server")
    parser.add_argument("--write", action="store_true", help="bring docs/performance.md up to date")
    arguments = parser.parse_args()
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for database in arguments.databases:
        for size in arguments.sizes:
            found = measuring.measure(
                database, size, seconds=arguments.seconds, workers=arguments.workers, parts=arguments.parts
            )
            print(report.as_text(database, size, found), flush=True)
            before = kept.setdefault(database, {}).get(str(size), {})
            kept[database][str(size)] = before | found
            if arguments.write:
                RESULTS.parent.mkdir(exist_ok=True)
                RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
                report.write(kept, PROJECT / "docs")


if __name__ == "__main__":
    main()
