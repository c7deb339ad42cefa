"""Inbounds as the floor finds them: what is due in its warehouses, which one a barcode names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, Sum

from core.models import Document
from core.tenancy import across_merchants, merchant
from flows.inbound_papers import PRODUCT_LABELS, queue_product_labels
from orders.models import Product
from warehouse.documents_labels import Layout
from warehouse.models import Inbound, InboundGoods
from warehouse.rules.barcodes import parse_scan

SHOWN = 200
DUE = (Inbound.Status.ANNOUNCED, Inbound.Status.RECEIVING, Inbound.Status.RECEIVED)
Row = Mapping[str, Any]


def inbounds_due(*, warehouse_ids: Collection[int]) -> list[Row]:
    """Inbounds to be received or put away, the earliest day first; each with its owner, and
    without what is announced: the dock counts blind."""
    with across_merchants("The floor's board shows what every merchant has announced."):
        rows = Inbound.objects.filter(warehouse_id__in=warehouse_ids, status__in=DUE)
        return list(
            rows.values(
                "id", "number", "reference", "status", "expected_on", "cartons", "carrier_note",
                "warehouse_id", "arrived_at", "received_at",
                owner=F("merchant__code"), owner_name=F("merchant__name"),
                owner_active=F("merchant__is_active"),
            ).order_by(F("expected_on").asc(nulls_last=True), "id")[:SHOWN]
        )  # fmt: skip


def find_inbound(inbound_id: int, *, warehouse_ids: Collection[int]) -> Inbound | None:
    """Return an inbound with its merchant and warehouse."""
    with across_merchants("An inbound's number on the floor does not say whose it is."):
        return (
            Inbound.objects.filter(pk=inbound_id, warehouse_id__in=warehouse_ids)
            .select_related("merchant", "warehouse")
            .first()
        )


def inbounds_named(code: str, *, warehouse_ids: Collection[int]) -> list[Inbound]:
    """Return what a scanned or typed code names, at most two: the carton label's code, our number,
    or the merchant's own reference; of these, what is still to be worked on comes first."""
    parsed = parse_scan(code)
    text = parsed.value or code.strip()
    with across_merchants("A carton's code at the dock does not say whose inbound it is."):
        rows = Inbound.objects.filter(warehouse_id__in=warehouse_ids)
        if parsed.kind == "inbound":
            owner, _slash, number = text.rpartition("/")
            ways = [Q(number=number, merchant__code=owner)]
        else:
            ways = [Q(number=text.upper()), Q(reference=text)]
        for way in ways:
            for narrowed in (rows.filter(way, status__in=DUE), rows.filter(way)):
                found = list(narrowed.select_related("merchant").order_by("id")[:2])
                if found:
                    return found
    return []


@dataclass(frozen=True, slots=True)
class InboundPicture:
    """An inbound for the floor's page: what was counted, and labels made for it."""

    inbound: Inbound
    goods: tuple[Row, ...]
    labels: tuple[Document, ...]


def inbound_picture(inbound: Inbound) -> InboundPicture:
    """Read the floor's page of an inbound in its merchant's block."""
    with merchant(inbound.merchant_id):
        goods = InboundGoods.objects.filter(inbound=inbound, quantity__gt=0)
        rows = goods.values("product__sku", "product__title", "product__gtin").annotate(
            pieces=Sum("quantity"), put=Sum("put_away")
        )
        papers = Document.objects.filter(
            kind=PRODUCT_LABELS, subject_kind="inbound", subject_id=inbound.pk
        )
        return InboundPicture(
            inbound, tuple(rows.order_by("product__sku")), tuple(papers.order_by("-id")[:50])
        )


def ask_for_labels(
    *, inbound: Inbound, sku: str, copies: int, layout: Layout, now: datetime
) -> str | None:
    """Have labels of a product made for an inbound; None when its merchant has no such product."""
    with merchant(inbound.merchant_id):
        product = Product.objects.filter(sku=sku).first()
        if product is None:
            return None
        return queue_product_labels(
            product_id=product.pk, copies=copies, layout=layout, inbound_id=inbound.pk, now=now
        )
