"""Who takes a parcel: every limit refuses just beyond itself, by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shipping.rules.catalogue import UnknownService, service, services, speed_wished, zone_of
from shipping.rules.services import eligible_services
from tests.shipping.rules.parcels import DAY, parcel

POSTAL, LINE, EXPRESS = "POSTAL_SMALL_PACKET", "EASTLINE_STANDARD", "DHL_EXPRESS_WORLDWIDE"
NONE, CONTAINED, PACKED, ALONE = (
    frozenset({kind}) for kind in ("none", "contained", "packed", "alone")
)


def refusals(code: str, **changes: Any) -> set[str]:
    verdict = next(one for one in eligible_services(parcel(**changes)) if one.service.code == code)
    assert verdict.ok is (not verdict.reasons)
    return {reason.code for reason in verdict.reasons}


def test_an_ordinary_parcel_goes_with_everyone() -> None:
    assert [one.service.code for one in eligible_services(parcel()) if one.ok] == [
        EXPRESS, LINE, POSTAL,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "within", "beyond", "reason"),
    [
        (POSTAL, {"weight_g": 2000}, {"weight_g": 2001}, "weight"),
        (LINE, {"weight_g": 20000}, {"weight_g": 20001}, "weight"),
        (EXPRESS, {"weight_g": 70000}, {"weight_g": 70001}, "weight"),
        (POSTAL, {"height_mm": 550}, {"height_mm": 551}, "size_sum"),
        (
            POSTAL,
            {"length_mm": 600, "width_mm": 100},
            {"length_mm": 601, "width_mm": 100},
            "size",
        ),
        (LINE, {"height_mm": 1000}, {"height_mm": 1001}, "size"),
        (POSTAL, {"value": Decimal(400)}, {"value": Decimal("400.01")}, "value"),
        (POSTAL, {"battery": NONE}, {"battery": CONTAINED}, "battery"),
        (EXPRESS, {"battery": CONTAINED}, {"battery": PACKED}, "battery"),
        (LINE, {"battery": PACKED}, {"battery": ALONE}, "battery"),
        (LINE, {"has_phone": True}, {"has_phone": False}, "phone"),
        (LINE, {"destination": "BR"}, {"destination": "NG"}, "destination"),
        (LINE, {"origin": "HK"}, {"origin": "DE"}, "origin"),
        (EXPRESS, {"destination": "NG"}, {"destination": "KP"}, "destination"),
    ],
)  # fmt: skip
def test_a_limit_refuses_just_beyond_itself(
    code: str, within: dict[str, Any], beyond: dict[str, Any], reason: str
) -> None:
    assert refusals(code, **within) == set()
    assert refusals(code, **beyond) == {reason}


def test_a_long_side_in_any_place_is_the_longest() -> None:
    assert refusals(POSTAL, height_mm=601, length_mm=100, width_mm=100) == {"size"}


def test_a_value_is_compared_in_the_currency_of_the_limit() -> None:
    assert refusals(POSTAL, value=Decimal(20000), currency="JPY") == set()
    assert refusals(POSTAL, value=Decimal(200000), currency="JPY") == {"value"}


def test_every_reason_reads_as_a_sentence() -> None:
    verdicts = eligible_services(
        parcel(
            origin="DE",
            destination="KP",
            weight_g=80000,
            length_mm=2000,
            value=Decimal(30000),
            battery=frozenset({"alone"}),
            has_phone=False,
        )
    )
    for verdict in verdicts:
        for reason in verdict.reasons:
            assert reason.text.endswith(".")
            assert "{" not in reason.text


def test_a_parcel_without_weight_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="weight_g"):
        parcel(weight_g=0)


def test_before_the_first_day_nothing_is_offered() -> None:
    assert services(date(2025, 12, 31)) == ()
    with pytest.raises(UnknownService, match="DHL_EXPRESS_WORLDWIDE"):
        service(EXPRESS, date(2025, 12, 31))


def test_every_listed_country_of_a_service_has_a_zone() -> None:
    for one in services(DAY):
        for country in one.countries - {"*"}:
            assert zone_of(one.code, country, DAY)


@pytest.mark.parametrize(
    ("word", "speed"),
    [
        ("Standard", "standard"),
        ("Std Cont US", "standard"),
        ("", "standard"),
        ("Expedited", "expedited"),
        ("NextDay", "expedited"),
        ("second-day", "expedited"),
        ("加急", "standard"),
    ],
)
def test_service_levels_are_read_from_the_channels_words(word: str, speed: str) -> None:
    assert speed_wished(word, DAY) == speed
