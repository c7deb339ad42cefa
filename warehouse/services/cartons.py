"""The merchant's own cartons, and which list a parcel is planned with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from core.events import record
from core.sentences import stored
from core.tenancy import active_merchant_id
from warehouse.models import CartonType, Parcel, ParcelExtra
from warehouse.rules.cartons import Carton, CartonSuggestion, cartons_on
from warehouse.rules.station_rules import carton_fill_percent


class TooManyCartons(Exception):
    """The list is as long as it may be; retire one first."""


MOST_CARTONS = 60
"""Active ones: each is tried for each order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonFacts:
    """A carton as a person or program describes it; outer sides not below the inner ones."""

    code: str
    name: str
    material: str
    inner_length_mm: int
    inner_width_mm: int
    inner_height_mm: int
    outer_length_mm: int
    outer_width_mm: int
    outer_height_mm: int
    tare_g: int
    max_gross_g: int


def save_carton(*, facts: CartonFacts, actor: str, now: datetime) -> tuple[CartonType, bool]:
    """Add a carton or replace the one of its code; return it and whether it is new.

    A retired one comes back. Parcels planned before keep their size. Raises `TooManyCartons`.
    """
    active = CartonType.objects.filter(is_active=True).exclude(code=facts.code)
    if active.count() >= MOST_CARTONS:
        raise TooManyCartons
    carton, is_new = CartonType.objects.update_or_create(
        merchant_id=active_merchant_id(),
        code=facts.code,
        defaults={**asdict(facts), "is_active": True},
        create_defaults={**asdict(facts), "created_at": now},
    )
    record(
        kind="carton.saved", subject_kind="carton", subject_id=carton.pk, actor=actor, now=now,
        data=asdict(facts),
    )  # fmt: skip
    return carton, is_new


def retire_carton(*, carton_id: int, actor: str, now: datetime) -> bool:
    """Take a carton off the list; False when there is no such active one."""
    if not CartonType.objects.filter(pk=carton_id, is_active=True).update(is_active=False):
        return False
    record(kind="carton.retired", subject_kind="carton", subject_id=carton_id, actor=actor, now=now)
    return True


def copy_operator_cartons(*, actor: str, now: datetime) -> int:
    """Put the operator's cartons on the merchant's list, to be changed there; return how many.

    A code that is on the list, retired or not, is left as it is.
    """
    known = set(CartonType.objects.values_list("code", flat=True))
    new = [carton for carton in cartons_on(now.date()) if carton.code not in known]
    for carton in new:
        sides = {
            f"{which}_{name}_mm": side
            for which, measured in (("inner", carton.inner), ("outer", carton.outer))
            for name, side in zip(("length", "width", "height"), measured, strict=True)
        }
        save_carton(
            facts=CartonFacts(
                code=carton.code, name=carton.name, material=carton.material,
                tare_g=carton.tare_g, max_gross_g=carton.max_gross_g, **sides,
            ), actor=actor, now=now,
        )  # fmt: skip
    return len(new)


def all_cartons(on: date) -> tuple[Carton, ...]:
    """What a packer may find on the shelf: the merchant's cartons, then the operator's others."""
    own = cartons_of_merchant(on)
    known = {each.code for each in own}
    return (*own, *(each for each in cartons_on(on) if each.code not in known))


def take_carton(*, parcel: Parcel, taken: CartonSuggestion, actor: str, now: datetime) -> bool:
    """Write down which carton a packer took; False when it is the parcel's already.

    The caller holds the parcel's row. What its extras weigh stays in the expected weight.
    """
    if parcel.carton_code == taken.carton_code:
        return False
    extras_g = sum(ParcelExtra.objects.filter(parcel=parcel).values_list("weight_g", flat=True))
    before = parcel.carton_code
    parcel.carton_code = taken.carton_code
    parcel.carton_said = stored([taken.reason, *taken.notes])
    parcel.length_mm, parcel.width_mm = taken.length_mm, taken.width_mm
    parcel.height_mm = taken.height_mm
    parcel.expected_weight_g = taken.gross_weight_g + extras_g
    parcel.save(
        update_fields=[
            "carton_code",
            "carton_said",
            "length_mm",
            "width_mm",
            "height_mm",
            "expected_weight_g",
        ]
    )
    record(
        kind="parcel.carton_taken", subject_kind="order", subject_id=parcel.order_id, actor=actor,
        now=now, data={"carton": taken.carton_code, "suggested": before},
    )  # fmt: skip
    return True


def cartons_of_merchant(on: date) -> tuple[Carton, ...]:
    """The active merchant's cartons; the operator's where it has none."""
    fill = carton_fill_percent(on)
    own = tuple(
        Carton(
            code=row.code,
            name=row.name,
            inner=(row.inner_length_mm, row.inner_width_mm, row.inner_height_mm),
            outer=(row.outer_length_mm, row.outer_width_mm, row.outer_height_mm),
            tare_g=row.tare_g,
            max_gross_g=row.max_gross_g,
            fill_percent=fill,
            material=row.material,
        )
        for row in CartonType.objects.filter(is_active=True).order_by("id")
    )
    return own or cartons_on(on)
