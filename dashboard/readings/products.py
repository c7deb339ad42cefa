"""Products with what lies in the warehouses: on hand, reserved, free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.readings.order import hs_code
from dashboard.readings.orders import begins_with
from dashboard.screens.products import ProductRow
from orders.models import KitPart, Product
from warehouse.models import StockBalance, StockCover
from warehouse.querysets import sellable

SORTS = {"sku": "sku", "on_hand": "on_hand", "available": "available"}


def products_matching(query: str, *, now: datetime, is_low: bool = False) -> QuerySet[Product]:
    """Products with `on_hand`, `reserved` and `available`; `query` is the beginning of a SKU.

    `available` is good stock that lasts, less what is reserved of it.
    """
    rows = Product.objects.all()
    if query:
        rows = rows.filter(begins_with("sku", query))
    if is_low:
        rows = rows.filter(Exists(StockCover.objects.filter(product=OuterRef("pk"), is_low=True)))
    every = StockBalance.objects.all()
    return rows.annotate(
        on_hand=_sum_of(every, Sum("on_hand")),
        reserved=_sum_of(every, Sum("reserved")),
        available=_sum_of(sellable(now=now), Sum(F("on_hand") - F("reserved"))),
    )


def _sum_of(balances: QuerySet[StockBalance], total: Sum) -> Coalesce:
    of_product = balances.filter(product=OuterRef("pk")).order_by().values("product")
    summed = of_product.annotate(total=total).values("total")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def product_rows(products: Sequence[Product]) -> tuple[ProductRow, ...]:
    """Rows of the list; two further queries, whatever their number."""
    ids = [product.pk for product in products]
    low: dict[int, StockCover] = {}
    # Where a product is low in two warehouses, the one that is empty first counts.
    covers = StockCover.objects.filter(product_id__in=ids, is_low=True)
    for row in covers.order_by(F("days_left").asc(nulls_last=True), "id"):
        low.setdefault(row.product_id, row)
    kits = set(KitPart.objects.filter(kit_id__in=ids).values_list("kit_id", flat=True))
    return tuple(
        _row(product, low.get(product.pk), is_kit=product.pk in kits) for product in products
    )


def cover_words(cover: StockCover) -> str:
    """Why a product is low: how long it lasts, or that it is below its minimum."""
    if cover.minimum is not None and cover.available < cover.minimum:
        return _("below the minimum of %(minimum)s") % {"minimum": cover.minimum}
    days = cover.days_left or 0
    return ngettext("lasts %(days)s day", "lasts %(days)s days", days) % {"days": days}


def _low(cover: StockCover | None, available: int, *, is_kit: bool) -> str:
    if is_kit:
        return _("a kit: made of others")
    if cover is not None:
        return cover_words(cover)
    return "" if available > 0 else _("nothing free")


def _row(product: Product, cover: StockCover | None, *, is_kit: bool) -> ProductRow:
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
        low=_low(cover, available, is_kit=is_kit),
    )


def stock_of(product: Product) -> tuple[int, int, int]:
    """The annotated stock of a product: on hand, reserved, available."""
    annotated = vars(product)
    return annotated["on_hand"], annotated["reserved"], annotated["available"]
