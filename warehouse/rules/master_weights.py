"""Which services take a parcel by what its products are said to weigh, without a scale."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from warehouse.rules.gs1 import DATA


def takes_master_weight(service_code: str, on: date) -> bool:
    """Tell whether a parcel of the service may close without a scale; an unknown service: no."""
    return any(allowed for code, allowed in in_force(_rows(), on) if code == service_code)


@lru_cache(maxsize=1)
def _rows() -> tuple[Dated[tuple[str, bool]], ...]:
    return read_dated(
        DATA / "master_weights.csv",
        lambda columns: (columns["service"], columns["allowed"] == "yes"),
    )
