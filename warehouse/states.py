"""The moves a parcel may make inside the house, and a supplier's request outside of it."""

from __future__ import annotations

from core.states import Moves
from warehouse.models import Parcel
from warehouse.models.supply import RequestStatus

S = Parcel.Status

PARCEL_MOVES: Moves = {
    S.PLANNED: frozenset({S.PACKED, S.CANCELLED}),
    S.PACKED: frozenset({S.HANDED_OVER, S.CANCELLED}),
    S.HANDED_OVER: frozenset(),
    S.CANCELLED: frozenset(),
}

R = RequestStatus

REQUEST_MOVES: Moves = {
    R.DRAFT: frozenset({R.SENT, R.CLOSED}),
    R.SENT: frozenset({R.ACCEPTED, R.REFUSED, R.SHIPPED, R.RECEIVED}),
    R.ACCEPTED: frozenset({R.REFUSED, R.SHIPPED, R.RECEIVED}),
    R.SHIPPED: frozenset({R.RECEIVED, R.CLOSED}),
    R.REFUSED: frozenset(),
    R.RECEIVED: frozenset(),
    R.CLOSED: frozenset(),
}
