"""Pickers, packers, supervisors, merchants and workers at the same orders at the same moment.

Whatever the order of things, nothing is promised twice or lost, no parcel is closed twice, nothing
is charged that does not leave, and only the label of a live booking can come out of a printer.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import OperationalError
from django.db.models import Sum
from django.utils import timezone

from billing.models import Charge, LedgerEntry
from core.jobs import ForAPerson, Later, drain_queue
from core.models import Document, Merchant
from core.tenancy import merchant
from customs.models import Declaration
from flows.booking import book_parcel
from flows.cancelling import TooLate, cancel_order
from flows.closing import (
    LabelNotReady,
    NotReweighable,
    NotWithdrawable,
    close_parcel,
    reweigh_parcel,
)
from flows.export import NothingToHandOver, hand_over
from flows.fulfilment import plan_next_wave, release, scan_parcel
from flows.leaving import CannotLeave, take_out
from flows.picking import NotPickable, PickScan, pick_by_scan
from flows.printing import queue_label
from flows.put_wall import PutDesk, PutScan, put_by_scan
from flows.wave_proposals import dismiss
from orders.models import Order
from shipping.models import Booking
from tests.flows.conftest import QUEUES, failed, work
from tests.flows.parcels import parcels_for
from tests.flows.racing import at_once
from tests.flows.test_rebooking import a_scanned_parcel, reweigh, weigh
from warehouse.models import Parcel, ParcelItem, PickTask, PrintJob, PutBack, StockMove, Wave
from warehouse.rules.presses import Press
from warehouse.services import NotPackable, WeighingIdUsed
from warehouse.services.differences import find_differences
from warehouse.services.equipment import make_wall
from warehouse.services.put_backs import NotOpen, bring_back

ANSWERS = (
    CannotLeave, TooLate, NotPackable, LabelNotReady, NotPickable, NotReweighable, NotWithdrawable,
    WeighingIdUsed, Later, ForAPerson, NotOpen, Parcel.DoesNotExist, PickTask.DoesNotExist,
)  # fmt: skip
WORKERS, STEPS = 4, int(os.environ.get("FLOOR_STEPS", "7"))
DEADLOCK = "40P01"


class Floor:
    """One person or worker who does anything at any time, by chance; faults are kept."""

    def __init__(self, owner: Merchant, wall_id: int, seed: int) -> None:
        self.owner, self.wall_id, self.seed = owner, wall_id, seed
        self.chance = random.Random(seed)
        self.faults: list[str] = []
        self.done: Counter[str] = Counter()
        self.number = 0

    def work(self) -> list[str]:
        acts: list[Callable[[Parcel], None]] = [
            self.scan, *[self.close] * 3, *[self.close_heavy] * 3, self.take_out, self.pick,
            self.short, self.cancel, self.put, self.book, *[self.jobs] * 3, *[self.reweigh] * 2,
            self.print, self.bring_back, *[self.plan] * 2, self.dismiss,
        ]  # fmt: skip
        for _ in range(STEPS):
            with merchant(self.owner.pk):
                rows = list(Parcel.objects.select_related("order", "wave").order_by("-id")[:9])
            parcel, act = self.chance.choice(rows), self.chance.choice(acts)
            for _attempt in range(4):
                try:
                    act(parcel)
                    self.done[act.__name__] += 1
                except ANSWERS as error:
                    self.done[f"{act.__name__} {type(error).__name__}"] += 1
                except OperationalError as error:
                    # The floor's doorway and the workers do it again.
                    if getattr(error.__cause__, "pgcode", "") == DEADLOCK:
                        self.done[f"{act.__name__} deadlock"] += 1
                        continue
                    self.faults.append(f"{act.__name__}: {error!r}")
                except Exception as error:  # noqa: BLE001 - it is what the test looks for
                    self.faults.append(f"{act.__name__}: {error!r}")
                break
        return self.faults

    @property
    def who(self) -> dict[str, Any]:
        return {"merchant_id": self.owner.pk, "actor": f"w{self.seed}", "now": timezone.now()}

    def press(self) -> str:
        self.number += 1
        return f"{self.seed}-{self.number}"

    def scan(self, parcel: Parcel) -> None:
        with merchant(self.owner.pk):
            items = ParcelItem.objects.filter(parcel=parcel).select_related("product")
            skus = [item.product.sku for item in items for _ in range(item.quantity)]
        scans = [Press(client_id=self.press(), sequence=n, raw=sku)
                 for n, sku in enumerate(skus)]  # fmt: skip
        scan_parcel(parcel_reference=parcel.reference, scans=scans, **self.who)

    def close(self, parcel: Parcel, more: int = 0) -> None:
        self.scan(parcel)
        close_parcel(
            parcel_reference=parcel.reference, weight_g=parcel.expected_weight_g + more,
            client_id=self.press(), **self.who,
        )  # fmt: skip

    def close_heavy(self, parcel: Parcel) -> None:
        self.close(parcel, 700)
        self.close(parcel, 700)

    def reweigh(self, parcel: Parcel) -> None:
        for _ in range(2):
            reweigh_parcel(
                parcel_reference=parcel.reference, weight_g=parcel.expected_weight_g + 900,
                client_id=self.press(), **self.who,
            )  # fmt: skip

    def take_out(self, parcel: Parcel) -> None:
        take_out(
            wave_id=parcel.wave_id or 0, parcel_id=parcel.pk, reason="race",
            keeps_stock=self.chance.random() < 0.6, **self.who,
        )  # fmt: skip

    def _pick(self, parcel: Parcel, raw: str) -> None:
        scan = PickScan(client_id=self.press(), sequence=1, raw=raw)
        pick_by_scan(wave_id=parcel.wave_id or 0, scans=[scan], **self.who)

    def pick(self, parcel: Parcel) -> None:
        self._pick(parcel, "MUG-BLUE")

    def short(self, parcel: Parcel) -> None:
        with merchant(self.owner.pk):
            task = PickTask.objects.filter(parcel=parcel, picked_at__isnull=True).first()
        if task is not None:
            self._pick(parcel, f"WB:C:SHORT:{task.pk}:0")

    def cancel(self, parcel: Parcel) -> None:
        with merchant(self.owner.pk):
            cancel_order(order_id=parcel.order_id, reason="race", actor="test", now=timezone.now())

    def put(self, parcel: Parcel) -> None:
        desk = PutDesk(
            wave_id=parcel.wave_id or 0, wall_id=self.wall_id, warehouse_id=parcel.warehouse_id,
            station="W", printer_id=None, **self.who,
        )  # fmt: skip
        put_by_scan(scan=PutScan(client_id=self.press(), sequence=1, raw="MUG-BLUE"), desk=desk)

    def book(self, parcel: Parcel) -> None:
        book_parcel(self.owner.pk, {"parcel_id": parcel.pk})

    def jobs(self, parcel: Parcel) -> None:
        for queue in QUEUES:
            drain_queue(merchant_id=self.owner.pk, queue=queue)

    def print(self, parcel: Parcel) -> None:
        with merchant(self.owner.pk):
            mine = Parcel.objects.select_for_update().get(pk=parcel.pk)
            if mine.status == "planned":
                queue_label(parcel=mine, printer_id=None, station="T", actor="test",
                            now=timezone.now())  # fmt: skip

    def bring_back(self, parcel: Parcel) -> None:
        with merchant(self.owner.pk):
            row = PutBack.objects.filter(done_at__isnull=True).first()
            if row is not None:
                bring_back(put_back_id=row.pk, actor="test", now=timezone.now())

    def plan(self, parcel: Parcel) -> None:
        wave = plan_next_wave(warehouse=parcel.warehouse, **self.who)
        if wave is not None and self.chance.random() < 0.7:
            release(wave_id=wave.pk, **self.who)

    def dismiss(self, parcel: Parcel) -> None:
        with merchant(self.owner.pk):
            wave = Wave.objects.filter(status="planned").first()
        if wave is not None:
            dismiss(wave_id=wave.pk, **self.who)


def test_anything_at_once_leaves_stock_money_and_labels_true(house: Merchant) -> None:
    seed = int(os.environ.get("FLOOR_SEED", "1"))
    ids = parcels_for(house, "postal", 8)
    with merchant(house):
        building = Parcel.objects.select_related("warehouse").get(pk=ids[0]).warehouse
    wall = make_wall(warehouse=building, code="W", slots=[f"W-{n:02d}" for n in range(1, 7)])
    work(house)
    people = [Floor(house, wall.pk, seed * 100 + n) for n in range(WORKERS)]
    got = at_once([partial(each.work) for each in people])
    done = sum((each.done for each in people), Counter())
    if os.environ.get("FLOOR_STEPS"):
        print(sorted(done.items()))  # noqa: T201
    assert got == [[]] * WORKERS
    work(house)
    assert_true(house)


def test_what_is_being_weighed_anew_does_not_leave_with_the_old_declaration(
    house: Merchant,
) -> None:
    parcel = a_scanned_parcel(house, "dhl_express")
    weigh(house, parcel, parcel.expected_weight_g, "a")
    work(house)
    with merchant(house):
        Declaration.objects.filter(direction="export").update(status="released")
    is_amended, has_asked = threading.Event(), threading.Event()

    def amend() -> bool:
        with merchant(house):
            closing = reweigh(house, parcel, parcel.expected_weight_g + 25, "b")
            is_amended.set()
            has_asked.wait(3)
        return closing.is_amended

    def leave() -> None:
        is_amended.wait(30)
        try:
            hand_over(
                merchant_id=house.pk, warehouse=parcel.warehouse, carrier_code="dhl_express",
                signed_by="Driver", actor="test", now=timezone.now(),
            )  # fmt: skip
        finally:
            has_asked.set()

    amended, left = at_once([amend, leave])
    assert amended is True
    assert isinstance(left, NothingToHandOver)
    with merchant(house):
        assert Parcel.objects.get().status == "packed"


def assert_true(house: Merchant) -> None:
    """Everything that must hold whatever happened before."""
    with merchant(house):
        assert find_differences().rows == ()
        packed = Parcel.objects.filter(status__in=["packed", "handed_over"])
        for parcel in packed.select_related("order"):
            assert parcel.order.status in ("packed", "shipped"), parcel.reference
            rows = StockMove.objects.filter(
                reason="packed", reference__startswith=f"{parcel.reference}:"
            )
            wanted = ParcelItem.objects.filter(parcel=parcel).aggregate(n=Sum("quantity"))["n"]
            assert rows.aggregate(n=Sum("quantity"))["n"] == wanted
        for order in Order.objects.all():
            live = Parcel.objects.filter(order=order).exclude(status="cancelled")
            assert live.count() <= 1, order.reference
            if order.status in ("cancelled", "accepted", "backordered", "held"):
                assert not live.exists(), (order.reference, order.status)
            if order.status == "packed":
                assert live.get().status in ("packed", "handed_over")
        for booking in Booking.objects.select_related("parcel"):
            charges = Charge.objects.filter(booking=booking)
            kinds = Counter(charges.values_list("kind", flat=True))
            money = charges.aggregate(n=Sum("amount"))["n"] or 0
            entries = LedgerEntry.objects.filter(reference=booking.reference)
            assert max([*kinds.values(), 0]) <= 1, booking.reference
            assert entries.count() == sum(kinds.values()), booking.reference
            if booking.status == "voided":
                assert money == 0, booking.reference
            if booking.status == "booked":
                assert kinds == {"freight": 1}, booking.reference
                assert booking.parcel.status != "cancelled", booking.reference
        alive = Booking.objects.filter(status__in=["planned", "sending", "booked", "unclear"])
        per_parcel = Counter(alive.values_list("parcel_id", flat=True))
        assert max([*per_parcel.values(), 0]) <= 1
        good = set(Booking.objects.filter(status="booked").values_list("label_id", flat=True))
        papers = PrintJob.objects.exclude(status="withdrawn").exclude(document=None)
        assert set(papers.values_list("document_id", flat=True)) <= good
        assert not PrintJob.objects.filter(
            status__in=["waiting", "queued"], parcel__status="cancelled"
        ).exists()
        assert Document.objects.filter(kind="label").count() >= len(good)
    assert failed(house) == []
