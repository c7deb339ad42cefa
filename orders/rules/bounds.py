"""The operator's bounds for intake, from ``orders/data/intake_bounds.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "intake_bounds.json"


@dataclass(frozen=True, slots=True)
class ModeBound:
    """Where a mode of shipping is the sensible one: for which kinds, up to which classes."""

    mode: str
    kinds: frozenset[str]
    weight_bands: frozenset[str]
    size_bands: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """``zone_of``: ISO country → zone. Bands are in ascending order; ``None`` has no upper end."""

    lowest_price_share: Decimal
    highest_price_share: Decimal
    duplicate_window_hours: int
    weight_bands: tuple[tuple[str, int | None], ...]
    size_bands: tuple[tuple[str, int | None, int | None], ...]
    zone_of: Mapping[str, str]
    modes: tuple[ModeBound, ...]


@cache
def bounds() -> Bounds:
    """The bounds in force."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return Bounds(
        lowest_price_share=Decimal(data["price_to_value"]["lowest"]),
        highest_price_share=Decimal(data["price_to_value"]["highest"]),
        duplicate_window_hours=data["duplicate_window_hours"],
        weight_bands=tuple((band["code"], band["up_to"]) for band in data["weight_bands_g"]),
        size_bands=tuple((b["code"], b["longest"], b["sum"]) for b in data["size_bands_mm"]),
        zone_of={code: zone for zone, codes in data["zones"].items() for code in codes},
        modes=tuple(
            ModeBound(
                mode=each["mode"],
                kinds=frozenset(each["kinds"]),
                weight_bands=frozenset(each["weight_bands"]),
                size_bands=frozenset(each["size_bands"]),
            )
            for each in data["modes"]
        ),
    )
