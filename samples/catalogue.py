"""The sample merchant's products (``catalogue.csv``), each with a valid invented GTIN."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from stdnum import ean

COLUMNS = [
    "sku",
    "title",
    "gtin",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "hs_code",
    "origin_country",
    "customs_description",
    "unit_value",
    "currency",
    "battery",
    "stock",
    "brand",
    "model",
    "nature",
]
# Used by the deliberate faults only; sound orders never contain them.
FAULTY_SKUS = frozenset({"PWB-10000", "GFT-SMPL-0", "GFT-MISC-1", "SED-SUN-50"})


@cache
def catalogue() -> tuple[Mapping[str, str], ...]:
    """The products without stock, in file order."""
    with (Path(__file__).parent / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def sound_skus() -> tuple[str, ...]:
    """The SKUs an order may contain without being held."""
    return tuple(p["sku"] for p in catalogue() if p["sku"] not in FAULTY_SKUS)


def titles() -> Mapping[str, str]:
    """SKU → title."""
    return {product["sku"]: product["title"] for product in catalogue()}


def product_rows(stock: Mapping[str, int]) -> Iterator[list[str]]:
    """The rows of a product file in the order of ``COLUMNS``."""
    for index, product in enumerate(catalogue()):
        # Numbers that begin with 2 are for use inside a company: no real article has them.
        body = f"20{index * 7919 % 10**10:010d}"
        row = {
            **product,
            "gtin": body + ean.calc_check_digit(body),
            "origin_country": "CN",
            "stock": str(stock[product["sku"]]),
        }
        yield [row[column] for column in COLUMNS]
