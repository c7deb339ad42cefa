"""Picking by scan: which task of a wave a scanned location, SKU or GTIN confirms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.sentences import Sentence, gettext_noop
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.gs1 import BadGs1, gtin14

PickCode = Literal[
    "accepted", "wrong", "picked_before", "unreadable", "other_lot", "short", "not_now"
]
SHORT = re.compile(r"SHORT:(\d{1,18}):(\d{1,6})")
"""A station's command (`WB:C:SHORT:12:1`): of task 12 only one piece is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """Take ``quantity`` of ``sku`` at ``location``; tasks are given in the order of the path.

    ``lot`` and ``expires_on`` are those of the stock that is promised, empty where it has none.
    """

    task_id: int
    location: str
    sku: str
    gtin: str
    title: str
    quantity: int
    is_picked: bool = False
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class PickVerdict:
    """The answer to one scan; ``task_id`` is the task it confirms, 0 for none.

    ``other_lot`` is about the task ``asks_for``: its goods, of another lot than is promised.

    ``read`` says what else stood in the code: lot, serial number, expiry.
    """

    code: PickCode
    task_id: int
    sentence: Sentence
    read: tuple[Sentence, ...] = ()
    asks_for: int = 0


def short_said(raw: str) -> tuple[int, int] | None:
    """The task a picker says is short, and how many are there; None for any other scan."""
    parsed = parse_scan(raw)
    found = SHORT.fullmatch(parsed.value) if parsed.kind == "command" else None
    return (int(found[1]), int(found[2])) if found else None


def judge_pick(raw: str, tasks: Sequence[OpenTask]) -> PickVerdict:
    """Judge one scan against a wave's tasks.

    A code confirms the first open task on the path that it names, so two tasks at one location
    take two scans. Goods of another lot than is promised confirm none.
    """
    parsed = parse_scan(raw)
    if parsed.problem is not None and parsed.kind == "unreadable":
        return PickVerdict("unreadable", 0, parsed.problem)
    named = [task for task in tasks if _names(task, parsed)]
    still = [each for each in named if not each.is_picked]
    task = next((each for each in still if _is_lot(each, parsed)), None)
    if task is not None:
        return PickVerdict("accepted", task.task_id, _taken(task), parsed.read)
    if still:
        return _other_lot(still[0], parsed)
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


def _is_lot(task: OpenTask, parsed: ParsedScan) -> bool:
    """Tell whether what was scanned may be the promised goods: a code without a lot may."""
    if parsed.lot and task.lot and parsed.lot != task.lot:
        return False
    return not (parsed.expiry and task.expires_on and parsed.expiry != task.expires_on)


def _other_lot(task: OpenTask, parsed: ParsedScan) -> PickVerdict:
    scanned = parsed.lot or (parsed.expiry.isoformat() if parsed.expiry else "")
    wanted = task.lot if parsed.lot and parsed.lot != task.lot else ""
    if not wanted and task.expires_on:
        wanted = task.expires_on.isoformat()
        scanned = parsed.expiry.isoformat() if parsed.expiry else scanned
    text = gettext_noop("Lot {lot} was scanned. Take lot {wanted}.")
    told = Sentence("other_lot", text, {"lot": scanned, "wanted": wanted})
    return PickVerdict("other_lot", 0, told, parsed.read, asks_for=task.task_id)


def switched(task: OpenTask, lot: str) -> PickVerdict:
    """Answer a scan of another lot that was taken instead."""
    text = gettext_noop("Lot {lot} instead of {wanted} is noted.")
    told = Sentence("lot_switched", text, {"lot": lot, "wanted": task.lot})
    return PickVerdict("accepted", task.task_id, _taken(task), (told,))


def _taken(task: OpenTask) -> Sentence:
    return Sentence(
        "picked",
        gettext_noop("{quantity} × {sku} from {location}."),
        {"quantity": str(task.quantity), "sku": task.sku, "location": task.location},
    )
