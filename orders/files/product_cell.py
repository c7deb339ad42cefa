"""All products of an order in one cell, as AliExpress exports them.

Each product begins with its number in lenticular brackets; what follows stands in parentheses,
one per line, in the language of the seller's pages::

    【1】 Ceramic mug, blue
    (产品属性: Color:Blue )
    (商家编码: MUG-BLUE)
    (产品数量: 2 piece)
    (物流等级&买家选择物流: AliExpress Standard Shipping)

Source: importers that sellers published; confidence unverified-high for the Chinese form,
unverified-low for the English one.
"""

import re
from typing import NamedTuple

START = re.compile(r"[【\[]\s*\d{1,3}\s*[】\]]")
VALUE = r"\s*[:：]\s*(?P<value>[^\n]{0,300}?)\s*[)）]\s*(?:\n|$|(?=[(（]))"
SKU = re.compile(r"[(（]\s*(?:商家编码|商品编码|SKU(?: code)?|Seller SKU)" + VALUE, re.IGNORECASE)
QUANTITY = re.compile(
    r"[(（]\s*(?:产品数量|商品数量|数量|Product quantity|Quantity|Qty)" + VALUE, re.IGNORECASE
)
ATTRIBUTES = re.compile(
    r"[(（]\s*(?:产品属性|商品属性|Product properties|Properties|Attributes)" + VALUE,
    re.IGNORECASE,
)
PIECES = re.compile(r"[0-9]{1,6}")
LONG_BLANK = re.compile(r"\s{9,}")
LONGEST_PRODUCT = 2_000
"""Letters that one product of a cell takes, its long blanks left out."""


class CellProduct(NamedTuple):
    """One product of the cell; ``quantity`` as written, without its unit."""

    sku: str
    title: str
    quantity: str


def read_products(cell: str) -> tuple[CellProduct, ...]:
    """The products in their order; empty where the cell has not this form."""
    starts = [*START.finditer(cell)]
    # Brackets inside a title are no beginning: numbers count up from one.
    begins: list[re.Match[str]] = []
    for match in starts:
        if int(re.sub(r"\D", "", match.group())) == len(begins) + 1:
            begins.append(match)
    products = []
    for place, match in enumerate(begins):
        end = begins[place + 1].start() if place + 1 < len(begins) else len(cell)
        products.append(_product(cell[match.end() : end].strip()))
    return tuple(products)


def _product(text: str) -> CellProduct:
    # Blanks around a value may be cut in many ways: a page of them would take hours to search.
    text = LONG_BLANK.sub(lambda blank: "\n" if "\n" in blank[0] else " ", text)[:LONGEST_PRODUCT]
    sku, quantity, attributes = (each.search(text) for each in (SKU, QUANTITY, ATTRIBUTES))
    marks = [each.start() for each in (sku, quantity, attributes) if each]
    title = " ".join(text[: min(marks, default=len(text))].split())
    kind = " ".join(attributes["value"].split()) if attributes else ""
    pieces = PIECES.match(quantity["value"]) if quantity else None
    return CellProduct(
        sku=sku["value"] if sku else "",
        title=f"{title} ({kind})" if kind else title,
        quantity=pieces.group() if pieces else "",
    )
