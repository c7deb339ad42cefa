"""Where parcels are scanned: a real airport per country, and the city the recipient lives in."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "hubs.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A point a parcel passes. `zone` is the IANA zone that local times are told in."""

    code: str
    city: str
    country: str
    latitude: float
    longitude: float
    zone: str

    def local(self, instant: float) -> dt.datetime:
        """Return the Unix `instant` in local time, cut to the second (never after it)."""
        return dt.datetime.fromtimestamp(int(instant), tz=_zone(self.zone))

    def to_json(self) -> str:
        """Return the text `from_json` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)


@lru_cache(maxsize=4096)
def from_json(text: str) -> Place:
    """Read what `to_json` wrote. Cached: the same few places come back thousands of times."""
    return Place(**json.loads(text))


@cache
def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except zoneinfo.ZoneInfoNotFoundError:
        # A machine without zone data still tells true instants, only in UTC.
        return dt.UTC


@cache
def hub(country: str) -> Place:
    """Return the airport of `country`; a country not in the file gets a point without one."""
    hubs = json.loads(_FILE.read_text(encoding="utf-8"))["hubs"]
    if country not in hubs:
        return Place("ZZZ", country, country, 0.0, 0.0, "UTC")
    code, city, latitude, longitude, zone = hubs[country]
    return Place(code, city, country, latitude, longitude, zone)


def town(country: str, city: str) -> Place:
    """Return the recipient's town: its own name, the position and zone of the country's hub."""
    near = hub(country)
    return Place(near.code, city or near.city, country, near.latitude, near.longitude, near.zone)
