"""The papers of an order: invoice, packing list, postal label, pick list, manifest.

All are made in worker processes, from what is stored, under numbers that are given once; making
them again after a kill gives the same numbers and stores nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.documents import put_bytes, register
from core.jobs import handler
from core.models import Document, Merchant
from core.tenancy import merchant
from customs.documents import render_commercial_invoice
from flows.booked import withdrawn_paper
from flows.clearance import load
from flows.paper_contexts import (
    invoice_of,
    manifest_of,
    packing_list_number,
    packing_list_of,
    postal_label_of,
)
from flows.printing import write_label
from shipping.documents import render_manifest, render_postal_label
from shipping.models import Booking, Handover
from shipping.rules.catalogue import service as service_of
from shipping.services import attach_invoice, set_manifest
from warehouse.documents import PickLine, PickList, render_packing_list, render_pick_list
from warehouse.models import PickTask, Wave
from warehouse.services import set_packing_list, set_pick_list

PDF = "application/pdf"


def keep(
    *,
    merchant_id: int,
    kind: str,
    number: str,
    subject_id: int,
    content: bytes,
    now: datetime,
    subject_kind: str = "order",
    replaces: Document | None = None,
) -> Document:
    """Store a PDF under its number: the bytes outside of any transaction, then the row."""
    stored = put_bytes(merchant_id=merchant_id, content=content, content_type=PDF)
    with merchant(merchant_id):
        return register(
            kind=kind,
            number=number,
            subject_kind=subject_kind,
            subject_id=subject_id,
            content=content,
            content_type=PDF,
            stored_as=stored,
            now=now,
            replaces=replaces,
        )


@handler("papers.order", queue="documents")
def order_papers(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make a booked parcel's invoice, packing list and, where we print it, its postal label."""
    now = timezone.now()
    with merchant(merchant_id):
        consignment = load(payload["booking_id"], now)
        booking = consignment.booking
        if booking.status == Booking.Status.VOIDED:
            return  # withdrawn meanwhile: no paper of it is made any more
        old_label = withdrawn_paper(booking, "label")
        old_invoice = withdrawn_paper(booking, "invoice")
    order_id = booking.parcel.order_id
    service = service_of(booking.service_code, booking.created_at.date())
    if service.mode == "postal" and booking.label_id is None:
        label = render_postal_label(postal_label_of(consignment))
        document = keep(
            merchant_id=merchant_id,
            kind="label",
            number=booking.reference,
            subject_id=order_id,
            content=label,
            now=now,
            replaces=old_label,
        )
        with merchant(merchant_id):
            write_label(booking=booking, label=document, now=now)
    if booking.invoice_id is None:
        invoice = keep(
            merchant_id=merchant_id,
            kind="commercial_invoice",
            number=booking.invoice_number,
            subject_id=order_id,
            content=render_commercial_invoice(invoice_of(consignment)),
            now=now,
            replaces=old_invoice,
        )
        with merchant(merchant_id):
            attach_invoice(booking_id=booking.pk, invoice=invoice)
    if booking.parcel.packing_list_id is None:
        packing_list = keep(
            merchant_id=merchant_id,
            kind="packing_list",
            number=packing_list_number(booking),
            subject_id=order_id,
            content=render_packing_list(packing_list_of(consignment)),
            now=now,
        )
        with merchant(merchant_id):
            set_packing_list(parcel_id=booking.parcel_id, document=packing_list)


@handler("papers.pick_list", queue="documents", waits_while_suspended=True)
def pick_list(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make a released wave's pick list, its lines in path order."""
    now = timezone.now()
    with merchant(merchant_id):
        wave = Wave.objects.select_related("warehouse").get(pk=payload["wave_id"])
        owner = Merchant.objects.get(pk=merchant_id)
        tasks = list(
            PickTask.objects.filter(wave=wave)
            .select_related("product", "location", "parcel", "reservation__balance")
            .order_by("position")
        )
    content = render_pick_list(
        PickList(
            number=wave.number,
            created_at=wave.created_at,
            warehouse=wave.warehouse.name,
            merchant=owner.name,
            lines=tuple(
                PickLine(
                    location=task.location.code,
                    sku=task.product.sku,
                    title=task.product.title,
                    quantity=task.quantity,
                    put_into=task.parcel.reference,
                    lot=task.reservation.balance.lot,
                    expires_on=task.reservation.balance.expires_on,
                )
                for task in tasks
            ),
            parcels=len({task.parcel_id for task in tasks}),
            scan_text=wave.number,
            path_mm=wave.path_mm,
            serpentine_mm=wave.serpentine_mm,
        )
    )
    document = keep(
        merchant_id=merchant_id,
        kind="pick_list",
        number=wave.number,
        subject_kind="wave",
        subject_id=wave.pk,
        content=content,
        now=now,
    )
    with merchant(merchant_id):
        set_pick_list(wave_id=wave.pk, document=document)


@handler("papers.manifest", queue="documents")
def manifest(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make the manifest of a handover."""
    with merchant(merchant_id):
        handover = Handover.objects.select_related("warehouse", "pickup").get(
            pk=payload["handover_id"]
        )
        bookings = list(handover.bookings.select_related("parcel__order").order_by("id"))
    document = keep(
        merchant_id=merchant_id,
        kind="manifest",
        number=handover.number,
        subject_kind="handover",
        subject_id=handover.pk,
        content=render_manifest(manifest_of(handover, bookings)),
        now=timezone.now(),
    )
    with merchant(merchant_id):
        set_manifest(handover_id=handover.pk, manifest=document)
