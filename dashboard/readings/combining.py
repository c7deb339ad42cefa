"""Families of orders, what could go together, and the form that splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from core.money import Money
from core.sentences import Sentence
from core.spoken import say
from dashboard.readings.order_changes import is_unplanned
from dashboard.readings.order_tabs import TOGETHER, order_tabs
from dashboard.readings.words import order_badge
from dashboard.screens.combining import (
    Beside,
    FamilyPart,
    Relative,
    SplitLine,
    SplitPage,
    TogetherPage,
    TogetherRow,
)
from dashboard.screens.common import Destructive
from flows.order_picture import order_family
from flows.together import Together, orders_beside, orders_together
from orders.models import Order, OrderLine

FURTHER_PARTS = (2, 3, 4)
"""Parts beside the first that the form offers; more are made through the API or one by one."""


def read_family(*, order: Order, caller: Caller, now: datetime) -> FamilyPart:
    """What a split or a merge connects with an order, for the caller's role."""
    found = order_family(order)
    may = caller.may("orders.edit")
    is_open = may and is_unplanned(order)
    pieces = sum(order.lines.values_list("quantity", flat=True)) if is_open else 0
    return FamilyPart(
        made_of=_relatives(found.made_of),
        made_into=_relatives(found.made_into),
        was_undone=order.undone_at is not None,
        undo=_undo(order) if may and (found.made_of or found.made_into) else None,
        split_url=reverse("dashboard:order_split", args=[order.reference]) if pieces > 1 else "",
        beside=_beside(order, now) if is_open else None,
    )


def _undo(order: Order) -> Destructive | None:
    if order.status not in UNDOABLE:
        return None
    is_merge = order.status == Order.Status.MERGED or order.made_by == Order.MadeBy.MERGE
    if order.status == Order.Status.SPLIT or not is_merge:
        label, undoes = (
            _("Undo the split"),
            _("The parts are cancelled and give their stock back; the order stands whole again."),
        )
    else:
        label, undoes = (
            _("Undo the merge"),
            _(
                "The combined order is cancelled and gives its stock back; the orders stand alone"
                " again."
            ),
        )
    return Destructive(
        label=label,
        undoes=undoes,
        url=reverse("dashboard:order_undo", args=[order.reference]),
        confirm_label=label,
    )


S = Order.Status
UNDOABLE = (S.SPLIT, S.MERGED, S.HELD, S.ACCEPTED, S.BACKORDERED, S.ALLOCATED)


def _beside(order: Order, now: datetime) -> Beside | None:
    group = orders_beside(order, now=now)
    if group is None:
        return None
    return Beside(
        orders=tuple((each.pk, each.reference, each.external_order) for each in group.orders),
        against=_said(group.faults),
        merge_url=reverse("dashboard:orders_merge"),
    )


def _relatives(references: Sequence[str]) -> tuple[Relative, ...]:
    if not references:
        return ()
    orders = Order.objects.filter(reference__in=references).order_by("pk")
    return relatives(list(orders))


def relatives(orders: Sequence[Order]) -> tuple[Relative, ...]:
    """Orders in short, with what they hold; one query more for any number."""
    goods: dict[int, list[str]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(order_id__in=list(goods)).order_by("pk"):
        goods[line.order_id].append(f"{line.quantity} × {line.sku}")
    return tuple(
        Relative(
            reference=order.reference,
            external_order=order.external_order,
            url=reverse("dashboard:order", args=[order.reference]),
            badge=order_badge(order),
            goods=", ".join(goods[order.pk]),
            value=Money(order.goods_value, order.currency),
        )
        for order in orders
    )


def read_together(*, after: str, caller: Caller, now: datetime) -> TogetherPage:
    """A page of doors to which several open orders go."""
    found = orders_together(after=after, now=now)
    here = reverse("dashboard:orders_together")
    return TogetherPage(
        tabs=order_tabs(TOGETHER),
        rows=tuple(_row(group) for group in found.groups),
        merge_url=reverse("dashboard:orders_merge"),
        may_merge=caller.may("orders.edit"),
        next_url=f"{here}?{urlencode({'after': found.next_after})}" if found.next_after else "",
    )


def _row(group: Together) -> TogetherRow:
    first = group.orders[0]
    is_one_currency = len({order.currency for order in group.orders}) == 1
    total = sum((order.goods_value for order in group.orders), Decimal(0))
    return TogetherRow(
        id="" if group.faults else "-".join(str(order.pk) for order in group.orders),
        recipient=first.recipient_name,
        place=" ".join(filter(None, (first.postal_code, first.city))),
        country=first.country,
        orders=relatives(group.orders),
        value=Money(total if is_one_currency else first.goods_value, first.currency),
        oldest_at=min(order.placed_at or order.created_at for order in group.orders),
        against=_said(group.faults),
    )


def read_split(
    *,
    order: Order,
    typed: Mapping[str, str],
    faults: Sequence[Sentence] = (),
    needs_reason: bool = False,
) -> SplitPage:
    """The form that splits an order; `typed` is what a refused one had in it."""
    lines = OrderLine.objects.filter(order=order).order_by("pk")
    return SplitPage(
        reference=order.reference,
        order_url=reverse("dashboard:order", args=[order.reference]),
        post_url=reverse("dashboard:order_split", args=[order.reference]),
        lines=tuple(
            SplitLine(
                sku=line.sku,
                title=line.title,
                quantity=line.quantity,
                unit_value=Money(line.unit_price, line.currency),
                inputs=tuple(
                    (name, typed.get(name, "0"))
                    for name in (input_name(part, line.pk) for part in FURTHER_PARTS)
                ),
            )
            for line in lines
        ),
        part_numbers=FURTHER_PARTS,
        currency=order.currency,
        limit=typed.get("limit", ""),
        reason=typed.get("reason", ""),
        faults=_said(faults),
        needs_reason=needs_reason,
    )


def input_name(part: int, line_id: int) -> str:
    """What the field for a line's pieces in a part is called."""
    return f"part{part}_{line_id}"


def _said(faults: Sequence[Sentence]) -> tuple[str, ...]:
    return tuple(say(fault.as_dict()) for fault in faults)
