"""Whether a booking still holds for what a parcel turned out to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.sentences import Sentence, gettext_noop
from shipping.rules.catalogue import Service
from shipping.rules.pricing import Price
from shipping.rules.services import ParcelFacts, eligibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What a booking was made for: its service, weight and longest-first size, and its price."""

    service: Service
    weight_g: int
    sides_mm: tuple[int, int, int]
    amount: Decimal
    currency: str


def why_rebook(
    booked: Booked, facts: ParcelFacts, prices: Mapping[str, Price], *, is_other: bool
) -> tuple[Sentence, ...]:
    """Everything that speaks against the booking; empty when it stands.

    A parcel its service does not take never stands. `is_other` says that the weight or the carton
    is another than was planned: then the price and the weight on the label have to hold as well.
    """
    verdict = eligibility(booked.service.code, facts)
    if not verdict.ok:
        return verdict.reasons
    if not is_other:
        return ()
    return (*_weight(booked, facts), *_size(booked, facts), *_price(booked, prices))


def _weight(booked: Booked, facts: ParcelFacts) -> list[Sentence]:
    """The label's weight holds while it counts for the same: carriers weigh in steps."""
    step = booked.service.weight_step_g
    if -(-booked.weight_g // step) == -(-facts.weight_g // step):
        return []
    return [
        Sentence(
            "label_weight",
            gettext_noop("Its label says {booked} g, it weighs {weight} g."),
            {"booked": str(booked.weight_g), "weight": str(facts.weight_g)},
        )
    ]


def _size(booked: Booked, facts: ParcelFacts) -> list[Sentence]:
    length, width, height = sorted((facts.length_mm, facts.width_mm, facts.height_mm), reverse=True)
    if (length, width, height) == booked.sides_mm:
        return []
    return [
        Sentence(
            "label_size",
            gettext_noop("It was booked with {booked} mm and is {size} mm."),
            {
                "booked": " × ".join(map(str, booked.sides_mm)),
                "size": f"{length} × {width} × {height}",
            },
        )
    ]


def _price(booked: Booked, prices: Mapping[str, Price]) -> list[Sentence]:
    found = prices.get(booked.service.code)
    if found is None:
        return [
            Sentence(
                "no_price",
                gettext_noop("The rate card has no price for {service}."),
                {"service": booked.service.name},
            )
        ]
    if (found.amount, found.currency) == (booked.amount, booked.currency):
        return []
    return [
        Sentence(
            "price",
            gettext_noop(
                "It was priced at {booked} {booked_currency} and costs {amount} {currency}."
            ),
            {
                "booked": str(booked.amount),
                "booked_currency": booked.currency,
                "amount": str(found.amount),
                "currency": found.currency,
            },
        )
    ]
