"""Stage 3 on paper: a past period's orders replayed under draft rules. Reads only.

Stock is what the ledger says came in, less what orders from before the period had reserved. Orders
take from it in the order in which they came; one that finds too little counts as a backorder and
takes nothing, also later. Costs are the estimate of `flows.allocation_costs` on the day of the
replay, for what was and for what would be, so that both can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from core.jobs import Later, Work, enqueue, handler
from core.tenancy import merchant
from flows.allocation_costs import Estimator
from flows.allocation_stock import Bin, Stock, Wanted, wanted_of
from orders.models import Order, OrderLine
from orders.querysets import kits_of
from warehouse.models import (
    Allocation,
    Backorder,
    Location,
    Reservation,
    Simulation,
    SimulationRow,
    StockMove,
    Warehouse,
)
from warehouse.rules.allocation import AllocationPlan, OrderNeed, Quote, allocate
from warehouse.services import Policy
from warehouse.services.simulations import (
    ask_simulation,
    begin_simulation,
    count_on,
    finish_simulation,
)

BATCH = 250
KIND = "allocation.simulate"
REPLAYED = (
    Order.Status.ACCEPTED, Order.Status.BACKORDERED, Order.Status.ALLOCATED, Order.Status.PACKED,
    Order.Status.SHIPPED, Order.Status.DELIVERED, Order.Status.LOST, Order.Status.SPLIT,
)  # fmt: skip


def simulate(
    *, policy: Policy, first_day: date, last_day: date, actor: str, now: datetime
) -> Simulation:
    """Ask for a replay in the active block; a worker makes it. Raises `NoSuchWarehouse`."""
    asked = ask_simulation(
        policy=policy, first_day=first_day, last_day=last_day, actor=actor, now=now
    )
    enqueue([Work(KIND, str(asked.pk), {"simulation_id": asked.pk})], now=now)
    return asked


@handler(KIND, queue="flow")
def replay(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Replay batch by batch; a worker that dies leaves it to the next to begin anew."""
    with merchant(merchant_id):
        asked = Simulation.objects.get(pk=payload["simulation_id"])
        if asked.status == Simulation.Status.DONE:
            return
        begin_simulation(simulation_id=asked.pk, orders_total=_orders(asked).count())
        run = Replay(asked, timezone.now())
    while True:
        with merchant(merchant_id):
            orders = list(_orders(asked).filter(pk__gt=run.last_id).order_by("id")[:BATCH])
            if not orders:
                finish_simulation(
                    simulation_id=asked.pk, result=run.tally.as_dict(), now=timezone.now()
                )
                return
            done_before = run.done
            rows = run.through(orders)
            if not count_on(simulation_id=asked.pk, done_before=done_before, rows=rows):
                raise Later(5, "Another worker replays this.")


def _orders(asked: Simulation) -> Any:
    begin, end = _period(asked)
    return Order.objects.filter(
        created_at__gte=begin, created_at__lt=end, status__in=REPLAYED, parent__isnull=True
    )


def _period(asked: Simulation) -> tuple[datetime, datetime]:
    begin = datetime.combine(asked.first_day, time(), UTC)
    return begin, datetime.combine(asked.last_day + timedelta(days=1), time(), UTC)


@dataclass(slots=True)
class Tally:
    """What a replay adds up to; each figure as it was and as it would be."""

    houses: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    backorders: list[int] = field(default_factory=lambda: [0, 0])
    splits: list[int] = field(default_factory=lambda: [0, 0])
    costs: dict[str, list[Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0)])
    )
    priced: int = 0
    changed: int = 0

    def count(self, row: SimulationRow, *, has_waited: bool) -> None:
        """Count one order in. Costs only where both sides have one."""
        for side, said in enumerate((row.was, row.would_be)):
            codes = said.split(" + ") if said else []
            for code in codes:
                self.houses[code][side] += 1
            self.splits[side] += len(codes) > 1
        self.backorders[0] += has_waited
        self.backorders[1] += not row.would_be
        self.changed += row.was != row.would_be
        if row.cost_was is not None and row.cost_would_be is not None:
            self.priced += 1
            self.costs[row.currency][0] += row.cost_was
            self.costs[row.currency][1] += row.cost_would_be

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the simulation's `result`."""
        return {
            "houses": {code: list(both) for code, both in sorted(self.houses.items())},
            "backorders": self.backorders,
            "splits": self.splits,
            "costs": {code: [str(each) for each in both] for code, both in self.costs.items()},
            "priced": self.priced,
            "changed": self.changed,
        }


