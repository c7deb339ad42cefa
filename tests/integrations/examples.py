"""One good parcel, to be changed by one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from integrations.carriers.base import (
    Address,
    BookingRequest,
    ContentLine,
    Handover,
    HandoverParcel,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

SENDER = Address(
    name="Li Wei",
    company="Shenzhen Bright Trading Co., Ltd",
    street_lines=("Building 4, Zone 2", "Beijiang Avenue 88"),
    city="Shenzhen",
    region="Guangdong",
    postal_code="518000",
    country="CN",
    phone="+8675512345678",
    email="ship@example.com",
    tax_id="91440300MA5XXXXX1X",
)
RECIPIENT = Address(
    name="Jürgen Groß",
    company="",
    street_lines=("Hauptstraße 7",),
    city="Köln",
    region="",
    postal_code="50667",
    country="DE",
    phone="+4922112345",
    email="",
    tax_id="",
)
SHIRT = ContentLine(
    sku="SH-1",
    description="Cotton shirt, knitted",
    quantity=2,
    unit_value=Decimal("19.99"),
    currency="EUR",
    net_weight_g=210,
    hs_code="610510",
    origin_country="CN",
)
REQUEST = BookingRequest(
    reference="WB-2026-000123",
    service_code="DHL_EXPRESS_WORLDWIDE",
    sender=SENDER,
    recipient=RECIPIENT,
    weight_g=700,
    length_mm=305,
    width_mm=200,
    height_mm=100,
    contents=(SHIRT,),
    declared_value=Decimal("39.98"),
    currency="EUR",
    incoterm="DDP",
    tax_scheme_id="IM2760000007",
    invoice_number="INV-2026-000123",
    ship_date=date(2026, 11, 24),
    battery="none",
    number="",
)
HANDOVER = Handover(
    handover_id="HO-2026-0007",
    at=NOW,
    sender=SENDER,
    parcels=(
        HandoverParcel("1234567890", "DHL_EXPRESS_WORLDWIDE", 700, 305, 200, 100),
        HandoverParcel("2234567890", "DHL_EXPRESS_WORLDWIDE", 2500, 400, 300, 20),
    ),
)


def booking(**changes: Any) -> BookingRequest:
    return replace(REQUEST, **changes)


def to(country: str, **changes: Any) -> BookingRequest:
    """The good parcel to another address; `changes` are of the recipient."""
    recipient = replace(RECIPIENT, country=country, **changes)
    return replace(REQUEST, recipient=recipient, tax_scheme_id="")
