"""The map of the tracking page: where a place is drawn, and where cities and countries are.

Robinson's projection by its published table (A. H. Robinson, 1974), seen from 11° E so that the
seam falls into the Bering Strait. The outlines in ``templates/tracking/_world.svg`` are made with
the same function by ``tracking/maps/build_world.py``.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tracking.rules.status_map import DATA

VIEW_BOX = (0, 0, 1000, 424)
CENTRE_LONGITUDE = 11.0
NORTH, SOUTH = 84.0, -57.0

# For each five degrees from the equator: length of the parallel, distance from the equator.
_TABLE = (
    (1.0, 0.0),
    (0.9986, 0.062),
    (0.9954, 0.124),
    (0.99, 0.186),
    (0.9822, 0.248),
    (0.973, 0.31),
    (0.96, 0.372),
    (0.9427, 0.434),
    (0.9216, 0.4958),
    (0.8962, 0.5571),
    (0.8679, 0.6176),
    (0.835, 0.6769),
    (0.7986, 0.7346),
    (0.7597, 0.7903),
    (0.7186, 0.8435),
    (0.6732, 0.8936),
    (0.6213, 0.9394),
    (0.5722, 0.9761),
    (0.5322, 1.0),
)
# Half the equator is 0.8487 * pi and the pole 1.3523 from it, for an earth of radius one.
_HEIGHT_TO_HALF_WIDTH = 1.3523 / (0.8487 * 3.141592653589793)


@dataclass(frozen=True, slots=True)
class Place:
    """A city or a country's middle. Degrees north and east; ``zone`` is its IANA time zone."""

    kind: str
    name: str
    country: str
    latitude: float
    longitude: float
    zone: str

    @property
    def xy(self) -> tuple[float, float]:
        """Where it is drawn in the map's view box."""
        return project(self.latitude, self.longitude)


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Place a point in ``VIEW_BOX``, x to the right and y down, to a tenth of a unit.

    Degrees; raises ValueError outside -90..90 and -180..180. What lies beyond the map's northern
    or southern edge is drawn on the edge.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"place: {latitude}, {longitude} is not on the earth")
    east = (longitude - CENTRE_LONGITUDE + 180) % 360 - 180
    return project_from_centre(latitude, east)


def project_from_centre(latitude: float, east: float) -> tuple[float, float]:
    """As ``project``, with degrees east of the central meridian; -180 and 180 are the two edges."""
    length, height = _parallel(min(max(latitude, SOUTH), NORTH))
    _length, top = _parallel(NORTH)
    half = VIEW_BOX[2] / 2
    x = half + half * length * east / 180
    y = (top - height) * half * _HEIGHT_TO_HALF_WIDTH
    return round(x, 1), round(y, 1)


def _parallel(latitude: float) -> tuple[float, float]:
    steps = abs(latitude) / 5
    index = min(int(steps), len(_TABLE) - 2)
    (length, height), (next_length, next_height) = _TABLE[index], _TABLE[index + 1]
    part = steps - index
    sign = -1 if latitude < 0 else 1
    return (
        length + (next_length - length) * part,
        sign * (height + (next_height - height) * part),
    )


def find_place(city: str, country: str) -> Place | None:
    """The city if it is known, else the middle of its country, else None.

    Carriers write cities in capitals, without accents and with more words (``LEIPZIG - GERMANY``).
    """
    cities, countries = _places()
    iso = country.strip().upper()
    plain = _plain(city)
    known = cities.get((plain, iso)) or next(
        (
            place
            for (name, where), place in cities.items()
            if where == iso and plain.startswith(f"{name} ")
        ),
        None,
    )
    return known or countries.get(iso)


def zone_of_country(country: str) -> str:
    """The IANA zone of a country's middle or main city; ``UTC`` when the country is not known."""
    found = _places()[1].get(country.strip().upper())
    return found.zone if found else "UTC"


def places() -> tuple[Place, ...]:
    """Every known place, countries first."""
    cities, countries = _places()
    return (*countries.values(), *cities.values())


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(
        letter if letter.isalnum() else " "
        for letter in decomposed
        if not unicodedata.combining(letter)
    )
    return " ".join(letters.split())


@lru_cache(maxsize=1)
def _places() -> tuple[dict[tuple[str, str], Place], dict[str, Place]]:
    cities, countries = {}, {}
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = Place(
                kind=row["kind"],
                name=row["name"],
                country=row["country"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                zone=row["zone"],
            )
            if place.kind == "country":
                countries[place.country] = place
            else:
                cities[(_plain(place.name), place.country)] = place
    return cities, countries
