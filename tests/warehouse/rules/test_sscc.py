"""SSCC-18: what is built reads back, and a misread digit is noticed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.barcodes import parse_scan
from warehouse.rules.sscc import Gs1Prefix, PrefixUsedUp, build_sscc, is_sscc, prefix_on

OWNER = Gs1Prefix("9521234", "0")


def test_a_known_number() -> None:
    # GS1 General Specifications: 0 0614141 123456789 has the check digit 0.
    assert build_sscc(Gs1Prefix("0614141", "0"), 123456789) == "006141411234567890"


@given(st.integers(0, 10**9 - 1))
def test_every_number_is_valid_and_its_barcode_reads_as_a_shipping_unit(serial: int) -> None:
    sscc = build_sscc(OWNER, serial)
    assert is_sscc(sscc)
    read = parse_scan(f"]C100{sscc}")
    assert (read.kind, read.value) == ("shipping_unit", sscc)


@given(st.integers(0, 10**9 - 1), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(serial: int, place: int, by: int) -> None:
    sscc = build_sscc(OWNER, serial)
    wrong = f"{sscc[:place]}{(int(sscc[place]) + by) % 10}{sscc[place + 1 :]}"
    assert not is_sscc(wrong)


def test_a_used_up_prefix_is_refused() -> None:
    with pytest.raises(PrefixUsedUp):
        build_sscc(OWNER, 10**8 * 10)
    assert prefix_on(date(2026, 11, 26)).prefix


@pytest.mark.parametrize(
    ("prefix", "extension"),
    [("123456", "0"), ("12345678901", "0"), ("12345ab", "0"), ("1234567", "10")],
)
def test_a_prefix_that_cannot_be_is_refused(prefix: str, extension: str) -> None:
    with pytest.raises(ValueError, match="digit"):
        Gs1Prefix(prefix, extension)
