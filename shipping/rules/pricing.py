"""What a service costs: chargeable weight, the zone's rate and the fuel surcharge, step by step.

Prices are rows of a rate card: a fee for each parcel, a price for each chargeable kilogram, and a
percentage of both for fuel. The standard card is ``shipping/data/rate_card_standard.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from core.money import round_half_up
from core.sentences import Sentence, gettext_noop
from shipping.rules.catalogue import DATA, Service


class NoPrice(LookupError):
    """The rate card has no row for that service, zone and weight on that day. Permanent."""

    def __init__(self, service: str, zone: str, weight_g: int, on: date) -> None:
        super().__init__(
            f"rate card: no price for {service}, zone {zone}, {weight_g} g "
            f"on {on.isoformat()}; add a row or choose another service"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """The price of a service into a zone for chargeable weights over ``weight_from_g`` and up to
    ``weight_to_g`` grams: ``base`` for each parcel, ``per_kg`` for each chargeable kilogram."""

    service: str
    zone: str
    weight_from_g: int
    weight_to_g: int
    base: Decimal
    per_kg: Decimal
    fuel_percent: Decimal
    currency: str
    effective_from: date
    effective_to: date | None = None
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """A price and how it was reached. ``amount`` is rounded to the currency's minor unit."""

    amount: Decimal
    currency: str
    chargeable_weight_g: int
    steps: tuple[Sentence, ...]


def volumetric_weight_g(
    *, length_mm: int, width_mm: int, height_mm: int, divisor: int | None
) -> int:
    """Grams a size counts for, rounded up; 0 without a divisor or a measured size.

    ``divisor`` is cubic centimetres for one kilogram, which equals cubic millimetres for one gram.
    """
    if divisor is None:
        return 0
    return -(-length_mm * width_mm * height_mm // divisor)


def price(
    rows: Iterable[RateRow],
    *,
    service: Service,
    zone: str,
    weight_g: int,
    length_mm: int,
    width_mm: int,
    height_mm: int,
    on: date,
) -> Price:
    """Price one parcel. Raises NoPrice when no row covers its chargeable weight on that day."""
    volumetric = volumetric_weight_g(
        length_mm=length_mm,
        width_mm=width_mm,
        height_mm=height_mm,
        divisor=service.volumetric_divisor,
    )
    counted = max(weight_g, volumetric)
    chargeable = -(-counted // service.weight_step_g) * service.weight_step_g
    row = _row_for(rows, service=service.code, zone=zone, weight_g=chargeable, on=on)
    freight = row.base + row.per_kg * chargeable / 1000
    fuel = freight * row.fuel_percent / 100
    amount = round_half_up(freight + fuel, row.currency)
    return Price(
        amount=amount,
        currency=row.currency,
        chargeable_weight_g=chargeable,
        steps=_steps(
            row=row,
            weight_g=weight_g,
            volumetric_g=volumetric,
            chargeable_g=chargeable,
            freight=freight,
            fuel=fuel,
            amount=amount,
        ),
    )


def _row_for(
    rows: Iterable[RateRow], *, service: str, zone: str, weight_g: int, on: date
) -> RateRow:
    for row in rows:
        if (
            (row.service, row.zone) == (service, zone)
            and row.weight_from_g < weight_g <= row.weight_to_g
            and row.effective_from <= on
            and (row.effective_to is None or on <= row.effective_to)
        ):
            return row
    raise NoPrice(service, zone, weight_g, on)


def _steps(
    *,
    row: RateRow,
    weight_g: int,
    volumetric_g: int,
    chargeable_g: int,
    freight: Decimal,
    fuel: Decimal,
    amount: Decimal,
) -> tuple[Sentence, ...]:
    currency = row.currency
    return (
        Sentence(
            "chargeable_weight",
            gettext_noop(
                "Weighs {weight} g, its size counts for {volumetric} g: charged for {chargeable} g."
            )
            # A post that asks only for the weight has no divisor: there is no size to speak of.
            if volumetric_g
            else gettext_noop("Weighs {weight} g: charged for {chargeable} g."),
            {
                "weight": str(weight_g),
                "volumetric": str(volumetric_g),
                "chargeable": str(chargeable_g),
            },
        ),
        Sentence(
            "freight",
            gettext_noop(
                "Zone {zone}: {base} {currency} and {per_kg} {currency} a kilogram make "
                "{freight} {currency}."
            ),
            {
                "zone": row.zone,
                "base": str(row.base),
                "per_kg": str(row.per_kg),
                "freight": _plain(freight),
                "currency": currency,
            },
        ),
        Sentence(
            "fuel",
            gettext_noop("Fuel surcharge of {percent} %: {fuel} {currency}."),
            {"percent": _plain(row.fuel_percent), "fuel": _plain(fuel), "currency": currency},
        ),
        Sentence(
            "total",
            gettext_noop("Together {amount} {currency}."),
            {"amount": str(amount), "currency": currency},
        ),
    )


def _plain(number: Decimal) -> str:
    """Exact, without trailing zeros or an exponent: replaying the steps gives the same amount."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rate_row(columns: Mapping[str, str]) -> RateRow:
    until = columns["effective_to"]
    return RateRow(
        service=columns["service"],
        zone=columns["zone"],
        weight_from_g=int(columns["weight_from_g"]),
        weight_to_g=int(columns["weight_to_g"]),
        base=Decimal(columns["base"]),
        per_kg=Decimal(columns["per_kg"]),
        fuel_percent=Decimal(columns["fuel_percent"]),
        currency=columns["currency"],
        effective_from=date.fromisoformat(columns["effective_from"]),
        effective_to=date.fromisoformat(until) if until else None,
        source=columns["source"],
        confidence=columns["confidence"],
    )


@lru_cache(maxsize=1)
def _standard() -> tuple[Dated[RateRow], ...]:
    return read_dated(DATA / "rate_card_standard.csv", _rate_row)


def standard_rate_card(on: date) -> tuple[RateRow, ...]:
    """The operator's default prices in force on that day."""
    return in_force(_standard(), on)
