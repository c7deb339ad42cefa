"""Addresses of sender and recipient in the form partners take."""

from __future__ import annotations

from core.models import Merchant
from integrations.carriers.base import Address
from orders.models import Order
from warehouse.models import Warehouse


def sender_address(owner: Merchant, warehouse: Warehouse) -> Address:
    """The merchant as shipper, at the operator's warehouse, where the parcel starts."""
    return Address(
        name=owner.legal_name or owner.name,
        company=warehouse.name,
        street_lines=(warehouse.street,),
        city=warehouse.city,
        region=warehouse.region,
        postal_code=warehouse.postal_code,
        country=warehouse.country,
        phone=warehouse.phone,
        email=warehouse.email or owner.email,
        tax_id=owner.eori,
    )


def recipient_address(order: Order) -> Address:
    """The buyer as consignee."""
    streets = (order.street_1, order.street_2, order.street_3)
    return Address(
        name=order.recipient_name,
        company=order.company,
        street_lines=tuple(line for line in streets if line),
        city=order.city,
        region=order.region,
        postal_code=order.postal_code,
        country=order.country,
        phone=order.phone,
        email=order.email,
        tax_id=order.recipient_id,
    )
