"""The carton a parcel is expected to need, before anybody has packed it.

The smallest carton into which the goods can be laid in three dimensions (``fitting.py``), turned
only as their nature allows, with padding around them, and within what some service to the
destination takes. Goods too many to be laid one by one are estimated by longest sides and volume,
and the answer says so. A carton may be filled to a share of its inside; the rest is air.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from core.sentences import Sentence, gettext_noop
from warehouse.rules.fitting import Box, Sides, TooManySteps, lay
from warehouse.rules.gs1 import DATA
from warehouse.rules.natures import NatureRule, instructions


@dataclass(frozen=True, slots=True, kw_only=True)
class PackItem:
    """Units of one product: sides in millimetres, weight of one unit in grams."""

    sku: str
    quantity: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    nature: str = "general"

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
    """A carton on the shelf as it stands: length, width, height; inner ones hold the goods."""

    code: str
    name: str
    inner: Sides
    outer: Sides
    tare_g: int
    max_gross_g: int
    fill_percent: int
    material: str = "corrugated"

    @property
    def usable_mm3(self) -> int:
        """The volume that goods may take up."""
        return self.inner[0] * self.inner[1] * self.inner[2] * self.fill_percent // 100

    @property
    def outer_mm3(self) -> int:
        """The volume that is shipped."""
        return self.outer[0] * self.outer[1] * self.outer[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """What one service takes; ``divisor`` is cubic centimetres for a kilogram, None for none."""

    name: str
    max_weight_g: int
    sides: Sides
    max_sum_mm: int | None
    divisor: int | None

    def take(self, outer: Sides, gross_g: int) -> bool:
        """True for a parcel of this size and weight, turned as it fits best."""
        return (
            gross_g <= self.max_weight_g
            and all(
                side <= limit
                for side, limit in zip(_longest_first(outer), _longest_first(self.sides),
                                       strict=True)
            )
            and (self.max_sum_mm is None or sum(outer) <= self.max_sum_mm)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CartonSuggestion:
    """What the parcel will probably be: outer sides in millimetres, gross weight in grams.

    ``carton_code`` is empty when nothing on the shelf fits; the size is then that of the goods
    stacked on their broadest face, and the weight theirs alone. ``notes`` are for the packer.
    """

    carton_code: str
    length_mm: int
    width_mm: int
    height_mm: int
    gross_weight_g: int
    filled_percent: int
    reason: Sentence
    notes: tuple[Sentence, ...] = ()


ON_TOP_BY_HAND = Sentence(
    "fragile_below",
    gettext_noop("No way was found that keeps fragile pieces on top: lay them on top by hand."),
)


@dataclass(frozen=True, slots=True)
class _Load:
    """The goods of one parcel, summed up."""

    items: tuple[PackItem, ...]
    rules: tuple[NatureRule, ...]
    upright: frozenset[str]
    is_stacked_anyhow: bool = False
    """No way was found that spares what is delicate: it is left to the packer."""

    @property
    def volume(self) -> int:
        return sum(item.volume_mm3 for item in self.items)

    @property
    def weight_g(self) -> int:
        return sum(item.weight_g * item.quantity for item in self.items)

    @property
    def padding_mm(self) -> int:
        return max((rule.padding_mm for rule in self.rules), default=0)

    @property
    def boxes(self) -> tuple[Box, ...]:
        bears = self.bears
        return tuple(
            Box(
                (item.length_mm, item.width_mm, item.height_mm),
                item.nature in self.upright,
                weight_g=item.weight_g if bears else 0,
                bears_g=bears.get(item.nature),
            )
            for item in self.items
            for _unit in range(item.quantity)
        )

    @property
    def bears(self) -> Mapping[str, int]:
        """What may lie above a piece, by nature; nothing where it is alone."""
        if sum(item.quantity for item in self.items) < 2 or self.is_stacked_anyhow:
            return {}
        return {rule.nature: rule.bears_g for rule in self.rules if rule.bears_g is not None}

    @property
    def is_double_boxed(self) -> bool:
        limits = {
            rule.nature: rule.double_box_above_g
            for rule in self.rules
            if rule.double_box_above_g is not None
        }
        return any(
            item.nature in limits and item.weight_g > limits[item.nature] for item in self.items
        )


def suggest_carton(
    items: Sequence[PackItem],
    cartons: Iterable[Carton],
    *,
    natures: Mapping[str, NatureRule] | None = None,
    limits: Sequence[ServiceLimits] = (),
) -> CartonSuggestion:
    """The smallest carton (by outer volume) that takes the goods; raises ValueError without any.

    With `limits` a carton counts only when one of the services takes it; where none of those fits,
    the smallest that fits is suggested and the notes say so.
    """
    if not items:
        raise ValueError("items: nothing to pack")
    found = natures or {}
    rules = tuple(found[nature] for nature in sorted({item.nature for item in items} & set(found)))
    upright = frozenset(rule.nature for rule in rules if rule.is_upright)
    load = _Load(tuple(items), rules, upright)
    by_size = sorted(cartons, key=lambda one: (one.outer_mm3, one.code))
    if any(rule.carton_only for rule in rules):
        by_size = [one for one in by_size if one.material != "padded_mailer"]
    told = instructions(rules)
    if load.bears:
        text = gettext_noop("Lay nothing heavier than {limit} g on a fragile piece.")
        told = (*told, Sentence("bears", text, {"limit": str(min(load.bears.values()))}))
    candidates = list(_weighed(load, by_size))
    taken = [
        (carton, gross_g)
        for carton, gross_g in candidates
        if not limits or any(each.take(carton.outer, gross_g) for each in limits)
    ]
    beyond = [each for each in candidates if each not in taken]
    try:
        fits = _first_laid(load, taken)
        if fits is None and load.bears:
            fits = _first_laid(replace(load, is_stacked_anyhow=True), taken)
            told = (ON_TOP_BY_HAND, *told) if fits else told
        fits_beyond = None if fits else _first_laid(load, beyond)
    except TooManySteps:
        fits, fits_beyond = next(iter(taken), None), next(iter(beyond), None)
        told = (Sentence("estimated", gettext_noop(
            "Estimated by volume and longest side: too many pieces to lay out one by one."
        )), *told)  # fmt: skip
    if fits is not None:
        return _in_carton(*fits, load=load, limits=limits, told=told, by_size=by_size)
    if fits_beyond is not None:
        told = (Sentence("beyond_limits", gettext_noop(
            "No service to this destination takes the carton: split the order or ask."
        )), *told)  # fmt: skip
        return _in_carton(*fits_beyond, load=load, limits=(), told=told, by_size=by_size)
    longest = tuple(max(item.sides[n] for item in items) for n in range(3))
    return _without_carton(
        items, longest=longest, volume=load.volume, weight_g=load.weight_g, notes=told
    )


def describe_carton(
    items: Sequence[PackItem],
    carton: Carton,
    *,
    natures: Mapping[str, NatureRule],
    limits: Sequence[ServiceLimits] = (),
) -> CartonSuggestion:
    """What a parcel is in a carton that a person took: size, gross weight, and how to pack it.

    Nobody is told that it does not fit: whoever took it saw the goods.
    """
    kinds = sorted({item.nature for item in items} & set(natures))
    load = _Load(tuple(items), tuple(natures[kind] for kind in kinds), frozenset())
    gross_g = load.weight_g + carton.tare_g
    length, width, height = _longest_first(carton.outer)
    inside = carton.inner[0] * carton.inner[1] * carton.inner[2]
    return CartonSuggestion(
        carton_code=carton.code,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        gross_weight_g=gross_g,
        filled_percent=-(-load.volume * 100 // inside),
        reason=Sentence(
            "taken", gettext_noop("{carton} was taken by the packer: {gross} g with the goods."),
            {"carton": carton.name, "gross": str(gross_g)},
        ),
        notes=(*_volumetric(carton, gross_g, limits), *instructions(load.rules)),
    )  # fmt: skip


def cartons_on(on: date) -> tuple[Carton, ...]:
    """The operator's carton list in force on that day."""
    return in_force(_cartons(), on)


