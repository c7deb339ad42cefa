"""Products changed one by one by a person; the open orders that wait for it are checked anew."""

from __future__ import annotations

from datetime import date, datetime

from core.jobs import enqueue
from flows.checking import check_context
from flows.new_orders import facts_of_products
from flows.recheck import recheck_products_work
from orders.models import Product
from orders.rules.facts import ProductFacts
from orders.rules.goods import check_customs_data
from orders.rules.reasons import HoldFinding
from orders.services import ProductChanged, change_product, hold_catalogue


def edit_product(*, product: ProductFacts, seen_at: datetime, actor: str, now: datetime) -> bool:
    """Write a known product in the active block; False when it stood so already.

    Raises `ProductChanged` when somebody changed it since `seen_at`, or `Product.DoesNotExist`.
    """
    hold_catalogue(shared=False)
    changed = change_product(product=product, seen_at=seen_at, actor=actor, now=now)
    if changed is None:
        return False
    enqueue([recheck_products_work([changed.pk], now)], now=now)
    return True


def product_findings(product: Product, *, on: date) -> list[HoldFinding]:
    """What every order of this product is held for, wherever it goes."""
    facts = facts_of_products({product.sku: product})[product.sku]
    context = check_context(on)
    return [
        finding
        for piece, _pieces in facts.pieces
        for finding in check_customs_data(piece, context=context)
    ]


__all__ = ["ProductChanged", "edit_product", "product_findings"]
