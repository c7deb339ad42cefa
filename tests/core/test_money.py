from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    ExchangeRate,
    ExchangeRates,
    Money,
    NoExchangeRate,
    UnknownCurrency,
    convert,
    format_money,
    minor_units,
    reference_rates,
    round_half_up,
)

RATES = ExchangeRates(
    ExchangeRate(currency, date(2026, month, 1), Decimal(units), "test", "exact")
    for currency, month, units in [
        ("USD", 2, "1.25"),
        ("USD", 1, "1.20"),
        ("GBP", 1, "0.80"),
        ("JPY", 1, "160"),
    ]
)


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("BHD", 3)])
def test_minor_units_follow_the_currency(currency: str, places: int) -> None:
    assert minor_units(currency) == places


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("11.005", "EUR", "11.01"),
        ("-11.005", "EUR", "-11.01"),
        ("48.048", "EUR", "48.05"),
        ("99.5", "JPY", "100"),
    ],
)
def test_halves_round_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_half_up(Decimal(amount), currency)) == rounded


def test_the_rate_in_force_on_the_day_is_used_and_recorded() -> None:
    before = RATES.convert(Decimal("12.00"), "USD", "EUR", date(2026, 1, 31))
    after = RATES.convert(Decimal("12.00"), "USD", "EUR", date(2026, 2, 1))
    assert (before.amount, before.rate_date) == (Decimal("10.00"), date(2026, 1, 1))
    assert (after.amount, after.rate_date) == (Decimal("9.60"), date(2026, 2, 1))
    assert after.confidence == "exact"


def test_two_foreign_currencies_cross_through_the_euro() -> None:
    answer = RATES.convert(Decimal(100), "GBP", "JPY", date(2026, 1, 15))
    assert (answer.amount, answer.rate) == (Decimal(20000), Decimal(200))


def test_the_same_currency_needs_no_rate() -> None:
    answer = RATES.convert(Decimal(5), "CHF", "CHF", date(1999, 1, 1))
    assert (answer.amount, answer.rate, answer.source) == (Decimal(5), Decimal(1), "same currency")


def test_a_day_before_the_first_row_has_no_rate() -> None:
    with pytest.raises(NoExchangeRate, match="none for USD on 2025-12-31"):
        RATES.convert(Decimal(1), "USD", "EUR", date(2025, 12, 31))


@pytest.mark.parametrize("currency", ["EURO", "eur", "ZZZ", ""])
def test_a_code_that_is_no_currency_is_named(currency: str) -> None:
    with pytest.raises(UnknownCurrency, match="currency"):
        Money(Decimal(1), currency)


def test_a_float_is_not_money() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        Money(1.1, "EUR")  # type: ignore[arg-type]


def test_adding_two_currencies_is_an_error() -> None:
    with pytest.raises(ValueError, match="convert one of them"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_two_rates_for_one_day_are_refused() -> None:
    row = ExchangeRate("USD", date(2026, 1, 1), Decimal(1), "test", "exact")
    with pytest.raises(ValueError, match="two rates for one day"):
        ExchangeRates([row, row])


@pytest.mark.parametrize(
    ("locale", "written"),
    [("en", "€1,234.50"), ("es", "1.234,50\xa0€"), ("zh-hans", "€1,234.50")],
)
def test_amounts_are_written_as_the_reader_does(locale: str, written: str) -> None:
    assert format_money(Decimal("1234.5"), "EUR", locale) == written


def test_every_reference_rate_is_dated_for_each_month_and_marked_with_its_confidence() -> None:
    rates = reference_rates()
    assert len(rates.currencies) >= 35
    rows = [
        rates.in_force(currency, date(2026, month, 1))
        for currency in rates.currencies - {"EUR"}
        for month in range(1, 13)
    ]
    assert {(row.effective_from.day, row.confidence) for row in rows} == {(1, "unverified-high")}
    assert len({(row.currency, row.effective_from) for row in rows}) == len(rows)


@given(
    amount=st.decimals(min_value=0, max_value=100_000, places=2),
    currency=st.sampled_from(sorted(reference_rates().currencies)),
)
def test_there_and_back_loses_at_most_the_rounding(amount: Decimal, currency: str) -> None:
    on = date(2026, 11, 22)
    there = convert(amount, "EUR", currency, on)
    back = convert(there.amount, currency, "EUR", on)
    step = Decimal(1).scaleb(-minor_units(currency)) / there.rate
    assert abs(back.amount - amount) <= step + Decimal("0.01")
