"""Buyers whose orders are to be held: put on the list by their hash, from an order or typed in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from flows.new_orders import order_facts, payload_parsed
from flows.recheck import parsed_again, recheck_orders
from orders.models import BlockKind, Order, OrderLine
from orders.rules.blocks import block_digest, typed_digest
from orders.services import block_buyer


class NothingToBlock(Exception):
    """The order, or what was typed, has nothing of that kind to recognise a buyer by."""


def block_buyer_of(*, order_id: int, kind: str, note: str, actor: str, now: datetime) -> bool:
    """Block an order's buyer by e-mail, phone or address in the active block, as the channel said.

    The order itself is checked anew. False when the buyer was blocked before. Raises
    `NothingToBlock`, `Order.DoesNotExist`, or `KeyError` for another kind.
    """
    order = Order.objects.get(pk=order_id)
    if order.said:
        said = payload_parsed(order.said)
    else:
        said = parsed_again(order, list(OrderLine.objects.filter(order=order).order_by("pk")))
    digest = block_digest(kind, order_facts(said), key=_pepper())
    if not digest:
        raise NothingToBlock(f"The order has no {kind} to recognise its buyer by.")
    is_new = block_buyer(kind=kind, digest=digest, note=note, actor=actor, now=now)
    recheck_orders(order_ids=[order_id], actor=actor, now=now)
    return is_new


def block_typed(
    *, kind: str, text: str, country: str, note: str, actor: str, now: datetime
) -> bool:
    """Block an e-mail address or a phone number of a country in the active block.

    Only its hash is kept. False when it was blocked before. Raises `NothingToBlock`.
    """
    if kind not in (BlockKind.EMAIL, BlockKind.PHONE):
        raise NothingToBlock("Addresses are blocked from an order.")
    digest = typed_digest(kind, text, country=country, key=_pepper())
    if not digest:
        raise NothingToBlock(f"That is no {kind}.")
    return block_buyer(kind=kind, digest=digest, note=note, actor=actor, now=now)


def _pepper() -> bytes:
    return str(settings.KEY_PEPPER).encode()
