"""Stage 3, suppliers: what no warehouse holds is asked of whoever does.

A supplier that ships to buyers itself gets the whole order as a drop shipment; else what is missing
goes onto its draft purchase for the warehouse that lacks the least. A person looks a draft over and
sends it. Meanwhile the order waits; a drop shipment that was sent keeps it from being filled twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.jobs import Work, enqueue
from flows.channels.telling import tell_channels_of_drop_ship
from orders.models import Order, OrderLine
from orders.services import move_orders
from warehouse.models import Supplier, SupplierProduct, SupplierRequest
from warehouse.services import (
    Ask,
    WrongStep,
    accept_request,
    add_to_purchase,
    close_request,
    draft_drop_ship,
    end_claims,
    receive_request,
    refuse_request,
    send_request,
    ship_request,
)

if TYPE_CHECKING:
    from flows.allocation_batch import Shortage

ACTOR = "allocation"
Kind = SupplierRequest.Kind
Offers = Mapping[int, Sequence[SupplierProduct]]


class OrderMovedOn(Exception):
    """The order of a drop shipment waits no more: it got stock, or was cancelled."""


def ask_suppliers(*, shortages: Sequence[Shortage], now: datetime) -> None:
    """Draft requests for orders that have just begun to wait, in the active block."""
    product_ids = {product_id for each in shortages for product_id in each.needs}
    offers: dict[int, list[SupplierProduct]] = defaultdict(list)
    # The quickest first; of equally quick ones the cheapest.
    rows = SupplierProduct.objects.filter(product_id__in=product_ids, supplier__is_active=True)
    for offer in rows.select_related("supplier").order_by("lead_days", "unit_cost", "id"):
        offers[offer.product_id].append(offer)
    if not offers:
        return
    purchases: dict[tuple[int, int], dict[int, Ask]] = defaultdict(dict)
    suppliers: dict[int, Supplier] = {}
    for each in shortages:
        asks = _drop_shipper(each, offers)
        if asks:
            draft_drop_ship(
                supplier=asks[0].offer.supplier, order_id=each.order_id, asks=asks, actor=ACTOR,
                now=now,
            )  # fmt: skip
            continue
        for product_id, units in each.lacks.items():
            if product_id not in offers or each.warehouse_id is None:
                continue
            best = offers[product_id][0]
            suppliers[best.supplier_id] = best.supplier
            into = purchases[best.supplier_id, each.warehouse_id]
            before = into[product_id].needed if product_id in into else 0
            into[product_id] = Ask(best, before + units)
    # In key order: two batches that add to the same drafts cannot deadlock.
    for (supplier_id, warehouse_id), wanted in sorted(purchases.items()):
        add_to_purchase(
            supplier=suppliers[supplier_id],
            warehouse_id=warehouse_id,
            asks=list(wanted.values()),
            actor=ACTOR,
            now=now,
        )


def _drop_shipper(shortage: Shortage, offers: Offers) -> list[Ask]:
    """Every line of the order on the terms of one supplier that ships it whole; the quickest.

    Only of an order as its channel knows it: what a supplier ships is told there as a whole.
    """
    if not shortage.is_channels_own:
        return []
    by_supplier: dict[int, dict[int, Ask]] = defaultdict(dict)
    for product_id, units in shortage.needs.items():
        for offer in offers.get(product_id, ()):
            if offer.is_drop_ship and offer.min_quantity <= units:
                by_supplier[offer.supplier_id][product_id] = Ask(offer, units)
    whole = [
        list(asks.values()) for asks in by_supplier.values() if len(asks) == len(shortage.needs)
    ]
    return min(whole, key=lambda asks: max(ask.offer.lead_days for ask in asks), default=[])


def send(*, request_id: int, actor: str, now: datetime) -> None:
    """Send a draft: it is fixed now, and a worker writes to the supplier.

    Raises `WrongStep` and `OrderMovedOn`.
    """
    request = SupplierRequest.objects.get(pk=request_id)
    if request.order_id is not None:
        # The order first, as allocation does: whoever comes second sees what the other did.
        order = Order.objects.select_for_update().get(pk=request.order_id)
        if order.status != Order.Status.BACKORDERED:
            raise OrderMovedOn(f"{order.reference} waits no more")
        end_claims(order_ids=[order.pk])
    send_request(request_id=request_id, actor=actor, now=now)
    enqueue([Work("suppliers.send", str(request_id), {"request_id": request_id})], now=now)


def accept(*, request_id: int, expected_on: date | None, actor: str, now: datetime) -> None:
    """The supplier said yes. Raises `WrongStep`."""
    accept_request(request_id=request_id, expected_on=expected_on, actor=actor, now=now)


def refuse(*, request_id: int, why: str, actor: str, now: datetime) -> None:
    """The supplier said no: its orders wait for stock again, with the date they had."""
    refuse_request(request_id=request_id, why=why, actor=actor, now=now)
    look_again(now=now)


def ship(*, request_id: int, carrier: str, tracking_number: str, actor: str, now: datetime) -> None:
    """The goods have left the supplier; a drop shipment's order is shipped and its channel told.

    Raises `WrongStep`, `OrderMovedOn`.
    """
    request = SupplierRequest.objects.get(pk=request_id)
    if request.order_id is not None:
        if not tracking_number:
            raise WrongStep(f"{request.number}: a drop shipment has a tracking number")
        Order.objects.select_for_update().get(pk=request.order_id)
    ship_request(
        request_id=request_id, carrier=carrier, tracking_number=tracking_number, actor=actor,
        now=now,
    )  # fmt: skip
    if request.order_id is None:
        return
    moved = move_orders(
        order_ids=[request.order_id],
        to=Order.Status.SHIPPED,
        actor=actor,
        now=now,
        data={"tracking_number": tracking_number},
    )
    if not moved:
        raise OrderMovedOn(f"The order of {request.number} waits no more")
    tell_channels_of_drop_ship(
        order=Order.objects.get(pk=request.order_id),
        lines=list(OrderLine.objects.filter(order_id=request.order_id).order_by("id")),
        reference=request.number,
        carrier=carrier,
        tracking_number=tracking_number,
        now=now,
    )


def receive(*, request_id: int, received: Mapping[int, int], actor: str, now: datetime) -> int:
    """A purchase's goods are in the warehouse: into stock, and to who waits longest."""
    pieces = receive_request(request_id=request_id, received=received, actor=actor, now=now)
    look_again(now=now)
    return pieces


def close(*, request_id: int, why: str, actor: str, now: datetime) -> None:
    """Withdraw a draft, or say that a drop shipment arrived. Raises `WrongStep`."""
    request = SupplierRequest.objects.get(pk=request_id)
    was_shipped = request.status == SupplierRequest.Status.SHIPPED
    close_request(request_id=request_id, why=why, actor=actor, now=now)
    if was_shipped and request.order_id is not None:
        move_orders(order_ids=[request.order_id], to=Order.Status.DELIVERED, actor=actor, now=now)


def look_again(*, now: datetime) -> None:
    """Queue the look at orders that wait, in the active block: goods came in, or rules changed."""
    enqueue([Work("allocation.fill_backorders", "all", {})], now=now, again=True)
