"""Labels of inbounds and products, made by document workers from what is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from core.jobs import Work, enqueue, handler
from core.models import Merchant
from core.numbers import next_numbers
from core.tenancy import active_merchant_id, merchant
from flows.papers import keep
from orders.models import Product
from warehouse.documents_labels import (
    MOST_LABELS,
    InboundLabel,
    Layout,
    ProductLabel,
    render_inbound_label,
    render_product_labels,
)
from warehouse.models import Inbound, InboundGoods

INBOUND_LABEL = "inbound_label"
PRODUCT_LABELS = "product_labels"


def inbound_code(merchant_code: str, number: str) -> str:
    """What an inbound's barcode says: numbers are a merchant's own, so it names both."""
    return f"WB:I:{merchant_code}/{number}"


def queue_inbound_label(*, inbound: Inbound, now: datetime) -> None:
    """Have the carton label of an announced inbound made, in the active block."""
    work = Work("papers.inbound_label", f"{inbound.pk}", {"inbound_id": inbound.pk})
    enqueue([work], now=now, again=True)


def queue_inbound_labels(*, inbound: Inbound, now: datetime) -> bool:
    """Have labels made for the pieces at the dock that have no barcode; False when all have one."""
    goods = InboundGoods.objects.filter(
        inbound=inbound, quantity__gt=F("put_away"), product__gtin=""
    ).order_by("product__sku", "id")
    labels = [
        _said(row.product_id, row.quantity - row.put_away, row.lot, row.expires_on) for row in goods
    ]
    if labels:
        _queue(labels, "label", "inbound", inbound.pk, now)
    return bool(labels)


def queue_product_labels(
    *, product_id: int, copies: int, layout: Layout, now: datetime, inbound_id: int | None = None
) -> str:
    """Have labels of one product made; return the number of the paper to come.

    It hangs on the product, or on the inbound that the floor prints it for.
    """
    kind, subject_id = ("inbound", inbound_id) if inbound_id else ("product", product_id)
    return _queue([_said(product_id, copies, "", None)], layout, kind, subject_id or 0, now)


def _said(product_id: int, copies: int, lot: str, expires_on: Any) -> dict[str, Any]:
    return {
        "product_id": product_id, "copies": copies, "lot": lot,
        "expires_on": expires_on.isoformat() if expires_on else "",
    }  # fmt: skip


def _queue(
    labels: Sequence[Mapping[str, Any]], layout: str, kind: str, subject_id: int, now: datetime
) -> str:
    number = f"PLB{next_numbers(kind=PRODUCT_LABELS)[0]:05d}"
    payload = {
        "number": number, "labels": list(labels), "layout": layout, "subject_kind": kind,
        "subject_id": subject_id, "asked_at": now.isoformat(),
    }  # fmt: skip
    enqueue([Work("papers.product_labels", number, payload)], now=now)
    return number


@handler("papers.product_labels", queue="documents")
def product_labels(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make product labels; those beyond `MOST_LABELS` in one paper are left out."""
    asked_at = datetime.fromisoformat(payload["asked_at"])
    wanted = payload["labels"]
    with merchant(merchant_id):
        products = Product.objects.in_bulk([each["product_id"] for each in wanted])
    labels, left = [], MOST_LABELS
    for each in wanted:
        product = products[each["product_id"]]
        copies = min(left, each["copies"])
        left -= copies
        expires = each["expires_on"]
        labels.append(
            ProductLabel(
                sku=product.sku,
                title=product.title,
                origin=product.origin_country,
                gtin=product.gtin,
                lot=each["lot"],
                expires_on=datetime.fromisoformat(expires).date() if expires else None,
                copies=copies,
            )
        )
    keep(
        merchant_id=merchant_id,
        kind=PRODUCT_LABELS,
        number=payload["number"],
        subject_kind=payload["subject_kind"],
        subject_id=payload["subject_id"],
        content=render_product_labels(
            labels, number=payload["number"], layout=payload["layout"], created_at=asked_at
        ),
        now=asked_at,
    )


@handler("papers.inbound_label", queue="documents")
def inbound_label(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make the carton label of an inbound; another one once what stands on it has changed."""
    with merchant(merchant_id):
        inbound = Inbound.objects.select_related("warehouse").get(pk=payload["inbound_id"])
        owner = Merchant.objects.get(pk=active_merchant_id())
    house = inbound.warehouse
    label = InboundLabel(
        number=inbound.number,
        code=inbound_code(owner.code, inbound.number),
        merchant=owner.name,
        reference=inbound.reference,
        warehouse=f"{house.name} ({house.code})",
        address=(house.street, f"{house.postal_code} {house.city}", house.country),
        cartons=inbound.cartons,
        expected_on=inbound.expected_on,
        created_at=inbound.created_at,
    )
    facts = (
        f"{label.reference}|{label.warehouse}|{label.address}|{label.cartons}|{label.expected_on}"
    )
    mark = hashlib.sha256(facts.encode()).hexdigest()[:6]
    keep(
        merchant_id=merchant_id,
        kind=INBOUND_LABEL,
        number=f"{inbound.number}-{mark}",
        subject_kind="inbound",
        subject_id=inbound.pk,
        content=render_inbound_label(label),
        now=inbound.created_at,
    )
