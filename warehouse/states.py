"""The moves of a parcel inside the house, a supplier's request, an inbound and a count."""

from __future__ import annotations

from core.states import Moves
from warehouse.models import CountTask, Inbound, Parcel, Reservation
from warehouse.models.printing import PrintJobStatus
from warehouse.models.supply import RequestStatus

LIVE = (Reservation.Status.RESERVED, Reservation.Status.PICKED)
"""Reservations whose pieces still lie in their bin: `reserved` of a balance is their sum."""

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

B = Inbound.Status

INBOUND_MOVES: Moves = {
    B.ANNOUNCED: frozenset({B.RECEIVING, B.CANCELLED}),
    B.RECEIVING: frozenset({B.RECEIVED}),
    # More may come of it until it is put away.
    B.RECEIVED: frozenset({B.RECEIVING, B.PUT_AWAY}),
    B.PUT_AWAY: frozenset(),
    B.CANCELLED: frozenset(),
}

C = CountTask.Status

COUNT_MOVES: Moves = {
    C.OPEN: frozenset({C.COUNTING}),
    C.COUNTING: frozenset({C.OPEN, C.SECOND, C.DECIDE, C.DONE}),
    C.SECOND: frozenset({C.COUNTING}),
    C.DECIDE: frozenset({C.OPEN, C.DONE}),
    C.DONE: frozenset(),
}

J = PrintJobStatus

PRINT_MOVES: Moves = {
    J.WAITING: frozenset({J.QUEUED, J.WITHDRAWN}),
    J.QUEUED: frozenset({J.SENT, J.FAILED, J.WITHDRAWN}),
    J.SENT: frozenset({J.CONFIRMED, J.FAILED, J.QUEUED, J.WITHDRAWN}),
    J.CONFIRMED: frozenset({J.WITHDRAWN}),
    J.FAILED: frozenset({J.QUEUED, J.WITHDRAWN}),
    J.WITHDRAWN: frozenset(),
}
"""Back to queued goes only what certainly was not printed."""
