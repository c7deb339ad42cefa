"""UPU S10 numbers: vectors of facts/customs/id_formats.csv and the single-error property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.rules import s10

serials = st.integers(min_value=0, max_value=s10.LAST_SERIAL)


@pytest.mark.parametrize(("serial", "digit"), [(47312482, 9), (0, 5), (12345678, 5)])
def test_the_verified_vectors_hold(serial: int, digit: int) -> None:
    assert s10.check_digit(serial) == digit


def test_a_number_is_built_in_thirteen_characters() -> None:
    number = s10.build(service_indicator="LX", serial=47312482, country="CN")
    assert str(number) == "LX473124829CN"
    assert number.for_people == "LX 473 124 829 CN"


@given(serials)
def test_what_is_built_reads_back(serial: int) -> None:
    number = s10.build(service_indicator="RR", serial=serial, country="HK")
    assert s10.parse(str(number)) == number
    assert s10.parse(number.for_people.lower()) == number


@given(serials, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_unless_two_sums_share_a_check_digit(
    serial: int, place: int, shift: int
) -> None:
    digits = f"{serial:08d}"
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    same = s10.check_digit(int(wrong)) == s10.check_digit(serial)
    assert s10.is_valid(f"RR{wrong}{s10.check_digit(serial)}CN") is same


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "two letters"),
        ("RR47312482CN", "two letters"),
        ("RR473124820CN", "takes 9"),
        ("RR٤٧٣١٢٤٨٢٩CN", "two letters"),
    ],
)
def test_a_bad_number_says_what_is_wrong(number: str, said: str) -> None:
    with pytest.raises(s10.BadS10, match=said):
        s10.parse(number)


def test_bad_parts_are_refused_by_name() -> None:
    with pytest.raises(s10.BadS10, match="service_indicator"):
        s10.build(service_indicator="R1", serial=1, country="CN")
    with pytest.raises(s10.BadS10, match="country"):
        s10.build(service_indicator="RR", serial=1, country="cn")
    with pytest.raises(s10.BadS10, match="serial"):
        s10.build(service_indicator="RR", serial=100_000_000, country="CN")
