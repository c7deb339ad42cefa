"""Each hold code has its cause, its sentence and who may release it."""

import datetime as dt
import time
from dataclasses import replace
from decimal import Decimal

import pytest

from orders.rules.checks import check_order
from orders.rules.context import CheckContext, PartyMatch, RecipientIdFault
from orders.rules.duplicates import content_fingerprint
from orders.rules.facts import AddressFacts, LineFacts, OrderFacts, ProductFacts
from orders.rules.phone import check_phone
from orders.rules.reasons import REASONS, HoldFinding
from orders.rules.sorting import sort_order

MUG = ProductFacts(
    sku="MUG",
    title="Mug",
    weight_g=390,
    length_mm=130,
    width_mm=110,
    height_mm=110,
    hs_code="691110",
    origin_country="CN",
    customs_description="Drinking mug, porcelain",
    unit_value=Decimal("7.90"),
    currency="EUR",
    battery="none",
    nature="fragile",
)
ORDER = OrderFacts(
    external_order="306-1",
    address=AddressFacts("Ann", "", ("Hauptstraße 1",), "Berlin", "", "10115", "DE"),
    phone="030 901820",
    email="ann@example.com",
    recipient_id="",
    currency="EUR",
    paid_at=dt.datetime(2026, 10, 5, tzinfo=dt.UTC),
    lines=(LineFacts("1", "MUG", "Mug", 2, Decimal("7.90")),),
)


def findings(
    order: OrderFacts = ORDER, product: ProductFacts = MUG, context: CheckContext | None = None
) -> tuple[HoldFinding, ...]:
    return check_order(
        order, products={product.sku: product}, context=context or CheckContext()
    ).findings


def line(**changes: object) -> OrderFacts:
    return replace(ORDER, lines=(replace(ORDER.lines[0], **changes),))  # type: ignore[arg-type]


def test_a_sound_order_has_no_findings_and_a_dialable_phone() -> None:
    check = check_order(ORDER, products={"MUG": MUG}, context=CheckContext())
    assert not check.findings
    assert check.phone_e164 == "+4930901820"


@pytest.mark.parametrize(
    ("order", "product", "reason", "code"),
    [
        (replace(ORDER, paid_at=None), MUG, "not_paid", "payment"),
        (replace(ORDER, phone=""), MUG, "phone_missing", "phone"),
        (replace(ORDER, phone="call me"), MUG, "phone_unreadable", "phone"),
        (replace(ORDER, phone="030 1"), MUG, "phone_invalid", "phone"),
        (line(sku="CAP"), MUG, "product_unknown", "unknown_product"),
        (replace(ORDER, lines=()), MUG, "no_lines", "unknown_product"),
        (replace(ORDER, unread_rows=(7,)), MUG, "line_missing", "value"),
        (line(unit_price=Decimal(0)), MUG, "value_missing", "value"),
        (line(unit_price=None), replace(MUG, unit_value=None), "value_missing", "value"),
        (line(unit_price=Decimal("0.50")), MUG, "value_too_low", "value"),
        (line(unit_price=Decimal(790)), MUG, "value_too_high", "value"),
        (ORDER, replace(MUG, battery="alone"), "battery_alone", "battery"),
        (ORDER, replace(MUG, battery="maybe"), "battery_unknown", "battery"),
        (ORDER, replace(MUG, hs_code=""), "hs_code_missing", "customs_data"),
        (ORDER, replace(MUG, origin_country=""), "origin_missing", "customs_data"),
        (ORDER, replace(MUG, customs_description=" "), "description_missing", "customs_data"),
        (ORDER, replace(MUG, weight_g=0), "weight_missing", "customs_data"),
    ],
)
def test_each_fault_is_one_hold(
    order: OrderFacts, product: ProductFacts, reason: str, code: str
) -> None:
    (finding,) = findings(order, product)
    assert (finding.reason_code, finding.code) == (reason, code)
    assert finding.released_by.partition(":")[0] in {"member", "staff"}


