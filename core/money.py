"""Money: amounts with a currency, rounding to the minor unit, and dated conversion.

Pure: no Django, no clock. Exchange rates come from ``core/data/exchange_rates.csv``: units of a
currency for one euro, each row in force from its date until the next row of the same currency, with
source and confidence on every row.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from babel.numbers import format_currency, get_currency_precision, is_currency

RATES_FILE = Path(__file__).parent / "data" / "exchange_rates.csv"


class UnknownCurrency(ValueError):
    """The code is not an ISO 4217 currency. Permanent: the input must change."""

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"currency: {currency!r} is not an ISO 4217 code; use three capital letters such as EUR"
        )
        self.currency = currency


class NoExchangeRate(LookupError):
    """No rate of this currency is known on that day. Permanent until the rate table is filled."""

    def __init__(self, currency: str, on: date) -> None:
        super().__init__(
            f"exchange rate: none for {currency} on {on.isoformat()}; add a row for that day"
        )
        self.currency = currency
        self.on = on


CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and its ISO 4217 currency. Never a float."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("amount: must be a Decimal, not " + type(self.amount).__name__)
        check_currency(self.currency)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(
                f"cannot add {other.currency} to {self.currency}; convert one of them first"
            )
        return Money(self.amount + other.amount, self.currency)

    def rounded(self) -> Money:
        """The same money to the currency's minor unit, halves away from zero."""
        return Money(round_half_up(self.amount, self.currency), self.currency)


@lru_cache(maxsize=256)
def check_currency(currency: str) -> str:
    """Return the code if it is an ISO 4217 currency in capitals, else raise UnknownCurrency."""
    if len(currency) != 3 or not currency.isupper() or not is_currency(currency):
        raise UnknownCurrency(currency)
    return currency


@lru_cache(maxsize=256)
def minor_units(currency: str) -> int:
    """Decimal places of the currency in use (CLDR): 2 for EUR, 0 for JPY, 3 for BHD."""
    return int(get_currency_precision(check_currency(currency)))


def round_half_up(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's minor unit, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def format_money(amount: Decimal, currency: str, locale: str = "en") -> str:
    """Write an amount as people of ``locale`` do; takes Django (``zh-hans``) and CLDR codes."""
    return str(
        format_currency(
            round_half_up(amount, currency),
            currency,
            locale=locale.replace("-", "_"),
        )
    )


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """``units_per_eur`` of ``currency``, in force from ``effective_from`` until the next row."""

    currency: str
    effective_from: date
    units_per_eur: Decimal
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted amount and everything needed to replay it.

    ``amount`` is rounded to the minor unit of ``currency``; ``rate`` is units of ``currency`` for
    one unit of ``from_currency``; ``rate_date`` is the day the older rate used came into force.
    """

    amount: Decimal
    currency: str
    rate: Decimal
    rate_date: date
    source: str
    confidence: str
    from_amount: Decimal
    from_currency: str


class ExchangeRates:
    """A dated rate table, rows in any order; two rows of one currency and day are refused."""

    def __init__(self, rows: Iterable[ExchangeRate]) -> None:
        self._rows: dict[str, list[ExchangeRate]] = {}
        for row in rows:
            if row.units_per_eur <= 0:
                raise ValueError(
                    f"units_per_eur: {row.currency} {row.effective_from} must be above 0"
                )
            self._rows.setdefault(check_currency(row.currency), []).append(row)
        for currency, found in self._rows.items():
            found.sort(key=lambda row: row.effective_from)
            days = [row.effective_from for row in found]
            if len(set(days)) != len(days):
                raise ValueError(f"effective_from: {currency} has two rates for one day; keep one")

    @classmethod
    def from_csv(cls, path: Path) -> ExchangeRates:
        """Read a file with the columns of ``core/data/exchange_rates.csv``."""
        with path.open(encoding="utf-8", newline="") as file:
            return cls(
                ExchangeRate(
                    currency=row["currency"],
                    effective_from=date.fromisoformat(row["effective_from"]),
                    units_per_eur=Decimal(row["units_per_eur"]),
                    source=row["source"],
                    confidence=row["confidence"],
                )
                for row in csv.DictReader(file)
            )

    @property
    def currencies(self) -> frozenset[str]:
        """Every currency that can be converted, the euro included."""
        return frozenset(self._rows) | {"EUR"}

    def in_force(self, currency: str, on: date) -> ExchangeRate:
        """The row of ``currency`` in force on that day; raises NoExchangeRate."""
        rows = self._rows.get(check_currency(currency), [])
        position = bisect_right([row.effective_from for row in rows], on)
        if position == 0:
            raise NoExchangeRate(currency, on)
        return rows[position - 1]

    def convert(
        self, amount: Decimal, from_currency: str, to_currency: str, on_date: date
    ) -> Converted:
        """Convert through the euro with the rates in force on that day; raises NoExchangeRate."""
        check_currency(from_currency)
        check_currency(to_currency)
        if from_currency == to_currency:
            used: list[ExchangeRate] = []
        else:
            used = [
                self.in_force(currency, on_date)
                for currency in (from_currency, to_currency)
                if currency != "EUR"
            ]
        units = {row.currency: row.units_per_eur for row in used}
        rate = units.get(to_currency, Decimal(1)) / units.get(from_currency, Decimal(1))
        return Converted(
            amount=round_half_up(amount * rate, to_currency),
            currency=to_currency,
            rate=rate.quantize(Decimal("1.0000000000")).normalize() if used else Decimal(1),
            rate_date=min((row.effective_from for row in used), default=on_date),
            source=" | ".join(dict.fromkeys(row.source for row in used)) or "same currency",
            confidence=" | ".join(dict.fromkeys(row.confidence for row in used)) or "exact",
            from_amount=amount,
            from_currency=from_currency,
        )


@lru_cache(maxsize=1)
def reference_rates() -> ExchangeRates:
    """The platform's own dated table, read once per process."""
    return ExchangeRates.from_csv(RATES_FILE)


def convert(amount: Decimal, from_currency: str, to_currency: str, on_date: date) -> Converted:
    """Convert with the platform's reference rates; raises UnknownCurrency or NoExchangeRate."""
    return reference_rates().convert(amount, from_currency, to_currency, on_date)


def smallest_coin(currency: str) -> Decimal:
    """The smallest coin that a price's column can hold."""
    try:
        return max(CENT, Decimal(1).scaleb(-minor_units(currency)))
    except UnknownCurrency:
        return CENT
