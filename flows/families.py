"""The rows of orders that no channel sent: parts of one order, or several orders in one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from core.tenancy import active_merchant_id
from flows.lines import Line, Lines
from flows.new_orders import LARGEST_WEIGHT_G, facts_of_products, new_reference
from orders.files.cells import LARGEST_AMOUNT
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import Order, OrderLine, Product
from orders.rules.combining import LONGEST_NUMBER, Goods, Part
from orders.rules.facts import LineFacts
from orders.rules.sorting import sort_order
from orders.services import NewOrder

COPIED = (
    "channel_id", "placed_at", "paid_at", "ship_by", "service_level", "currency", "recipient_name",
    "company", "street_1", "street_2", "street_3", "city", "region", "postal_code", "country",
    "phone", "email", "recipient_id", "note", "address_digest", "tags", "wanted_service",
    "wanted_warehouse", "priority", "ruled",
)  # fmt: skip
"""What a part has of its order. The channel's own words stay with the order it sent."""
LONGEST_NOTE = 500


def goods_of(lines: Iterable[OrderLine]) -> list[Goods]:
    """The lines of an order as the rules see them; every one has a product."""
    return [
        Goods(line.pk, line.product_id, line.quantity, line.unit_price)
        for line in lines
        if line.product_id is not None
    ]


def lines_by_order(order_ids: Collection[int]) -> dict[int, list[OrderLine]]:
    """The lines of orders with their products, in their order."""
    found: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    rows = OrderLine.objects.filter(order_id__in=list(found)).select_related("product")
    for line in rows.order_by("order_id", "pk"):
        found[line.order_id].append(line)
    return found


def part_of(
    order: Order,
    lines: Sequence[OrderLine],
    part: Part,
    *,
    number: str,
    shipping_price: Decimal,
    warehouse: str,
    now: datetime,
) -> NewOrder:
    """One part of an order; `warehouse` is the code of the one it is meant for, or empty."""
    copies = [_copy(line, line.external_line, part[line.pk]) for line in lines if line.pk in part]
    made = _order(order, copies, number=number, now=now)
    made.shipping_price = shipping_price
    made.wanted_warehouse = warehouse or order.wanted_warehouse
    return NewOrder(order=made, lines=copies, holds=())


def combined_of(
    orders: Sequence[Order],
    lines: Mapping[int, Sequence[OrderLine]],
    *,
    number: str,
    now: datetime,
) -> NewOrder:
    """Several orders as one; what they tell differently comes from the first that tells it."""
    copies = [
        _copy(line, f"{place}:{line.external_line}"[:LONGEST_NUMBER], line.quantity)
        for place, order in enumerate(orders, start=1)
        for line in lines[order.pk]
    ]
    made = _order(orders[0], copies, number=number, now=now)
    made.shipping_price = min(
        sum((order.shipping_price for order in orders), Decimal(0)), LARGEST_AMOUNT
    )
    for name in ("phone", "email", "recipient_id", "wanted_service", "wanted_warehouse"):
        told = (getattr(order, name) for order in orders)
        setattr(made, name, next(filter(None, told), ""))
    notes = dict.fromkeys(order.note for order in orders if order.note)
    made.note = " / ".join(notes)[:LONGEST_NOTE]
    made.tags = list(dict.fromkeys(tag for order in orders for tag in order.tags))
    made.priority = max(order.priority for order in orders)
    made.placed_at = min((each.placed_at for each in orders if each.placed_at), default=None)
    made.ship_by = min((each.ship_by for each in orders if each.ship_by), default=None)
    # One that is not paid must not go along as paid.
    paid = [order.paid_at for order in orders]
    made.paid_at = None if None in paid else max(filter(None, paid))
    return NewOrder(order=made, lines=copies, holds=())


def _order(order: Order, lines: Sequence[OrderLine], *, number: str, now: datetime) -> Order:
    facts = facts_of_products({line.product.sku: line.product for line in lines})
    said = tuple(
        LineFacts(line.external_line, line.sku, line.title, line.quantity, line.unit_price)
        for line in lines
    )
    sorting = sort_order(said, products=facts, country=order.country)
    value = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    context = order.channel_said.get("context")
    return Order(
        **{name: getattr(order, name) for name in COPIED},
        merchant_id=active_merchant_id(),
        external_order=number,
        reference=new_reference(),
        goods_value=min(value, LARGEST_AMOUNT),
        weight_g=min(sorting.weight_g, LARGEST_WEIGHT_G),
        sorting=sorting.category,
        channel_said={"context": context} if context else {},
        created_at=now,
    )


def _copy(line: OrderLine, external_line: str, quantity: int) -> OrderLine:
    return OrderLine(
        merchant_id=active_merchant_id(),
        external_line=external_line,
        sku=line.product.sku,
        title=line.title,
        product=line.product,
        quantity=quantity,
        unit_price=line.unit_price,
        currency=line.currency,
        channel_line=external_line,
        channel_code=line.product.sku,
        channel_quantity=quantity,
        source_line=line,
    )


def said_again(parsed: ParsedOrder, lines: Sequence[OrderLine]) -> ParsedOrder:
    """A made order as it would come in: its own pieces at their own prices, whatever they are."""
    return replace(
        parsed,
        lines=tuple(
            ParsedLine(
                row=row,
                external_line=line.external_line,
                sku=line.sku,
                title=line.title,
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
            for row, line in enumerate(lines, start=1)
        ),
    )


def own_lines(parsed: ParsedOrder, products: Mapping[str, Product]) -> Lines:
    """The lines of a made order: products by their SKU. A channel's listing of the same code is
    not asked, for these pieces were taken apart before."""
    return Lines(
        tuple(
            Line(
                external_line=line.external_line,
                sku=line.sku,
                title=line.title,
                quantity=line.quantity,
                unit_price=line.unit_price,
                product=products.get(line.sku),
                listing_id=None,
                channel_line=line.external_line,
                channel_code=line.sku,
                channel_quantity=line.quantity,
            )
            for line in parsed.lines
        )
    )
