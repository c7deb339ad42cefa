"""What the papers of an order say, gathered from what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from core.pdf import AddressBlock, address_block
from customs.documents import CommercialInvoice, InvoiceLine
from customs.rules.declarations import customs_form
from flows.addresses import recipient_address, sender_address
from flows.clearance import Consignment
from integrations.carriers.base import Address
from shipping.documents import (
    CustomsForm,
    Manifest,
    ManifestRow,
    PostalContent,
    PostalLabel,
)
from shipping.models import Booking, Handover
from shipping.rules.catalogue import service as service_of
from shipping.rules.signatures import path_of
from warehouse.documents import Package, PackedItem, PackingList

SALE = "sale"
SALE_OF_GOODS = "sale_of_goods"
FIBREBOARD_CARTON = "4G"


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


def seller(consignment: Consignment) -> AddressBlock:
    """The merchant as shipper, with the numbers customs looks for."""
    owner = consignment.owner
    scheme = (consignment.scheme.code or "IOSS", consignment.scheme.number)
    sender = sender_address(owner, consignment.booking.parcel.warehouse)
    return block(sender, ("EORI", owner.eori), scheme)


def buyer(consignment: Consignment) -> AddressBlock:
    """The buyer as consignee."""
    return block(recipient_address(consignment.order), ("Tax ID", consignment.order.recipient_id))


def invoice_of(consignment: Consignment) -> CommercialInvoice:
    """What the commercial invoice says."""
    booking, order = consignment.booking, consignment.order
    made_at = booking.created_at
    return CommercialInvoice(
        number=booking.invoice_number,
        invoice_date=made_at.date(),
        created_at=made_at,
        seller=seller(consignment),
        buyer=buyer(consignment),
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
                unit_price=item.unit_price,
                currency=order.currency,
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


def packing_list_number(booking: Booking) -> str:
    """A parcel that was booked anew gets a packing list of its own number: its weight is new."""
    _parcel, _dash, attempt = booking.reference.rpartition("-B")
    reference = booking.parcel.reference
    return f"PL-{reference}" if attempt in ("", "1") else f"PL-{booking.reference}"


def packing_list_of(consignment: Consignment) -> PackingList:
    """What the packing list says."""
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
        number=packing_list_number(booking),
        invoice_reference=booking.invoice_number,
        packed_on=booking.created_at.date(),
        created_at=booking.created_at,
        shipper=seller(consignment),
        consignee=buyer(consignment),
        packages=(package,),
        transport_document=booking.tracking_number,
        order_reference=order.external_order,
        carrier=booking.service_code,
    )


def postal_label_of(consignment: Consignment) -> PostalLabel:
    """What our own postal label says, with the customs form that value and weight ask for."""
    booking, order = consignment.booking, consignment.order
    weight_g = booking.parcel.weight_g or booking.parcel.expected_weight_g
    made_on = booking.created_at.date()
    form = customs_form(order.goods_value, order.currency, weight_g, made_on).form
    return PostalLabel(
        item_number=booking.tracking_number,
        operator=settings.OPERATOR["name"],
        service=service_of(booking.service_code, made_on).name,
        sender=seller(consignment),
        recipient=buyer(consignment),
        gross_weight_g=weight_g,
        created_at=booking.created_at,
        reference=booking.parcel.reference,
        customs=CustomsForm(
            form="CN23" if form == "CN23" else "CN22",
            category=SALE_OF_GOODS,
            contents=tuple(
                PostalContent(
                    description=item.product.customs_description or item.product.title,
                    quantity=item.quantity,
                    net_weight_g=item.product.weight_g * item.quantity,
                    value=item.unit_price * item.quantity,
                    currency=order.currency,
                    hs_code=item.product.hs_code[:6],
                    origin_country=item.product.origin_country,
                )
                for item in consignment.items
            ),
            signed_on=made_on,
            signatory=consignment.owner.legal_name or consignment.owner.name,
            sender_reference=consignment.scheme.number,
            importer_reference=order.recipient_id,
            postal_charges=order.shipping_price,
            office_of_origin=booking.parcel.warehouse.city,
            invoice_number=booking.invoice_number,
        ),
    )


def manifest_of(handover: Handover, bookings: Sequence[Booking]) -> Manifest:
    """What the carrier signs for."""
    house = handover.warehouse
    return Manifest(
        number=handover.number,
        handed_over_at=handover.handed_over_at,
        carrier=handover.carrier_code,
        service=", ".join(sorted({booking.service_code for booking in bookings})),
        warehouse=address_block(
            name=house.name,
            street_lines=(house.street,),
            city=house.city,
            region=house.region,
            postal_code=house.postal_code,
            country=house.country,
            phone=house.phone,
        ),
        rows=tuple(
            ManifestRow(
                tracking_number=booking.tracking_number,
                reference=booking.parcel.reference,
                country=booking.parcel.order.country,
                weight_g=booking.parcel.weight_g or booking.parcel.expected_weight_g,
            )
            for booking in bookings
        ),
        signed_by=handover.signed_by,
        pickup=handover.pickup.number if handover.pickup else "",
        signature=path_of(handover.pickup.signature or []) if handover.pickup else "",
    )
