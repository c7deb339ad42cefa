"""Orders split into parts and merged into one: real orders, so that everything behind them stays
as it is. Both can be undone until somebody packs one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.jobs import enqueue
from core.sentences import Sentence, gettext_noop
from flows.allocation_stock import asked_to_ship
from flows.families import combined_of, goods_of, lines_by_order, part_of
from flows.leaving import By, CannotLeave, leave_waves
from flows.recheck import CHANGEABLE, allocation_work, changeable_orders, recheck_orders
from flows.together import (
    AT_SUPPLIER,
    at_supplier,
    faults_of,
    merge_facts,
    threshold_params,
    thresholds_undercut,
)
from orders.models import Hold, Order, OrderConflict, OrderLine
from orders.rules.combining import (
    Part,
    apportion,
    child_numbers,
    combined_number,
    part_fault,
    worth_of,
)
from orders.services import merge_orders as merge
from orders.services import split_order as split
from orders.services import take_back
from warehouse.models import Warehouse
from warehouse.services import release_reservations

LONGEST_REASON = 200
SPLIT_HELPS = frozenset(
    {"order_too_large", "no_service_value", "no_service_battery", "no_service_restricted"}
)
"""What an order may be held for and split nevertheless: the parts are checked anew."""


class NotCombined(Exception):
    """It may not be split, merged or undone; nothing was changed. `faults` say why."""

    def __init__(self, *faults: Sentence) -> None:
        super().__init__(" ".join(fault.text for fault in faults))
        self.faults = faults


class ReasonNeeded(NotCombined):
    """The split takes parts under a customs limit: lawful for consignments that are truly apart,
    so a person must say why they are."""


class PlannedPart(Protocol):
    """What one warehouse ships: pieces by order line id of the order that is split."""

    @property
    def warehouse_id(self) -> int:
        """The warehouse."""

    @property
    def lines(self) -> Mapping[int, int]:
        """The pieces."""


@dataclass(frozen=True, slots=True)
class NewPart:
    """Pieces by line id; `warehouse` is the code of the one they are meant for, or empty."""

    lines: Part
    warehouse: str = ""


def split_order(
    *, order_id: int, parts: Sequence[NewPart], reason: str = "", actor: str, now: datetime
) -> list[Order]:
    """Split an order in the active block; its parts are checked anew and go on to allocation.

    Raises `NotCombined`, `ReasonNeeded` without a reason where a part comes under a customs limit
    that the whole was above, or `Order.DoesNotExist`.
    """
    order = _splittable(order_id)
    lines = lines_by_order([order.pk])[order.pk]
    under = _limits_undercut(order, lines, [part.lines for part in parts], now)
    if under and not reason:
        raise ReasonNeeded(*under)
    made = _split(order, lines, parts, reason=reason, under=under, actor=actor, now=now)
    _go_on([each.pk for each in made], actor, now)
    return made


def split_order_by_plan(
    *, order_id: int, parts: Sequence[PlannedPart], actor: str, now: datetime
) -> list[int]:
    """Split an order among warehouses in the active block, for allocation, which reserves the
    stock of the parts itself: they are accepted as the order was, and nothing is queued.

    The goods lie apart, so their consignments are truly separate whatever the customs limits; the
    history names those that a part came under. Returns the parts' ids in the order of `parts`.
    Raises `NotCombined`.
    """
    order = _splittable(order_id, may_be_held=False)
    lines = lines_by_order([order.pk])[order.pk]
    codes = dict(Warehouse.objects.values_list("pk", "code"))
    new = [NewPart(dict(part.lines), codes[part.warehouse_id]) for part in parts]
    under = _limits_undercut(order, lines, [part.lines for part in new], now)
    made = _split(order, lines, new, reason="", under=under, actor=actor, now=now)
    return [each.pk for each in made]


def merge_orders(*, order_ids: Collection[int], actor: str, now: datetime) -> Order:
    """Merge orders of one recipient into one in the active block; it is checked anew and goes on.

    Raises `NotCombined` with every reason against it.
    """
    changeable_orders(order_ids)
    orders = list(Order.objects.filter(pk__in=order_ids).select_related("channel").order_by("pk"))
    lines = lines_by_order([order.pk for order in orders])
    faults = tuple(faults_of(orders, merge_facts(orders, lines), lines, now))
    if faults:
        raise NotCombined(*faults)
    _give_back(orders, actor, now)
    first = orders[0]
    number = combined_number(
        first.external_order, len(orders) - 1, _numbers_like(first, f"{first.external_order}+")
    )
    made = merge(
        orders=orders,
        combined=combined_of(orders, lines, number=number, now=now),
        actor=actor,
        now=now,
    )
    _go_on([made.pk], actor, now)
    made.refresh_from_db()
    return made


def undo(*, order_id: int, actor: str, now: datetime) -> list[Order]:
    """Take a split or a merge back in the active block, named by any order of it; return the orders
    that stand for themselves again. They are checked anew and go on to allocation.

    Those in waves are taken out of them. Raises `NotCombined` as soon as one of the parcels is
    being packed, or one of the made orders went its own way; `Order.DoesNotExist`.
    """
    sources, made = _family(order_id)
    made_ids = [order.pk for order in made]
    try:
        leave_waves(
            order_ids=made_ids, by=By.MERCHANT, keeps_stock=True, reason="undone", actor=actor,
            now=now,
        )  # fmt: skip
    except CannotLeave as stays:
        raise NotCombined(stays.why) from stays
    ids = [order.pk for order in (*sources, *made)]
    # Not FOR UPDATE: a notice that is being written holds the key of the order it is about.
    locked = {
        order.pk: order
        for order in Order.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    }
    made = [locked[order.pk] for order in made]
    sources = [locked[order.pk] for order in sources]
    for order in made:
        if order.status not in CHANGEABLE:
            raise NotCombined(_went_on(order))
    if any(order.status not in AWAY for order in sources):
        raise NotCombined(NOTHING_TO_UNDO)
    _give_back(made, actor, now)
    take_back(sources=sources, made=made, actor=actor, now=now)
    _go_on([order.pk for order in sources], actor, now)
    return list(Order.objects.filter(pk__in=[order.pk for order in sources]).order_by("pk"))


AWAY = (Order.Status.SPLIT, Order.Status.MERGED)
NOTHING_TO_UNDO = Sentence(
    "nothing_to_undo", gettext_noop("This order is neither split nor merged.")
)


def _family(order_id: int) -> tuple[list[Order], list[Order]]:
    """The sources and the made orders of the split or merge that an order belongs to."""
    order = Order.objects.get(pk=order_id)
    if order.status == Order.Status.SPLIT:
        return [order], list(order.parts.filter(undone_at__isnull=True))
    if order.status == Order.Status.MERGED and order.merged_into_id:
        return _family(order.merged_into_id)
    if order.undone_at is None and order.made_by == Order.MadeBy.MERGE:
        return list(Order.objects.filter(merged_into=order).order_by("pk")), [order]
    if order.undone_at is None and order.parent_id:
        return _family(order.parent_id)
    raise NotCombined(NOTHING_TO_UNDO)


def _went_on(order: Order) -> Sentence:
    return Sentence(
        "went_on",
        gettext_noop(
            "{order} is packed, shipped, cancelled, split or merged itself: take that back first,"
            " if it can be."
        ),
        {"order": order.reference},
    )


def _splittable(order_id: int, *, may_be_held: bool = True) -> Order:
    """Lock an order that may be split; raise `NotCombined` or `Order.DoesNotExist`."""
    free = changeable_orders([order_id])
    if not free:
        order = Order.objects.get(pk=order_id)
        raise NotCombined(
            Sentence(
                "cannot_split",
                gettext_noop(
                    "{order} is in a wave, packed, shipped, cancelled, split or merged already."
                ),
                {"order": order.reference},
            )
        )
    (order,) = free
    name = {"order": order.reference}
    held_for = Hold.objects.filter(order=order, released_at__isnull=True)
    codes = set(held_for.values_list("reason_code", flat=True))
    if codes and (not may_be_held or codes - SPLIT_HELPS):
        words = gettext_noop("{order} is on hold: release its holds first.")
        raise NotCombined(Sentence("order_held", words, name))
    if OrderConflict.objects.filter(order=order, resolved_at__isnull=True).exists():
        words = gettext_noop("The channel says {order} otherwise: decide that first.")
        raise NotCombined(Sentence("order_in_conflict", words, name))
    if asked_to_ship([order.pk], among=AT_SUPPLIER):
        raise NotCombined(at_supplier(order))
    if OrderLine.objects.filter(order=order, product__isnull=True).exists():
        words = gettext_noop("{order} has a line without a known product: map it first.")
        raise NotCombined(Sentence("product_unknown", words, name))
    return order


def _limits_undercut(
    order: Order, lines: Sequence[OrderLine], parts: Sequence[Part], now: datetime
) -> list[Sentence]:
    """Check a plan; return the customs limits that its parts come under and the whole did not."""
    goods = goods_of(lines)
    fault = part_fault(goods, parts)
    if fault:
        raise NotCombined(fault)
    found = thresholds_undercut(
        order.goods_value,
        [worth_of(goods, part) for part in parts],
        country=order.country,
        currency=order.currency,
        now=now,
    )
    return [
        Sentence(
            "under_customs_limit",
            gettext_noop(
                "The order is worth more than the {limit} {limit_currency} of {country}, a part is"
                " not ({rule}). Customs takes goods of one sale that travel together for one"
                " consignment: splitting them to come under a limit is evasion. It is lawful where"
                " they are truly shipped apart, on other days or from other places. Say why they"
                " are."
            ),
            threshold_params(each, order.country),
        )
        for each in found
    ]


def _split(
    order: Order,
    lines: Sequence[OrderLine],
    parts: Sequence[NewPart],
    *,
    reason: str,
    under: Sequence[Sentence],
    actor: str,
    now: datetime,
) -> list[Order]:
    goods = goods_of(lines)
    shipping = apportion(order.shipping_price, [worth_of(goods, part.lines) for part in parts])
    taken = _numbers_like(order, f"{order.external_order}/")
    numbers = child_numbers(order.external_order, taken, len(parts))
    new = [
        part_of(
            order,
            lines,
            part.lines,
            number=number,
            shipping_price=price,
            warehouse=part.warehouse,
            now=now,
        )
        for part, number, price in zip(parts, numbers, shipping, strict=True)
    ]
    _give_back([order], actor, now)
    told = {
        "reason": reason[:LONGEST_REASON],
        "customs_limits": [f"{each.params['limit']} {each.params['limit_currency']}"
                           for each in under],
    }  # fmt: skip
    return split(order=order, parts=new, told=told, actor=actor, now=now)


def _numbers_like(order: Order, beginning: str) -> set[str]:
    """The channel's numbers that begin so; the beginning is cut where numbers end."""
    short = beginning[:70]
    rows = Order.objects.filter(
        channel_id=order.channel_id, external_order__gte=short, external_order__lt=short + LAST
    )
    return set(rows.values_list("external_order", flat=True))


LAST = "\U0010ffff"


def _give_back(orders: Sequence[Order], actor: str, now: datetime) -> None:
    promised = [order.pk for order in orders if order.status == Order.Status.ALLOCATED]
    if promised:
        release_reservations(order_ids=promised, actor=actor, now=now)


def _go_on(order_ids: Sequence[int], actor: str, now: datetime) -> None:
    """Check new or returned orders anew; those that nothing holds go on to allocation."""
    recheck_orders(order_ids=order_ids, actor=actor, now=now)
    rows = Order.objects.filter(pk__in=order_ids, status=Order.Status.ACCEPTED)
    ids = rows.order_by("pk").values_list("pk", flat=True)
    enqueue([allocation_work(order_id) for order_id in ids], now=now, again=True)
