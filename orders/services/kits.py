"""Kits: which products are made of others, and how long goods must last when they are sold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.events import record
from orders.models import KitPart, Product
from orders.services.listings import MOST_PARTS, MOST_PIECES, BadParts, PartOf, hold_catalogue

MOST_DAYS_LEFT = 3650


class KitInKit(BadParts):
    """A component is a kit, or the kit is a component of another: one level only."""


def save_kit(*, product_id: int, parts: Sequence[PartOf], actor: str, now: datetime) -> bool:
    """Say what a product is made of (no parts: no kit any more); False when it stood so already.

    Orders that have their stock keep it. Raises `BadParts`, `KitInKit`, `Product.DoesNotExist`.
    """
    wanted = {part.product_id: part.quantity for part in parts}
    if len(wanted) != len(parts) or len(parts) > MOST_PARTS or product_id in wanted:
        raise BadParts(f"Name up to {MOST_PARTS} other products, each once.")
    if any(not 0 < pieces <= MOST_PIECES for pieces in wanted.values()):
        raise BadParts(f"Each product has 1 to {MOST_PIECES} pieces.")
    hold_catalogue(shared=False)
    kit = Product.objects.select_for_update().get(pk=product_id)
    skus = dict(Product.objects.filter(pk__in=list(wanted)).values_list("pk", "sku"))
    if len(skus) != len(wanted):
        raise Product.DoesNotExist("A component does not exist.")
    is_nested = KitPart.objects.filter(kit_id__in=list(wanted)).exists()
    is_nested = is_nested or KitPart.objects.filter(component_id=product_id).exists()
    if wanted and is_nested:
        raise KitInKit("A kit is made of products, not of kits.")
    before = dict(KitPart.objects.filter(kit=kit).values_list("component_id", "quantity"))
    if before == wanted:
        return False
    KitPart.objects.filter(kit=kit).delete()
    KitPart.objects.bulk_create(
        KitPart(kit=kit, component_id=each, quantity=wanted[each]) for each in wanted
    )
    record(
        kind="product.kit_saved",
        subject_kind="product",
        subject_id=kit.pk,
        actor=actor,
        now=now,
        data={"sku": kit.sku, "parts": {skus[each]: wanted[each] for each in wanted}},
    )
    return True


def set_min_days_left(*, product_id: int, days: int, actor: str, now: datetime) -> bool:
    """Set how many days a piece must have left when it is promised; False when it stood so."""
    if not 0 <= days <= MOST_DAYS_LEFT:
        raise ValueError(f"days: 0 to {MOST_DAYS_LEFT}")
    product = Product.objects.select_for_update().get(pk=product_id)
    if product.min_days_left == days:
        return False
    before, product.min_days_left, product.updated_at = product.min_days_left, days, now
    product.save(update_fields=["min_days_left", "updated_at"])
    record(
        kind="product.min_days_left_set",
        subject_kind="product",
        subject_id=product.pk,
        actor=actor,
        now=now,
        data={"sku": product.sku, "was": before, "days": days},
    )
    return True
