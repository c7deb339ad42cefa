from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.rules.declarations import (
    ChinaCodesMissing,
    DeclarationInput,
    DeclarationLine,
    Party,
    UnknownDocument,
    build,
    choose_dataset,
    customs_form,
    elements,
    operator_china_export,
    operator_declarant,
    operator_location_of_goods,
    validate,
)
from customs.rules.declarations.elements import documents
from customs.rules.declarations.formats import fits

ON = date(2026, 11, 22)
DATASETS = ["EU_H7", "EU_H1", "CN_EXPORT_LIST_9610", "CN_BGD_报关单", "GENERIC", "GENERIC_IMPORT"]


def line(**more: Any) -> DeclarationLine:
    fields: dict[str, Any] = {
        "sku": "TS-1",
        "description": "Cotton T-shirt, knitted",
        "quantity": 2,
        "unit_value": Decimal("10.00"),
        "net_weight_g": 300,
        "hs_code": "6109.10.0010",
        "origin_country": "CN",
        "manufacturer_product_id": "4006381333931",
    }
    return DeclarationLine(**(fields | more))


def parcel(**more: Any) -> DeclarationInput:
    fields: dict[str, Any] = {
        "lrn": "WB26111200000001",
        "on": ON,
        "order_number": "302-1234567-1234567",
        "invoice_number": "INV-1",
        "transport_document": "EL123456789CN",
        "previous_document": "MAN-20261122-1",
        "exporter": Party(name="Lumen Trading", address="1 Road, Shenzhen", country="CN"),
        "importer": Party(name="Erika Muster", address="Weg 1, 10115 Berlin", country="DE"),
        "declarant": operator_declarant("DE"),
        "lines": (line(),),
        "currency": "EUR",
        "gross_weight_g": 650,
        "dispatch_country": "CN",
        "destination_country": "DE",
        "shipping": Decimal("4.90"),
        "scheme": "IOSS",
        "tax_scheme_id": "IM2760000006",
        "location_of_goods": operator_location_of_goods("DE"),
        "china": operator_china_export(),
    }
    return DeclarationInput(**(fields | more))


def choose(**more: Any) -> str:
    fields: dict[str, Any] = {
        "direction": "import",
        "origin": "CN",
        "destination": "DE",
        "value": Decimal("100.00"),
        "currency": "EUR",
        "on": ON,
    }
    return choose_dataset(**(fields | more)).dataset


@pytest.mark.parametrize(
    ("question", "dataset"),
    [
        ({"direction": "export"}, "CN_EXPORT_LIST_9610"),
        ({"direction": "export", "value": Decimal(5000), "currency": "CNY"}, "CN_EXPORT_LIST_9610"),
        ({"direction": "export", "value": Decimal("5000.01"), "currency": "CNY"}, "CN_BGD_报关单"),
        ({"direction": "export", "needs_licence": True}, "CN_BGD_报关单"),
        ({"direction": "export", "origin": "US"}, "GENERIC"),
        ({"direction": "export", "origin": "DE", "destination": "US"}, "GENERIC"),
        ({"value": Decimal("150.00")}, "EU_H7"),
        ({"value": Decimal("150.01")}, "EU_H1"),
        ({"claims_preference": True}, "EU_H1"),
        ({"destination": "GB"}, "GENERIC_IMPORT"),
        ({"destination": "JP"}, "GENERIC_IMPORT"),
        ({"origin": "PL"}, "NONE"),
        ({"origin": "US", "destination": "US", "direction": "export"}, "NONE"),
    ],
)
def test_the_data_set_follows_way_and_value(question: dict[str, Any], dataset: str) -> None:
    assert choose(**question) == dataset


def test_the_choice_says_why() -> None:
    choice = choose_dataset(
        direction="import",
        origin="CN",
        destination="FR",
        value=Decimal("99.00"),
        currency="EUR",
        on=ON,
    )
    assert choice.reason.text == "Intrinsic value 99.00 EUR is at most 150: H7."
    assert choice.is_required


def test_a_direction_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="use export or import"):
        choose(direction="sideways")


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_complete_parcel_builds_a_document_without_fault(dataset: str) -> None:
    data = build(dataset, parcel())
    assert [found.text for found in validate(dataset, data, on=ON)] == []
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_mandatory_header_element_is_missed_when_it_is_gone(dataset: str) -> None:
    complete = build(dataset, parcel())
    mandatory = [e.name for e in elements(dataset) if not e.repeats and e.is_mandatory(ON)]
    missed = [
        {p.element.split(".")[0] for p in validate(dataset, without(complete, name), on=ON)}
        for name in mandatory
    ]
    assert missed == [{name} for name in mandatory]


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_mandatory_line_element_is_missed_on_its_line(dataset: str) -> None:
    complete = build(dataset, parcel(lines=(line(), line(hs_code="6404110000"))))
    mandatory = [e.name for e in elements(dataset) if e.repeats and e.is_mandatory(ON)]
    found = [
        {
            (p.element.split(".")[0], p.line)
            for p in validate(dataset, without(complete, name, on_line=2), on=ON)
        }
        for name in mandatory
    ]
    assert found == [{(name, 2)} for name in mandatory]


