"""Values from which customs treats a consignment otherwise are data with dates."""

from __future__ import annotations

from datetime import date

from customs.rules.thresholds import value_thresholds

ON = date(2026, 11, 26)


def amounts(country: str, on: date = ON) -> set[str]:
    return {
        f"{each.amount.normalize():f} {each.currency}" for each in value_thresholds(country, on)
    }


def test_the_lines_of_the_main_destinations() -> None:
    assert amounts("DE") == {"150 EUR"}
    assert amounts("GB") == {"135 GBP"}
    assert amounts("AU") == {"1000 AUD"}
    assert amounts("US") == {"2500 USD"}


def test_a_line_that_ended_no_longer_counts() -> None:
    assert "800 USD" in amounts("US", date(2025, 1, 1))
    assert "800 USD" not in amounts("US")


def test_a_country_without_rows_has_none() -> None:
    assert amounts("ZZ") == set()
