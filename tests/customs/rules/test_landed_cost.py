from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import ExchangeRate, ExchangeRates
from customs.rules.facts import eu_members
from customs.rules.landed_cost import (
    InvalidLandedCostInput,
    LandedCost,
    LandedCostInput,
    LandedCostLine,
    landed_cost,
)

TODAY = date(2026, 11, 22)
COVERED = sorted(eu_members() | {"GB", "AU"})
CURRENCY = dict.fromkeys(sorted(eu_members()), "EUR") | {"GB": "GBP", "AU": "AUD"}


def line(
    price: str = "10.00", quantity: int = 1, hs: str = "610910", rate: str | None = None
) -> LandedCostLine:
    return LandedCostLine(
        hs_code=hs,
        quantity=quantity,
        unit_price=Decimal(price),
        origin_country="CN",
        duty_rate=None if rate is None else Decimal(rate),
    )


def ask(destination: str, *lines: LandedCostLine, **more: object) -> LandedCost:
    fields: dict[str, object] = {
        "destination": destination,
        "on": TODAY,
        "currency": CURRENCY.get(destination, "USD"),
        "lines": lines or (line(),),
    }
    return landed_cost(LandedCostInput(**(fields | more)))  # type: ignore[arg-type]


def codes(answer: LandedCost) -> set[str]:
    return {step.code for step in answer.steps}


@pytest.mark.parametrize(
    ("destination", "limit", "at_limit", "above"),
    [
        ("DE", "150.00", "special_arrangements", "standard_H1"),
        ("GB", "135.00", "UK_supply_VAT", "standard"),
        ("AU", "1000.00", "AU_vendor_GST", "standard"),
    ],
)
def test_the_threshold_itself_is_low_value_and_one_cent_more_is_not(
    destination: str, limit: str, at_limit: str, above: str
) -> None:
    one_cent_more = str(Decimal(limit) + Decimal("0.01"))
    assert ask(destination, line(limit, rate="0.10")).scheme == at_limit
    assert ask(destination, line(one_cent_more, rate="0.10")).scheme == above


@pytest.mark.parametrize("scheme", ["IOSS", "special_arrangements", ""])
def test_the_three_euro_duty_begins_on_the_first_of_july(scheme: str) -> None:
    before = ask("DE", line(), scheme=scheme, on=date(2026, 6, 30))
    after = ask("DE", line(), scheme=scheme, on=date(2026, 7, 1))
    assert (before.duty, after.duty) == (Decimal("0.00"), Decimal("3.00"))
    assert "duty_relief" in codes(before)
    assert "flat_duty" in codes(after)


def test_the_flat_duty_counts_distinct_subheadings_not_units_or_lines() -> None:
    answer = ask("FR", line(hs="6109100010", quantity=3), line(hs="610910"), line(hs="640411"))
    assert answer.duty == Decimal("6.00")


def test_after_the_flat_duty_ends_the_tariff_is_needed() -> None:
    answer = ask("DE", line(hs="999999"), on=date(2028, 7, 1))
    assert answer.status == "incomplete"
    assert [gap.code for gap in answer.missing] == ["duty_rate"]


def test_ioss_above_the_threshold_becomes_a_standard_declaration() -> None:
    answer = ask("DE", line("180.00", rate="0.12"), scheme="IOSS")
    assert (answer.scheme, answer.collected) == ("standard_H1", "at_import")
    assert "ioss_not_usable" in codes(answer)


@pytest.mark.parametrize(("destination", "price"), [("DE", "151"), ("GB", "136"), ("AU", "1001")])
def test_an_unknown_duty_rate_is_named_and_never_guessed(destination: str, price: str) -> None:
    answer = ask(destination, line("1", rate="0"), line(price, hs="999999"))
    assert answer.status == "incomplete"
    assert (answer.duty, answer.total_charges, answer.buyer_total) == (None, None, None)
    assert "Line 2: the duty rate of HS 999999" in answer.missing[0].text