@pytest.mark.parametrize(
    ("context", "product", "code"),
    [
        (
            CheckContext(battery_refusal=lambda _product, _country: "No service takes it."),
            replace(MUG, battery="packed"),
            "battery",
        ),
        (CheckContext(restriction=lambda _p, country: f"Not to {country}."), MUG, "restricted"),
        (CheckContext(recipient_id=lambda _v, _c: RecipientIdFault("CPF")), MUG, "recipient_id"),
        (
            CheckContext(recipient_id=lambda _v, _c: RecipientIdFault("CPF", "Too short.")),
            MUG,
            "recipient_id",
        ),
        (CheckContext(denied_party=lambda _a: PartyMatch("Nemo", "DEMO")), MUG, "party"),
        (CheckContext(description_fault=lambda _d: "It is a stop word."), MUG, "customs_data"),
        (CheckContext(duplicate_of="306-0"), MUG, "duplicate"),
    ],
)
def test_what_higher_rooms_know_becomes_a_hold(
    context: CheckContext, product: ProductFacts, code: str
) -> None:
    (finding,) = findings(product=product, context=context)
    assert finding.code == code
    assert "%(" not in finding.sentence + finding.remedy


def test_a_channel_that_vouches_for_payment_is_believed() -> None:
    assert not findings(replace(ORDER, paid_at=None, paid_by_channel=True))


def test_an_order_without_prices_takes_the_value_of_the_product() -> None:
    assert not findings(line(unit_price=None))


def test_prices_in_another_currency_are_compared_only_with_a_rate() -> None:
    yen = replace(line(unit_price=Decimal(1300)), currency="JPY")
    assert not findings(yen)
    cheap = CheckContext(convert=lambda amount, _source, _target: amount * 1000)
    assert [f.reason_code for f in findings(yen, context=cheap)] == ["value_too_low"]


def test_many_faults_are_many_findings() -> None:
    order = replace(ORDER, paid_at=None, phone="", address=replace(ORDER.address, postal_code="1"))
    check = check_order(order, products={}, context=CheckContext())
    assert check.hold_codes == ("payment", "address", "phone", "unknown_product")


def test_the_reasons_cover_the_hold_codes() -> None:
    assert {reason.code for reason in REASONS.values()} == {
        "payment", "address", "phone", "unknown_product", "value", "battery",
        "restricted", "recipient_id", "customs_data", "duplicate", "party", "email",
        "destination", "blocked_buyer", "rule", "stock",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("phone", "country", "e164"),
    [
        ("0049 30 901820", "US", "+4930901820"),
        ("+1 314-282-9402 ext. 12345", "US", "+13142829402"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("138 1234 5678", "CN", "+8613812345678"),
        ("۰۵۰۱۲۳۴۵۶۷", "AE", "+971501234567"),
    ],
)
def test_phones_are_read_as_dialled_at_the_destination(phone: str, country: str, e164: str) -> None:
    assert check_phone(phone, country=country).e164 == e164


def test_a_fingerprint_ignores_spelling_and_line_order_but_not_goods() -> None:
    two = (ORDER.lines[0], replace(ORDER.lines[0], sku="CAP"))
    order = replace(ORDER, lines=two)
    same = replace(
        order,
        external_order="other",
        address=replace(ORDER.address, name="ANN ", street_lines=("hauptstrasse 1",)),
        lines=two[::-1],
    )
    key = b"secret"
    assert content_fingerprint(order, key=key) == content_fingerprint(same, key=key)
    assert content_fingerprint(order, key=key) != content_fingerprint(ORDER, key=key)
    assert content_fingerprint(order, key=key) != content_fingerprint(order, key=b"other")


def test_sorting_names_destination_kind_weight_and_size() -> None:
    sorted_ = sort_order(ORDER.lines, products={"MUG": MUG}, country="DE")
    assert sorted_.category == "EU/fragile/light/mini"
    assert (sorted_.weight_g, sorted_.key) == (780, "EU/DE/fragile/000000780")


def test_sorting_puts_batteries_before_natures_and_unknown_countries_last() -> None:
    product = replace(MUG, battery="contained", weight_g=40_000, length_mm=2_000)
    sorted_ = sort_order(ORDER.lines, products={"MUG": product}, country="FJ")
    assert sorted_.category == "REST/battery/freight/oversize"


def test_a_check_costs_less_than_a_millisecond_of_cpu() -> None:
    brazil = AddressFacts("João", "", ("Rua Augusta 1",), "São Paulo", "SP", "01305000", "BR")
    order = replace(ORDER, address=brazil, phone="11 98765-4321")
    products = {"MUG": MUG}
    check_order(order, products=products, context=CheckContext())
    before = time.process_time()
    for _round in range(500):
        check_order(order, products=products, context=CheckContext())
    assert (time.process_time() - before) / 500 < 0.001
