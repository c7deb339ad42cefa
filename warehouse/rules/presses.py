"""What a station takes: one press of a scanner, a scale or a button."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press of a scanner, a scale or a button.

    ``client_id`` is unique to the press and kept on every retry; ``sequence`` counts the presses of
    a station; ``pressed_ms`` is the station's own clock, None where it does not send one.
    """

    client_id: str
    sequence: int
    raw: str
    station: str = ""
    pressed_ms: int | None = None
