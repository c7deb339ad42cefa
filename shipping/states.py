"""The moves a booking may make."""

from __future__ import annotations

from core.states import Moves
from shipping.models import BookingStatus as S

BOOKING_MOVES: Moves = {
    # Booked: the answer to an asking that a person had given up comes after all.
    S.PLANNED: frozenset({S.SENDING, S.VOIDED, S.BOOKED}),
    S.SENDING: frozenset({S.BOOKED, S.REFUSED, S.UNCLEAR}),
    # Planned again: a person did not find it at the carrier.
    S.UNCLEAR: frozenset({S.BOOKED, S.REFUSED, S.PLANNED}),
    S.BOOKED: frozenset({S.VOIDED}),
    S.REFUSED: frozenset(),
    S.VOIDED: frozenset(),
}
