"""Which product of the active merchant a scanned code names."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from orders.models import Product
from warehouse.rules.barcodes import ParsedScan
from warehouse.rules.gs1 import GTIN_LENGTHS

NAMED = ("id", "merchant_id", "sku", "title", "gtin", "weight_g", "length_mm", "width_mm",
         "height_mm")  # fmt: skip


def products_scanned(parsed: ParsedScan) -> list[Product]:
    """Return the products a code names, at most two, as two are too many; none for other codes.

    A GTIN is compared in all its lengths, an own number as it is written, then whatever its case.
    """
    if parsed.kind not in ("gtin", "gs1", "sku"):
        return []
    numbers = [each for each in (parsed.value, parsed.sku) if each]
    ways = Q(sku__in=numbers)
    gtins = {*numbers, *_lengths_of(parsed.gtin)} if parsed.gtin else set(numbers)
    ways |= Q(gtin__in=[each for each in gtins if len(each) <= 14])
    rows = Product.objects.only(*NAMED).order_by("id")
    found = list(rows.filter(ways)[:2])
    if found or not numbers:
        return found
    return list(rows.filter(sku__iexact=numbers[0])[:2])


def _lengths_of(gtin14: str) -> Iterable[str]:
    """One GTIN in every length in which it can be written."""
    bare = gtin14.lstrip("0")
    return (gtin14[-length:] for length in GTIN_LENGTHS if len(bare) <= length)