def test_a_held_tariff_rate_is_used_and_its_mark_is_visible() -> None:
    answer = ask("DE", line("200.00"))
    assert answer.duty == Decimal("24.00")
    assert ("EU-610910", "unverified-high") in {(f.id, f.confidence) for f in answer.facts}
    assert any("EU-610910" in caveat.text for caveat in answer.caveats)


def test_british_import_vat_is_on_goods_transport_and_duty() -> None:
    answer = ask("GB", line("200.00", rate="0.12"), shipping=Decimal("20.00"))
    assert (answer.duty, answer.tax) == (Decimal("26.40"), Decimal("49.28"))


def test_australian_duty_leaves_freight_out_and_gst_takes_it_in() -> None:
    answer = ask("AU", line("2000.00", rate="0.05"), shipping=Decimal("100.00"))
    assert (answer.duty, answer.tax) == (Decimal("100.00"), Decimal("220.00"))


def test_transport_is_shared_by_value_and_the_shares_add_up() -> None:
    thirds = [line("100.00", hs="610910", rate="1") for _ in range(3)]
    answer = ask("DE", *thirds, shipping=Decimal("10.00"))
    assert answer.duty == Decimal("310.00")


def test_an_order_in_another_currency_is_converted_with_the_dated_rate_as_a_step() -> None:
    rates = ExchangeRates(
        [ExchangeRate("USD", date(2026, 11, 1), Decimal("1.25"), "test", "exact")]
    )
    question = LandedCostInput(
        destination="DE", on=TODAY, currency="USD", lines=(line("100.00"),), scheme="IOSS"
    )
    answer = landed_cost(question, rates=rates)
    assert (answer.currency, answer.goods_value) == ("EUR", Decimal("80.00"))
    assert answer.steps[0].text == "1 USD = 0.8 EUR, rate of 2026-11-01 (test)"


def test_no_exchange_rate_makes_it_incomplete() -> None:
    answer = ask("DE", currency="USD", on=date(2025, 12, 31))
    assert (answer.status, answer.missing[0].code) == ("incomplete", "exchange_rate")


def test_an_old_exchange_rate_is_said() -> None:
    answer = ask("DE", currency="USD", on=date(2027, 6, 1))
    assert "stale_exchange_rate" in {caveat.code for caveat in answer.caveats}


@pytest.mark.parametrize(
    ("destination", "on", "fee"),
    [
        ("FR", date(2026, 2, 28), "0.00"),
        ("FR", date(2026, 3, 1), "2.00"),
        ("IT", date(2026, 3, 11), "2.00"),
        ("IT", date(2026, 3, 12), "0.00"),
        ("IT", date(2026, 9, 30), "0.00"),
        ("IT", date(2026, 10, 1), "2.00"),
        ("ES", date(2026, 10, 1), "0.00"),
    ],
)
def test_national_fees_hold_within_their_dates(destination: str, on: date, fee: str) -> None:
    assert ask(destination, on=on).fees == Decimal(fee)


def test_national_fees_end_at_the_threshold() -> None:
    assert ask("FR", line("150.01", rate="0")).fees == Decimal("0.00")


def test_an_unconfirmed_fee_is_shown_as_such_and_the_union_fee_is_not_charged() -> None:
    answer = ask("IT")
    said = " ".join(caveat.text for caveat in answer.caveats)
    assert "further postponement" in said
    assert "The EU handling fee per item is not included" in said
    assert answer.fees == Decimal("2.00")


def test_tiny_german_import_charges_are_waived_except_when_paid_at_sale() -> None:
    spring = date(2026, 4, 1)
    at_border = ask("DE", line("4.00"), on=spring)
    at_sale = ask("DE", line("4.00"), on=spring, scheme="IOSS")
    assert (at_border.total_charges, at_sale.total_charges) == (Decimal("0.00"), Decimal("0.76"))


@pytest.mark.parametrize(
    ("destination", "postal_code"),
    [("GB", "BT1 1AA"), ("ES", "35001"), ("FR", "97400"), ("FI", "22100"), ("DE", "27498")],
)
def test_areas_with_rules_of_their_own_are_not_covered(destination: str, postal_code: str) -> None:
    assert ask(destination, postal_code=postal_code).status == "not_covered"


