"""The moves a parcel may make inside the house."""

from __future__ import annotations

from core.states import Moves
from warehouse.models import Parcel

S = Parcel.Status

PARCEL_MOVES: Moves = {
    S.PLANNED: frozenset({S.PACKED, S.CANCELLED}),
    S.PACKED: frozenset({S.HANDED_OVER, S.CANCELLED}),
    S.HANDED_OVER: frozenset(),
    S.CANCELLED: frozenset(),
}
