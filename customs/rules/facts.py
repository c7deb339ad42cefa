"""The customs facts of ``customs/data``, read once, checked, and looked up by day.

Every row carries source and confidence. A row is in force from ``effective_from`` to
``effective_to``, both inclusive; an empty date is open on that side. A broken file raises
``InvalidFacts`` naming file, row, fault and remedy, so it fails at the first look-up of a deploy.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


class InvalidFacts(ValueError):
    """A data file of ours cannot be trusted. Permanent: the file must be corrected."""

    def __init__(self, file: str, row: str, fault: str, remedy: str) -> None:
        super().__init__(f"{file}, {row}: {fault}; {remedy}")


class AmbiguousRegime(LookupError):
    """More than one regime of this kind is in force; the caller must say which by ``regimes``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What every fact has: when it holds, where it comes from, how far it is trusted."""

    effective_from: date | None
    effective_to: date | None
    source: str
    confidence: str

    def in_force(self, on: date) -> bool:
        """Whether the fact holds on that day, both ends included."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on <= self.effective_to
        )

    @property
    def is_unverified(self) -> bool:
        """Nobody read the primary source, or it is not confirmed: show the mark to the user."""
        return "unverified" in self.confidence or "unconfirmed" in self.confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime(Dated):
    """One row of ``regimes.csv``; ``rate`` is a share (0.19) or an amount in ``currency``.

    ``method`` is a word instead of a rate (CIF, FOB, identifier kinds); ``unit`` says what an
    amount is charged for (per_hs6, per_parcel).
    """

    id: str
    destination: str
    rule_kind: str
    currency: str
    threshold: Decimal | None
    rate: Decimal | None
    method: str
    unit: str
    basis: str
    applies_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffRate(Dated):
    """Ad-valorem duty of a six-digit subheading in one customs territory (EU, GB, AU)."""

    id: str
    hs6: str
    destination: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Dated):
    """A named threshold of ``limits.csv`` with its unit (a currency, g, characters)."""

    name: str
    value: Decimal
    unit: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory(Dated):
    """A part of a country, by postal code, where the country's import rules do not hold."""

    destination: str
    pattern: re.Pattern[str]
    name: str
    note: str


