"""Products: written from files and the API by their SKU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.events import record
from core.tenancy import active_merchant_id
from orders.models import Product
from orders.rules.customs_data import CustomsData
from orders.rules.facts import ProductFacts

FIELDS = (
    "title", "brand", "model", "gtin", "weight_g", "length_mm", "width_mm", "height_mm", "nature",
    "hs_code", "origin_country", "customs_description", "unit_value", "currency", "battery",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """What a batch of products did, and their ids by SKU: of all, and of new ones.

    `changed` are the ids of those that are now other than they were.
    """

    created: int
    updated: int
    ids: dict[str, int]
    fresh: dict[str, int]
    changed: tuple[int, ...]


def upsert_products(*, products: Sequence[ProductFacts], now: datetime) -> ProductCounts:
    """Create or update products by SKU; an equal product is left as it is."""
    merchant_id = active_merchant_id()
    rows = {product.sku: _row(product, merchant_id, now) for product in products}
    known = {
        product.sku: product
        for product in Product.objects.filter(sku__in=list(rows)).order_by("id").select_for_update()
    }
    fresh = [row for sku, row in rows.items() if sku not in known]
    changed = []
    for sku, product in known.items():
        if any(getattr(product, name) != getattr(rows[sku], name) for name in FIELDS):
            for name in FIELDS:
                setattr(product, name, getattr(rows[sku], name))
            product.updated_at = now
            changed.append(product)
    Product.objects.bulk_create(fresh)
    Product.objects.bulk_update(changed, [*FIELDS, "updated_at"], batch_size=500)
    ids = {row.sku: row.pk for row in [*fresh, *known.values()]}
    return ProductCounts(
        created=len(fresh),
        updated=len(changed),
        ids=ids,
        fresh={row.sku: row.pk for row in fresh},
        changed=tuple(row.pk for row in changed),
    )


def correct_customs_data(
    *, product_id: int, correct: CustomsData, actor: str, now: datetime
) -> bool:
    """Set what customs must know of a product; False when it stood so already.

    Other declarations of it that are not lodged yet follow when they are.
    """
    product = Product.objects.select_for_update().get(pk=product_id)
    names = ("hs_code", "origin_country", "customs_description", "weight_g")
    changed = [name for name in names if getattr(product, name) != getattr(correct, name)]
    if not changed:
        return False
    before = {name: getattr(product, name) for name in changed}
    for name in changed:
        setattr(product, name, getattr(correct, name))
    product.updated_at = now
    product.save(update_fields=[*changed, "updated_at"])
    record(
        kind="product.customs_corrected",
        subject_kind="product",
        subject_id=product.pk,
        actor=actor,
        now=now,
        data={"sku": product.sku, "before": before},
    )
    return True


def _row(product: ProductFacts, merchant_id: int, now: datetime) -> Product:
    values = {name: getattr(product, name) for name in FIELDS}
    values["unit_value"] = (product.unit_value or Decimal(0)).quantize(Decimal("0.01"))
    return Product(
        merchant_id=merchant_id, sku=product.sku, created_at=now, updated_at=now, **values
    )
