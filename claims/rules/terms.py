"""The dated terms of a claim: its limit and its last day, by service and kind.

Rows of ``claims/data/limits.csv`` (``*`` for any other service); the row in force on the day the
carrier accepted the parcel holds. What proof a kind needs is in ``claims/data/evidence.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.money import check_currency, convert, round_half_up
from core.sentences import Sentence, gettext_noop

DATA = Path(__file__).resolve().parents[1] / "data"
KINDS = ("loss", "damage", "delay")


class InvalidClaim(ValueError):
    """The claim makes no sense. Permanent: names the field, the fault and the remedy."""

    def __init__(self, field_name: str, fault: str, remedy: str) -> None:
        super().__init__(f"{field_name}: {fault}; {remedy}")
        self.field, self.fault, self.remedy = field_name, fault, remedy


class NoClaimTerms(LookupError):
    """No row of ``limits.csv`` holds for this service, kind and day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One row of ``limits.csv``: ``basis`` is ``per_kg``, ``fixed`` or ``none``."""

    service_code: str
    kind: str
    effective_from: date
    effective_to: date | None
    basis: str
    amount: Decimal
    currency: str
    filing_days: int
    filing_from: str
    silence_days: int | None
    rule: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that can be paid, in the claim's currency, and how it came about."""

    amount: Decimal
    currency: str
    rule: str
    source: str
    confidence: str
    steps: tuple[Sentence, ...]

    def as_dict(self) -> Mapping[str, Any]:
        """Plain data for a JSON column."""
        return {
            "amount": str(self.amount),
            "currency": self.currency,
            "rule": self.rule,
            "source": self.source,
            "confidence": self.confidence,
            "steps": [step.as_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day to file; None while the day it counts from has not come (not delivered yet)."""

    last_day: date | None
    counted_from: str
    days: int
    source: str
    confidence: str


def check_kind(kind: str) -> None:
    """Refuse a kind that is none of ours; raises InvalidClaim."""
    if kind not in KINDS:
        raise InvalidClaim("kind", f"{kind!r} is none", "use one of " + ", ".join(KINDS))


@lru_cache(maxsize=1)
def all_terms() -> tuple[Terms, ...]:
    """Every row of ``limits.csv``."""
    with (DATA / "limits.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Terms(
                service_code=row["service_code"],
                kind=row["kind"],
                effective_from=date.fromisoformat(row["effective_from"]),
                effective_to=date.fromisoformat(row["effective_to"])
                if row["effective_to"]
                else None,
                basis=row["basis"],
                amount=Decimal(row["per_kg"] if row["basis"] == "per_kg" else row["amount"]),
                currency=check_currency(row["currency"]),
                filing_days=int(row["filing_days"]),
                filing_from=row["filing_from"],
                silence_days=int(row["silence_days"]) if row["silence_days"] else None,
                rule=row["rule"],
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _evidence() -> Mapping[str, tuple[str, ...]]:
    with (DATA / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {kind: tuple(r["evidence"] for r in rows if r["kind"] == kind) for kind in KINDS}


def required_evidence(kind: str) -> tuple[str, ...]:
    """Codes of the proof this kind of claim needs."""
    check_kind(kind)
    return _evidence()[kind]


def terms(service_code: str, kind: str, on: date) -> Terms:
    """The row in force that day: the service's own, else the general one; raises NoClaimTerms."""
    check_kind(kind)
    for code in (service_code, "*"):
        for row in all_terms():
            is_in_force = row.effective_from <= on <= (row.effective_to or date.max)
            if row.service_code == code and row.kind == kind and is_in_force:
                return row
    raise NoClaimTerms(f"claim terms: none for {service_code} {kind} on {on.isoformat()}")


def claim_limit(
    service_code: str,
    kind: str,
    *,
    declared_value: Decimal,
    currency: str,
    weight_g: int,
    on: date,
) -> Limit:
    """The lower of declared value and the service's limit, in ``currency``.

    ``on`` is the day the carrier accepted the parcel. Raises NoClaimTerms or NoExchangeRate.
    """
    row = terms(service_code, kind, on)
    most = row.amount * weight_g / 1000 if row.basis == "per_kg" else row.amount
    converted = convert(most, row.currency, currency, on)
    amount = min(round_half_up(declared_value, currency), converted.amount)
    steps = [
        Sentence(
            "service_limit",
            gettext_noop("{rule}, {weight} g: {most} {most_currency} = {limit} {currency}"),
            {
                "rule": row.rule,
                "weight": str(weight_g),
                "most": f"{most.normalize():f}",
                "most_currency": row.currency,
                "limit": f"{converted.amount:f}",
                "currency": currency,
            },
        ),
        Sentence(
            "limit",
            gettext_noop("the lower of {limit} and the declared value {declared} is {amount}"),
            {
                "limit": f"{converted.amount:f}",
                "declared": f"{declared_value:f}",
                "amount": f"{amount:f}",
            },
        ),
    ]
    return Limit(
        amount=amount,
        currency=currency,
        rule=row.rule,
        source=row.source,
        confidence=row.confidence
        if row.currency == currency
        else f"{row.confidence} | rate {converted.confidence}",
        steps=tuple(steps),
    )


def filing_deadline(
    service_code: str, kind: str, *, accepted_on: date, delivered_on: date | None
) -> Deadline:
    """The last day on which this claim may be filed; raises NoClaimTerms."""
    row = terms(service_code, kind, accepted_on)
    start = accepted_on if row.filing_from == "accepted" else delivered_on
    return Deadline(
        last_day=start + timedelta(days=row.filing_days) if start else None,
        counted_from=row.filing_from,
        days=row.filing_days,
        source=row.source,
        confidence=row.confidence,
    )