def _first_laid(load: _Load, candidates: Iterable[tuple[Carton, int]]) -> tuple[Carton, int] | None:
    """The first carton into which the goods can be laid."""
    return next((each for each in candidates if _is_laid(load, each[0])), None)


def _weighed(load: _Load, by_size: Iterable[Carton]) -> Iterable[tuple[Carton, int]]:
    """The cartons that volume, longest sides and weight allow."""
    for carton in by_size:
        inner = _longest_first(_padded(carton, load))
        gross_g = load.weight_g + carton.tare_g
        sides_fit = all(
            side <= room
            for item in load.items
            for side, room in zip(item.sides, inner, strict=True)
        )
        if sides_fit and load.volume <= carton.usable_mm3 and gross_g <= carton.max_gross_g:
            yield carton, gross_g


def _is_laid(load: _Load, carton: Carton) -> bool:
    return lay(load.boxes, _padded(carton, load)) is not None


def _padded(carton: Carton, load: _Load) -> Sides:
    length, width, height = (side - 2 * load.padding_mm for side in carton.inner)
    return length, width, height


def _longest_first(sides: Sides) -> Sides:
    length, width, height = sorted(sides, reverse=True)
    return length, width, height


def _outer_around(inside: Carton, load: _Load, by_size: Sequence[Carton]) -> Carton | None:
    """The smallest carton that takes another with the padding around it."""
    for carton in by_size:
        room = _longest_first(_padded(carton, load))
        gross_g = load.weight_g + inside.tare_g + carton.tare_g
        fits = all(a <= b for a, b in zip(_longest_first(inside.outer), room, strict=True))
        if fits and carton.code != inside.code and gross_g <= carton.max_gross_g:
            return carton
    return None


