"""Products: written from files and the API by their SKU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.events import Change, record, record_many
from core.tenancy import active_merchant_id
from orders.models import Product
from orders.rules.customs_data import CustomsData
from orders.rules.facts import ProductFacts

FIELDS = (
    "title", "brand", "model", "gtin", "weight_g", "length_mm", "width_mm", "height_mm", "nature",
    "hs_code", "origin_country", "customs_description", "unit_value", "currency", "battery",
)  # fmt: skip


class ProductChanged(Exception):
    """Somebody else changed the product meanwhile; nothing was written. Read it again."""


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


def upsert_products(
    *, products: Sequence[ProductFacts], actor: str, now: datetime
) -> ProductCounts:
    """Create or update products by SKU; an equal product is left as it is."""
    merchant_id = active_merchant_id()
    rows = {product.sku: _row(product, merchant_id, now) for product in products}
    known = {
        product.sku: product
        for product in Product.objects.filter(sku__in=list(rows)).order_by("id").select_for_update()
    }
    fresh = [row for sku, row in rows.items() if sku not in known]
    changed, changes = [], []
    for sku, product in known.items():
        if told := _take_over(product, rows[sku], now):
            changed.append(product)
            changes.append(told)
    Product.objects.bulk_create(fresh)
    Product.objects.bulk_update(changed, [*FIELDS, "updated_at"], batch_size=500)
    record_many(changes, actor=actor, now=now)
    ids = {row.sku: row.pk for row in [*fresh, *known.values()]}
    return ProductCounts(
        created=len(fresh),
        updated=len(changed),
        ids=ids,
        fresh={row.sku: row.pk for row in fresh},
        changed=tuple(row.pk for row in changed),
    )


def change_product(
    *, product: ProductFacts, seen_at: datetime, actor: str, now: datetime
) -> Product | None:
    """Write a product of a known SKU as a person says it is; None when it stood so already.

    `seen_at` is when the product that the person looked at had last been changed. Raises
    `ProductChanged` when it was changed since, or `Product.DoesNotExist`.
    """
    stored = Product.objects.select_for_update().get(sku=product.sku)
    if stored.updated_at != seen_at:
        raise ProductChanged(f"{product.sku} was changed at {stored.updated_at.isoformat()}.")
    told = _take_over(stored, _row(product, active_merchant_id(), now), now)
    if told is None:
        return None
    stored.save(update_fields=[*FIELDS, "updated_at"])
    record_many([told], actor=actor, now=now)
    return stored


def _take_over(product: Product, row: Product, now: datetime) -> Change | None:
    """Give a stored product the values of a row; what changed, None where nothing did."""
    names = [name for name in FIELDS if getattr(product, name) != getattr(row, name)]
    if not names:
        return None
    before = {name: _told(getattr(product, name)) for name in names}
    for name in names:
        setattr(product, name, getattr(row, name))
    product.updated_at = now
    after = {name: _told(getattr(product, name)) for name in names}
    data = {"sku": product.sku, "before": before, "after": after}
    return Change("product.changed", "product", product.pk, data)


def _told(value: str | int | Decimal) -> str | int:
    return f"{value:f}" if isinstance(value, Decimal) else value


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
        data={
            "sku": product.sku,
            "before": before,
            "after": {name: getattr(product, name) for name in changed},
        },
    )
    return True


def _row(product: ProductFacts, merchant_id: int, now: datetime) -> Product:
    values = {name: getattr(product, name) for name in FIELDS}
    values["unit_value"] = (product.unit_value or Decimal(0)).quantize(Decimal("0.01"))
    return Product(
        merchant_id=merchant_id, sku=product.sku, created_at=now, updated_at=now, **values
    )
