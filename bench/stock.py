"""Random operations on one stock by many processes, some of them killed in the middle.

`warehouse.random_operations` is how many were done; then what is wrong afterwards: differences
between ledger, balances and reservations, negative stock, deadlocks that reached the caller. Each
operation is a transaction of its own through the services, as stations and workers call them.
"""

from __future__ import annotations

import mmap
import os
import random
import signal
import struct
import time
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from bench import throwaway
from bench.allocation import NOW, _merchant, _orders
from bench.figures import Figure

if TYPE_CHECKING:
    from core.models import Merchant

OPERATIONS = int(os.environ.get("BENCH_RANDOM_OPERATIONS", "200000"))
PROCESSES = int(os.environ.get("BENCH_RANDOM_PROCESSES", "16"))
KILLS = int(os.environ.get("BENCH_RANDOM_KILLS", "60"))
PRODUCTS, ORDERS_EACH = 40, 60
BINS = 3
EXPIRIES = (None, date(2031, 1, 1), date(2031, 6, 1))
ACTOR = "bench"
SEED = 23
GIVE_UP_S = 3 * 3600
DEADLOCK = "40P01"
KINDS = (
    ("receive", 16), ("move", 24), ("adjust", 12), ("reserve", 24), ("release", 8), ("pick", 8),
    ("consume", 8),
)  # fmt: skip
DONE, REFUSED, DEADLOCKED = 1, 2, 3


def figures() -> Iterator[Figure]:
    """Let the processes loose on a throwaway installation, then look at what is left."""
    throwaway.start()
    owner = _merchant("random", products=PRODUCTS, units=30)
    _orders(owner, PROCESSES * ORDERS_EACH, lines=2, skus=PRODUCTS, seed=SEED)
    began = time.monotonic()
    counts, killed = _let_loose(owner)
    took = time.monotonic() - began
    wrong, negative, balances, reserved = _look(owner)
    done = sum(counts[kind, DONE] for kind, _weight in KINDS)
    refused = sum(counts[kind, REFUSED] for kind, _weight in KINDS)
    deadlocked = sum(counts[kind, DEADLOCKED] for kind, _weight in KINDS)
    yield Figure("warehouse.random_operations", done + refused, "operations", f">= {OPERATIONS}")
    least = min(counts[kind, DONE] for kind, _weight in KINDS)
    yield Figure("warehouse.random_least_done_of_a_kind", least, "operations", ">= 1")
    yield Figure("warehouse.random_refused", refused, "operations")
    yield Figure("warehouse.random_kills", killed, "kills", f">= {KILLS}")
    yield Figure("warehouse.random_differences", wrong, "balances", "= 0")
    yield Figure("warehouse.random_negative", negative, "balances", "= 0")
    yield Figure("warehouse.random_deadlocks", deadlocked, "calls", "= 0")
    yield Figure("warehouse.random_balances", balances, "rows", ">= 1")
    yield Figure("warehouse.random_reserved", reserved, "pieces", ">= 1")
    yield Figure("warehouse.random_per_s", (done + refused) / took, "operations/s")


