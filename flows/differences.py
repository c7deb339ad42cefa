"""Whether every merchant's stock is what its ledger and its promises say, and putting it right."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from orders.models import Product
from warehouse.models import Location
from warehouse.services import (
    Difference,
    NotMended,
    differences_of,
    find_differences,
    mend_count,
    mend_reserved,
)

MOST = 100
CHUNKS = 20
"""Of a thousand products each: how much one request looks at, whatever there is."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference with the words for it."""

    owner: Merchant
    difference: Difference
    sku: str
    warehouse: str
    location: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, how many products were looked at, and where to go on: merchant and product
    (None when everything was looked at)."""

    found: tuple[Found, ...]
    products: int
    next_from: tuple[int, int] | None


def look(*, merchant_id: int = 0, after: int = 0) -> Looked:
    """Compare all merchants' stock, from behind a product of a merchant on."""
    with across_merchants("Staff compare every merchant's stock with its ledger."):
        owners = list(Merchant.objects.filter(pk__gte=merchant_id).order_by("pk"))
    found: list[Found] = []
    products = looked = 0
    for owner in owners:
        start = after if owner.pk == merchant_id else 0
        with merchant(owner):
            seen = find_differences(
                after=start, most=max(MOST - len(found), 1), chunks=CHUNKS - looked
            )
            found += _named(owner, seen.rows)
        products += seen.products
        looked += -(-max(seen.products, 1) // 1000)
        if seen.next_after is not None:
            return Looked(tuple(found), products, (owner.pk, seen.next_after))
        if looked >= CHUNKS or len(found) >= MOST:
            following = next((each.pk for each in owners if each.pk > owner.pk), None)
            return Looked(tuple(found), products, (following, 0) if following else None)
    return Looked(tuple(found), products, None)


def _named(owner: Merchant, rows: Collection[Difference]) -> list[Found]:
    skus = dict(
        Product.objects.filter(pk__in={row.product_id for row in rows}).values_list("pk", "sku")
    )
    places = {
        place.pk: place
        for place in Location.objects.filter(
            pk__in={row.location_id for row in rows}
        ).select_related("warehouse")
    }
    return [
        Found(
            owner,
            row,
            skus[row.product_id],
            places[row.location_id].warehouse.code,
            places[row.location_id].code,
        )
        for row in rows
    ]


def mend(
    *,
    merchant_id: int,
    product_id: int,
    is_it: Callable[[Difference], bool],
    counted: int | None,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Put one balance right: its pieces as counted, or (None) what is reserved of it counted anew.

    `is_it` tells which of the product's differences is meant. Raises `NotMended`, also when it is
    there no more, and `Merchant.DoesNotExist`.
    """
    with across_merchants("Staff name the merchant whose stock they put right."):
        owner = Merchant.objects.get(pk=merchant_id)
    with merchant(owner):
        meant = next((each for each in differences_of(product_id=product_id) if is_it(each)), None)
        if meant is None:
            raise NotMended("It is right by now.")
        if counted is None:
            mend_reserved(difference=meant, reason=reason, actor=actor, now=now)
        else:
            mend_count(difference=meant, counted=counted, reason=reason, actor=actor, now=now)


__all__ = ["Difference", "Found", "Looked", "NotMended", "look", "mend"]
