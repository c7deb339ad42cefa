"""Dated limits of the floor: ``warehouse/data/station_rules.csv``."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from warehouse.rules.gs1 import DATA


def double_press_within(on: date) -> int:
    """Milliseconds within which a second reading of the same code is the same press."""
    return _value("double_press_within", on)


def cross_aisle_from_last_bin(on: date) -> int:
    """Millimetres from the middle of an aisle's last bin to the middle of its cross aisle."""
    return _value("cross_aisle_from_last_bin", on)


def carton_fill_percent(on: date) -> int:
    """How much of a merchant's carton goods may take up; the operator's say it themselves."""
    return _value("carton_fill", on)


def cover_window_days(on: date) -> int:
    """Over so many days back what was shipped is counted, to tell how long stock lasts."""
    return _value("cover_window", on)


def low_cover_days(on: date) -> int:
    """Stock that lasts fewer days than this is low."""
    return _value("low_cover", on)


def _value(wanted: str, on: date) -> int:
    for rule, value in in_force(_rules(), on):
        if rule == wanted:
            return value
    raise LookupError(f"station_rules.csv: no {wanted} in force on {on.isoformat()}")


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[tuple[str, int]], ...]:
    return read_dated(
        DATA / "station_rules.csv", lambda columns: (columns["rule"], int(columns["value"]))
    )