def read_rows(name: str, *, folder: Path = DATA) -> tuple[Mapping[str, str], ...]:
    """Rows of a data file; every row must have as many cells as the head and no stray space."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = []
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise InvalidFacts(name, f"line {number}", "wrong number of cells", "quote commas")
            rows.append({key: value.strip() for key, value in row.items()})
    return tuple(rows)


def _day(name: str, row: Mapping[str, str], column: str) -> date | None:
    text = row.get(column, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidFacts(name, str(row), f"{column} {text!r} is no date", "YYYY-MM-DD") from None


def _number(name: str, row: Mapping[str, str], column: str) -> Decimal | None:
    text = row[column]
    try:
        value = Decimal(text) if text else None
    except InvalidOperation:
        raise InvalidFacts(
            name, str(row), f"{column} {text!r} is no number", "use a decimal point"
        ) from None
    if value is not None and value < 0:
        raise InvalidFacts(name, str(row), f"{column} is negative", "use 0 or more")
    return value


def _required(name: str, row: Mapping[str, str], column: str) -> Decimal:
    value = _number(name, row, column)
    if value is None:
        raise InvalidFacts(name, str(row), f"{column} is empty", "give a number")
    return value


def _provenance(name: str, row: Mapping[str, str]) -> tuple[date | None, date | None, str, str]:
    start, end = _day(name, row, "effective_from"), _day(name, row, "effective_to")
    if start and end and end < start:
        raise InvalidFacts(name, str(row), "effective_to before effective_from", "swap them")
    if not row["source"] or not row["confidence"]:
        raise InvalidFacts(name, str(row), "no source or confidence", "say where it comes from")
    return start, end, row["source"], row["confidence"]


def parse_regimes(
    rows: Iterable[Mapping[str, str]], name: str = "regimes.csv"
) -> tuple[Regime, ...]:
    """Check and type the rows of ``regimes.csv``; ids are unique."""
    found: dict[str, Regime] = {}
    for row in rows:
        start, end, source, confidence = _provenance(name, row)
        if row["id"] in found:
            raise InvalidFacts(name, row["id"], "id is used twice", "number the second one")
        if not re.fullmatch(r"[A-Z]{2}", row["destination"]):
            raise InvalidFacts(name, row["id"], "destination", "use an ISO 3166 code, XI or EU")
        found[row["id"]] = Regime(
            id=row["id"],
            destination=row["destination"],
            rule_kind=row["rule_kind"],
            effective_from=start,
            effective_to=end,
            currency=row["currency"],
            threshold=_number(name, row, "threshold"),
            rate=_number(name, row, "rate"),
            method=row["method"],
            unit=row["unit"],
            basis=row["basis"],
            applies_to=row["applies_to"],
            source=source,
            confidence=confidence,
        )
    return tuple(found.values())


@lru_cache(maxsize=1)
def all_regimes() -> tuple[Regime, ...]:
    """Every row of ``regimes.csv``."""
    return parse_regimes(read_rows("regimes.csv"))


@lru_cache(maxsize=1)
def _regimes_by_kind() -> Mapping[tuple[str, str], tuple[Regime, ...]]:
    grouped: dict[tuple[str, str], list[Regime]] = {}
    for row in all_regimes():
        grouped.setdefault((row.destination, row.rule_kind), []).append(row)
    return {key: tuple(rows) for key, rows in grouped.items()}


def regimes(destination: str, kind: str, on: date) -> tuple[Regime, ...]:
    """Rows of one kind in force in exactly this destination (``EU`` for the Union's own)."""
    return tuple(row for row in _regimes_by_kind().get((destination, kind), ()) if row.in_force(on))


def regime(destination: str, kind: str, on: date) -> Regime | None:
    """The one row in force; a member state without its own row takes the Union's.

    Raises AmbiguousRegime where the destination has several at once (by origin, mode or goods).
    """
    found = regimes(destination, kind, on)
    if not found and is_eu_member(destination):
        found = regimes("EU", kind, on)
    if len(found) > 1:
        raise AmbiguousRegime(f"{destination} {kind} on {on}: " + ", ".join(r.id for r in found))
    return found[0] if found else None


@lru_cache(maxsize=1)
def eu_members() -> frozenset[str]:
    """ISO codes of the member states (GR, not EL)."""
    return frozenset(row["country"] for row in read_rows("eu_members.csv"))


def is_eu_member(country: str) -> bool:
    """Whether the country is a member state of the Union."""
    return country in eu_members()


@lru_cache(maxsize=1)
def _tariff_rates() -> Mapping[tuple[str, str], tuple[TariffRate, ...]]:
    name = "tariff_rates.csv"
    grouped: dict[tuple[str, str], list[TariffRate]] = {}
    for row in read_rows(name):
        start, end, source, confidence = _provenance(name, row)
        fact = TariffRate(
            id=row["id"],
            hs6=row["hs6"],
            destination=row["destination"],
            rate=_required(name, row, "rate"),
            effective_from=start,
            effective_to=end,
            source=source,
            confidence=confidence,
        )
        grouped.setdefault((fact.destination, fact.hs6), []).append(fact)
    return {key: tuple(rows) for key, rows in grouped.items()}


def tariff_rate(territory: str, hs_code: str, on: date) -> TariffRate | None:
    """The held duty rate of the code's first six digits, or None: never a guess."""
    for row in _tariff_rates().get((territory, hs_code[:6]), ()):
        if row.in_force(on):
            return row
    return None


@lru_cache(maxsize=1)
def _limits() -> tuple[Limit, ...]:
    name = "limits.csv"
    found = []
    for row in read_rows(name):
        start, end, source, confidence = _provenance(name, row)
        found.append(
            Limit(
                name=row["name"],
                value=_required(name, row, "value"),
                unit=row["unit"],
                note=row["note"],
                effective_from=start,
                effective_to=end,
                source=source,
                confidence=confidence,
            )
        )
    return tuple(found)


def limit(name: str, on: date) -> Limit | None:
    """The named limit in force on that day, or None before it began."""
    return next((row for row in _limits() if row.name == name and row.in_force(on)), None)


@lru_cache(maxsize=1)
def _goods_classes() -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for row in read_rows("goods_classes.csv"):
        grouped.setdefault(row["goods_class"], []).append(row["hs_prefix"])
    return {name: tuple(prefixes) for name, prefixes in grouped.items()}


def is_of_class(goods_class: str, hs_code: str) -> bool:
    """Whether the code falls in a class of ``goods_classes.csv`` (excise, perfume, reduced_vat)."""
    return hs_code.startswith(_goods_classes()[goods_class])


@lru_cache(maxsize=1)
def _territories() -> tuple[Territory, ...]:
    return tuple(
        Territory(
            destination=row["destination"],
            pattern=re.compile(rf"(?:{row['postal_code_pattern']})"),
            name=row["territory"],
            note=row["note"],
            effective_from=None,
            effective_to=None,
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in read_rows("excluded_territories.csv")
    )


def excluded_territory(destination: str, postal_code: str) -> Territory | None:
    """The part of the country with other import rules that this postal code lies in, if any."""
    code = postal_code.replace(" ", "").upper()
    for row in _territories():
        if row.destination == destination and row.pattern.match(code):
            return row
    return None
