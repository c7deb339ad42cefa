"""The carton a parcel is expected to need, before anybody has packed it.

An estimate by longest sides and volume, not a packing plan: each carton of
``warehouse/data/cartons.csv`` may be filled to a share of its inside, the rest is air and padding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from core.sentences import Sentence, gettext_noop
from warehouse.rules.gs1 import DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class PackItem:
    """Units of one product: sides in millimetres, weight of one unit in grams."""

    sku: str
    quantity: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int

    def __post_init__(self) -> None:
        if min(self.quantity, self.weight_g, self.length_mm, self.width_mm, self.height_mm) <= 0:
            raise ValueError(
                f"{self.sku!r}: quantity, weight_g and the three sides must be above 0; "
                "complete the product's master data"
            )

    @property
    def sides(self) -> tuple[int, ...]:
        """Longest first."""
        return tuple(sorted((self.length_mm, self.width_mm, self.height_mm), reverse=True))

    @property
    def volume_mm3(self) -> int:
        """Of all units together."""
        return self.length_mm * self.width_mm * self.height_mm * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Carton:
    """A carton on the shelf: inner sides (longest first) hold the goods, outer ones are shipped."""

    code: str
    name: str
    inner: tuple[int, int, int]
    outer: tuple[int, int, int]
    tare_g: int
    max_gross_g: int
    fill_percent: int

    @property
    def usable_mm3(self) -> int:
        """The volume that goods may take up."""
        return self.inner[0] * self.inner[1] * self.inner[2] * self.fill_percent // 100


@dataclass(frozen=True, slots=True)
class CartonSuggestion:
    """What the parcel will probably be: outer sides in millimetres, gross weight in grams.

    ``carton_code`` is empty when nothing on the shelf fits; the size is then that of the goods
    stacked on their broadest face, and the weight theirs alone.
    """

    carton_code: str
    length_mm: int
    width_mm: int
    height_mm: int
    gross_weight_g: int
    filled_percent: int
    reason: Sentence


def suggest_carton(items: Sequence[PackItem], cartons: Iterable[Carton]) -> CartonSuggestion:
    """The smallest carton (by outer volume) that takes the goods; raises ValueError without any."""
    if not items:
        raise ValueError("items: nothing to pack")
    volume = sum(item.volume_mm3 for item in items)
    weight = sum(item.weight_g * item.quantity for item in items)
    longest = tuple(max(item.sides[n] for item in items) for n in range(3))
    by_size = sorted(
        cartons, key=lambda one: (one.outer[0] * one.outer[1] * one.outer[2], one.code)
    )
    for carton in by_size:
        fits = all(
            side <= inner
            for item in items
            for side, inner in zip(item.sides, carton.inner, strict=True)
        )
        gross = weight + carton.tare_g
        if fits and volume <= carton.usable_mm3 and gross <= carton.max_gross_g:
            return _in_carton(carton, volume=volume, gross_g=gross)
    return _without_carton(items, longest=longest, volume=volume, weight_g=weight)


def cartons_on(on: date) -> tuple[Carton, ...]:
    """The operator's carton list in force on that day."""
    return in_force(_cartons(), on)


def _in_carton(carton: Carton, *, volume: int, gross_g: int) -> CartonSuggestion:
    inside = carton.inner[0] * carton.inner[1] * carton.inner[2]
    filled = -(-volume * 100 // inside)
    return CartonSuggestion(
        carton_code=carton.code,
        length_mm=carton.outer[0],
        width_mm=carton.outer[1],
        height_mm=carton.outer[2],
        gross_weight_g=gross_g,
        filled_percent=filled,
        reason=Sentence(
            "smallest_that_fits",
            gettext_noop("{carton} is the smallest that fits: filled to {filled} %, {gross} g."),
            {"carton": carton.name, "filled": str(filled), "gross": str(gross_g)},
        ),
    )


def _without_carton(
    items: Sequence[PackItem], *, longest: tuple[int, ...], volume: int, weight_g: int
) -> CartonSuggestion:
    # One unit keeps its own shape; several are stacked as high as their volume needs.
    units = sum(item.quantity for item in items)
    height = longest[2] if units == 1 else max(longest[2], -(-volume // (longest[0] * longest[1])))
    length, width, height = sorted((longest[0], longest[1], height), reverse=True)
    return CartonSuggestion(
        carton_code="",
        length_mm=length,
        width_mm=width,
        height_mm=height,
        gross_weight_g=weight_g,
        filled_percent=100,
        reason=Sentence(
            "no_carton_fits",
            gettext_noop("No carton takes {size} mm and {weight} g: pack by hand and measure."),
            {"size": f"{length} × {width} × {height}", "weight": str(weight_g)},
        ),
    )


def _carton(columns: Mapping[str, str]) -> Carton:
    def sides(which: str) -> tuple[int, int, int]:
        length, width, height = sorted(
            (int(columns[f"{which}_{side}_mm"]) for side in ("length", "width", "height")),
            reverse=True,
        )
        return length, width, height

    return Carton(
        code=columns["code"],
        name=columns["name"],
        inner=sides("inner"),
        outer=sides("outer"),
        tare_g=int(columns["tare_g"]),
        max_gross_g=int(columns["max_gross_g"]),
        fill_percent=int(columns["fill_percent"]),
    )


@lru_cache(maxsize=1)
def _cartons() -> tuple[Dated[Carton], ...]:
    return read_dated(DATA / "cartons.csv", _carton)
