"""A page's orders, each read for itself: one that cannot be read stops no other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from integrations.channels.base import ChannelOrder, Unread

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading a body that keeps to no contract may end in. A partner's fault is none of them."""
LONGEST_REASON = 200


def read_each(
    raws: Iterable[dict[str, Any]],
    read: Callable[[dict[str, Any]], ChannelOrder],
    *,
    number: Callable[[dict[str, Any]], str],
) -> tuple[tuple[ChannelOrder, ...], tuple[Unread, ...]]:
    """Return the orders that can be read, and those that cannot, with the reason."""
    orders, unread = [], []
    for raw in raws:
        try:
            order = read(raw)
            if not order.external_order:
                raise ValueError("an order without a number")
            orders.append(order)
        except UNREADABLE as fault:
            unread.append(Unread(number(raw), digest_of(raw), reason_of(fault)))
    return tuple(orders), tuple(unread)


def digest_of(raw: object) -> str:
    """Return the SHA-256 of a body, the same for the same body."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()


def reason_of(fault: Exception) -> str:
    """Name what reading ended in."""
    return f"{type(fault).__name__}: {fault}"[:LONGEST_REASON]
