"""The command as a person runs it, beside an installation, and what it left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from config.embedded.stack import Stack
from config.embedded.supervisor import ROOT
from samples.make_large import write_amazon_orders, write_products
from tests.stack import SERVICE_VARIABLES

ORDERS = 60
"""Enough that the stand-ins lose one: every fiftieth parcel."""
COUNTS = (
    "orders_in_file", "received", "created", "rejected", "held", "backordered", "allocated",
    "booked", "packed", "declared", "delivered", "lost", "claimed", "claims_paid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Files:
    """An order file and a product file."""

    orders: Path
    products: Path


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command: how it ended, what it said, where it left what."""

    code: int
    said: str
    out: Path
    pid: int

    @property
    def result(self) -> dict[str, Any]:
        """What journey.json says."""
        found: dict[str, Any] = json.loads((self.out / "journey.json").read_text())
        return found

    @property
    def counts(self) -> dict[str, int]:
        """The totals alone."""
        return {name: self.result[name] for name in COUNTS}


def make_files(folder: Path, orders: int = ORDERS) -> Files:
    """Write sound orders and one row that cannot be read."""
    files = Files(folder / "orders.txt", folder / "products.csv")
    write_amazon_orders(files.orders, orders)
    write_products(files.products)
    header = files.orders.read_text(encoding="utf-8").split("\n", 1)[0].split("\t")
    row = dict.fromkeys(header, "")
    row |= {"order-id": "790-0000000-0000001", "sku": "X", "quantity-purchased": "two"}
    with files.orders.open("a", encoding="utf-8") as file:
        file.write("\t".join(row.values()) + "\n")
    return files


def start_journey(stack: Stack, files: Files, out: Path) -> subprocess.Popen[str]:
    """Start the command with nothing of ours in its environment but the data folder."""
    clean = {key: value for key, value in os.environ.items() if key not in SERVICE_VARIABLES}
    return subprocess.Popen(
        [
            sys.executable, "manage.py", "journey", "--orders", str(files.orders),
            "--products", str(files.products), "--out", str(out),
        ],
        cwd=ROOT, env=clean | {"DATA_DIR": str(stack.data_dir)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finish(process: subprocess.Popen[str], out: Path, *, timeout_s: float = 300) -> Ran:
    """Wait for the command's end."""
    said, _ = process.communicate(timeout=timeout_s)
    return Ran(process.returncode, said, out, process.pid)


def run_journey(stack: Stack, files: Files, out: Path) -> Ran:
    """Run the command to its end."""
    return finish(start_journey(stack, files, out), out)


def family(pid: int) -> set[int]:
    """Return a process and everything it forked that lives."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children[int(fields[1])].append(int(stat.parent.name))
    found, left = set(), [pid]
    while left:
        found.add(left[-1])
        left.extend(children[left.pop()])
    return found


def rows(stack: Stack, statement: str) -> list[tuple[Any, ...]]:
    """Read every merchant's rows with the operator's role."""
    connection = psycopg2.connect(stack.state.databases["operator"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('waybridge.across', 'on', false)")
            cursor.execute(statement)
            return list(cursor.fetchall())
    finally:
        connection.close()


def doubles(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what carriers booked more than once, from the stand-ins' `_state`."""
    return {
        partner: found["doubles"]
        for partner, found in state["partners"].items()
        if found.get("doubles")
    }
