"""Stage 5, fulfilment: picking by scan. A scan sent twice is answered twice and counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.sentences import Sentence, gettext_noop, stored
from core.tenancy import merchant
from flows.leaving import CannotLeave
from flows.short_picks import help_short
from warehouse.models import PickTask, Scan, Wave
from warehouse.rules.barcodes import parse_scan
from warehouse.rules.packing import ID_USED
from warehouse.rules.picking import (
    OpenTask,
    PickVerdict,
    confirm,
    judge_pick,
    short_said,
    switched,
)
from warehouse.rules.presses import Press
from warehouse.services import NewScan, confirm_picks
from warehouse.services.lots import switch_lot
from warehouse.services.picking import PICK, known_picks, record_picks
from warehouse.services.shorts import NotShort

PICKABLE = (Wave.Status.RELEASED, Wave.Status.PICKED, Wave.Status.CLOSED)


class NotPickable(Exception):
    """The wave is planned only: release it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickScan(Press):
    """One scan of a picker, or one task confirmed by its number (`task_id`)."""

    raw: str = ""
    task_id: int = 0


@dataclass(frozen=True, slots=True)
class PickState:
    """Where a wave stands: all its tasks in path order, the answers, and how many were new."""

    wave: Wave
    tasks: tuple[OpenTask, ...]
    answers: tuple[dict[str, Any], ...]
    confirmed: int


def pick_by_scan(
    *, merchant_id: int, wave_id: int, scans: Sequence[PickScan], actor: str, now: datetime
) -> PickState:
    """Confirm pick tasks by scans, in their order; raise `NotPickable` for a wave not released.

    The wave's row is locked, so that two pickers of one wave never take one task twice.
    """
    with merchant(merchant_id):
        wave = Wave.objects.select_for_update().get(pk=wave_id)
        if wave.status not in PICKABLE:
            raise NotPickable("The wave is not released yet.")
        tasks = _tasks(wave_id)
        known = known_picks(scan.client_id for scan in scans)
        answers = {client_id: _known(scan, tasks) for client_id, scan in known.items()}
        kept, new = [], 0
        confirmed: list[int] = []
        for scan in scans:
            if scan.client_id in answers:
                continue
            short = short_said(scan.raw)
            if short is not None:
                # What was scanned before stands before: the walk is as the picker left it.
                new += confirm_picks(wave_id=wave_id, task_ids=confirmed, actor=actor, now=now)
                confirmed = []
                verdict = _short(wave, *short, actor=actor, now=now)
                tasks = _tasks(wave_id)
            else:
                verdict = _other_lot(_judge(scan, tasks), scan, tasks, actor, now)
            if verdict.task_id:
                confirmed.append(verdict.task_id)
                tasks = [_picked(task, verdict.task_id) for task in tasks]
            answers[scan.client_id] = _answer(verdict)
            kept.append(_kept(scan, verdict))
        record_picks(scans=kept, actor=actor, now=now)
        if confirmed:
            new += confirm_picks(wave_id=wave_id, task_ids=confirmed, actor=actor, now=now)
        wave.refresh_from_db(fields=["status"])
        return PickState(wave, tuple(tasks), tuple(answers[scan.client_id] for scan in scans), new)


def _short(wave: Wave, task_id: int, found: int, *, actor: str, now: datetime) -> PickVerdict:
    """Take a picker's word that goods are missing; the answer says what becomes of the order."""
    try:
        if not PickTask.objects.filter(pk=task_id, wave=wave).exists():
            raise PickTask.DoesNotExist
        helped = help_short(wave=wave, task_id=task_id, found=found, actor=actor, now=now)
    except (PickTask.DoesNotExist, NotShort):
        text = gettext_noop("That task is done or no longer on this list.")
        return PickVerdict("wrong", 0, Sentence("not_short", text))
    except CannotLeave as stays:
        return PickVerdict("not_now", 0, stays.why)
    return PickVerdict("short", 0, helped.sentence)


def _other_lot(
    verdict: PickVerdict,
    scan: PickScan,
    tasks: Sequence[OpenTask],
    actor: str,
    now: datetime,
) -> PickVerdict:
    """Let a picker take another lot where it is free and does not expire later."""
    lot = parse_scan(scan.raw).lot
    if verdict.code != "other_lot" or not lot:
        return verdict
    task = next(each for each in tasks if each.task_id == verdict.asks_for)
    if not switch_lot(task_id=task.task_id, lot=lot, actor=actor, now=now):
        return verdict
    return switched(task, lot)


def pick_all(*, merchant_id: int, wave_id: int, actor: str, now: datetime) -> PickState:
    """Confirm every open task of a wave at once; raise `NotPickable`."""
    with merchant(merchant_id):
        wave = Wave.objects.select_for_update().get(pk=wave_id)
        if wave.status not in PICKABLE:
            raise NotPickable("The wave is not released yet.")
        new = confirm_picks(wave_id=wave_id, task_ids=None, actor=actor, now=now)
        wave.refresh_from_db(fields=["status"])
        return PickState(wave, tuple(_tasks(wave_id)), (), new)


def pick_state(*, merchant_id: int, wave_id: int) -> PickState:
    """Return where a wave stands."""
    with merchant(merchant_id):
        return PickState(Wave.objects.get(pk=wave_id), tuple(_tasks(wave_id)), (), 0)


def _tasks(wave_id: int) -> list[OpenTask]:
    rows = PickTask.objects.filter(wave_id=wave_id).select_related(
        "product", "location", "reservation__balance"
    )
    return [
        OpenTask(
            task_id=row.pk,
            location=row.location.code,
            sku=row.product.sku,
            gtin=row.product.gtin,
            title=row.product.title,
            quantity=row.quantity,
            is_picked=row.picked_at is not None,
            lot=row.reservation.balance.lot,
            expires_on=row.reservation.balance.expires_on,
        )
        for row in rows.order_by("position")
    ]


def _judge(scan: PickScan, tasks: Sequence[OpenTask]) -> PickVerdict:
    if not scan.task_id:
        return judge_pick(scan.raw, tasks)
    task = next((each for each in tasks if each.task_id == scan.task_id), None)
    return confirm(task) if task else judge_pick(str(scan.task_id), [])


def _known(scan: Scan, tasks: Sequence[OpenTask]) -> dict[str, Any]:
    """Return a known scan's first answer; one about a parcel or another wave is no answer here."""
    task_id = scan.answer.get("task_id", 0)
    is_here = not task_id or any(task.task_id == task_id for task in tasks)
    # A task that left with its order since is in no wave any more.
    if scan.station == PICK and (is_here or not PickTask.objects.filter(pk=task_id).exists()):
        return dict(scan.answer)
    return {"code": ID_USED.code, "task_id": 0, "sentence": ID_USED.as_dict()}


def _picked(task: OpenTask, task_id: int) -> OpenTask:
    return replace(task, is_picked=True) if task.task_id == task_id else task


def _answer(verdict: PickVerdict) -> dict[str, Any]:
    return {
        "code": verdict.code,
        "task_id": verdict.task_id,
        "sentence": verdict.sentence.as_dict(),
        "read": stored(verdict.read),
    }


def _kept(scan: PickScan, verdict: PickVerdict) -> NewScan:
    return NewScan.of(
        scan, verdict=verdict.code, answer=_answer(verdict), raw=f"task:{scan.task_id}"
    )
