"""`python -m bench [--only PREFIX]`: each group of figures in a process of its own.

One JSON line per figure as it is known, then a table. Exit status 1 when a target is missed or a
group failed.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.figures import Figure, table

ROOT = Path(__file__).resolve().parents[1]
GROUPS = {
    "bench.channels": ("intake.sync_", "intake.told_"),
    "bench.api": ("journey.api_",),
    "bench.printing": ("journey.documents_per_s",),
    "bench.orders": ("journey.1000_orders", "journey.label_bytes_in_row", "journey.public_page"),
    "bench.bookings": ("journey.bookings_",),
    "bench.kills": ("journey.kills",),
    "bench.intake": ("intake.xlsx_", "intake.bulk_"),
    "bench.paths": ("warehouse.pick_path_",),
    "bench.scans": ("warehouse.scan",),
    "bench.floor_barcodes": ("warehouse.barcodes_203dpi",),
    "bench.waves": ("warehouse.wave_",),
    "bench.stock": ("warehouse.random_",),
    "bench.board": ("warehouse.board",),
    "bench.fuzz": ("intake.fuzz_",),
    "bench.allocation": ("intake.allocate", "intake.oversold"),
}
"""Modules with a `figures()`, and how the names of their figures begin."""


def groups_for(only: str) -> list[str]:
    """Return the modules that may have figures whose name begins with `only`."""
    return [
        module
        for module, starts in GROUPS.items()
        if any(start.startswith(only) or only.startswith(start) for start in starts)
    ]


def measure(module: str, only: str) -> tuple[list[str], bool]:
    """Run one group; return its JSON lines and whether it ended well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", "--group", module, "--only", only],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = []
    for line in process.stdout or ():
        if line.startswith('{"name"'):
            lines.append(line.strip())
            print(line.strip(), flush=True)  # noqa: T201 - the answer
    return lines, process.wait() == 0


def tell(module: str, only: str) -> None:
    """Print the figures of one group, in this process."""
    found: Iterable[Figure | Sequence[object]] = importlib.import_module(module).figures()
    for each in found:
        figure = each if isinstance(each, Figure) else Figure(*each)  # type: ignore[arg-type]
        if figure.name.startswith(only):
            print(figure.as_json(), flush=True)  # noqa: T201 - the parent reads it


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="PREFIX", help="figures that begin so")
    parser.add_argument("--group", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.group:
        tell(options.group, options.only)
        return 0
    groups = groups_for(options.only)
    if not groups:
        print(f"No figure begins with {options.only!r}.", file=sys.stderr)  # noqa: T201
        return 1
    lines: list[str] = []
    is_well = True
    for module in groups:
        told, ended_well = measure(module, options.only)
        lines += told
        is_well = is_well and ended_well
        if not ended_well:
            print(f"{module} failed; its reason is above.", file=sys.stderr)  # noqa: T201
    print("\n" + table(lines))  # noqa: T201 - the answer
    return 0 if is_well and all('"ok": true' in line for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