class Replay:
    """The state of a replay between two batches: bounded by the products that were ordered."""

    def __init__(self, asked: Simulation, now: datetime) -> None:
        self._asked = asked
        self._begin, self._end = _period(asked)
        self._estimator = Estimator(now.date())
        policy = Policy(
            strategy=asked.strategy, warehouses=tuple(asked.warehouses), may_split=asked.may_split
        )
        houses = list(Warehouse.objects.filter(is_active=True).order_by("priority", "id"))
        self._stock = Stock(houses, policy, self._begin)
        self._known: set[int] = set()
        self._coming: dict[int, list[tuple[date, int, int]]] = {}
        self.tally = Tally()
        self.last_id = 0
        self.done = 0

    def through(self, orders: Sequence[Order]) -> list[SimulationRow]:
        """Replay a batch and return its rows."""
        lines: dict[int, list[OrderLine]] = defaultdict(list)
        for line in OrderLine.objects.filter(order__in=orders).order_by("id"):
            lines[line.order_id].append(line)
        products = {line.product_id or 0 for each in lines.values() for line in each}
        kits = kits_of(products, on=self._end.date())
        wanted = {order.pk: wanted_of(lines[order.pk], kits) for order in orders}
        self._learn({product_id for each in wanted.values() for product_id in each.units})
        was = _shipped_from(orders)
        waited = set(Backorder.objects.filter(order__in=orders).values_list("order_id", flat=True))
        rows = []
        for order in orders:
            row = self._row(order, wanted[order.pk], was.get(order.pk, ""))
            self.tally.count(row, has_waited=order.pk in waited)
            rows.append(row)
        self.last_id = orders[-1].pk
        self.done += len(rows)
        return rows

    def _row(self, order: Order, wanted: Wanted, was: str) -> SimulationRow:
        row = SimulationRow(simulation=self._asked, order=order, was=was)
        countries = {house.code: house.country for house in self._stock.houses}
        # An order that waited cost nothing; what each of two warehouses shipped is not asked for.
        before = (
            self._cost(order, wanted, {countries[was]: dict(wanted.units)})
            if was in countries
            else None
        )
        if wanted.units:
            plan, parts = self._plan(order, wanted)
            row.would_be = " + ".join(parts)
            row.why = plan.reason.as_dict()
            after = self._cost(
                order, wanted, {countries[code]: part for code, part in parts.items()}
            )
            row.cost_would_be, row.currency = (
                (after.amount, after.currency) if after else (None, "")
            )
        if before is not None:
            row.cost_was, row.currency = before.amount, before.currency
        return row

    def _plan(
        self, order: Order, wanted: Wanted
    ) -> tuple[AllocationPlan, dict[str, dict[int, int]]]:
        """Ask the rules and take the goods; return units by product for each warehouse chosen."""
        stock = self._stock
        stock.now = order.created_at
        self._let_in(wanted.units, order.created_at.date())
        countries = {house.country for house in stock.houses}
        plan = allocate(
            OrderNeed(destination_country=order.country, lines=wanted.lines),
            stock.seen_by(wanted, {}, self._estimator.quotes(order, wanted, countries)),
            strategy=stock.policy.strategy,
            may_split=stock.policy.may_split and not wanted.has_kits,
        )
        by_name = {name: product_id for product_id, name in wanted.names.items()}
        parts: dict[str, dict[int, int]] = {}
        if plan.warehouse is not None:
            parts = {plan.warehouse: dict(wanted.units)}
        elif plan.split is not None:
            pair = plan.split
            for code, part in ((pair.first, pair.from_first), (pair.second, pair.from_second)):
                parts[code] = {by_name[name]: units for name, units in part.items()}
        ids = {house.code: house.pk for house in stock.houses}
        for code, taken in parts.items():
            for product_id, units in taken.items():
                _take(stock.bins[ids[code], product_id], units)
        return plan, parts

    def _cost(
        self, order: Order, wanted: Wanted, parts: Mapping[str, Mapping[int, int]]
    ) -> Quote | None:
        """What the parts cost together; None when one has no price, or there is none."""
        quotes = [
            self._estimator.quote(order, part, wanted, country) for country, part in parts.items()
        ]
        found = [quote for quote in quotes if quote is not None]
        if not found or len(found) < len(quotes):
            return None
        amount = sum((quote.amount for quote in found), Decimal(0))
        return Quote(amount=amount, currency=found[0].currency, service="")

    def _learn(self, product_ids: Iterable[int]) -> None:
        """Read what came in, and what was promised before the period, of products not yet met."""
        fresh = [each for each in product_ids if each and each not in self._known]
        self._known.update(fresh)
        self._estimator.learn(fresh)
        for product_id, day, warehouse_id, units in _movements(fresh, self._end):
            self._coming.setdefault(product_id, []).append((day, warehouse_id, units))
        self._let_in(fresh, self._begin.date() - timedelta(days=1))
        for product_id, warehouse_id, units in _promised(fresh, self._begin):
            _take(self._stock.bins[warehouse_id, product_id], units)

    def _let_in(self, product_ids: Iterable[int], until: date) -> None:
        """Put what came in up to a day into the stock; what went out otherwise is taken."""
        for product_id in product_ids:
            coming = self._coming.get(product_id, [])
            while coming and coming[0][0] <= until:
                day, warehouse_id, units = coming.pop(0)
                bins = self._stock.bins[warehouse_id, product_id]
                if units > 0:
                    bins.append(Bin(0, units, datetime.combine(day, time(), UTC)))
                else:
                    _take(bins, -units)


