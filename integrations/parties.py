"""How partners without a vendor contract are told names, addresses and amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from integrations.carriers.base import Address


def party(address: Address) -> dict[str, Any]:
    """An address as a JSON object, field names as ours, empty street lines left out."""
    return {
        "name": address.name,
        "company": address.company,
        "street_lines": [line for line in address.street_lines if line.strip()],
        "city": address.city,
        "region": address.region,
        "postal_code": address.postal_code,
        "country": address.country,
        "phone": address.phone,
        "email": address.email,
        "tax_id": address.tax_id,
    }


def amount(value: Decimal) -> str:
    """An amount as plain decimal text, never with an exponent."""
    return f"{value:f}"