def without(data: Any, name: str, on_line: int = 0) -> Any:
    changed = copy.deepcopy(data)
    (changed["lines"][on_line - 1] if on_line else changed).pop(name)
    return changed


def codes(dataset: str, source: DeclarationInput) -> set[tuple[str, str]]:
    problems = validate(dataset, build(dataset, source), on=source.on)
    return {(found.element, found.code) for found in problems}


def test_h7_makes_one_item_per_subheading_and_the_shares_add_up() -> None:
    goods = (line(), line(sku="TS-2", hs_code="610910"), line(hs_code="640411", net_weight_g=100))
    data = build("EU_H7", parcel(lines=goods, shipping=Decimal("10.00")))
    items = data["lines"]
    assert [item["commodity_hs6"] for item in items] == ["610910", "640411"]
    assert sum(Decimal(item["gross_mass"]) for item in items) == Decimal("0.650")
    costs = [Decimal(i["transport_insurance_cost_to_destination"]["amount"]) for i in items]
    assert sum(costs) == Decimal("10.00")


def test_h7_is_in_euro_whatever_the_order_was_paid_in() -> None:
    data = build("EU_H7", parcel(currency="USD"))
    value = data["lines"][0]["intrinsic_value_currency"]
    assert value["currency"] == "EUR"
    assert Decimal(15) < Decimal(value["amount"]) < Decimal(20)


def test_h7_has_no_place_for_the_origin() -> None:
    data = dict(build("EU_H7", parcel()))
    data["lines"] = [data["lines"][0] | {"country_of_origin": "CN"}]
    assert [p.code for p in validate("EU_H7", data, on=ON)] == ["element_not_allowed"]


def test_product_identifiers_are_asked_from_the_first_of_november() -> None:
    source = parcel(lines=(line(manufacturer_product_id=""),))
    before = replace(source, on=date(2026, 10, 31))
    after = replace(source, on=date(2026, 11, 1))
    name = "merchant_and_manufacturer_product_identifier.manufacturer"
    assert (name, "element_missing") in codes("EU_H7", after)
    # Before that day a half-filled pair is still a half-filled pair; none at all is no fault.
    data = dict(build("EU_H7", before))
    data["lines"] = [without(data, name.split(".", maxsplit=1)[0], on_line=1)["lines"][0]]
    assert validate("EU_H7", data, on=before.on) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"tax_scheme_id": "IM9990000006"}, "additional_fiscal_reference.number"),
        ({"tax_scheme_id": ""}, "additional_fiscal_reference.number"),
    ],
)
def test_ioss_needs_its_number(change: dict[str, Any], fault: str) -> None:
    assert fault in {element for element, _ in codes("EU_H7", parcel(**change))}


def test_stop_words_and_values_above_the_limit_are_found_in_h7() -> None:
    bad = parcel(lines=(line(description="Gift", unit_value=Decimal("90.00")),))
    assert codes("EU_H7", bad) == {
        ("goods_description", "description_stop_word"),
        ("intrinsic_value_currency", "value_above_limit"),
    }


def test_h1_needs_ten_digits_and_lends_the_declarants_eori_to_a_private_buyer() -> None:
    assert codes("EU_H1", parcel(lines=(line(hs_code="610910"),))) == {
        ("commodity_cn8_taric10", "element_format")
    }
    assert build("EU_H1", parcel())["importer_eori"] == operator_declarant("DE").eori


def test_the_chinese_list_takes_short_codes_only_in_a_pilot_zone() -> None:
    short = (line(hs_code="610910"),)
    zone = operator_china_export()
    outside = replace(zone, simplified_classification=False)
    assert codes("CN_EXPORT_LIST_9610", parcel(lines=short, china=zone)) == set()
    assert codes("CN_EXPORT_LIST_9610", parcel(lines=short, china=outside)) == {
        ("gcode 商品编码", "element_format")
    }


def test_a_currency_without_a_chinese_code_is_named() -> None:
    found = codes("CN_EXPORT_LIST_9610", parcel(currency="SEK"))
    assert found == {("price total currency.currency", "element_missing")}


def test_a_chinese_export_needs_the_operators_codes() -> None:
    with pytest.raises(ChinaCodesMissing):
        build("CN_EXPORT_LIST_9610", parcel(china=None))


def test_net_weight_above_gross_is_found() -> None:
    assert ("gross_mass", "net_above_gross") in codes("GENERIC", parcel(gross_weight_g=200))


