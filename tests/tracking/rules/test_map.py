"""The map: small enough, small places present, every place on it, drawn by the same projection."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipping.rules.catalogue import services
from tests.shipping.rules.parcels import DAY
from tracking.rules.geo import (
    CENTRE_LONGITUDE,
    NORTH,
    SOUTH,
    VIEW_BOX,
    find_place,
    places,
    project,
    zone_of_country,
)

SVG = Path(__file__).parents[3] / "templates" / "tracking" / "_world.svg"


def test_the_outlines_are_small_and_well_formed() -> None:
    text = SVG.read_text(encoding="utf-8")
    assert len(text.encode()) <= 15_000
    root = ET.fromstring(f"<g>{text}</g>")  # noqa: S314 - our own file
    assert [path.tag for path in root] == ["path"] * 4
    assert all(re.fullmatch(r"[Mlz\d -]+", path.get("d", "")) for path in root)


@pytest.mark.parametrize("country", ["SG", "HK", "MT"])
def test_small_places_are_drawn_where_they_are(country: str) -> None:
    root = ET.fromstring(f"<g>{SVG.read_text(encoding='utf-8')}</g>")  # noqa: S314 - our own file
    path = root.find(f"path[@class='{country}']")
    assert path is not None
    start = re.match(r"M(\d+) (\d+)", path.get("d", ""))
    place = find_place("", country)
    assert start is not None
    assert place is not None
    assert abs(int(start[1]) / 2 - place.xy[0]) < 4
    assert abs(int(start[2]) / 2 - place.xy[1]) < 4


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_of_the_earth_is_inside_the_view_box(latitude: float, longitude: float) -> None:
    x, y = project(latitude, longitude)
    assert 0 <= x <= VIEW_BOX[2]
    assert 0 <= y <= VIEW_BOX[3]


def test_north_is_up_and_east_is_right() -> None:
    assert project(NORTH, CENTRE_LONGITUDE) == (VIEW_BOX[2] / 2, 0)
    assert project(SOUTH, CENTRE_LONGITUDE)[1] == pytest.approx(VIEW_BOX[3], abs=1)
    assert project(0, 60)[0] > project(0, 20)[0]
    with pytest.raises(ValueError, match="not on the earth"):
        project(91, 0)


@pytest.mark.parametrize(
    ("city", "country", "name"),
    [
        ("LEIPZIG", "DE", "Leipzig"),
        ("Leipzig - Germany", "de", "Leipzig"),
        ("Sao Paulo", "BR", "São Paulo"),
        ("SHENZHEN", "CN", "Shenzhen"),
        ("Nowhere", "FR", "France"),
        ("", "MT", "Malta"),
    ],
)
def test_a_carriers_spelling_finds_the_place(city: str, country: str, name: str) -> None:
    found = find_place(city, country)
    assert found is not None
    assert found.name == name


def test_an_unknown_country_has_no_place_and_keeps_utc() -> None:
    assert find_place("Nowhere", "ZZ") is None
    assert zone_of_country("ZZ") == "UTC"
    assert zone_of_country("AU") == "Australia/Sydney"


def test_every_place_has_a_real_zone_and_every_service_country_a_place() -> None:
    assert len(places()) >= 60
    for place in places():
        ZoneInfo(place.zone)
        assert place.xy
    served = {country for one in services(DAY) for country in one.countries} - {"*"}
    assert {country for country in served if find_place("", country) is None} == set()
