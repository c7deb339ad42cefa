"""What was done in a warehouse, hour by hour and person by person.

An hour that is over does not change any more: it is read once and kept in the cache, so that a
board that is looked at all day reads one or two hours of the tables. Without the cache it reads
all of them: slower, and right.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from warehouse.models import Warehouse
from warehouse.rules.board import HOUR, WRONG_SCANS

log = logging.getLogger("waybridge.supervision")

SETTLED = timedelta(minutes=5)
"""So long after its end an hour may still get rows from a transaction that was slow."""
KEPT_S = 30 * 3600


@dataclass(frozen=True, slots=True)
class Worked:
    """Of one person: pick lines and parcels of the warehouse, and scans wherever they stood."""

    picks: int = 0
    packs: int = 0
    scans: int = 0
    wrong: int = 0

    def __add__(self, other: Worked) -> Worked:
        return Worked(
            self.picks + other.picks,
            self.packs + other.packs,
            self.scans + other.scans,
            self.wrong + other.wrong,
        )

    @property
    def was_here(self) -> bool:
        """Whether anything of it was done in the warehouse itself."""
        return bool(self.picks or self.packs)

    @property
    def wrong_per_mille(self) -> int:
        """Wrong scans of a thousand."""
        return round(1000 * self.wrong / self.scans) if self.scans else 0


@dataclass(slots=True)
class Done:
    """One hour: pick lines, parcels packed, parcels handed over, and who did what."""

    picked: int = 0
    packed: int = 0
    handed_over: int = 0
    people: dict[str, Worked] = field(default_factory=dict)

    def add(self, actor: str, worked: Worked) -> None:
        """Add what a person did; what a program did is in the sums alone."""
        self.picked += worked.picks
        self.packed += worked.packs
        if actor.startswith("staff:"):
            self.people[actor] = self.people.get(actor, Worked()) + worked


def hours_of(
    house: Warehouse, beginnings: Sequence[datetime], now: datetime
) -> list[tuple[datetime, Done]]:
    """Return each hour with what was done in it; call inside a block across merchants."""
    kept = _recall(house, beginnings)
    missing = [each for each in beginnings if each not in kept]
    if missing:
        read = _read(house, since=missing[0], until=beginnings[-1] + HOUR)
        fresh = {each: read.get(each, Done()) for each in missing}
        _remember(house, {each: done for each, done in fresh.items()
                          if each + HOUR + SETTLED <= now})  # fmt: skip
        kept.update(fresh)
    return [(each, kept[each]) for each in beginnings]


def last_hour(house: Warehouse, now: datetime) -> dict[str, Worked]:
    """Return what each person did in the last sixty minutes."""
    people: dict[str, Worked] = {}
    for done in _read(house, since=now - HOUR, until=now + HOUR).values():
        for actor, worked in done.people.items():
            people[actor] = people.get(actor, Worked()) + worked
    return people


_READINGS: Mapping[str, str] = {
    "picks": (
        "SELECT date_trunc('hour', t.picked_at, %(zone)s), t.picked_by, count(*), 0"
        " FROM warehouse_picktask AS t JOIN warehouse_location AS l ON l.id = t.location_id"
        " WHERE t.picked_at >= %(since)s AND t.picked_at < %(until)s"
        " AND l.warehouse_id = %(house)s GROUP BY 1, 2"
    ),
    "packs": (
        "SELECT date_trunc('hour', packed_at, %(zone)s), packed_by, count(*), 0"
        " FROM warehouse_parcel"
        " WHERE warehouse_id = %(house)s AND packed_at >= %(since)s AND packed_at < %(until)s"
        " GROUP BY 1, 2"
    ),
    "left": (
        "SELECT date_trunc('hour', handed_over_at, %(zone)s), '', count(*), 0 FROM warehouse_parcel"
        " WHERE warehouse_id = %(house)s AND handed_over_at >= %(since)s"
        " AND handed_over_at < %(until)s GROUP BY 1"
    ),
    "scans": (
        "SELECT date_trunc('hour', at, %(zone)s), actor, count(*),"
        " count(*) FILTER (WHERE verdict = ANY(%(wrong)s)) FROM warehouse_scan"
        " WHERE at >= %(since)s AND at < %(until)s GROUP BY 1, 2"
    ),
    "station_scans": (
        "SELECT date_trunc('hour', at, %(zone)s), actor, count(*),"
        " count(*) FILTER (WHERE answer ->> 'code' = ANY(%(wrong)s)) FROM warehouse_stationscan"
        " WHERE at >= %(since)s AND at < %(until)s GROUP BY 1, 2"
    ),
}


def _read(house: Warehouse, *, since: datetime, until: datetime) -> dict[datetime, Done]:
    values: dict[str, Any] = {
        "house": house.pk, "zone": house.time_zone, "since": since, "until": until,
        "wrong": sorted(WRONG_SCANS),
    }  # fmt: skip
    hours: dict[datetime, Done] = {}
    with connection.cursor() as cursor:
        for kind, statement in _READINGS.items():
            cursor.execute(statement, values)
            for beginning, actor, count, wrong in cursor.fetchall():
                done = hours.setdefault(beginning, Done())
                if kind == "left":
                    done.handed_over += count
                elif kind == "picks":
                    done.add(actor, Worked(picks=count))
                elif kind == "packs":
                    done.add(actor, Worked(packs=count))
                else:
                    done.add(actor, Worked(scans=count, wrong=wrong))
    return hours


def _key(house: Warehouse, beginning: datetime) -> str:
    return f"supervision:1:{house.pk}:{int(beginning.timestamp())}"


def _recall(house: Warehouse, beginnings: Sequence[datetime]) -> dict[datetime, Done]:
    keys = {_key(house, each): each for each in beginnings}
    try:
        found: dict[str, Any] = cache.get_many(list(keys))
    except RedisError as away:
        log.warning("The board reads every hour anew while Redis is away: %s", away)
        return {}
    return {keys[key]: _from_plain(plain) for key, plain in found.items()}


def _remember(house: Warehouse, hours: Mapping[datetime, Done]) -> None:
    if not hours:
        return
    try:
        cache.set_many(
            {_key(house, each): _plain(done) for each, done in hours.items()}, timeout=KEPT_S
        )
    except RedisError as away:
        log.warning("No hour of the board is kept while Redis is away: %s", away)


def _plain(done: Done) -> list[Any]:
    people = {
        actor: [worked.picks, worked.packs, worked.scans, worked.wrong]
        for actor, worked in done.people.items()
    }
    return [done.picked, done.packed, done.handed_over, people]


def _from_plain(plain: list[Any]) -> Done:
    picked, packed, handed_over, people = plain
    return Done(picked, packed, handed_over, {name: Worked(*row) for name, row in people.items()})
