"""One product's stock by warehouse and lot, what is wanted of it, and its components."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.screens.listings import PartField
from dashboard.screens.product_stock import HouseRow, LotRow, ProductStockPage
from flows.stock_picture import HouseStock, ProductStock, StockRow, stock_of_product
from orders.models import Product
from warehouse.models import Condition

EMPTY_PARTS = 3
"""Empty lines of the kit's form under those it has."""


def read_product_stock(
    product: Product,
    *,
    may_edit: bool,
    now: datetime,
    fault: str = "",
    typed: Sequence[PartField] = (),
) -> ProductStockPage:
    """The page, in the active block; what was typed and refused is shown again."""
    stock = stock_of_product(product_id=product.pk, now=now)
    return ProductStockPage(
        sku=product.sku,
        title=product.title,
        product_url=reverse("dashboard:product", args=[product.pk]),
        list_url=reverse("dashboard:products"),
        houses=tuple(map(_house, stock.houses)),
        lots=tuple(_lot(row) for row in stock.rows),
        kits=stock.kits if stock.components else None,
        components=tuple(f"{each.quantity} × {each.sku}" for each in stock.components),
        parts=tuple(typed) or _parts(stock),
        days=product.min_days_left,
        fault=fault,
        may_edit=may_edit,
        post_url=reverse("dashboard:product_stock", args=[product.pk]),
    )


def _parts(stock: ProductStock) -> tuple[PartField, ...]:
    known = [PartField(sku=each.sku, quantity=str(each.quantity)) for each in stock.components]
    return (*known, *[PartField(sku="", quantity="1")] * EMPTY_PARTS)


def _house(house: HouseStock) -> HouseRow:
    short = (house.maximum or house.minimum or 0) - house.available
    return HouseRow(
        code=house.warehouse.code,
        name=house.warehouse.name,
        on_hand=house.on_hand,
        reserved=house.reserved,
        available=house.available,
        minimum=house.minimum,
        maximum=house.maximum,
        cover=_cover(house),
        low=_low(house),
        to_send=max(short, 0) if house.is_low else 0,
    )


def _cover(house: HouseStock) -> str:
    if house.shipped is None or house.days is None:
        return ""
    if house.days_left is None:
        return _("nothing shipped in %(days)s days") % {"days": house.days}
    lasts = ngettext("lasts %(days)s day", "lasts %(days)s days", house.days_left)
    shipped = _("%(shipped)s shipped in %(days)s days")
    words = [lasts % {"days": house.days_left},
             shipped % {"shipped": house.shipped, "days": house.days}]  # fmt: skip
    return " · ".join(words)


def _low(house: HouseStock) -> str:
    if not house.is_low:
        return ""
    if house.minimum is not None and house.available < house.minimum:
        return _("below the minimum of %(minimum)s") % {"minimum": house.minimum}
    return _("runs out soon")


def _lot(row: StockRow) -> LotRow:
    note = ""
    if row.condition == Condition.GOOD and row.on_hand > row.reserved and not row.available:
        note = _("not for sale: too near its last day, or not in a bin yet")
    return LotRow(
        warehouse=row.warehouse,
        lot=row.lot,
        expires_on=row.expires_on,
        condition=str(Condition(row.condition).label),
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.available,
        note=note,
    )