def _let_loose(owner: Merchant) -> tuple[dict[tuple[str, int], int], int]:
    """Run the processes until enough was done; return counts by kind and outcome, and the kills."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    connection.close()
    chance = random.Random(SEED)  # noqa: S311 - a workload, not a secret
    stop = mmap.mmap(-1, 1)
    heard, told = os.pipe()
    os.set_blocking(heard, False)
    lanes: dict[int, int] = {}
    begun = 0

    def begin(lane: int) -> None:
        nonlocal begun
        begun += 1
        pid = os.fork()
        if not pid:
            _worker(owner.pk, lane, SEED + begun, told, stop)
        lanes[pid] = lane

    for lane in range(PROCESSES):
        begin(lane)
    counts: dict[tuple[str, int], int] = {
        (kind, outcome): 0 for kind, _weight in KINDS for outcome in (DONE, REFUSED, DEADLOCKED)
    }
    killed, until = 0, time.monotonic() + GIVE_UP_S
    while True:
        _hear(heard, counts)
        done = sum(many for (_kind, outcome), many in counts.items() if outcome != DEADLOCKED)
        if killed < KILLS and done >= OPERATIONS * (killed + 1) // (KILLS + 1):
            pid = chance.choice(list(lanes))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            killed += 1
            begin(lanes.pop(pid))
        if done >= OPERATIONS and killed >= KILLS:
            break
        if time.monotonic() > until:
            raise RuntimeError(f"Only {done} operations were done.")
        time.sleep(0.005)
    stop[0] = 1
    codes = [os.waitpid(pid, 0)[1] for pid in lanes]
    _hear(heard, counts)
    os.close(heard)
    os.close(told)
    if any(codes):
        raise RuntimeError(f"{sum(map(bool, codes))} workers ended badly.")
    return counts, killed


def _hear(heard: int, counts: dict[tuple[str, int], int]) -> None:
    """Add up what the processes have told: two bytes an operation, its kind and its outcome."""
    names = [kind for kind, _weight in KINDS]
    while True:
        try:
            said = os.read(heard, 65536)
        except BlockingIOError:
            return
        for kind, outcome in struct.iter_unpack("BB", said):
            counts[names[kind], outcome] += 1


def _worker(merchant_id: int, lane: int, seed: int, told: int, stop: mmap.mmap) -> NoReturn:
    """Do operations until told to stop, and end the process."""
    from django.db import OperationalError  # noqa: PLC0415

    from warehouse.services import NotFree, StockGone  # noqa: PLC0415

    code = 1
    chance = random.Random(seed)  # noqa: S311 - a workload, not a secret
    names, weights = zip(*KINDS, strict=True)
    try:
        desk = _Desk(merchant_id, lane, chance, f"{lane}-{seed}-{os.getpid()}")
        acts = {name: getattr(desk, name) for name in names}
        while not stop[0]:
            kind = chance.choices(names, weights)[0]
            try:
                outcome = DONE if acts[kind]() else REFUSED
            except (NotFree, StockGone):
                outcome = REFUSED
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                    raise
                outcome = DEADLOCKED
            os.write(told, struct.pack("BB", names.index(kind), outcome))
        code = 0
    finally:
        # No exit handlers: they would stop the servers that belong to the parent.
        os._exit(code)


class _Desk:
    """What one process does; its orders are its own, the stock is everybody's."""

    def __init__(self, merchant_id: int, lane: int, chance: random.Random, name: str) -> None:
        from core.tenancy import merchant  # noqa: PLC0415
        from orders.models import Order, Product  # noqa: PLC0415
        from warehouse.models import Location, Warehouse  # noqa: PLC0415

        self.merchant_id, self.chance, self.name = merchant_id, chance, name
        self.turn = 0
        with merchant(merchant_id):
            self.products = list(Product.objects.order_by("id").values_list("id", flat=True))
            ids = list(Order.objects.order_by("id").values_list("id", flat=True))
        self.orders = ids[lane::PROCESSES]
        self.house = Warehouse.objects.get(code="szx1")
        places = Location.objects.filter(warehouse=self.house)
        self.bins = list(places.filter(kind="bin").order_by("id")[:BINS])
        self.ends = {place.kind: place for place in places.exclude(kind="bin")}

    def _goods(self, *, others: bool = False) -> list[object]:
        from warehouse.services import Goods  # noqa: PLC0415

        return [
            Goods(
                product_id,
                self.chance.randint(1, 6),
                self.chance.choice(("", "L1")),
                self.chance.choice(EXPIRIES),
                becomes="damaged" if others else "",
            )
            for product_id in self.chance.sample(self.products, self.chance.randint(1, 3))
        ]

    def _transfer(self, start: object, end: object, reason: str, *, others: bool = False) -> bool:
        from core.tenancy import merchant  # noqa: PLC0415
        from warehouse.services import transfer  # noqa: PLC0415

        self.turn += 1
        with merchant(self.merchant_id):
            return transfer(
                goods=self._goods(others=others),  # type: ignore[arg-type]
                from_location=start,  # type: ignore[arg-type]
                to_location=end,  # type: ignore[arg-type]
                reason=reason,
                reference=f"{self.name}-{self.turn}",
                actor=ACTOR,
                now=NOW,
            )

    def receive(self) -> bool:
        """Goods come in, of some lot and expiry."""
        return self._transfer(self.ends["supplier"], self.chance.choice(self.bins), "received")

    def move(self) -> bool:
        """Goods go from bin to bin; some are damaged on the way."""
        start, end = self.chance.sample(self.bins, 2)
        return self._transfer(start, end, "moved", others=self.chance.random() < 0.2)

    def adjust(self) -> bool:
        """More, or less, was counted than is known."""
        ends = [self.chance.choice(self.bins), self.ends["adjustment"]]
        self.chance.shuffle(ends)
        return self._transfer(ends[0], ends[1], "adjusted")

    def _order(self, *, reserved: bool) -> int | None:
        """One of the process's orders that has stock promised, or none, and no parcel."""
        from warehouse.models import Parcel, Reservation  # noqa: PLC0415

        ids = self.chance.sample(self.orders, min(20, len(self.orders)))
        gone = set(Parcel.objects.filter(order_id__in=ids).values_list("order_id", flat=True))
        held = set(
            Reservation.objects.filter(order_line__order_id__in=ids).values_list(
                "order_line__order_id", flat=True
            )
        )
        return next((each for each in ids if each not in gone and (each in held) == reserved), None)

    def reserve(self) -> bool:
        """Promise an order pieces of some balances, as far as they look free."""
        from core.tenancy import merchant  # noqa: PLC0415
        from orders.models import OrderLine  # noqa: PLC0415
        from warehouse.querysets import promisable  # noqa: PLC0415
        from warehouse.services import Promise, Reserving, reserve_orders  # noqa: PLC0415

        with merchant(self.merchant_id):
            order_id = self._order(reserved=False)
            if order_id is None:
                return False
            promises = []
            for line in OrderLine.objects.filter(order_id=order_id):
                there = promisable(now=NOW).filter(
                    product_id=line.product_id or 0, location__warehouse=self.house
                )
                rows = list(there.values_list("id", flat=True)[:4])
                if not rows:
                    return False
                promises.append(Promise(line.pk, self.chance.choice(rows), line.quantity))
            reserve_orders(
                orders=[Reserving(order_id, self.house.pk, promises, "nearest", {}, 0, None)],
                now=NOW,
            )
        return True

    def release(self) -> bool:
        """Give an order's pieces back."""
        from core.tenancy import merchant  # noqa: PLC0415
        from warehouse.services import release_reservations  # noqa: PLC0415

        with merchant(self.merchant_id):
            order_id = self._order(reserved=True)
            if order_id is None:
                return False
            return bool(release_reservations(order_ids=[order_id], actor=ACTOR, now=NOW))

    def pick(self) -> bool:
        """Plan an order's parcel in a wave of its own and pick it."""
        from core.tenancy import merchant  # noqa: PLC0415
        from orders.models import Order  # noqa: PLC0415
        from warehouse.services import confirm_picks, plan_wave, release_wave  # noqa: PLC0415

        with merchant(self.merchant_id):
            order_id = self._order(reserved=True)
            if order_id is None:
                return False
            order = Order.objects.select_for_update().get(pk=order_id)
            plan = plan_wave(warehouse=self.house, orders=[order], actor=ACTOR, now=NOW)
            release_wave(wave_id=plan.wave.pk, actor=ACTOR, now=NOW)
            confirm_picks(wave_id=plan.wave.pk, task_ids=None, actor=ACTOR, now=NOW)
        return True

    def consume(self) -> bool:
        """Pack a picked parcel; its order may then be bought again."""
        from core.tenancy import merchant  # noqa: PLC0415
        from warehouse.models import (  # noqa: PLC0415
            Allocation,
            Parcel,
            ParcelItem,
            PickTask,
            Reservation,
        )
        from warehouse.services import consume_reservations  # noqa: PLC0415

        with merchant(self.merchant_id):
            parcel = Parcel.objects.filter(order_id__in=self.orders, status="planned").first()
            if parcel is None:
                return False
            items = list(ParcelItem.objects.filter(parcel=parcel))
            consume_reservations(
                items=items, parcel_reference=f"{parcel.reference}-{self.name}-{self.turn}",
                actor=ACTOR, now=NOW,
            )  # fmt: skip
            self.turn += 1
            # So few orders do for so many operations: this one begins anew.
            PickTask.objects.filter(parcel=parcel).delete()
            ParcelItem.objects.filter(parcel=parcel).delete()
            Parcel.objects.filter(pk=parcel.pk).delete()
            lines = {item.order_line_id for item in items}
            Reservation.objects.filter(order_line_id__in=lines, status="consumed").delete()
            Allocation.objects.filter(order_id=parcel.order_id).delete()
        return True


def _look(owner: Merchant) -> tuple[int, int, int, int]:
    """Differences, negative balances, all balances, and pieces reserved."""
    from django.db.models import Q, Sum  # noqa: PLC0415

    from core.tenancy import merchant  # noqa: PLC0415
    from warehouse.models import StockBalance  # noqa: PLC0415
    from warehouse.services import find_differences  # noqa: PLC0415

    wrong, after = 0, 0
    with merchant(owner):
        while True:
            seen = find_differences(after=after, most=10_000)
            wrong += len(seen.rows)
            if seen.next_after is None:
                break
            after = seen.next_after
        negative = StockBalance.objects.filter(Q(on_hand__lt=0) | Q(reserved__lt=0)).count()
        total = StockBalance.objects.aggregate(n=Sum("reserved"))["n"] or 0
        return wrong, negative, StockBalance.objects.count(), total
