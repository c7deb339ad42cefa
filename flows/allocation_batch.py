"""One batch of orders on its way through the rules: what each takes, who waits, what it lacks."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from flows.allocation_costs import Estimator
from flows.allocation_stock import Key, Queue, Stock, Wanted
from flows.combining import NotCombined, split_order_by_plan
from orders.models import Order, OrderLine
from warehouse.rules.allocation import AllocationPlan, OrderNeed, Pair, allocate, least_short
from warehouse.services import Claim, Reserving, Waiting

log = logging.getLogger("waybridge.allocation")
ACTOR = "allocation"


@dataclass(frozen=True, slots=True)
class SplitPart:
    """What one warehouse ships: units by order line of the order that is split."""

    warehouse_id: int
    lines: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Shortage:
    """An order that must wait: units it lacks by product in the warehouse that lacks the least
    (None when it may ship from none), and all its lines by product. One that was split or merged
    here is not the channel's own."""

    order_id: int
    warehouse_id: int | None
    lacks: dict[int, int]
    needs: dict[int, int]
    is_channels_own: bool


@dataclass(slots=True, kw_only=True)
class Batch:
    """Takes orders one by one, in their turn, and gathers what is to be written for all."""

    now: datetime
    stock: Stock
    queue: Queue
    known_claims: set[tuple[int, int, int]]
    reservings: list[Reserving] = field(default_factory=list)
    allocated: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    waiting: list[Waiting] = field(default_factory=list)
    newly_waiting: dict[str, list[Shortage]] = field(default_factory=lambda: defaultdict(list))
    served: list[int] = field(default_factory=list)
    waited: set[int] = field(default_factory=set)
    _estimator: Estimator | None = None
    _ids: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._ids = {house.code: house.pk for house in self.stock.houses}

    def allocate(
        self, order: Order, lines: Sequence[OrderLine], wanted: Wanted, waits: Key | None
    ) -> None:
        """Give an order its pieces, or have it wait. `waits` is its place among those that do."""
        if waits is not None:
            self.waited.add(order.pk)
        plan = self.plan(order, wanted, waits)
        if plan.warehouse is not None:
            self._reserve(order, plan.warehouse, lines, plan)
        elif plan.split is None or not self._split(order, plan.split, lines, wanted, plan):
            self._wait(order, plan, wanted)
            return
        self.served.append(order.pk)
        self.queue.let_go(order.pk)

    def plan(self, order: Order, wanted: Wanted, waits: Key | None) -> AllocationPlan:
        """Ask the rules, with what older orders wait for left out."""
        policy = self.stock.policy
        quotes = {}
        if policy.strategy == "cheapest":
            self._estimator = self._estimator or Estimator(self.now.date())
            self._estimator.learn(wanted.units)
            countries = {house.country for house in self.stock.houses}
            quotes = dict(self._estimator.quotes(order, wanted, countries))
        return allocate(
            OrderNeed(destination_country=order.country, lines=wanted.lines),
            self.stock.seen_by(
                wanted, self.queue.claimed_before(waits), quotes, only=order.wanted_warehouse
            ),
            strategy=policy.strategy,
            may_split=policy.may_split and not wanted.has_kits,
        )

    def _reserve(
        self, order: Order, code: str, lines: Sequence[OrderLine], plan: AllocationPlan
    ) -> None:
        house_id = self._ids[code]
        self.reservings.append(
            Reserving(
                order_id=order.pk,
                warehouse_id=house_id,
                promises=self.stock.take(house_id, lines),
                strategy=plan.strategy,
                explanation=self._explained(plan, code),
                priority=order.priority,
                ship_by=order.ship_by,
            )
        )
        self.allocated[code].append(order.pk)

    def _split(
        self,
        order: Order,
        pair: Pair,
        lines: Sequence[OrderLine],
        wanted: Wanted,
        plan: AllocationPlan,
    ) -> bool:
        """Make two orders of one and give each its pieces; False when it may not be split.

        The parts are real orders, accepted as the whole was; what speaks against it (a hold, a
        conflict with the channel) leaves the whole order waiting.
        """
        try:
            with transaction.atomic():
                ids = split_order_by_plan(
                    order_id=order.pk,
                    parts=self._parts(pair, lines, wanted),
                    actor=ACTOR,
                    now=self.now,
                )
        except NotCombined as why:
            log.info("%s is not split: %s", order.reference, why)
            return False
        parts = {part.pk: part for part in Order.objects.filter(pk__in=ids)}
        part_lines: dict[int, list[OrderLine]] = defaultdict(list)
        for line in OrderLine.objects.filter(order_id__in=ids).order_by("id"):
            part_lines[line.order_id].append(line)
        for part_id, code in zip(ids, (pair.first, pair.second), strict=True):
            self._reserve(parts[part_id], code, part_lines[part_id], plan)
        return True

    def _parts(self, pair: Pair, lines: Sequence[OrderLine], wanted: Wanted) -> list[SplitPart]:
        """The pair's units, by the order's lines: the first takes its share of the first lines."""
        left = {
            product_id: pair.from_first.get(name, 0) for product_id, name in wanted.names.items()
        }
        first: dict[int, int] = {}
        second: dict[int, int] = {}
        for line in lines:
            units = min(line.quantity, left[line.product_id or 0])
            left[line.product_id or 0] -= units
            if units:
                first[line.pk] = units
            if units < line.quantity:
                second[line.pk] = line.quantity - units
        return [
            SplitPart(self._ids[pair.first], first),
            SplitPart(self._ids[pair.second], second),
        ]

    def _wait(self, order: Order, plan: AllocationPlan, wanted: Wanted) -> None:
        by_name = {name: product_id for product_id, name in wanted.names.items()}
        claims = [
            Claim(by_name[name], self._ids[one.warehouse], wanted.units[by_name[name]])
            for one in plan.considered
            if one.is_allowed
            for name in one.short
            if by_name[name]
        ]
        self.queue.claim(
            {
                (claim.product_id, claim.warehouse_id): claim.quantity
                for claim in claims
                if (order.pk, claim.product_id, claim.warehouse_id) not in self.known_claims
            }
        )
        self.waiting.append(Waiting(order.pk, self._explained(plan, None), claims, wanted.units))
        if order.status != Order.Status.ACCEPTED:
            return
        least = least_short(plan)
        self.newly_waiting[plan.reason.code].append(
            Shortage(
                order.pk,
                self._ids[least.warehouse] if least else None,
                {by_name[name]: units for name, units in least.short.items()} if least else {},
                dict(wanted.units),
                is_channels_own=not order.made_by,
            )
        )

    def _explained(self, plan: AllocationPlan, code: str | None) -> dict[str, object]:
        return {**plan.explanation(), "warehouse": code, "policy": self.stock.policy.version}