@pytest.mark.parametrize("destination", ["DE", "GB", "AU"])
def test_goods_under_excise_are_not_covered(destination: str) -> None:
    assert ask(destination, line(hs="220421")).status == "not_covered"


def test_goods_inside_the_customs_territory_pay_nothing() -> None:
    answer = ask("FR", line("500.00"), dispatch_country="DE")
    assert (answer.status, answer.total_charges) == ("quoted", Decimal("0.00"))


@pytest.mark.parametrize(
    ("broken", "gap"), [(line(hs="6109"), "hs_code"), (line("0"), "customs_value")]
)
def test_goods_without_code_or_value_are_incomplete(broken: LandedCostLine, gap: str) -> None:
    answer = ask("DE", line(), broken)
    assert (answer.status, [m.code for m in answer.missing]) == ("incomplete", [gap])
    assert answer.missing[0].params["line"] == "2"


@pytest.mark.parametrize(("destination", "on"), [("DE", 2020), ("GB", 2019), ("AU", 2017)])
def test_before_the_regime_began_nothing_is_quoted(destination: str, on: int) -> None:
    assert ask(destination, on=date(on, 6, 1)).status == "not_covered"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"lines": ()}, "lines"),
        ({"scheme": "IOS"}, "scheme"),
        ({"incoterm": "FREE"}, "incoterm"),
        ({"destination": "Germany"}, "destination"),
        ({"shipping": Decimal(-1)}, "shipping"),
    ],
)
def test_a_question_that_makes_no_sense_names_the_field(
    fields: dict[str, object], named: str
) -> None:
    with pytest.raises(InvalidLandedCostInput) as caught:
        ask(**({"destination": "DE"} | fields))  # type: ignore[arg-type]
    assert caught.value.field == named


prices = st.decimals(min_value="0.01", max_value=3000, places=2).map(str)
lines = st.lists(
    st.builds(
        line,
        price=prices,
        quantity=st.integers(1, 20),
        hs=st.sampled_from(["610910", "640411", "851830", "420222"]),
        rate=st.sampled_from(["0", "0.027", "0.12"]),
    ),
    min_size=1,
    max_size=5,
)


@given(
    destination=st.sampled_from(COVERED),
    goods=lines,
    shipping=st.decimals(min_value=0, max_value=200, places=2),
    on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    scheme=st.sampled_from(["", "IOSS"]),
)
def test_totals_add_up_and_are_whole_cents(
    destination: str, goods: list[LandedCostLine], shipping: Decimal, on: date, scheme: str
) -> None:
    answer = ask(destination, *goods, shipping=shipping, on=on, scheme=scheme)
    assert answer.status == "quoted"
    assert answer.duty is not None
    assert answer.tax is not None
    assert answer.fees is not None
    assert answer.total_charges == answer.duty + answer.tax + answer.fees
    value = sum((entry.unit_price * entry.quantity for entry in goods), Decimal(0))
    assert answer.goods_value == value
    assert answer.buyer_total == value + shipping + answer.total_charges
    assert answer.total_charges.as_tuple().exponent == -2
    assert answer.steps
    assert answer.facts


@given(
    destination=st.sampled_from(COVERED),
    goods=lines,
    extra=st.decimals(min_value="0.01", max_value=50, places=2),
)
def test_dearer_shipping_never_lowers_the_charges(
    destination: str, goods: list[LandedCostLine], extra: Decimal
) -> None:
    low, high = ask(destination, *goods), ask(destination, *goods, shipping=extra)
    assert low.total_charges is not None
    assert high.total_charges is not None
    assert high.total_charges >= low.total_charges


@given(destination=st.sampled_from(COVERED), goods=lines)
def test_the_same_question_always_gets_the_same_answer(
    destination: str, goods: list[LandedCostLine]
) -> None:
    assert ask(destination, *goods).as_dict() == ask(destination, *goods).as_dict()