def test_a_wrong_line_total_is_found_with_the_right_one() -> None:
    data = copy.deepcopy(dict(build("CN_EXPORT_LIST_9610", parcel())))
    data["lines"][0]["price total currency"]["total"] = "19.00"
    (found,) = validate("CN_EXPORT_LIST_9610", data, on=ON)
    assert (found.line, found.remedy.text) == (1, "write 20.00, or correct the parts")


@pytest.mark.parametrize(
    ("country", "number", "is_fault"),
    [("BR", "", True), ("BR", "390.533.447-05", False), ("KR", "X", True), ("JP", "", False)],
)
def test_the_buyers_number_is_asked_where_the_destination_wants_it(
    country: str, number: str, is_fault: bool
) -> None:
    buyer = Party(name="A", address="B", country=country, tax_id=number)
    source = parcel(destination_country=country, importer=buyer, tax_scheme_id="")
    assert bool(codes("GENERIC_IMPORT", source)) is is_fault


def test_a_document_without_goods_is_refused() -> None:
    data = dict(build("GENERIC", parcel())) | {"lines": []}
    assert [p.code for p in validate("GENERIC", data, on=ON)] == ["lines_missing"]


def test_an_unknown_document_is_the_callers_fault() -> None:
    with pytest.raises(UnknownDocument):
        build("EU_H6", parcel())
    with pytest.raises(UnknownDocument):
        validate("NOTHING", {}, on=ON)


def test_every_document_of_the_facts_can_be_validated() -> None:
    assert len(documents()) > 15
    assert all(validate(name, {}, on=ON) for name in documents() if name != "US_ENTRY_86")


INVOICE: dict[str, Any] = {
    "invoice_number": "INV-1",
    "invoice_date": "2026-11-22",
    "seller_name_address_country": "Lumen Trading, Shenzhen, CN",
    "buyer_name_address_country_phone_email": "Erika Muster, Berlin, DE",
    "incoterm_and_named_place": "DAP Berlin",
    "currency": "EUR",
    "reason_for_export": "sale",
    "total_value": "24.90",
    "freight_charge": "4.90",
    "gross_weight_packages": "0.650 kg, 1",
    "transport_document_number": "EL123456789CN",
    "lines": [
        {
            "description": "Cotton T-shirt",
            "hs_code": "610910",
            "country_of_origin": "CN",
            "quantity_unit": "2",
            "unit_price": "10.00",
            "line_total": "20.00",
        }
    ],
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"total_value": "20.00"}, ["sum_wrong"]),
        ({"reason_for_export": "present"}, ["element_format"]),
        ({"invoice_date": "22/11/2026"}, ["element_format"]),
    ],
)
def test_a_commercial_invoice_adds_up(change: dict[str, str], found: list[str]) -> None:
    assert [p.code for p in validate("COMMERCIAL_INVOICE", INVOICE | change, on=ON)] == found


@pytest.mark.parametrize(
    ("value", "currency", "grams", "form"),
    [
        ("300.00", "XDR", 2000, "CN22"),
        ("300.01", "XDR", 2000, "CN23"),
        ("300.00", "XDR", 2001, "CN23"),
        ("20.00", "EUR", 500, "CN22"),
        ("2000.00", "USD", 500, "CN23"),
    ],
)
def test_the_customs_form_follows_value_and_weight(
    value: str, currency: str, grams: int, form: str
) -> None:
    answer = customs_form(Decimal(value), currency, grams, ON)
    assert answer.form == form
    assert answer.reason.text


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("an..5", "ab-12", "abcdef"),
        ("an13", "RA473124829US", "RA47312482US"),
        ("n6", "610910", "61091"),
        ("n6..10", "61091000", "61091"),
        ("a2", "DE", "de"),
        ("n", 3, 0),
        ("decimal", "1.50", "0"),
        ("amount0", "0", "-1"),
        ("kg", "0.650", "heavy"),
        ("int usd", "12", "12.5"),
        ("date", "2026-11-22", "2026-13-01"),
        ("text an..512", "x", "x" * 513),
        ("text", "x", " "),
        ("decimal", "1", "NaN"),
        ("text", "x", True),
    ],
)
def test_formats(form: str, good: object, bad: object) -> None:
    assert fits(form, good)
    assert not fits(form, bad)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(dataset=st.sampled_from(DATASETS), value=json_values, data=st.data())
def test_no_value_makes_the_validator_fail(dataset: str, value: Any, data: st.DataObject) -> None:
    document = copy.deepcopy(dict(build(dataset, parcel())))
    element = data.draw(st.sampled_from(elements(dataset)))
    target = document["lines"][0] if element.repeats else document
    target[element.name] = value
    assert isinstance(validate(dataset, document, on=ON), list)
