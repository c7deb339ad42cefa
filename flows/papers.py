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
from core.pdf import AddressBlock, address_block
from core.tenancy import merchant
from customs.documents import CommercialInvoice, InvoiceLine, render_commercial_invoice
from flows.addresses import recipient_address, sender_address
from flows.clearance import Consignment, load
from integrations.carriers.base import Address
from shipping.rules.catalogue import service as service_of
from shipping.services import attach_invoice, attach_label
from warehouse.documents import (
    Package,
    PackedItem,
    PackingList,
    PickLine,
    PickList,
    render_packing_list,
    render_pick_list,
)
from warehouse.models import PickTask, Wave
from warehouse.services import set_packing_list, set_pick_list

PDF = "application/pdf"
SALE = "sale"
FIBREBOARD_CARTON = "4G"


def keep(
    *,
    merchant_id: int,
    kind: str,
    number: str,
    order_id: int,
    content: bytes,
    now: datetime,
    subject_kind: str = "order",
) -> Document:
    """Store a PDF under its number; the bytes first, the row in the caller's open block later."""
    stored = put_bytes(merchant_id=merchant_id, content=content, content_type=PDF)
    with merchant(merchant_id):
        return register(
            kind=kind,
            number=number,
            subject_kind=subject_kind,
            subject_id=order_id,
            content=content,
            content_type=PDF,
            stored_as=stored,
            now=now,
        )


@handler("papers.order", queue="documents")
def order_papers(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make a booked parcel's invoice, packing list and, where we print it, its postal label."""
    now = timezone.now()
    with merchant(merchant_id):
        consignment = load(payload["booking_id"], now)
    booking = consignment.booking
    order_id = booking.parcel.order_id
    service = service_of(booking.service_code, booking.created_at.date())
    if service.mode == "postal" and booking.label_id is None:
        label = render_postal_label(_postal_label(consignment, service))
        document = keep(
            merchant_id=merchant_id,
            kind="label",
            number=booking.reference,
            order_id=order_id,
            content=label,
            now=now,
        )
        with merchant(merchant_id):
            attach_label(booking_id=booking.pk, label=document)
    if booking.invoice_id is None:
        invoice = keep(
            merchant_id=merchant_id,
            kind="commercial_invoice",
            number=booking.invoice_number,
            order_id=order_id,
            content=render_commercial_invoice(_invoice(consignment)),
            now=now,
        )
        with merchant(merchant_id):
            attach_invoice(booking_id=booking.pk, invoice=invoice)
    if booking.parcel.packing_list_id is None:
        packing_list = keep(
            merchant_id=merchant_id,
            kind="packing_list",
            number=f"PL-{booking.parcel.reference}",
            order_id=order_id,
            content=render_packing_list(_packing_list(consignment)),
            now=now,
        )
        with merchant(merchant_id):
            set_packing_list(parcel_id=booking.parcel_id, document=packing_list)


def block(address: Address, *identifiers: tuple[str, str]) -> AddressBlock:
    """An address as it is printed."""
    return address_block(
        name=address.name,
        street_lines=address.street_lines,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        company=address.company,
        phone=address.phone,
        email=address.email,
        identifiers=identifiers,
    )


def _seller(consignment: Consignment) -> AddressBlock:
    owner = consignment.owner
    scheme = (consignment.scheme.code or "IOSS", consignment.scheme.number)
    sender = sender_address(owner, consignment.booking.parcel.warehouse)
    return block(sender, ("EORI", owner.eori), scheme)


def _buyer(consignment: Consignment) -> AddressBlock:
    return block(recipient_address(consignment.order), ("Tax ID", consignment.order.recipient_id))


def _invoice(consignment: Consignment) -> CommercialInvoice:
    booking, order = consignment.booking, consignment.order
    made_at = booking.created_at
    return CommercialInvoice(
        number=booking.invoice_number,
        invoice_date=made_at.date(),
        created_at=made_at,
        seller=_seller(consignment),
        buyer=_buyer(consignment),
        incoterm=consignment.scheme.incoterm,
        named_place=f"{order.city}, {order.country}",
        currency=order.currency,
        reason_for_export=SALE,
        lines=tuple(
            InvoiceLine(
                description=item.product.customs_description or item.product.title,
                hs_code=item.product.hs_code,
                origin_country=item.product.origin_country,
                quantity=item.quantity,
                unit_price=item.order_line.unit_price,
                net_weight_g=item.product.weight_g * item.quantity,
                sku=item.product.sku,
            )
            for item in consignment.items
        ),
        gross_weight_g=booking.parcel.weight_g or booking.parcel.expected_weight_g,
        packages=1,
        transport_document=booking.tracking_number,
        declarant=consignment.owner.legal_name or consignment.owner.name,
        declared_on=made_at.date(),
        carrier=booking.service_code,
        order_reference=order.external_order,
        freight=order.shipping_price or None,
    )


def _packing_list(consignment: Consignment) -> PackingList:
    booking, order = consignment.booking, consignment.order
    parcel = booking.parcel
    net_weight_g = sum(item.product.weight_g * item.quantity for item in consignment.items)
    package = Package(
        number=1,
        marks=parcel.reference,
        kind=FIBREBOARD_CARTON,
        gross_weight_g=parcel.weight_g or parcel.expected_weight_g,
        net_weight_g=net_weight_g,
        items=tuple(
            PackedItem(
                sku=item.product.sku,
                description=item.product.title,
                quantity=item.quantity,
            )
            for item in consignment.items
        ),
        length_mm=parcel.length_mm,
        width_mm=parcel.width_mm,
        height_mm=parcel.height_mm,
    )
    return PackingList(
        number=f"PL-{parcel.reference}",
        invoice_reference=booking.invoice_number,
        packed_on=booking.created_at.date(),
        created_at=booking.created_at,
        shipper=_seller(consignment),
        consignee=_buyer(consignment),
        packages=(package,),
        transport_document=booking.tracking_number,
        order_reference=order.external_order,
        carrier=booking.service_code,
    )


@handler("papers.pick_list", queue="documents")
def pick_list(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make a released wave's pick list, its lines in path order."""
    now = timezone.now()
    with merchant(merchant_id):
        wave = Wave.objects.select_related("warehouse").get(pk=payload["wave_id"])
        owner = Merchant.objects.get(pk=merchant_id)
        tasks = list(
            PickTask.objects.filter(wave=wave)
            .select_related("product", "location", "parcel")
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
                )
                for task in tasks
            ),
            parcels=len({task.parcel_id for task in tasks}),
            scan_text=wave.number,
        )
    )
    document = keep(
        merchant_id=merchant_id,
        kind="pick_list",
        number=wave.number,
        subject_kind="wave",
        order_id=wave.pk,
        content=content,
        now=now,
    )
    with merchant(merchant_id):
        set_pick_list(wave_id=wave.pk, document=document)