def _shipped_from(orders: Sequence[Order]) -> dict[int, str]:
    """The warehouse of each order, two for one that was split, by its id."""
    rows = Allocation.objects.filter(Q(order__in=orders) | Q(order__parent__in=orders))
    found: dict[int, list[str]] = defaultdict(list)
    for order_id, parent_id, code in rows.order_by("id").values_list(
        "order_id", "order__parent_id", "warehouse__code"
    ):
        found[parent_id or order_id].append(code)
    return {order_id: " + ".join(codes) for order_id, codes in found.items()}


def _movements(product_ids: Sequence[int], end: datetime) -> list[tuple[int, date, int, int]]:
    """Pieces into (or, below 0, out of) the bins of a warehouse by product and day.

    Without what was packed for orders: the replay takes those itself.
    """
    moves = StockMove.objects.filter(product_id__in=product_ids, condition="good", at__lt=end)
    into = moves.filter(to_location__kind=Location.Kind.BIN)
    out = moves.filter(from_location__kind=Location.Kind.BIN).exclude(
        to_location__kind=Location.Kind.PACKED
    )
    found: dict[tuple[int, date, int], int] = defaultdict(int)
    for sign, rows, place in ((1, into, "to_location"), (-1, out, "from_location")):
        sums = (
            rows.annotate(day=TruncDate("at", tzinfo=UTC))
            .order_by()
            .values_list("product_id", "day", f"{place}__warehouse_id")
            .annotate(units=Sum("quantity"))
        )
        for product_id, day, warehouse_id, units in sums:
            found[product_id, day, warehouse_id] += sign * units
    return sorted((*key, units) for key, units in found.items() if units)


def _promised(product_ids: Sequence[int], begin: datetime) -> list[tuple[int, int, int]]:
    """Pieces that orders from before the period had reserved, by product and warehouse."""
    rows = Reservation.objects.filter(
        ~Q(status=Reservation.Status.RELEASED),
        balance__product_id__in=product_ids,
        order_line__order__created_at__lt=begin,
    )
    sums = rows.order_by().values_list("balance__product_id", "balance__location__warehouse_id")
    return list(sums.annotate(units=Sum("quantity")))


def _take(bins: Sequence[Bin], units: int) -> None:
    """Take pieces, the oldest first; what is not there cannot be taken."""
    for each in bins:
        taken = min(each.free, units)
        each.free -= taken
        units -= taken
