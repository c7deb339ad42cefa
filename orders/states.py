"""The moves an order may make."""

from __future__ import annotations

from core.states import Moves
from orders.models import OrderStatus as S

AWAY = (S.SPLIT, S.MERGED)
"""Orders whose goods other orders ship: they have neither stock nor parcel."""
MOVES: Moves = {
    S.RECEIVED: frozenset({S.HELD, S.ACCEPTED, S.CANCELLED}),
    S.HELD: frozenset({S.ACCEPTED, S.CANCELLED, S.SPLIT}),
    S.ACCEPTED: frozenset({S.HELD, S.ALLOCATED, S.BACKORDERED, S.CANCELLED, *AWAY}),
    # A supplier may ship it itself.
    S.BACKORDERED: frozenset({S.HELD, S.ALLOCATED, S.SHIPPED, S.CANCELLED, *AWAY}),
    S.ALLOCATED: frozenset({S.HELD, S.ACCEPTED, S.PACKED, S.CANCELLED, *AWAY}),
    S.PACKED: frozenset({S.SHIPPED}),
    S.SHIPPED: frozenset({S.DELIVERED, S.LOST}),
    S.LOST: frozenset({S.DELIVERED}),
    S.DELIVERED: frozenset(),
    S.CANCELLED: frozenset(),
    # Undone.
    S.SPLIT: frozenset({S.ACCEPTED}),
    S.MERGED: frozenset({S.ACCEPTED}),
}