def _in_carton(
    carton: Carton,
    gross_g: int,
    *,
    load: _Load,
    limits: Sequence[ServiceLimits],
    told: tuple[Sentence, ...],
    by_size: Sequence[Carton],
) -> CartonSuggestion:
    inside = carton.inner[0] * carton.inner[1] * carton.inner[2]
    filled = -(-load.volume * 100 // inside)
    reason = Sentence(
        "smallest_that_fits",
        gettext_noop("{carton} is the smallest that fits: filled to {filled} %, {gross} g."),
        {"carton": carton.name, "filled": str(filled), "gross": str(gross_g)},
    )
    shipped = carton
    if load.is_double_boxed:
        around = _outer_around(carton, load, by_size)
        if around is not None and limits:
            gross_both = gross_g + around.tare_g
            if not any(each.take(around.outer, gross_both) for each in limits):
                around = None
        if around is None:
            told = (Sentence("no_double_box", gettext_noop(
                "It should be boxed twice, but no carton takes it so: cushion it well."
            )), *told)  # fmt: skip
        else:
            shipped, gross_g = around, gross_g + around.tare_g
            told = (Sentence("double_box", gettext_noop(
                "Box it twice: {inner} inside {outer}."
            ), {"inner": carton.name, "outer": around.name}), *told)  # fmt: skip
    length, width, height = _longest_first(shipped.outer)
    return CartonSuggestion(
        carton_code=shipped.code,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        gross_weight_g=gross_g,
        filled_percent=filled,
        reason=reason,
        notes=(*_volumetric(shipped, gross_g, limits), *told),
    )


def _volumetric(
    carton: Carton, gross_g: int, limits: Sequence[ServiceLimits]
) -> tuple[Sentence, ...]:
    """What the size counts for with the service that counts size most."""
    counting = [
        (each.divisor, each.name)
        for each in limits
        if each.divisor is not None and each.take(carton.outer, gross_g)
    ]
    if not counting:
        return ()
    divisor, service = min(counting)
    return (
        Sentence(
            "volumetric",
            gettext_noop("Its size counts for {volumetric} g with {service} ({divisor} cm³/kg)."),
            {
                "volumetric": str(-(-carton.outer_mm3 // divisor)),
                "service": service,
                "divisor": str(divisor),
            },
        ),
    )


def _without_carton(
    items: Sequence[PackItem],
    *,
    longest: tuple[int, ...],
    volume: int,
    weight_g: int,
    notes: tuple[Sentence, ...],
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
        notes=notes,
    )


def _carton(columns: Mapping[str, str]) -> Carton:
    def sides(which: str) -> Sides:
        length, width, height = (
            int(columns[f"{which}_{side}_mm"]) for side in ("length", "width", "height")
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
        material=columns["material"],
    )


@lru_cache(maxsize=1)
def _cartons() -> tuple[Dated[Carton], ...]:
    return read_dated(DATA / "cartons.csv", _carton)
