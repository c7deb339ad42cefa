from __future__ import annotations

from datetime import date

import pytest

from customs.rules.facts import read_rows
from customs.rules.identifiers import (
    UnknownIdentifierKind,
    check_identifier,
    check_recipient_id,
    identifier_formats,
    recipient_id_required,
    s10_check_digit,
)

ON = date(2026, 11, 22)
EXAMPLES = [(row["kind"], row["example"]) for row in read_rows("id_formats.csv") if row["example"]]


@pytest.mark.parametrize(("kind", "number"), EXAMPLES)
def test_the_example_of_every_kind_is_well_formed(kind: str, number: str) -> None:
    assert check_identifier(kind, number) is None


@pytest.mark.parametrize("kind", sorted(identifier_formats()))
def test_nonsense_is_refused_for_every_kind_without_repeating_it(kind: str) -> None:
    found = check_identifier(kind, "???-nonsense")
    assert found is not None
    assert found.code == "identifier_invalid"
    assert "nonsense" not in found.text


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("IOSS", "IM9990000006"),  # no member state 999
        ("IOSS", "IM276000000"),
        ("CPF", "390.533.447-06"),
        ("TCKN", "17291716061"),
        ("PCCC", "P12345678901"),
        ("S10", "RA473124828US"),
        ("AWB", "020-12345678"),
        ("GTIN", "73513538"),
        ("SA_VAT", "111111111111111"),
    ],
)
def test_a_wrong_digit_is_found(kind: str, number: str) -> None:
    assert check_identifier(kind, number) is not None


@pytest.mark.parametrize("serial", ["12345675", "12345675 "])
def test_an_air_waybill_serial_ends_in_its_remainder_of_seven(serial: str) -> None:
    assert check_identifier("AWB", f"020-{serial}") is None


@pytest.mark.parametrize(("serial", "digit"), [("47312482", 9), ("00000000", 5), ("12345678", 5)])
def test_s10_check_digits_match_the_worked_examples(serial: str, digit: int) -> None:
    assert s10_check_digit(serial) == digit


def test_a_missing_number_is_not_called_invalid() -> None:
    found = check_identifier("EORI", " ")
    assert found is not None
    assert found.code == "identifier_missing"


def test_an_unknown_kind_is_the_callers_fault() -> None:
    with pytest.raises(UnknownIdentifierKind):
        check_identifier("SHOE_SIZE", "44")


@pytest.mark.parametrize(
    ("country", "kinds"), [("BR", ("CPF", "CNPJ")), ("KR", ("PCCC",)), ("TR", ("TCKN",))]
)
def test_some_destinations_ask_for_the_buyers_number(country: str, kinds: tuple[str, ...]) -> None:
    rule = recipient_id_required(country, ON)
    assert rule is not None
    assert rule.kinds == kinds
    assert rule.confidence


def test_elsewhere_no_number_is_asked() -> None:
    assert recipient_id_required("DE", ON) is None
    assert check_recipient_id("DE", "", ON) is None


@pytest.mark.parametrize("number", ["390.533.447-05", "16.727.230/0001-97"])
def test_either_brazilian_number_will_do(number: str) -> None:
    assert check_recipient_id("BR", number, ON) is None


@pytest.mark.parametrize("number", ["", "123"])
def test_a_missing_or_wrong_buyers_number_is_a_problem(number: str) -> None:
    found = check_recipient_id("BR", number, ON)
    assert found is not None
    assert found.element == "recipient_tax_id"
