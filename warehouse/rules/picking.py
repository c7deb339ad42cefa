"""Picking by scan: which task of a wave a scanned location, SKU or GTIN confirms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.sentences import Sentence, gettext_noop
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.gs1 import BadGs1, gtin14

PickCode = Literal["accepted", "wrong", "picked_before", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """Take ``quantity`` of ``sku`` at ``location``; tasks are given in the order of the path."""

    task_id: int
    location: str
    sku: str
    gtin: str
    title: str
    quantity: int
    is_picked: bool = False


@dataclass(frozen=True, slots=True)
class PickVerdict:
    """The answer to one scan; ``task_id`` is the task it confirms, 0 for none.

    ``read`` says what else stood in the code: lot, serial number, expiry.
    """

    code: PickCode
    task_id: int
    sentence: Sentence
    read: tuple[Sentence, ...] = ()


def judge_pick(raw: str, tasks: Sequence[OpenTask]) -> PickVerdict:
    """Judge one scan against a wave's tasks.

    A code confirms the first open task on the path that it names, so two tasks at one location
    take two scans.
    """
    parsed = parse_scan(raw)
    if parsed.problem is not None and parsed.kind == "unreadable":
        return PickVerdict("unreadable", 0, parsed.problem)
    named = [task for task in tasks if _names(task, parsed)]
    task = next((each for each in named if not each.is_picked), None)
    if task is not None:
        return PickVerdict("accepted", task.task_id, _taken(task), parsed.read)
    if named:
        text = gettext_noop("{code} was picked before; go on to the next location.")
        return PickVerdict("picked_before", 0, Sentence("picked", text, {"code": parsed.value}))
    text = gettext_noop("{code} is not on this list.")
    return PickVerdict("wrong", 0, Sentence("not_on_list", text, {"code": parsed.value or raw}))


def confirm(task: OpenTask) -> PickVerdict:
    """Answer a task that is confirmed by its number, as a headless client does."""
    if task.is_picked:
        text = gettext_noop("{code} was picked before; go on to the next location.")
        return PickVerdict("picked_before", 0, Sentence("picked", text, {"code": task.sku}))
    return PickVerdict("accepted", task.task_id, _taken(task))


def next_task(tasks: Iterable[OpenTask]) -> OpenTask | None:
    """Return the first open task on the path."""
    return next((task for task in tasks if not task.is_picked), None)


def _names(task: OpenTask, parsed: ParsedScan) -> bool:
    if parsed.gtin and task.gtin:
        try:
            if gtin14(task.gtin) == parsed.gtin:
                return True
        except BadGs1:
            # A merchant's number with a wrong check digit names the product as it is written.
            pass
    known = (task.location.casefold(), task.sku.casefold(), task.gtin.casefold())
    return any(code and code.casefold() in known for code in (parsed.value, parsed.sku))


def _taken(task: OpenTask) -> Sentence:
    return Sentence(
        "picked",
        gettext_noop("{quantity} × {sku} from {location}."),
        {"quantity": str(task.quantity), "sku": task.sku, "location": task.location},
    )
