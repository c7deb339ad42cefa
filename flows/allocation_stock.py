"""What a batch of orders is allocated from: free stock by warehouse, and who waits for it.

Read once for the batch while `queue_for_stock` holds its products, and counted down in memory as
the batch's orders take their pieces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet, Sum

from orders.models import Order, OrderLine
from orders.rules.kits import Kits
from warehouse.models import BackorderClaim, SupplierRequest, Warehouse
from warehouse.querysets import FIRST_OUT, promisable
from warehouse.rules.allocation import Quoting, WarehouseStock, no_quote
from warehouse.services import Policy, Promise, StockGone

Key = tuple[datetime, int]
"""An order's place in the queue: since when it waits, and its id."""
WITH_SUPPLIER = (SupplierRequest.Status.SENT, SupplierRequest.Status.ACCEPTED)


def asked_to_ship(
    order_ids: Collection[int], *, among: Collection[str] = WITH_SUPPLIER
) -> set[int]:
    """Return those of the orders that a supplier was asked to ship to the buyer and may be.

    `among` are the requests' states that count.
    """
    asked = SupplierRequest.objects.filter(order_id__in=list(order_ids), status__in=among)
    return {order_id for order_id in asked.values_list("order_id", flat=True) if order_id}


@dataclass(slots=True)
class Bin:
    """A balance with what is still free in it."""

    balance_id: int
    free: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an order needs of each product, and the name (SKU) it goes by in explanations.

    With a kit in it an order is not split: a kit's components go in one parcel.
    """

    units: Mapping[int, int]
    names: Mapping[int, str]
    has_kits: bool = False

    @property
    def lines(self) -> dict[str, int]:
        """Units by name."""
        return {self.names[product_id]: units for product_id, units in self.units.items()}


def wanted_of(lines: Sequence[OrderLine], kits: Kits) -> Wanted:
    """Add up an order's lines by product, kits by their components. A line without a product (id 0)
    is in no stock."""
    units: dict[int, int] = defaultdict(int)
    names: dict[int, str] = {}
    for line in lines:
        for product_id, sku, quantity in pieces_of(line, kits):
            units[product_id] += quantity
            names.setdefault(product_id, sku)
    has_kits = any(line.product_id in kits for line in lines)
    return Wanted(units, names, has_kits=has_kits)


def pieces_of(line: OrderLine, kits: Kits) -> Iterator[tuple[int, str, int]]:
    """What is taken from stock for a line: product, SKU and pieces."""
    for each in kits.get(line.product_id or 0, ()):
        yield each.product_id, each.sku, each.quantity * line.quantity
    if line.product_id not in kits:
        yield line.product_id or 0, line.sku, line.quantity


@dataclass(slots=True)
class Stock:
    """Bins by warehouse and product, in the order they are taken from."""

    houses: Sequence[Warehouse]
    policy: Policy
    now: datetime
    kits: Kits = field(default_factory=dict)
    bins: dict[tuple[int, int], list[Bin]] = field(default_factory=lambda: defaultdict(list))

    def free(self, warehouse_id: int, product_id: int) -> int:
        """Units free to promise, others' claims not counted."""
        return sum(each.free for each in self.bins.get((warehouse_id, product_id), ()))

    def seen_by(
        self,
        wanted: Wanted,
        ahead: Mapping[tuple[int, int], int],
        quotes: Mapping[str, Quoting],
        *,
        only: str = "",
    ) -> list[WarehouseStock]:
        """Every warehouse as the rules take it, for one order with `ahead` claimed before it.

        `only` is the warehouse that one of the merchant's automation rules, or a split, names for
        the order: no other may ship it, whatever the allocation rules allow.
        """
        rank = {code: place for place, code in enumerate(self.policy.warehouses)}
        return [
            WarehouseStock(
                code=house.code,
                country=house.country,
                priority=rank.get(house.code, house.priority),
                available={
                    name: self.free(house.pk, product_id) - ahead.get((product_id, house.pk), 0)
                    for product_id, name in wanted.names.items()
                },
                kept={
                    name: min(ahead.get((product_id, house.pk), 0), self.free(house.pk, product_id))
                    for product_id, name in wanted.names.items()
                },
                ages=self._ages(house.pk, wanted) if self.policy.strategy == "stock_age" else {},
                quote=quotes.get(house.country, no_quote),
                is_allowed=house.code == only if only else not rank or house.code in rank,
            )
            for house in self.houses
        ]

    def _ages(self, warehouse_id: int, wanted: Wanted) -> dict[str, list[tuple[int, int]]]:
        return {
            name: [
                ((self.now - each.received_at).days if each.received_at else 0, each.free)
                for each in self.bins.get((warehouse_id, product_id), ())
                if each.free > 0
            ]
            for product_id, name in wanted.names.items()
        }

    def take(self, warehouse_id: int, lines: Sequence[OrderLine]) -> list[Promise]:
        """Take every line's pieces from the bins, a kit's by component; raise `StockGone` when they
        are not there."""
        promises = []
        for line in lines:
            for product_id, sku, missing in pieces_of(line, self.kits):
                left = missing
                for each in self.bins.get((warehouse_id, product_id), ()):
                    units = min(left, each.free)
                    if units > 0:
                        each.free -= units
                        left -= units
                        promises.append(Promise(line.pk, each.balance_id, units))
                if left:
                    raise StockGone(f"Line {line.pk} lacks {left} pieces of {sku}.")
        return promises


