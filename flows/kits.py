"""Kits: defined by the merchant, taken apart when stock is promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.jobs import enqueue
from flows.recheck import allocation_work, recheck_products_work
from flows.supply import look_again
from orders.models import Order, OrderLine
from orders.services import BadParts, KitInKit, PartOf, save_kit, set_min_days_left
from warehouse.models import StockBalance


class KitHasStock(Exception):
    """`pieces` of the product lie in warehouses: they would be promised to nobody any more."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        super().__init__(f"{pieces} pieces of it lie in stock.")


def define_kit(*, product_id: int, parts: Sequence[PartOf], actor: str, now: datetime) -> bool:
    """Say in the active block what a product is made of; orders that wait for it are tried anew.

    Raises `KitHasStock`, and the errors of `orders.services.save_kit`.
    """
    if parts:
        held = StockBalance.objects.filter(product_id=product_id, on_hand__gt=0)
        pieces = sum(held.values_list("on_hand", flat=True))
        if pieces:
            raise KitHasStock(pieces)
    is_new = save_kit(product_id=product_id, parts=parts, actor=actor, now=now)
    if is_new:
        # Their checks look at what it is made of.
        enqueue([recheck_products_work([product_id], now)], now=now)
        # What they wait for has changed, so the look at free goods would not find them.
        waiting = OrderLine.objects.filter(
            product_id=product_id, order__status=Order.Status.BACKORDERED
        )
        ids = waiting.order_by("order_id").values_list("order_id", flat=True).distinct()
        enqueue([allocation_work(order_id) for order_id in ids], now=now, again=True)
    return is_new


def need_days_left(*, product_id: int, days: int, actor: str, now: datetime) -> None:
    """Set in the active block how long goods must last when sold; more may be free by that."""
    if set_min_days_left(product_id=product_id, days=days, actor=actor, now=now):
        look_again(now=now)


__all__ = [
    "BadParts", "KitHasStock", "KitInKit", "define_kit", "need_days_left",
]  # fmt: skip
