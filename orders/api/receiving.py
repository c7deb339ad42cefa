"""From an API body to the order the flows take, and back to what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from core.tenancy import active_merchant_id
from flows.intake import Received, receive_orders
from orders.api.shapes import HOLD, LINE, ORDER
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import Channel
from orders.services import NewOrder, ensure_channel


def parsed_order(body: Mapping[str, Any]) -> ParsedOrder:
    """Return a validated body as the order that files give, too."""
    address = body["address"]
    streets = (address["street_1"], address["street_2"], address["street_3"])
    return ParsedOrder(
        external_order=body["external_order"],
        placed_at=body["placed_at"],
        paid_at=body["paid_at"],
        ship_by=body["ship_by"],
        currency=body["currency"],
        shipping_price=body["shipping_price"],
        recipient_name=address["name"],
        company=address["company"],
        street_lines=tuple(line for line in streets if line),
        city=address["city"],
        region=address["region"],
        postal_code=address["postal_code"],
        country=address["country"],
        phone=body["phone"],
        email=body["email"],
        recipient_id=body["recipient_id"],
        service_level=body["service_level"],
        note=body["note"],
        lines=tuple(_lines(body["lines"])),
    )


def _lines(lines: Sequence[Mapping[str, Any]]) -> Sequence[ParsedLine]:
    """Number lines that have no number of their own as files do: `SKU#n`."""
    taken = {line["external_line"] for line in lines}
    parsed = []
    for row, line in enumerate(lines, start=1):
        number, count = line["external_line"], 0
        while not number:
            count += 1
            candidate = f"{line['sku']}#{count}"
            if candidate not in taken:
                number = candidate
                taken.add(number)
        parsed.append(
            ParsedLine(
                row=row,
                external_line=number,
                sku=line["sku"],
                title=line["title"],
                quantity=line["quantity"],
                unit_price=line["unit_price"],
            )
        )
    return parsed


def receive(*, orders: Sequence[ParsedOrder], channel: str, actor: str, now: datetime) -> Received:
    """Check and insert orders of one API channel in the active block."""
    return receive_orders(orders=orders, channel=channel_named(channel, now), actor=actor, now=now)


def channel_named(name: str, now: datetime) -> Channel:
    """Return the active merchant's API channel of that name; a known one costs no query."""
    known = _known_channel(active_merchant_id(), name)
    if known:
        return known[0]
    channel = ensure_channel(kind=Channel.Kind.API, name=name, now=now)
    transaction.on_commit(lambda: _remember(channel))
    return channel


@lru_cache(maxsize=10_000)
def _known_channel(merchant_id: int, name: str) -> list[Channel]:  # noqa: ARG001 - the cache's key
    """Hold one channel at most; a list, so that it can be filled once its row is committed."""
    return []


def _remember(channel: Channel) -> None:
    _known_channel(channel.merchant_id, channel.name)[:] = [channel]


def present_new(new: NewOrder) -> dict[str, Any]:
    """Return a created order in the shape of `OrderAnswerShape`."""
    return {
        **ORDER.to_representation(new.order),
        "lines": [LINE.to_representation(line) for line in new.lines],
        "holds": [HOLD.to_representation(hold) for hold in new.holds],
    }
