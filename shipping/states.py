"""The moves a booking may make."""

from __future__ import annotations

from core.states import Moves
from shipping.models import BookingStatus as S

BOOKING_MOVES: Moves = {
    S.PLANNED: frozenset({S.SENDING, S.VOIDED}),
    S.SENDING: frozenset({S.BOOKED, S.REFUSED, S.UNCLEAR}),
    S.UNCLEAR: frozenset({S.BOOKED, S.REFUSED}),
    S.BOOKED: frozenset({S.VOIDED}),
    S.REFUSED: frozenset(),
    S.VOIDED: frozenset(),
}
