"""The dozen deliberate faults of the Amazon sample, each with what must come of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from samples.orders import SampleOrder, amazon_rows, invent_order


@dataclass(frozen=True, slots=True)
class Fault:
    """``outcome`` is ``rejected`` or a hold code; ``order`` the number it stands under."""

    order: str
    outcome: str
    words: str
    rows: tuple[dict[str, str], ...]


ONE = ("MUG-PRC-350",)


def invent_faults(rng: Random, *, first_number: int) -> Iterator[Fault]:
    """Twelve faulty orders, numbered from ``first_number``."""
    numbers = iter(range(first_number, first_number + 100))

    def order(country: str, *lines: tuple[str, int]) -> SampleOrder:
        made = invent_order(country, rng=rng, number=next(numbers), skus=ONE * 3)
        return replace(made, lines=lines or (("MUG-PRC-350", 1),))

    def person(made: SampleOrder, **changes: str) -> SampleOrder:
        return replace(made, recipient=replace(made.recipient, **changes))

    yield _fault(
        person(order("DE"), postal_code="8O331"), "address", "postal code with the letter O"
    )
    yield _fault(person(order("FR"), phone=""), "phone", "no phone number")
    made = order("GB")
    rows = [{**row, "sku": "MUG-PRC-999", "product-name": "Mug"} for row in amazon_rows(made)]
    yield Fault(made.number, "unknown_product", "SKU that no product has", tuple(rows))
    made = order("AU")
    rows = [
        {**row, "quantity-purchased": "two", "quantity-to-ship": "two"} for row in amazon_rows(made)
    ]
    yield Fault(made.number, "rejected", "quantity “two”", tuple(rows))
    made = order("IT")
    rows = [{**row, "order-id": ""} for row in amazon_rows(made)]
    yield Fault("", "rejected", "no order number", tuple(rows))
    yield _fault(replace(order("ES"), is_paid=False), "payment", "no payment date")
    yield _fault(order("US", ("PWB-10000", 1)), "battery", "power bank: a battery shipped alone")
    yield _fault(order("AT", ("GFT-SMPL-0", 1)), "value", "product with the value 0")
    yield _fault(
        order("BR", ("NEC-STL-45", 1)), "recipient_id", "Brazil without the recipient's CPF"
    )
    yield _fault(
        person(order("NL"), name="Fortunato Montresor"),
        "party",
        "recipient on the demonstration list of denied parties (an invented name)",
    )
    yield _fault(order("CA", ("GFT-MISC-1", 1)), "customs_data", "customs description “Gift”")
    first = order("JP", ("BTL-STL-750", 1), ("CAP-BBL-BLACK", 2))
    again = replace(
        first,
        number=f"{first.number[:-7]}{next(numbers):07d}",
        placed_at=first.placed_at + dt.timedelta(hours=2),
    )
    yield Fault(
        again.number,
        "duplicate",
        f"same buyer and goods as {first.number} two hours before, which is accepted",
        (*amazon_rows(first), *amazon_rows(again)),
    )


def _fault(made: SampleOrder, outcome: str, words: str) -> Fault:
    return Fault(made.number, outcome, words, tuple(amazon_rows(made)))
