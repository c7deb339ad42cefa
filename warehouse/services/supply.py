"""Suppliers, what they hold, and what is asked of them. A request moves by `REQUEST_MOVES`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core.events import record
from core.models import Document
from core.numbers import next_numbers
from core.states import move
from core.tenancy import active_merchant_id
from warehouse.models import (
    Location,
    StockBalance,
    Supplier,
    SupplierProduct,
    SupplierRequest,
    SupplierRequestLine,
)
from warehouse.services.homes import home_bins
from warehouse.services.stock import StockLine, move_stock
from warehouse.states import REQUEST_MOVES

Status = SupplierRequest.Status
Kind = SupplierRequest.Kind
PURCHASED = "purchased"


class NameTaken(Exception):
    """The merchant has a supplier of that name. Permanent: choose another."""


class WrongStep(Exception):
    """The request stands elsewhere by now, or its kind takes no such step. Look again."""


@dataclass(frozen=True, slots=True)
class Ask:
    """So many pieces of a product on a supplier's terms; `needed` by orders that wait."""

    offer: SupplierProduct
    needed: int

    @property
    def quantity(self) -> int:
        """What to ask for: at least the supplier's minimum."""
        return max(self.needed, self.offer.min_quantity)


def save_supplier(
    *, supplier_id: int | None, name: str, email: str, language: str, is_active: bool,
    actor: str, now: datetime,
) -> Supplier:  # fmt: skip
    """Make or change a supplier; raise `NameTaken` or `Supplier.DoesNotExist`."""
    values = {"name": name, "email": email, "language": language, "is_active": is_active}
    try:
        with transaction.atomic():
            if supplier_id is None:
                found = Supplier.objects.create(created_at=now, **values)
            else:
                found = Supplier.objects.select_for_update().get(pk=supplier_id)
                for field, value in values.items():
                    setattr(found, field, value)
                found.save(update_fields=list(values))
    except IntegrityError as taken:
        raise NameTaken(f"name: there is a supplier {name!r}") from taken
    record(
        kind="supplier.saved", subject_kind="supplier", subject_id=found.pk, actor=actor, now=now
    )
    return found


def save_supplier_product(
    *,
    supplier_id: int,
    product_id: int,
    code: str,
    lead_days: int,
    unit_cost: Decimal,
    currency: str,
    min_quantity: int,
    is_drop_ship: bool,
) -> SupplierProduct:
    """Write down on what terms a supplier holds a product; the same product again changes them."""
    found, _made = SupplierProduct.objects.update_or_create(
        merchant_id=active_merchant_id(),
        supplier_id=supplier_id,
        product_id=product_id,
        defaults={
            "code": code, "lead_days": lead_days, "unit_cost": unit_cost, "currency": currency,
            "min_quantity": min_quantity, "is_drop_ship": is_drop_ship,
        },
    )  # fmt: skip
    return found


def remove_supplier_product(*, supplier_id: int, offer_id: int) -> bool:
    """Forget that a supplier holds a product; False when it was forgotten before."""
    return bool(SupplierProduct.objects.filter(pk=offer_id, supplier_id=supplier_id).delete()[0])


def add_to_purchase(
    *, supplier: Supplier, warehouse_id: int, asks: Sequence[Ask], actor: str, now: datetime
) -> SupplierRequest:
    """Add goods to the supplier's draft for a warehouse; there is one at a time."""
    request = _draft(supplier, warehouse_id, actor, now)
    known = {
        line.product_id: line
        for line in SupplierRequestLine.objects.filter(request=request)
        .order_by("id")
        .select_for_update()
    }
    for ask in sorted(asks, key=lambda each: each.offer.product_id):
        line = known.get(ask.offer.product_id)
        if line is None:
            SupplierRequestLine.objects.create(request=request, **_terms(ask))
            continue
        line.needed += ask.needed
        line.quantity = max(line.quantity, line.needed)
        line.save(update_fields=["needed", "quantity"])
    return request


def _draft(supplier: Supplier, warehouse_id: int, actor: str, now: datetime) -> SupplierRequest:
    """The draft, locked: it cannot be sent while goods are added to it."""
    drafts = SupplierRequest.objects.filter(
        supplier=supplier, warehouse_id=warehouse_id, kind=Kind.PURCHASE, status=Status.DRAFT
    )
    found = drafts.select_for_update().first()
    if found is None:
        try:
            with transaction.atomic():
                return _new(
                    supplier, Kind.PURCHASE, actor=actor, now=now, warehouse_id=warehouse_id
                )
        except IntegrityError:
            # Somebody else began it in the same moment.
            found = drafts.select_for_update().get()
    return found


def draft_drop_ship(
    *, supplier: Supplier, order_id: int, asks: Sequence[Ask], actor: str, now: datetime
) -> SupplierRequest:
    """Ask a supplier to ship a whole order to its buyer."""
    request = _new(supplier, Kind.DROP_SHIP, actor=actor, now=now, order_id=order_id)
    SupplierRequestLine.objects.bulk_create(
        SupplierRequestLine(request=request, **_terms(ask)) for ask in asks
    )
    return request


def _new(
    supplier: Supplier, kind: str, *, actor: str, now: datetime, **where: Any
) -> SupplierRequest:
    number = next_numbers(kind="supplier_request")[0]
    made = SupplierRequest.objects.create(
        number=f"SR{number:05d}", supplier=supplier, kind=kind, created_at=now, **where
    )
    _record(made.pk, Status.DRAFT, actor, now)
    return made


def _terms(ask: Ask) -> dict[str, Any]:
    return {
        "product_id": ask.offer.product_id, "needed": ask.needed, "quantity": ask.quantity,
        "unit_cost": ask.offer.unit_cost, "currency": ask.offer.currency,
    }  # fmt: skip


