"""What a scanner read: GTINs, GS1 element strings, our own codes, and what is none of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.barcodes import parse_scan
from warehouse.rules.gs1 import (
    BadGs1,
    check_digit,
    date_of,
    gtin14,
    has_good_check_digit,
    net_weight_g,
    parse_elements,
)

GS = "\x1d"
GTIN = "09501101530003"


@pytest.mark.parametrize(
    ("number", "fourteen"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("09501101530003", "09501101530003"),
    ],
)
def test_the_four_lengths_of_gtin_are_read(number: str, fourteen: str) -> None:
    scan = parse_scan(number + "\r\n")
    assert (scan.kind, scan.gtin, scan.problem) == ("gtin", fourteen, None)
    assert gtin14(number) == fourteen


def test_a_wrong_check_digit_leaves_an_sku_with_a_warning() -> None:
    scan = parse_scan("4006381333930")
    assert (scan.kind, scan.value) == ("sku", "4006381333930")
    assert scan.problem is not None
    assert "should be 1" in scan.problem.text


@given(st.from_regex(r"\A([0-9]{7}|[0-9]{11}|[0-9]{12}|[0-9]{13})\Z"))
def test_what_gets_a_check_digit_is_valid_and_one_changed_digit_is_not(body: str) -> None:
    number = body + str(check_digit(body))
    assert parse_scan(number).kind == "gtin"
    changed = str((int(number[0]) + 1) % 10) + number[1:]
    assert not has_good_check_digit(changed)


@pytest.mark.parametrize(
    "raw",
    [
        f"]C101{GTIN}1727013110AB1{GS}21S-9",
        f"{GS}01{GTIN}1727013110AB1{GS}21S-9",
        f"]d201{GTIN}17270131{GS}10AB1{GS}21S-9{GS}",
        f"(01){GTIN}(17)270131(10)AB1(21)S-9",
    ],
)
def test_a_gs1_code_is_read_in_every_form_a_scanner_sends(raw: str) -> None:
    scan = parse_scan(raw)
    assert (scan.kind, scan.gtin, scan.lot, scan.serial, scan.expiry) == (
        "gs1", GTIN, "AB1", "S-9", date(2027, 1, 31),
    )  # fmt: skip
    assert scan.raw == raw


def test_a_count_of_contained_units_is_read() -> None:
    assert parse_scan(f"]C102{GTIN}3712").count == 12


def test_a_lot_may_hold_an_opening_bracket() -> None:
    assert parse_scan(f"(01){GTIN}(10)A(1").lot == "A(1"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "Nothing was read"),
        ("x" * 201, "201 characters"),
        ("ab\x07cd", "unprintable"),
        ("WB:X:1", "not one of our codes"),
        ("WB:O:", "not one of our codes"),
        ("]C10109501101530004", "should be 3"),
        ("]C1010950110153", "instead of 14"),
        (f"]C101{GTIN}17271331", "no day of the calendar"),
        (f"]C101{GTIN}889", "unknown application identifier"),
        (f"]C101{GTIN}10", "instead of 1 to 20"),
        (f"]C101{GTIN}10A{GS}10B", "given twice"),
        ("]C110LOT", "names no product"),
        ("]C1", "no element"),
    ],
)
def test_an_unreadable_code_says_why(raw: str, said: str) -> None:
    scan = parse_scan(raw)
    assert scan.kind == "unreadable"
    assert scan.problem is not None
    assert said in scan.problem.text


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        ("WB:O:WB-2026-000017", "order", "WB-2026-000017"),
        ("WB:T:T07", "tote", "T07"),
        ("WB:L:A-01-02", "location", "A-01-02"),
        ("]C1WB-5", "unreadable", ""),
        ("]C000106141411234567897", "sku", "00106141411234567897"),
        ("]C100106141411234567897", "shipping_unit", "106141411234567897"),
        ("SKU-红-1", "sku", "SKU-红-1"),
    ],
)
def test_other_codes_are_told_apart(raw: str, kind: str, value: str) -> None:
    scan = parse_scan(raw)
    assert (scan.kind, scan.value) == (kind, value)


@given(st.text(max_size=250))
def test_no_text_makes_it_raise(raw: str) -> None:
    scan = parse_scan(raw)
    assert scan.raw == raw
    assert scan.kind != "unreadable" or scan.problem is not None


def test_a_day_of_zero_is_the_last_of_the_month() -> None:
    assert date_of("280200") == date(2028, 2, 29)
    with pytest.raises(BadGs1, match="YYMMDD"):
        date_of("281300")
    assert parse_elements(f"01{GTIN}") == {"01": GTIN}


def element(ai: str, value: str) -> str:
    """A variable element as a scanner sends it, ended by the separator."""
    return f"{ai}{value}{GS}"


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        (f"01{GTIN}3103001250", {"01": GTIN, "3103": "001250"}),
        (f"02{GTIN}37{'24'}{GS}400PO-77", {"02": GTIN, "37": "24", "400": "PO-77"}),
        (f"01{GTIN}11260101{'15'}260601", {"01": GTIN, "11": "260101", "15": "260601"}),
        (f"00106141411234567897{GS}", {"00": "106141411234567897"}),
        (f"01{GTIN}3922{'1999'}{GS}4129501101020016", {
            "01": GTIN, "3922": "1999", "412": "9501101020016",
        }),
        (f"01{GTIN}70032612312359", {"01": GTIN, "7003": "2612312359"}),
        (f"240OWN-1{GS}10L1", {"240": "OWN-1", "10": "L1"}),
    ],
)  # fmt: skip
def test_golden_element_strings(text: str, elements: dict[str, str]) -> None:
    assert parse_elements(text) == elements


def test_the_net_weight_is_read_with_its_decimals() -> None:
    assert net_weight_g(parse_elements(f"01{GTIN}3103001250")) == 1250
    assert net_weight_g(parse_elements(f"01{GTIN}3101000125")) == 12_500
    assert net_weight_g({"01": GTIN}) is None


@pytest.mark.parametrize("spelt", ["<GS>", "{GS}", "\u241d"])
def test_a_separator_that_a_scanner_spells_is_one(spelt: str) -> None:
    scan = parse_scan(f"]C101{GTIN}10AB{spelt}21S1")
    assert (scan.lot, scan.serial) == ("AB", "S1")
    assert scan.raw == f"]C101{GTIN}10AB{spelt}21S1"


def test_an_own_number_in_a_gs1_code_names_the_product() -> None:
    scan = parse_scan(f"]C1240MUG-BLUE{GS}10L7{GS}17270131")
    assert (scan.kind, scan.value, scan.sku, scan.gtin) == ("gs1", "MUG-BLUE", "MUG-BLUE", "")
    assert [each.text for each in scan.read] == ["Lot L7.", "Expires 2027-01-31."]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("]C100106141411234567890", "should be 7"),
        ("]C14129501101020017", "should be 6"),
        (f"]C101{GTIN}31060012", "unknown application identifier"),
        (f"]C101{GTIN}310300125", "instead of 6"),
        (f"]C101{GTIN}310300A250", "digits only"),
        (f"]C101{GTIN}10{'L' * 21}", "21 characters"),
        (f"]C101{GTIN}10AB CD", "does not allow"),
        (f"]C102{GTIN}370", "holds 0 units"),
    ],
)
def test_a_malformed_element_is_named(raw: str, said: str) -> None:
    scan = parse_scan(raw)
    assert scan.kind == "unreadable"
    assert scan.problem is not None
    assert said in scan.problem.text


CHARACTERS = st.text(
    st.sampled_from("ABCxyz0189!%&'*+,-./_:;<=>?"), min_size=1, max_size=20
)  # fmt: skip


@given(
    body=st.from_regex(r"\A[0-9]{13}\Z"),
    lot=CHARACTERS,
    serial=CHARACTERS,
    day=st.dates(date(2001, 1, 1), date(2050, 12, 31)),
    count=st.integers(1, 99_999_999),
    mark=st.sampled_from(["]C1", "]d2", "]Q3"]),
    order=st.permutations(range(4)),
)
def test_what_is_written_as_elements_is_read_again(  # noqa: PLR0917 - drawn values
    body: str, lot: str, serial: str, day: date, count: int, mark: str, order: list[int]
) -> None:
    gtin = body + str(check_digit(body))
    parts = [
        f"17{day:%y%m%d}", element("10", lot), element("21", serial), element("37", str(count)),
    ]  # fmt: skip
    scan = parse_scan(f"{mark}01{gtin}" + "".join(parts[number] for number in order))
    assert (scan.gtin, scan.lot, scan.serial) == (gtin, lot, serial)
    assert (scan.expiry, scan.count) == (day, count)


@given(st.from_regex(r"\A[0-9]{17}\Z"))
def test_an_sscc_is_read_and_one_with_a_changed_digit_is_named(body: str) -> None:
    number = body + str(check_digit(body))
    assert parse_scan(f"]C100{number}").kind == "shipping_unit"
    changed = str((int(number[0]) + 1) % 10) + number[1:]
    assert parse_scan(f"]C100{changed}").kind == "unreadable"
