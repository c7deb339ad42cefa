"""Parcel facts for these tests: an ordinary small parcel to Germany, changed by keyword."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from shipping.rules.services import ParcelFacts

DAY = date(2026, 9, 1)


def parcel(**changes: Any) -> ParcelFacts:
    """Half a kilogram worth 40 USD from Shenzhen to Germany, no battery, with a phone number."""
    facts: dict[str, Any] = {
        "destination": "DE",
        "origin": "CN",
        "weight_g": 500,
        "length_mm": 200,
        "width_mm": 150,
        "height_mm": 100,
        "value": Decimal("40.00"),
        "currency": "USD",
        "has_phone": True,
        "on": DAY,
    }
    return ParcelFacts(**{**facts, **changes})
