"""Invented orders: what is ordered by whom, and how an Amazon report or the template writes it."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from samples.catalogue import sound_skus, titles
from samples.people import Recipient, invent_recipient

FIRST_DAY = dt.datetime(2026, 10, 5, 6, 0, tzinfo=dt.UTC)
SPAN_MINUTES = 14 * 24 * 60
AMAZON_COLUMNS = (
    "order-id",
    "order-item-id",
    "purchase-date",
    "payments-date",
    "reporting-date",
    "promise-date",
    "days-past-promise",
    "buyer-email",
    "buyer-phone-number",
    "sku",
    "product-name",
    "quantity-purchased",
    "quantity-shipped",
    "quantity-to-ship",
    "ship-service-level",
    "recipient-name",
    "ship-address-1",
    "ship-address-2",
    "ship-address-3",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "is-business-order",
    "purchase-order-number",
    "price-designation",
    "is-prime",
)


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """``lines``: SKU and quantity."""

    number: str
    placed_at: dt.datetime
    recipient: Recipient
    lines: tuple[tuple[str, int], ...]
    is_paid: bool = True


def invent_order(
    country: str, *, rng: Random, number: int, skus: Sequence[str] = ()
) -> SampleOrder:
    """A sound order of one to three lines to ``country``; ``number`` makes it unlike any other."""
    chosen = rng.sample(list(skus or sound_skus()), rng.choice((1, 1, 1, 1, 2, 2, 3)))
    return SampleOrder(
        number=f"{rng.randrange(100, 1000)}-{rng.randrange(10**6, 10**7)}-{number:07d}",
        placed_at=FIRST_DAY + dt.timedelta(minutes=rng.randrange(SPAN_MINUTES)),
        recipient=invent_recipient(country, rng=rng, number=number),
        lines=tuple((sku, rng.choice((1, 1, 1, 1, 2, 2, 3))) for sku in chosen),
    )


def amazon_rows(order: SampleOrder) -> list[dict[str, str]]:
    """The order as rows of an unshipped orders report, one per line."""
    person = order.recipient
    paid_at = order.placed_at + dt.timedelta(minutes=25)
    reported_at = order.placed_at + dt.timedelta(days=1)
    promised_at = order.placed_at + dt.timedelta(days=10)
    shared = {
        "order-id": order.number,
        "purchase-date": order.placed_at.isoformat(),
        "payments-date": paid_at.isoformat() if order.is_paid else "",
        "reporting-date": reported_at.isoformat(),
        "promise-date": promised_at.isoformat(),
        "days-past-promise": "-9",
        "buyer-email": person.email,
        "buyer-phone-number": person.phone,
        "quantity-shipped": "0",
        "ship-service-level": "Standard",
        "recipient-name": person.name,
        "ship-address-1": person.street,
        "ship-address-2": "",
        "ship-address-3": "",
        "ship-city": person.city,
        "ship-state": person.region,
        "ship-postal-code": person.postal_code,
        "ship-country": person.country,
        "is-business-order": "false",
        "purchase-order-number": "",
        "price-designation": "",
        "is-prime": "false",
    }
    return [
        {
            **shared,
            "order-item-id": f"{order.number[-7:]}{place:07d}",
            "sku": sku,
            "product-name": titles()[sku],
            "quantity-purchased": str(quantity),
            "quantity-to-ship": str(quantity),
        }
        for place, (sku, quantity) in enumerate(order.lines, start=1)
    ]


def order_template_columns() -> list[str]:
    """The fields of the own template, in its order."""
    path = Path(__file__).resolve().parent.parent / "orders" / "data" / "layouts.json"
    layouts = json.loads(path.read_text(encoding="utf-8"))["layouts"]
    (own,) = (each for each in layouts if each["code"] == "waybridge_template")
    return list(own["fields"])


def template_rows(order: SampleOrder, *, prices: dict[str, str]) -> list[list[object]]:
    """The order as rows of the own template, one per line; ``prices`` in euros by SKU."""
    person = order.recipient
    paid_at = order.placed_at + dt.timedelta(minutes=25)
    rows = []
    for place, (sku, quantity) in enumerate(order.lines, start=1):
        row: dict[str, object] = {
            "external_order": order.number,
            "external_line": str(place),
            "placed_at": order.placed_at.isoformat(),
            "paid_at": paid_at.isoformat() if order.is_paid else "",
            "sku": sku,
            "title": titles()[sku],
            "quantity": quantity,
            "unit_price": float(prices[sku]),
            "currency": "EUR",
            "shipping_price": 4.9 if place == 1 else 0,
            "recipient_name": person.name,
            "street_1": person.street,
            "city": person.city,
            "region": person.region,
            "postal_code": person.postal_code,
            "country": person.country,
            "phone": person.phone,
            "email": person.email,
            "recipient_id": person.recipient_id,
            "service_level": "standard",
        }
        rows.append([row.get(column, "") for column in order_template_columns()])
    return rows
