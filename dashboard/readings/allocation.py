"""Why an order ships from where it does, or waits: the stored explanation in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.readings.words import sentence
from dashboard.screens.orders import Allocation, AllocationCandidate, FromSupplier
from orders.models import Order
from warehouse.models import Allocation as StoredAllocation
from warehouse.models import AllocationPolicy, Backorder, SupplierRequest, SupplierRequestLine

SHOWN = 10
COMING = (
    SupplierRequest.Status.DRAFT, SupplierRequest.Status.SENT, SupplierRequest.Status.ACCEPTED,
    SupplierRequest.Status.SHIPPED,
)  # fmt: skip
"""Purchases whose goods may still come."""


def read_allocation(order: Order, stored: StoredAllocation | None) -> Allocation | None:
    """The explanation kept beside the reservation, else that of the last try without stock."""
    if stored is not None and order.status != Order.Status.BACKORDERED:
        return _told(stored.explanation, stored.created_at)
    waits = Backorder.objects.filter(order=order).first()
    if waits is None:
        return None
    since = waits.since if order.status == Order.Status.BACKORDERED else None
    return _told(waits.explanation, waits.tried_at, since)


def _told(
    explanation: Mapping[str, Any], at: datetime, since: datetime | None = None
) -> Allocation:
    chosen = explanation.get("warehouse")
    return Allocation(
        sentence=sentence(explanation.get("reason") or {}),
        decided_at=at,
        candidates=tuple(
            AllocationCandidate(
                warehouse=str(one["warehouse"]),
                verdict=_verdict(one),
                chosen=one["warehouse"] == chosen,
                steps=tuple(sentence(step) for step in one.get("steps", ())),
            )
            for one in explanation.get("considered", ())
        ),
        strategy=strategy_words(str(explanation.get("strategy", ""))),
        version=int(explanation.get("policy") or 0),
        waits_since=since,
    )


def _verdict(one: Mapping[str, Any]) -> str:
    """Why it was not chosen; what was stored before verdicts were is told by what it lacked."""
    if one.get("verdict"):
        return sentence(one["verdict"])
    short: Mapping[str, int] = one.get("short") or {}
    if not short:
        return _("Holds every line.")
    missing = ", ".join(f"{units} × {sku}" for sku, units in sorted(short.items()))
    return _("Lacks %(missing)s.") % {"missing": missing}


def strategy_words(strategy: str) -> str:
    """A strategy's name; one that is offered no more has none."""
    return str(dict(AllocationPolicy.Strategy.choices).get(strategy, ""))


def read_from_suppliers(order: Order) -> tuple[FromSupplier, ...]:
    """What suppliers were asked to ship for an order, the newest first."""
    rows = SupplierRequest.objects.filter(order=order).select_related("supplier").order_by("-id")
    return tuple(map(_from_supplier, rows[:SHOWN]))


def read_on_order(order: Order, product_ids: Collection[int]) -> tuple[FromSupplier, ...]:
    """The open purchases of what an order waits for; empty for one that does not wait."""
    if order.status != Order.Status.BACKORDERED:
        return ()
    lines = SupplierRequestLine.objects.filter(product_id__in=product_ids)
    rows = SupplierRequest.objects.filter(
        kind=SupplierRequest.Kind.PURCHASE,
        status__in=COMING,
        pk__in=lines.values("request_id"),
    )
    return tuple(map(_from_supplier, rows.select_related("supplier").order_by("-id")[:SHOWN]))


def _from_supplier(row: SupplierRequest) -> FromSupplier:
    return FromSupplier(
        number=row.number,
        url=reverse("dashboard:supplier_request", args=[row.number]),
        supplier=row.supplier.name,
        status=str(row.get_status_display()),
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        expected_on=row.expected_on,
    )
