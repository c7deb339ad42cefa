"""The moves an order may make."""

from __future__ import annotations

from core.states import Moves
from orders.models import OrderStatus as S

MOVES: Moves = {
    S.RECEIVED: frozenset({S.HELD, S.ACCEPTED, S.CANCELLED}),
    S.HELD: frozenset({S.ACCEPTED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.HELD, S.ALLOCATED, S.BACKORDERED, S.CANCELLED}),
    S.BACKORDERED: frozenset({S.HELD, S.ALLOCATED, S.CANCELLED}),
    S.ALLOCATED: frozenset({S.HELD, S.ACCEPTED, S.PACKED, S.CANCELLED}),
    S.PACKED: frozenset({S.SHIPPED}),
    S.SHIPPED: frozenset({S.DELIVERED, S.LOST}),
    S.LOST: frozenset({S.DELIVERED}),
    S.DELIVERED: frozenset(),
    S.CANCELLED: frozenset(),
}
