"""Which services can take a parcel, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.money import convert
from core.sentences import Sentence, gettext_noop
from shipping.rules.catalogue import Service, service, services


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFacts:
    """What a service needs to know of a parcel.

    Countries ISO 3166-1 alpha-2; ``battery`` is the set of kinds inside (``contained``,
    ``packed``, ``alone``; empty or ``none`` means no battery); ``ship_level`` is the channel's own
    word; ``on`` is the day of shipping. A size of 0 means not measured yet and limits nothing.
    """

    destination: str
    origin: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    value: Decimal
    currency: str
    battery: frozenset[str] = frozenset()
    has_phone: bool
    ship_level: str = ""
    on: date

    def __post_init__(self) -> None:
        if self.weight_g <= 0:
            raise ValueError(f"weight_g: {self.weight_g} must be above 0; weigh the parcel")
        if min(self.length_mm, self.width_mm, self.height_mm) < 0:
            raise ValueError("size: a side is below 0 mm; measure the parcel")

    @property
    def battery_kinds(self) -> frozenset[str]:
        """The kinds of battery inside; never contains ``none``."""
        return self.battery - {"none", ""}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a service takes the parcel; ``reasons`` holds everything that speaks against it."""

    service: Service
    ok: bool
    reasons: tuple[Sentence, ...]


def eligible_services(facts: ParcelFacts) -> list[Eligibility]:
    """Every service offered on ``facts.on`` with its verdict, in catalogue order."""
    return [_judge(service, facts) for service in services(facts.on)]


def eligibility(service_code: str, facts: ParcelFacts) -> Eligibility:
    """One service's verdict; raises UnknownService where it is not offered on ``facts.on``."""
    return _judge(service(service_code, facts.on), facts)


def _judge(service: Service, facts: ParcelFacts) -> Eligibility:
    reasons = (*_lane(service, facts), *_size(service, facts), *_contents(service, facts))
    return Eligibility(service=service, ok=not reasons, reasons=reasons)


def _lane(service: Service, facts: ParcelFacts) -> list[Sentence]:
    found = []
    if not service.leaves_from(facts.origin):
        found.append(
            Sentence(
                "origin",
                gettext_noop("{service} does not collect in {country}."),
                {"service": service.name, "country": facts.origin},
            )
        )
    if not service.goes_to(facts.destination):
        found.append(
            Sentence(
                "destination",
                gettext_noop("{service} does not deliver to {country}."),
                {"service": service.name, "country": facts.destination},
            )
        )
    if service.needs_phone and not facts.has_phone:
        found.append(
            Sentence(
                "phone",
                gettext_noop("{service} needs the buyer's telephone number."),
                {"service": service.name},
            )
        )
    return found


def _size(service: Service, facts: ParcelFacts) -> list[Sentence]:
    found = []
    if facts.weight_g > service.max_weight_g:
        found.append(
            Sentence(
                "weight",
                gettext_noop("{weight} g is over the {limit} g that {service} takes."),
                {
                    "weight": str(facts.weight_g),
                    "limit": str(service.max_weight_g),
                    "service": service.name,
                },
            )
        )
    # A parcel may be turned, so the sides are compared longest with longest.
    sides = sorted((facts.length_mm, facts.width_mm, facts.height_mm), reverse=True)
    limits = sorted(
        (service.max_length_mm, service.max_width_mm, service.max_height_mm), reverse=True
    )
    if any(side > limit for side, limit in zip(sides, limits, strict=True)):
        found.append(
            Sentence(
                "size",
                gettext_noop("{size} mm is over the {limit} mm that {service} takes."),
                {
                    "size": " × ".join(map(str, sides)),
                    "limit": " × ".join(map(str, limits)),
                    "service": service.name,
                },
            )
        )
    if service.max_sum_mm is not None and sum(sides) > service.max_sum_mm:
        found.append(
            Sentence(
                "size_sum",
                gettext_noop(
                    "Length, width and height add up to {sum} mm; {service} takes {limit} mm."
                ),
                {
                    "sum": str(sum(sides)),
                    "limit": str(service.max_sum_mm),
                    "service": service.name,
                },
            )
        )
    return found


def _contents(service: Service, facts: ParcelFacts) -> list[Sentence]:
    found = []
    refused = sorted(facts.battery_kinds - service.battery_kinds)
    if refused:
        found.append(
            Sentence(
                "battery",
                gettext_noop("{service} does not take batteries of the kind: {kinds}."),
                {"service": service.name, "kinds": ", ".join(refused)},
            )
        )
    worth = convert(facts.value, facts.currency, service.value_currency, facts.on).amount
    if worth > service.max_value:
        found.append(
            Sentence(
                "value",
                gettext_noop(
                    "The value of {value} {currency} is over the {limit} {limit_currency} "
                    "that {service} takes."
                ),
                {
                    "value": str(facts.value),
                    "currency": facts.currency,
                    "limit": str(service.max_value),
                    "limit_currency": service.value_currency,
                    "service": service.name,
                },
            )
        )
    return found
