"""The services on offer and their zones, as dated data.

Sources: ``shipping/data/services.csv`` and ``shipping/data/zones.csv``, source and confidence on
each row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from core.dated import Dated, in_force, read_dated

DATA = Path(__file__).parent.parent / "data"
Mode = Literal["express", "line", "postal"]
Speed = Literal["standard", "expedited"]
DayKind = Literal["business", "calendar"]
Void = Literal["none", "not_dispatched", "call"]

EVERYWHERE = "*"


class UnknownService(LookupError):
    """No service of that code is offered on that day. Permanent: choose another."""

    def __init__(self, code: str, on: date) -> None:
        super().__init__(
            f"service: {code!r} is not offered on {on.isoformat()}; see shipping/data/services.csv"
        )


class NoZone(LookupError):
    """The service has no price zone for the country on that day. Permanent until data is added."""

    def __init__(self, service: str, country: str, on: date) -> None:
        super().__init__(
            f"zone: {service} has none for {country!r} on {on.isoformat()}; "
            "add the country to shipping/data/zones.csv"
        )


@dataclass(frozen=True, slots=True)
class Service:
    """One product of a carrier and its limits. Weights in grams, lengths in millimetres.

    ``volumetric_divisor`` is cubic centimetres for one kilogram, None where only the true weight
    counts. ``max_sum_mm`` limits length + width + height. ``void`` says how a booking ends unused:
    ``none`` (abandon it), ``not_dispatched`` (leave it out of a dispatch) or ``call``.
    """

    code: str
    name: str
    carrier: str
    tracking_vendor: str
    mode: Mode
    speed: Speed
    origins: frozenset[str]
    countries: frozenset[str]
    not_countries: frozenset[str]
    max_weight_g: int
    max_length_mm: int
    max_width_mm: int
    max_height_mm: int
    max_sum_mm: int | None
    max_value: Decimal
    value_currency: str
    battery_kinds: frozenset[str]
    volumetric_divisor: int | None
    weight_step_g: int
    tracked: bool
    needs_phone: bool
    days_min: int
    days_max: int
    day_kind: DayKind
    void: Void
    last_mile_partner: str
    s10_indicator: str
    source: str
    confidence: str

    def leaves_from(self, country: str) -> bool:
        """True when the service collects in that country."""
        return EVERYWHERE in self.origins or country in self.origins

    def goes_to(self, country: str) -> bool:
        """True when the service delivers in that country."""
        listed = EVERYWHERE in self.countries or country in self.countries
        return listed and country not in self.not_countries


def _one_of(value: str, *allowed: str) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return value


def _whole_or_none(text: str) -> int | None:
    return int(text) if text else None


def _service(columns: Mapping[str, str]) -> Service:
    return Service(
        code=columns["code"],
        name=columns["name"],
        carrier=columns["carrier"],
        tracking_vendor=columns["tracking_vendor"],
        mode=_one_of(columns["mode"], "express", "line", "postal"),  # type: ignore[arg-type]
        speed=_one_of(columns["speed"], "standard", "expedited"),  # type: ignore[arg-type]
        origins=frozenset(columns["origins"].split()),
        countries=frozenset(columns["countries"].split()),
        not_countries=frozenset(columns["not_countries"].split()),
        max_weight_g=int(columns["max_weight_g"]),
        max_length_mm=int(columns["max_length_mm"]),
        max_width_mm=int(columns["max_width_mm"]),
        max_height_mm=int(columns["max_height_mm"]),
        max_sum_mm=_whole_or_none(columns["max_sum_mm"]),
        max_value=Decimal(columns["max_value"]),
        value_currency=columns["value_currency"],
        battery_kinds=frozenset(columns["battery_kinds"].split()),
        volumetric_divisor=_whole_or_none(columns["volumetric_divisor"]),
        weight_step_g=int(columns["weight_step_g"]),
        tracked=columns["tracked"] == "yes",
        needs_phone=columns["needs_phone"] == "yes",
        days_min=int(columns["days_min"]),
        days_max=int(columns["days_max"]),
        day_kind=_one_of(columns["day_kind"], "business", "calendar"),  # type: ignore[arg-type]
        void=_one_of(columns["void"], "none", "not_dispatched", "call"),  # type: ignore[arg-type]
        last_mile_partner=columns["last_mile_partner"],
        s10_indicator=columns["s10_indicator"],
        source=columns["source"],
        confidence=columns["confidence"],
    )


@lru_cache(maxsize=1)
def _services() -> tuple[Dated[Service], ...]:
    return read_dated(DATA / "services.csv", _service)


@lru_cache(maxsize=1)
def _zones() -> tuple[Dated[tuple[str, str, str]], ...]:
    return read_dated(
        DATA / "zones.csv",
        lambda columns: (columns["service"], columns["country"], columns["zone"]),
    )


def services(on: date) -> tuple[Service, ...]:
    """Every service offered on that day, in file order."""
    return in_force(_services(), on)


def service(code: str, on: date) -> Service:
    """The service of that code on that day; raises UnknownService."""
    for offered in services(on):
        if offered.code == code:
            return offered
    raise UnknownService(code, on)


def zone_of(service_code: str, country: str, on: date) -> str:
    """The price zone of a country for a service on that day; raises NoZone."""
    zones = {listed: zone for code, listed, zone in in_force(_zones(), on) if code == service_code}
    found = zones.get(country, zones.get(EVERYWHERE))
    if found is None:
        raise NoZone(service_code, country, on)
    return found


@lru_cache(maxsize=1)
def _levels() -> tuple[Dated[tuple[str, Speed]], ...]:
    def level(columns: Mapping[str, str]) -> tuple[str, Speed]:
        return columns["word"], _one_of(columns["speed"], "standard", "expedited")  # type: ignore[return-value]

    return read_dated(DATA / "service_levels.csv", level)


def speed_wished(ship_level: str, on: date) -> Speed:
    """What a channel's service level asks for (``NextDay`` is expedited); unknown is standard."""
    compact = "".join(letter for letter in ship_level.casefold() if letter.isalpha())
    words = dict(in_force(_levels(), on))
    return max(
        (speed for word, speed in words.items() if word in compact),
        key=lambda speed: speed == "expedited",
        default="standard",
    )
