"""Every place that crosses merchants, with its reason: adding one is a decision somebody reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REVIEWED = Path(__file__).with_name("crossings.txt")
ROOMS = (
    "accounts", "billing", "claims", "config", "core", "customs", "dashboard", "flows",
    "integrations", "orders", "shipping", "tracking", "warehouse",
)  # fmt: skip


def crossings() -> list[str]:
    """Return `file: reason` for the calls of `across_merchants`, sorted."""
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            name = path.relative_to(ROOT).as_posix()
            found += [f"{name}: {reason}" for reason in _reasons(tree)]
    return sorted(set(found))


def _reasons(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id == "across_merchants":
            (reason,) = node.args
            yield str(constants[reason.id] if isinstance(reason, ast.Name) else literal(reason))


def literal(reason: ast.expr) -> str:
    """Return a reason written out on the spot; anything computed cannot be reviewed."""
    assert isinstance(reason, ast.Constant), ast.unparse(reason)
    return str(reason.value)


def test_every_crossing_of_merchants_was_reviewed() -> None:
    """Read the reason; if it holds, put the line into tests/core/crossings.txt."""
    reviewed = REVIEWED.read_text(encoding="utf-8").splitlines()
    found = crossings()
    assert [line for line in found if line not in reviewed] == []
    assert [line for line in reviewed if line not in found] == []


def test_no_crossing_stands_in_a_room_that_only_merchants_reach() -> None:
    files = [line.split(":")[0] for line in crossings()]
    assert [name for name in files if name.startswith(("dashboard/views", "integrations"))] == []
    assert [name for name in files if "/api" in name] == []