def read_stock(*, product_ids: Iterable[int], policy: Policy, now: datetime, kits: Kits) -> Stock:
    """Read the free stock of some products in every active warehouse, in the order it is taken:
    first expired, first out."""
    houses = list(Warehouse.objects.filter(is_active=True).order_by("priority", "id"))
    stock = Stock(houses, policy, now, kits)
    rows = promisable(now=now).filter(product_id__in=list(product_ids)).order_by(*FIRST_OUT)
    columns = ("location__warehouse_id", "product_id", "id", "on_hand", "reserved", "received_at")
    for warehouse_id, product_id, balance_id, on_hand, reserved, received_at in rows.values_list(
        *columns
    ):
        stock.bins[warehouse_id, product_id].append(
            Bin(balance_id, on_hand - reserved, received_at)
        )
    return stock


@dataclass(slots=True)
class Queue:
    """What is claimed ahead of each order, by product and warehouse.

    Orders must be asked for in their order: those that wait by (since, id), new ones last.
    """

    _claims: Iterator[tuple[Key, int, tuple[int, int], int]]
    ahead: dict[tuple[int, int], int]
    _next: tuple[Key, int, tuple[int, int], int] | None = None
    _done: set[int] = field(default_factory=set)

    def claimed_before(self, key: Key | None) -> Mapping[tuple[int, int], int]:
        """Count in the claims of orders that wait longer; of all that wait when there is no key."""
        self._next = self._next or next(self._claims, None)
        while self._next is not None and (key is None or self._next[0] < key):
            _key, order_id, place, quantity = self._next
            if order_id not in self._done:
                self.ahead[place] = self.ahead.get(place, 0) + quantity
            self._next = next(self._claims, None)
        return self.ahead

    def let_go(self, order_id: int) -> None:
        """An order has what it waited for: its claims hold nobody up any more."""
        self._done.add(order_id)

    def claim(self, places: Mapping[tuple[int, int], int]) -> None:
        """What an order newly lacks is ahead of those behind it."""
        for place, quantity in places.items():
            self.ahead[place] = self.ahead.get(place, 0) + quantity


def read_queue(*, product_ids: Iterable[int], last: Key | None) -> Queue:
    """Read who waits for some products: each claim up to the place `last`, else only sums."""
    claims = _live_claims().filter(product_id__in=list(product_ids))
    if last is None:
        sums = claims.values_list("product_id", "warehouse_id").annotate(units=Sum("quantity"))
        ahead = {(product_id, warehouse_id): units for product_id, warehouse_id, units in sums}
        return Queue(iter(()), ahead)
    rows = claims.order_by("backorder__since", "backorder__order_id").values_list(
        "backorder__since", "backorder__order_id", "product_id", "warehouse_id", "quantity"
    )
    return Queue(
        (
            ((since, order_id), order_id, (product_id, warehouse_id), quantity)
            for since, order_id, product_id, warehouse_id, quantity in rows.iterator(2000)
        ),
        {},
    )


def _live_claims() -> QuerySet[BackorderClaim]:
    """Claims of orders that wait, without those a supplier is to ship."""
    return BackorderClaim.objects.filter(backorder__order__status=Order.Status.BACKORDERED).exclude(
        backorder__order__supplier_requests__status__in=WITH_SUPPLIER
    )
