"""Prices: golden cases by hand, and properties over the standard card."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.rules.catalogue import service, services, zone_of
from shipping.rules.pricing import (
    NoPrice,
    Price,
    RateRow,
    price,
    standard_rate_card,
    volumetric_weight_g,
)
from tests.shipping.rules.parcels import DAY

CARD = standard_rate_card(DAY)


def priced(code: str, zone: str, weight_g: int, size: tuple[int, int, int] = (0, 0, 0)) -> Price:
    return price(
        CARD,
        service=service(code, DAY),
        zone=zone,
        weight_g=weight_g,
        length_mm=size[0],
        width_mm=size[1],
        height_mm=size[2],
        on=DAY,
    )


def test_volumetric_weight_is_the_volume_over_the_divisor_rounded_up() -> None:
    sides = {"length_mm": 300, "width_mm": 200, "height_mm": 100}
    assert volumetric_weight_g(**sides, divisor=5000) == 1200
    assert volumetric_weight_g(**sides, divisor=8000) == 750
    assert volumetric_weight_g(**sides, divisor=None) == 0
    assert volumetric_weight_g(length_mm=1, width_mm=1, height_mm=1, divisor=5000) == 1


def test_express_to_europe_charges_the_volume_in_half_kilograms_and_adds_fuel() -> None:
    # 1,200 g of volume -> 1,500 g; 16.00 + 8.40 x 1.5 = 28.60; x 1.245 = 35.607 -> 35.61
    found = priced("DHL_EXPRESS_WORLDWIDE", "europe", 800, (300, 200, 100))
    assert (found.amount, found.currency, found.chargeable_weight_g) == (
        Decimal("35.61"), "USD", 1500,
    )  # fmt: skip
    assert [step.code for step in found.steps] == ["chargeable_weight", "freight", "fuel", "total"]
    assert found.steps[1].text == ("Zone europe: 16.00 USD and 8.40 USD a kilogram make 28.6 USD.")


def test_postal_charges_the_true_gram() -> None:
    # 2.30 + 10.90 x 0.137 = 3.7933
    assert priced("POSTAL_SMALL_PACKET", "2", 137, (500, 200, 200)).amount == Decimal("3.79")


def test_a_weight_on_a_band_edge_belongs_to_the_lower_band() -> None:
    lower = priced("EASTLINE_STANDARD", "gb", 2000)
    upper = priced("EASTLINE_STANDARD", "gb", 2001)
    assert lower.amount == Decimal("17.91")  # (2.50 + 7.20 x 2) x 1.06 = 17.914
    assert upper.chargeable_weight_g == 2050
    assert upper.amount == Decimal("17.51")  # (2.50 + 6.84 x 2.05) x 1.06 = 17.51372


def test_a_weight_or_zone_without_a_row_is_an_error_that_names_it() -> None:
    with pytest.raises(NoPrice, match="POSTAL_SMALL_PACKET, zone 2, 2001 g"):
        priced("POSTAL_SMALL_PACKET", "2", 2001)
    with pytest.raises(NoPrice, match="zone moon"):
        priced("POSTAL_SMALL_PACKET", "moon", 100)


def test_every_lane_and_weight_a_service_takes_has_exactly_one_price() -> None:
    for one in services(DAY):
        zones = {zone_of(one.code, country, DAY) for country in (one.countries - {"*"}) or {"DE"}}
        for zone in zones:
            for weight_g in (1, one.weight_step_g, one.max_weight_g // 2, one.max_weight_g):
                covering = [
                    row for row in CARD
                    if (row.service, row.zone) == (one.code, zone)
                    and row.weight_from_g < weight_g <= row.weight_to_g
                ]  # fmt: skip
                assert len(covering) == 1, (one.code, zone, weight_g)


@given(st.integers(1, 2000), st.sampled_from(["1", "2", "3", "4"]))
def test_within_a_band_more_weight_never_costs_less(weight_g: int, zone: str) -> None:
    heavier = min(weight_g + 1, 2000)
    assert (
        priced("POSTAL_SMALL_PACKET", zone, weight_g).amount
        <= priced("POSTAL_SMALL_PACKET", zone, heavier).amount
    )


def test_a_row_counts_only_while_it_is_in_force() -> None:
    row = RateRow(
        service="POSTAL_SMALL_PACKET", zone="2", weight_from_g=0, weight_to_g=2000,
        base=Decimal(1), per_kg=Decimal(0), fuel_percent=Decimal(0), currency="USD",
        effective_from=DAY.replace(day=2),
    )  # fmt: skip
    with pytest.raises(NoPrice):
        price(
            [row], service=service("POSTAL_SMALL_PACKET", DAY), zone="2", weight_g=1,
            length_mm=0, width_mm=0, height_mm=0, on=DAY,
        )  # fmt: skip
