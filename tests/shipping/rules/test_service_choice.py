"""The service chosen and the reason stored with it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.rules.choice import Choice, NoServiceFits, choose_service, price_services
from shipping.rules.pricing import Price, standard_rate_card
from shipping.rules.services import eligible_services
from tests.shipping.rules.parcels import DAY, parcel

POSTAL, LINE, EXPRESS = "POSTAL_SMALL_PACKET", "EASTLINE_STANDARD", "DHL_EXPRESS_WORLDWIDE"


def chosen(wish: str | None = None, **changes: Any) -> Choice:
    facts = parcel(**changes)
    return choose_service(facts, price_services(facts, standard_rate_card(DAY)), wish)


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"weight_g": 100, "length_mm": 60, "width_mm": 60, "height_mm": 60}, POSTAL, "cheapest"),
        ({"weight_g": 1900}, LINE, "cheapest"),
        ({"ship_level": "Expedited"}, EXPRESS, "expedited"),
        ({"value": Decimal(500)}, EXPRESS, "high_value"),
        ({"battery": frozenset({"contained"})}, LINE, "battery"),
        ({"battery": frozenset({"packed"})}, LINE, "battery"),
        ({"weight_g": 30000}, EXPRESS, "only"),
        ({"has_phone": False}, POSTAL, "only"),
    ],
)
def test_the_rule_picks_in_its_order(changes: dict[str, Any], code: str, reason: str) -> None:
    choice = chosen(**changes)
    assert (choice.service_code, choice.reason_code) == (code, reason)


def test_the_reason_is_a_sentence_with_the_price() -> None:
    assert chosen(weight_g=1900).reason_text == (
        "EastLine Standard is the cheapest of 3 services, at 18.47 USD."
    )


def test_an_explicit_wish_beats_the_order_level() -> None:
    assert chosen("Standard", ship_level="NextDay").service_code != EXPRESS
    assert chosen("NextDay", ship_level="Standard").service_code == EXPRESS


def test_a_fast_wish_that_no_fast_service_can_serve_still_ships() -> None:
    choice = chosen(ship_level="Expedited", battery=frozenset({"packed"}))
    assert (choice.service_code, choice.reason_code) == (LINE, "battery")


def test_the_others_are_kept_with_their_price_or_their_reason() -> None:
    choice = chosen(has_phone=False, weight_g=600)
    assert {other.service_code: bool(other.price) for other in choice.alternatives} == {
        EXPRESS: False, LINE: False,
    }  # fmt: skip
    assert {reason.code for other in choice.alternatives for reason in other.reasons} == {"phone"}
    assert json.loads(json.dumps(choice.as_dict()))["reason"]["code"] == "only"


@pytest.mark.parametrize(
    ("changes", "hold"),
    [
        ({"battery": frozenset({"alone"})}, "battery"),
        ({"has_phone": False, "weight_g": 3000}, "phone"),
        ({"destination": "KP"}, "restricted"),
        ({"value": Decimal(30000)}, "value"),
    ],
)
def test_what_no_service_takes_names_the_hold(changes: dict[str, Any], hold: str) -> None:
    with pytest.raises(NoServiceFits) as refusal:
        chosen(**changes)
    assert refusal.value.hold == hold
    assert {verdict.service.code for verdict in refusal.value.refused} == {POSTAL, LINE, EXPRESS}


def test_a_service_without_a_price_is_not_chosen() -> None:
    facts = parcel(weight_g=100, length_mm=60, width_mm=60, height_mm=60)
    prices = price_services(facts, standard_rate_card(DAY))
    del prices[POSTAL]
    choice = choose_service(facts, prices)
    assert choice.service_code == LINE
    assert "no_price" in {reason.code for other in choice.alternatives for reason in other.reasons}


def test_prices_in_two_currencies_are_refused() -> None:
    prices = {POSTAL: Price(Decimal(1), "USD", 1, ()), LINE: Price(Decimal(1), "EUR", 1, ())}
    with pytest.raises(ValueError, match="EUR, USD"):
        choose_service(parcel(), prices)


@given(
    st.integers(1, 25000),
    st.sampled_from(["DE", "US", "BR", "NG", "AU", "MT"]),
    st.booleans(),
    st.sampled_from(["none", "contained", "packed"]),
    st.sampled_from(["Standard", "Expedited"]),
)
def test_the_chosen_service_always_takes_the_parcel(
    weight_g: int, country: str, has_phone: bool, battery: str, level: str
) -> None:
    facts = parcel(
        weight_g=weight_g, destination=country, has_phone=has_phone,
        battery=frozenset({battery}), ship_level=level,
    )  # fmt: skip
    takes = {one.service.code for one in eligible_services(facts) if one.ok}
    prices = price_services(facts, standard_rate_card(DAY))
    assert set(prices) == takes
    if takes:
        assert choose_service(facts, prices).service_code in takes
