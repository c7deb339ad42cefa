"""Products with what lies in the warehouses: on hand, reserved, free."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.readings.order import hs_code
from dashboard.readings.orders import begins_with
from dashboard.screens.products import ProductRow
from orders.models import Product
from warehouse.models import StockBalance

SORTS = {"sku": "sku", "on_hand": "on_hand", "available": "available"}


def products_matching(query: str) -> QuerySet[Product]:
    """Products with `on_hand`, `reserved` and `available`; `query` is the beginning of a SKU."""
    rows = Product.objects.all()
    if query:
        rows = rows.filter(begins_with("sku", query))
    return rows.annotate(on_hand=_sum_of("on_hand"), reserved=_sum_of("reserved")).annotate(
        available=F("on_hand") - F("reserved")
    )


def _sum_of(column: str) -> Coalesce:
    balances = StockBalance.objects.filter(product=OuterRef("pk"), condition="good")
    summed = balances.order_by().values("product").annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def product_rows(products: Sequence[Product]) -> tuple[ProductRow, ...]:
    """Rows of the list; no further query."""
    return tuple(map(_row, products))


def _row(product: Product) -> ProductRow:
    on_hand, reserved, available = stock_of(product)
    gaps = (
        (product.hs_code, _("HS code")),
        (product.origin_country, _("country of origin")),
        (product.customs_description, _("customs description")),
    )
    return ProductRow(
        sku=product.sku,
        url=reverse("dashboard:product", args=[product.pk]),
        title=product.title,
        hs=hs_code(product.hs_code, product.customs_description),
        origin_country=product.origin_country,
        weight_g=product.weight_g,
        length_mm=product.length_mm,
        width_mm=product.width_mm,
        height_mm=product.height_mm,
        on_hand=on_hand,
        reserved=reserved,
        available=available,
        missing=tuple(label for value, label in gaps if not value),
        low="" if available > 0 else _("nothing free"),
    )


def stock_of(product: Product) -> tuple[int, int, int]:
    """The annotated stock of a product: on hand, reserved, available."""
    annotated = vars(product)
    return annotated["on_hand"], annotated["reserved"], annotated["available"]
