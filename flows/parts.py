"""Ways to divide an order: by what lies in stock, among warehouses, or by value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F, Sum
from django.utils import timezone

from core.sentences import Sentence, gettext_noop
from flows.combining import NewPart, NotCombined
from flows.families import goods_of, lines_by_order
from orders.models import Order
from orders.querysets import kits_of
from orders.rules.combining import MOST_PARTS, Goods, by_houses, by_value, rest_of
from orders.rules.kits import kits_free
from warehouse.models import Reservation, Warehouse
from warehouse.querysets import sellable
from warehouse.states import LIVE

WAYS = ("hand", "stock", "warehouse", "value")


def parts_by_stock(order_id: int) -> list[NewPart]:
    """What one warehouse has now, and the rest, which waits. Raises `NotCombined`."""
    return _by_houses(order_id, most=1)


def parts_by_warehouse(order_id: int) -> list[NewPart]:
    """What each warehouse has now, and the rest, which waits. Raises `NotCombined`."""
    return _by_houses(order_id, most=MOST_PARTS - 1)


def parts_by_value(order_id: int, limit: Decimal) -> list[NewPart]:
    """Parts worth at most `limit` each, in the order's currency. Raises `NotCombined`."""
    goods = _goods(order_id)
    found = by_value(goods, limit)
    if isinstance(found, Goods):
        raise NotCombined(
            Sentence(
                "piece_over_limit",
                gettext_noop("One piece alone is worth {value}, more than {limit}."),
                {"value": f"{found.unit_price:f}", "limit": f"{limit:f}"},
            )
        )
    return [NewPart(part) for part in found]


def parts_by_hand(order_id: int, parts: list[dict[int, int]]) -> list[NewPart]:
    """The parts that a person chose; what they leave over stays together as the first."""
    rest = rest_of(_goods(order_id), parts)
    return [NewPart(part) for part in ([rest, *parts] if rest else parts)]


def _by_houses(order_id: int, *, most: int) -> list[NewPart]:
    goods = _goods(order_id)
    chosen = by_houses(goods, _free(order_id, {line.product_id for line in goods}), most=most)
    if not chosen:
        raise NotCombined(
            Sentence("nothing_in_stock", gettext_noop("No warehouse has any of it now."))
        )
    rest = rest_of(goods, [part for _, part in chosen])
    if len(chosen) == 1 and not rest:
        raise NotCombined(
            Sentence(
                "all_in_stock",
                gettext_noop("{warehouse} has all of it: there is nothing to split."),
                {"warehouse": chosen[0][0]},
            )
        )
    parts = [NewPart(part, code) for code, part in chosen]
    return [*parts, NewPart(rest)] if rest else parts


def _goods(order_id: int) -> list[Goods]:
    return goods_of(lines_by_order([order_id])[order_id])


def _free(order_id: int, product_ids: set[int]) -> Mapping[str, Mapping[int, int]]:
    """What each active warehouse has free, and what it holds for this order, by product."""
    wanted = Order.objects.values_list("wanted_warehouse", flat=True).get(pk=order_id)
    houses = Warehouse.objects.filter(is_active=True).order_by("priority", "id")
    if wanted:
        houses = houses.filter(code=wanted)
    free: dict[str, dict[int, int]] = {house.code: defaultdict(int) for house in houses}
    now = timezone.now()
    kits = kits_of(product_ids, on=now.date())
    parts = {each.product_id for components in kits.values() for each in components}
    balances = (
        sellable(now=now)
        .filter(product_id__in=product_ids | parts)
        .order_by()
        .values_list("location__warehouse__code", "product_id")
        .annotate(pieces=Sum(F("on_hand") - F("reserved")))
    )
    own = (
        Reservation.objects.filter(order_line__order_id=order_id, status__in=LIVE)
        .order_by()
        .values_list("balance__location__warehouse__code", "balance__product_id")
        .annotate(pieces=Sum("quantity"))
    )
    for code, product_id, pieces in (*balances, *own):
        if code in free:
            free[code][product_id] += pieces
    for pieces_by_product in free.values():
        for kit_id, components in kits.items():
            pieces_by_product[kit_id] = kits_free(components, pieces_by_product)
    return free
