"""What a channel tells, as intake wants it: only what is ours to ship, in texts the tables take."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.channels.base import ChannelLine, ChannelOrder, Unread
from integrations.channels.pages import UNREADABLE, digest_of, reason_of
from orders.files.cells import LARGEST_AMOUNT
from orders.files.orders import LARGEST_QUANTITY, ParsedLine, ParsedOrder

LONGEST_ID = 80
LONGEST_TEXT = 2000
"""No column and no paper takes more; a note of megabytes would be kept with every change."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order to be received: as the channel said it, and as intake takes it."""

    said: ChannelOrder
    parsed: ParsedOrder


def wanted_orders(
    orders: Sequence[ChannelOrder], *, known: Collection[str]
) -> tuple[list[Wanted], list[Unread]]:
    """Return the orders to be received, and those to be shipped of which nothing can be made.

    An order that is new to us and partly shipped elsewhere is received with what remains. One we
    know is received again only while nothing of it has shipped: from then on the channel's
    quantities follow our own notices.
    """
    wanted, unread = [], []
    for order in orders:
        is_known = order.external_order in known
        takes = ("open",) if is_known else ("open", "part_shipped")
        if order.state not in takes:
            continue
        lines = [line for line in order.lines if _remaining(line) > 0]
        if not 0 < len(order.external_order) <= LONGEST_ID:
            unread.append(_unread(order, "its number is longer than 80 characters"))
        elif not order.lines:
            unread.append(_unread(order, "it has no lines"))
        elif lines:
            try:
                wanted.append(Wanted(order, _parsed(order, lines)))
            except UNREADABLE as fault:
                unread.append(_unread(order, reason_of(fault)))
    return wanted, unread


def shipped_elsewhere(orders: Sequence[ChannelOrder], *, known: Collection[str]) -> list[str]:
    """Return the numbers of known orders of which the channel says that they left whole."""
    return [
        order.external_order
        for order in orders
        if order.state == "shipped" and order.external_order in known
    ]


def channels_word(order: ChannelOrder) -> dict[str, dict[str, str]]:
    """Return what the channel's client needs again, and what it collected, in texts JSON takes."""
    return {
        "context": {_text(name): _text(value) for name, value in order.context.items()},
        "taxes": {_text(name): _text(value) for name, value in order.taxes.items()},
    }


def _unread(order: ChannelOrder, reason: str) -> Unread:
    return Unread(order.external_order, digest_of(order.raw or repr(order)), reason)


def cancelled_orders(orders: Sequence[ChannelOrder], *, known: Collection[str]) -> list[str]:
    """Return the numbers of known orders that the channel says are cancelled."""
    return [
        order.external_order
        for order in orders
        if order.state == "cancelled" and order.external_order in known
    ]


def _remaining(line: ChannelLine) -> int:
    return line.quantity - max(line.quantity_shipped, 0)


def _parsed(order: ChannelOrder, lines: Sequence[ChannelLine]) -> ParsedOrder:
    return ParsedOrder(
        external_order=_text(order.external_order),
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        ship_by=order.ship_by,
        currency=order.currency,
        shipping_price=_amount(order.shipping_price),
        recipient_name=_text(order.recipient_name),
        company=_text(order.company),
        street_lines=tuple(filter(None, map(_text, order.street_lines))),
        city=_text(order.city),
        region=_text(order.region),
        postal_code=_text(order.postal_code),
        country=_text(order.country).upper(),
        phone=_text(order.phone),
        email=_text(order.email),
        recipient_id=_text(order.recipient_id),
        service_level=_text(order.service_level),
        note=_text(order.note),
        lines=tuple(_line(number, line) for number, line in enumerate(lines, start=1)),
    )


def _line(number: int, line: ChannelLine) -> ParsedLine:
    return ParsedLine(
        row=number,
        external_line=_text(line.external_line)[:LONGEST_ID],
        sku=(_text(line.sku) or _text(line.item))[:LONGEST_ID],
        title=_text(line.title),
        quantity=_pieces(_remaining(line)),
        unit_price=_amount(line.unit_price),
        item_number=_text(line.item)[:LONGEST_ID],
        brand=_text(line.brand)[:LONGEST_ID],
        model=_text(line.model)[:LONGEST_ID],
    )


def _amount(value: Decimal | None) -> Decimal | None:
    """Return an amount, None for a negative or endless one.

    Raises `ValueError` where no column takes it.
    """
    if value is None or not value.is_finite() or value < 0:
        return None
    if value > LARGEST_AMOUNT:
        raise ValueError(f"an amount of {value:.3g}")
    return value


def _pieces(quantity: int) -> int:
    if quantity > LARGEST_QUANTITY:
        raise ValueError(f"a line of {quantity} pieces")
    return quantity


def _text(value: str) -> str:
    """Return one line, not endless, without what no column and no paper takes."""
    return UNPRINTABLE.sub(" ", value[:LONGEST_TEXT]).strip()