def send_request(*, request_id: int, actor: str, now: datetime) -> None:
    """Fix a draft: it is on its way to the supplier. Raises `WrongStep`."""
    _move(request_id, Status.SENT, actor, now, sent_at=now)


def mark_emailed(*, request_id: int, document: Document, now: datetime) -> None:
    """Write down that the letter has left, and with which paper."""
    SupplierRequest.objects.filter(pk=request_id).update(document=document, emailed_at=now)


def accept_request(*, request_id: int, expected_on: date | None, actor: str, now: datetime) -> None:
    """The supplier will deliver, on the day it says or after its lead time. Raises `WrongStep`."""
    request = SupplierRequest.objects.select_for_update().get(pk=request_id)
    days = SupplierProduct.objects.filter(
        supplier_id=request.supplier_id, product__in=request.lines.values("product_id")
    ).values_list("lead_days", flat=True)
    day = expected_on or (now + timedelta(days=max(days, default=0))).date()
    _move(request_id, Status.ACCEPTED, actor, now, accepted_at=now, expected_on=day)


def refuse_request(*, request_id: int, why: str, actor: str, now: datetime) -> None:
    """The supplier will not deliver. Raises `WrongStep`."""
    _move(request_id, Status.REFUSED, actor, now, why=why, finished_at=now)


def ship_request(
    *, request_id: int, carrier: str, tracking_number: str, actor: str, now: datetime
) -> None:
    """The goods have left the supplier. Raises `WrongStep`."""
    _move(request_id, Status.SHIPPED, actor, now, carrier=carrier, tracking_number=tracking_number)


def close_request(*, request_id: int, why: str, actor: str, now: datetime) -> None:
    """A draft is withdrawn, or a drop shipment has arrived. Raises `WrongStep`."""
    request = SupplierRequest.objects.get(pk=request_id)
    if request.status == Status.SHIPPED and request.kind != Kind.DROP_SHIP:
        raise WrongStep(f"{request.number} is a purchase: it ends when its goods are received")
    _move(request_id, Status.CLOSED, actor, now, why=why, finished_at=now)


def withdraw_drafts(*, order_ids: Sequence[int], why: str, actor: str, now: datetime) -> int:
    """Close the drop-ship drafts of orders that need them no more; return how many."""
    drafts = SupplierRequest.objects.filter(order_id__in=order_ids, status=Status.DRAFT)
    found = list(drafts.order_by("id").values_list("id", flat=True))
    for request_id in found:
        close_request(request_id=request_id, why=why, actor=actor, now=now)
    return len(found)


def receive_request(
    *, request_id: int, received: Mapping[int, int], actor: str, now: datetime
) -> int:
    """Bring a purchase's goods into its warehouse, pieces by line id; return the pieces.

    Through the ledger, from the warehouse's supplier place into the product's bin (`home_bins`).
    Raises `WrongStep`; `ValueError` for an unknown line or fewer than 0.
    """
    request = SupplierRequest.objects.select_for_update().get(pk=request_id)
    if request.kind != Kind.PURCHASE or request.warehouse_id is None:
        raise WrongStep(f"{request.number} goes to a buyer, not to a warehouse")
    lines = {line.pk: line for line in request.lines.order_by("id").select_for_update()}
    if not set(received) <= set(lines) or min(received.values(), default=0) < 0:
        raise ValueError("received: names a line that is not of this request, or fewer than 0")
    _move(request_id, Status.RECEIVED, actor, now, finished_at=now)
    for line in lines.values():
        line.received = received.get(line.pk, 0)
        line.save(update_fields=["received"])
    arrived = [line for line in lines.values() if line.received]
    _put_away(request.number, request.warehouse_id, arrived, actor, now)
    return sum(received.values())


def _put_away(
    number: str,
    warehouse_id: int,
    lines: Sequence[SupplierRequestLine],
    actor: str,
    now: datetime,
) -> None:
    source = Location.objects.get(warehouse_id=warehouse_id, kind=Location.Kind.SUPPLIER)
    homes = home_bins(
        warehouse_id=warehouse_id, product_ids=[line.product_id for line in lines], now=now
    )
    by_bin: dict[int, list[StockLine]] = {}
    for line in lines:
        by_bin.setdefault(homes[line.product_id].pk, []).append(
            StockLine(line.product_id, line.received or 0, f"{number}/{line.pk}")
        )
    places = {place.pk: place for place in homes.values()}
    # In key order, as reservations do: goods that come in and orders that take cannot deadlock.
    list(
        StockBalance.objects.filter(
            product_id__in=[line.product_id for line in lines], location__in=list(by_bin)
        )
        .order_by("id")
        .select_for_update(of=("self",))
        .values_list("id", flat=True)
    )
    for place_id, goods in sorted(by_bin.items()):
        move_stock(
            lines=goods,
            from_location=source,
            to_location=places[place_id],
            reason=PURCHASED,
            actor=actor,
            now=now,
        )


def _move(request_id: int, to: str, actor: str, now: datetime, **changes: Any) -> None:
    rows = SupplierRequest.objects.filter(pk=request_id)
    if not move(rows, moves=REQUEST_MOVES, to=to, **changes):
        raise WrongStep(f"Supplier request {request_id} cannot become {to} now.")
    _record(request_id, to, actor, now)


def _record(request_id: int, status: str, actor: str, now: datetime) -> None:
    record(
        kind=f"supplier_request.{status}",
        subject_kind="supplier_request",
        subject_id=request_id,
        actor=actor,
        now=now,
    )
