"""Skitter beside crawl4ai and the machine's limits, in one run: medians of the repetitions, and their ratios.

    python benchmarks/macro/side_by_side.py [--shared ../shared] [--reps 3] [--only http,cpu] [--out FILE]

Drives ``bench/speed/run.sh`` of the shared folder (its README says what each bench does and how to set it up once). The
implementations run in turn inside each repetition, so that the machine's other load hits all of them alike; the CPU
columns are the robust ones. `others_cores` says how much other processes used meanwhile.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]

BENCHES: dict[str, tuple[list[str], list[str], list[str]]] = {
    # name: (implementations, arguments of bench.py, columns that are reported)
    "http": (
        ["skitter", "crawl4ai", "limit"],
        ["http", "--n", "1000", "--disp", "sem", "--conc", "50"],
        ["pages_s", "cpu_ms_page", "ok", "fail", "peak_rss_mb", "others_cores"],
    ),
    "http_200": (  # so few that starting worker processes weighs
        ["skitter", "crawl4ai"],
        ["http", "--n", "200", "--disp", "sem", "--conc", "50"],
        ["pages_s", "cpu_ms_page", "ok", "fail", "peak_rss_mb", "others_cores"],
    ),
    "http_stream": (
        ["skitter"],
        ["http", "--n", "5000", "--disp", "sem", "--conc", "50", "--stream"],
        ["pages_s", "cpu_ms_page", "ok", "fail", "peak_rss_mb", "others_cores"],
    ),
    "http_articles": (
        ["skitter", "crawl4ai", "limit"],
        ["http", "--n", "600", "--path", "md", "--disp", "sem", "--conc", "50"],
        ["pages_s", "cpu_ms_page", "ok", "fail", "others_cores"],
    ),
    "cpu": (["skitter", "crawl4ai"], ["cpu", "--what", "default:pages"], ["cpu_ms_page", "ms_page", "fails", "outlen"]),
    "cpu_pruning": (["skitter", "crawl4ai"], ["cpu", "--what", "pruning"], ["cpu_ms_page", "fails", "outlen"]),
    "cpu_bm25": (["skitter", "crawl4ai"], ["cpu", "--what", "bm25"], ["cpu_ms_page", "fails", "outlen"]),
    "delay": (
        ["skitter", "crawl4ai", "limit"],
        ["delay", "--n", "100", "--mode", "http", "--disp", "sem", "--conc", "100"],
        ["wall_s", "ok", "fail"],
    ),
    "dispatch_10k": (
        ["skitter", "crawl4ai"],
        ["dispatch", "--n", "10000", "--disp", "sem", "--conc", "20", "--variant", "stub"],
        ["tasks_s", "us_task", "done"],
    ),
    "dispatch_mem_10k": (
        ["skitter", "crawl4ai"],
        ["dispatch", "--n", "10000", "--disp", "mem", "--conc", "20", "--variant", "stub"],
        ["tasks_s", "us_task", "done"],
    ),
    "dispatch_1m": (
        ["skitter"],
        [
            "dispatch",
            "--n",
            "1000000",
            "--disp",
            "mem",
            "--conc",
            "20",
            "--variant",
            "stub",
            "--stream",
            "--cap",
            "200",
        ],
        ["tasks_s", "us_task", "done", "mem_growth_mb"],
    ),
    "cold": (["skitter", "crawl4ai"], ["cold"], ["import", "import_names", "first_http", "import_rss_mb", "modules"]),
}


def main() -> None:
    """Run the benches and write what they measured."""
    here = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=here.parent / "shared")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has skitter")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--only", default="", help="names of benches, separated by commas")
    parser.add_argument("--out", type=Path, help="JSON file to write; default: benchmarks/results/DATE.json")
    given = parser.parse_args()
    names = given.only.split(",") if given.only else list(BENCHES)
    report: Row = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "commit": commit(here),
    }
    report["benches"] = {name: run(name, given.shared, given.python, given.reps) for name in names}
    out = given.out or here / "benchmarks/results" / f"{datetime.now(UTC):%Y-%m-%d}-side-by-side.json"
    out.write_text(json.dumps(report, indent=1) + "\n")
    sys.stdout.write(f"{out}\n")


def run(name: str, shared: Path, python: str, reps: int) -> Row:
    """Run one bench and return its rows, medians and ratios."""
    implementations, arguments, columns = BENCHES[name]
    named = [f"skitter={python}" if one == "skitter" else one for one in implementations]
    done = subprocess.run(
        ["bash", str(shared / "bench/speed/run.sh"), *named, "--", *arguments],
        env=os.environ | {"REPS": str(reps)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    by: dict[str, list[Row]] = {}
    for row in rows:
        by.setdefault(row["impl"].partition(":")[0], []).append(row)
    medians = {impl: {column: median(runs, column) for column in columns} for impl, runs in by.items()}
    result: Row = {"arguments": arguments, "medians": medians, "rows": rows}
    if "skitter" in medians and "crawl4ai" in medians:
        result["skitter_over_crawl4ai"] = {
            column: round(medians["skitter"][column] / medians["crawl4ai"][column], 3)
            for column in columns
            if is_number(medians["skitter"][column])
            and is_number(medians["crawl4ai"][column])
            and medians["crawl4ai"][column]
        }
    sys.stdout.write(f"{name}: {json.dumps({k: v for k, v in result.items() if k != 'rows'})}\n")
    sys.stdout.flush()
    return result


def median(rows: list[Row], column: str) -> Any:
    """Return the median of a column; values that are no numbers are returned from the first row."""
    values = [row[column] for row in rows if row.get(column) is not None]
    if not values:
        return None
    if isinstance(values[0], dict) and "median_s" in values[0]:
        values = [value["median_s"] for value in values]
    return round(statistics.median(values), 4) if is_number(values[0]) else values[0]


def is_number(value: object) -> bool:
    """Say whether a value can be averaged."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def machine() -> Row:
    """Say what it ran on."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def commit(repository: Path) -> str:
    """Return the commit that was measured, with + where the tree differs from it."""
    at = ["git", "-C", str(repository)]
    head = subprocess.run([*at, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    dirty = subprocess.run([*at, "status", "--porcelain", "src"], capture_output=True, text=True, check=False).stdout
    return head.strip() + ("+" if dirty.strip() else "")


if __name__ == "__main__":
    main()
