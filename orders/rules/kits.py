"""Kits: what is sold as one product and made of others when it ships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.rules.bundles import Part, take_apart


@dataclass(frozen=True, slots=True)
class Component:
    """`quantity` pieces of a product in one kit; `value` is what one is worth, 0 if unknown, all
    of a kit in one currency."""

    product_id: int
    sku: str
    quantity: int
    value: Decimal = Decimal(0)


Kits = Mapping[int, Sequence[Component]]
"""Components by the product id of their kit."""


def kits_free(components: Sequence[Component], free: Mapping[int, int]) -> int:
    """How many kits can be put together from the free pieces of each product."""
    return min(max(free.get(each.product_id, 0), 0) // each.quantity for each in components)


def component_prices(
    components: Sequence[Component], *, total: Decimal, coin: Decimal
) -> list[tuple[int, int, Decimal]]:
    """Share what a line costs among all its components by value: (product id, pieces, price each).

    Here a component's `quantity` is all its pieces. The sum is exact to the coin; where a share
    does not divide evenly, a component comes twice, once a coin dearer.
    """
    portions = take_apart(
        [Part(each.sku, each.quantity, each.value) for each in components],
        quantity=1,
        unit_price=total,
        coin=coin,
    )
    return [
        (components[portion.part].product_id, portion.quantity, portion.unit_price or Decimal(0))
        for portion in portions
    ]
