"""What a supervisor sees of a warehouse: orders by stage and when they are due, work by the hour
and by person, and what stands in the way.

Cheap however much is open: every count stops at `MOST`, reads one partial index, and hours that
are over are read once and remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from accounts.models import User
from core.models import Job
from core.tenancy import across_merchants
from flows.board import PROBLEMS
from flows.problems import About, subjects
from flows.supervision_hours import Done, Worked, hours_of, last_hour
from tracking.words import carrier_words
from warehouse.models import Printer, StaffAssignment, Warehouse, WaveTemplate
from warehouse.rules.board import DUES, Due, DueEdges, due_edges, hours_until, start_of_day
from warehouse.rules.waves import next_cut_off

MOST = 10_000
"""Beyond it a count is said as "more than": no further row is read."""
HOURS = 24
STAGES = ("waiting", "planned", "released", "picked", "packed")

_DUE: Mapping[Due, str] = {
    "overdue": "{0}.ship_by < %(now)s",
    "today": "{0}.ship_by >= %(now)s AND {0}.ship_by < %(cut_off)s",
    "later": "{0}.ship_by >= %(cut_off)s",
    "undated": "{0}.ship_by IS NULL",
}
_WAVE = (
    "warehouse_wave AS w JOIN warehouse_parcel AS p"
    " ON p.wave_id = w.id AND p.merchant_id = w.merchant_id AND p.status = 'planned'"
    " WHERE w.warehouse_id = %(house)s AND w.status = '{status}'"
)
_STAGE: Mapping[str, tuple[str, str]] = {
    "waiting": (
        "a",
        "warehouse_allocation AS a WHERE a.warehouse_id = %(house)s AND a.planned_at IS NULL",
    ),
    "planned": ("p", _WAVE.format(status="planned")),
    "released": ("p", _WAVE.format(status="released")),
    "picked": ("p", _WAVE.format(status="picked")),
    "packed": (
        "p",
        "warehouse_parcel AS p WHERE p.warehouse_id = %(house)s AND p.status = 'packed'",
    ),
}
_OTHERS: Mapping[str, str] = {
    "handed_over": (
        "warehouse_parcel AS p WHERE p.warehouse_id = %(house)s AND p.handed_over_at >= %(day)s"
    ),
    "short_picks": (
        "warehouse_shortpick AS s JOIN warehouse_location AS l ON l.id = s.location_id"
        " WHERE s.counted_at IS NULL AND l.warehouse_id = %(house)s"
    ),
    "unclear": (
        "shipping_booking AS b JOIN warehouse_parcel AS p"
        " ON p.id = b.parcel_id AND p.merchant_id = b.merchant_id"
        " WHERE b.status = 'unclear' AND p.warehouse_id = %(house)s"
    ),
    "no_label": (
        "shipping_booking AS b JOIN warehouse_parcel AS p"
        " ON p.id = b.parcel_id AND p.merchant_id = b.merchant_id"
        " WHERE b.status = 'booked' AND b.label_id IS NULL AND p.warehouse_id = %(house)s"
    ),
    "prints": ("warehouse_printjob AS j WHERE j.warehouse_id = %(house)s AND j.status = 'failed'"),
    "expired": (
        "warehouse_stockbalance AS b JOIN warehouse_location AS l ON l.id = b.location_id"
        " WHERE b.condition = 'good' AND b.on_hand > 0 AND b.reserved > 0"
        " AND b.expires_on < %(today)s AND l.warehouse_id = %(house)s AND l.kind = 'bin'"
    ),
    "inbounds": (
        "warehouse_inbound AS i WHERE i.warehouse_id = %(house)s"
        " AND i.status IN ('announced', 'receiving', 'received')"
        " AND (i.status <> 'announced' OR i.expected_on <= %(today)s)"
    ),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that was counted up to `MOST`."""

    number: int

    @property
    def is_more(self) -> bool:
        """Whether there are more than it says."""
        return self.number > MOST

    @property
    def shown(self) -> int:
        return min(self.number, MOST)


@dataclass(frozen=True, slots=True)
class CutOff:
    """When a carrier takes its last parcel today; `carrier` is "" where it is any."""

    at: datetime
    name: str
    carrier: str


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody did here: in the last sixty minutes, and since midnight there."""

    actor: str
    name: str
    hour: Worked
    today: Worked


@dataclass(frozen=True, slots=True)
class Trouble:
    """Work that failed for good: the job's id, what it is about, since when."""

    job_id: int
    kind: str
    about: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Supervision:
    """One warehouse. `stages[stage][due]` and `others` are counted; `hours` are the last `HOURS`
    with what was done in each, the present one last."""

    warehouse: Warehouse
    edges: DueEdges
    cut_offs: tuple[CutOff, ...]
    stages: Mapping[str, Mapping[Due, Counted]]
    others: Mapping[str, Counted]
    hours: tuple[tuple[datetime, Done], ...]
    people: tuple[Person, ...]
    failed: tuple[Trouble, ...]
    printers_down: tuple[Printer, ...]


def supervise(*, warehouses: Sequence[Warehouse], now: datetime) -> list[Supervision]:
    """Read the warehouses a person supervises, in one transaction."""
    with across_merchants("A supervisor's board counts every merchant's orders in a warehouse."):
        failed = _failed({warehouse.pk for warehouse in warehouses})
        return [_one(warehouse, failed.get(warehouse.pk, ()), now) for warehouse in warehouses]


def _one(house: Warehouse, failed: Sequence[Trouble], now: datetime) -> Supervision:
    cut_offs = cut_offs_today(house, now)
    edges = edges_of(house, now)
    counts = _count(house, edges, now)
    hours = hours_of(house, hours_until(now=now, zone=house.time_zone, count=HOURS), now)
    broken = Printer.objects.filter(warehouse=house, is_active=True, fault_since__isnull=False)
    return Supervision(
        warehouse=house,
        edges=edges,
        cut_offs=cut_offs,
        stages={stage: {due: counts[f"{stage}_{due}"] for due in DUES} for stage in STAGES},
        others={name: counts[name] for name in _OTHERS},
        hours=tuple(hours),
        people=tuple(_people(house, hours, now)),
        failed=tuple(failed),
        printers_down=tuple(broken.order_by("name")[:PROBLEMS]),
    )


def cut_offs_today(house: Warehouse, now: datetime) -> tuple[CutOff, ...]:
    """The cut-offs still to come today by the house's clock, the next first."""
    end = start_of_day(now + timedelta(days=1), house.time_zone)
    found = []
    for template in WaveTemplate.objects.filter(warehouse=house, is_active=True).order_by("id"):
        at = next_cut_off(
            after=now, zone=house.time_zone, at=template.cut_off, weekdays=template.weekdays
        )
        if at is not None and at < end:
            carrier = carrier_words(template.carrier_code) if template.carrier_code else ""
            found.append(CutOff(at, template.name, carrier))
    return tuple(sorted(found, key=lambda each: (each.at, each.name)))


def edges_of(house: Warehouse, now: datetime) -> DueEdges:
    """Where overdue, due and later part."""
    coming = [each.at for each in cut_offs_today(house, now)]
    return due_edges(now=now, zone=house.time_zone, cut_offs=coming)


def _count(house: Warehouse, edges: DueEdges, now: datetime) -> dict[str, Counted]:
    """Count everything in one statement; each count reads at most one row more than `MOST`."""
    wanted = {
        f"{stage}_{due}": f"{rows} AND {_DUE[due].format(alias)}"
        for stage, (alias, rows) in _STAGE.items()
        for due in DUES
    }
    wanted.update(_OTHERS)
    # Only this file's own constants are put together; values are parameters.
    counts = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT {MOST + 1}) AS bounded)"  # noqa: S608
        for rows in wanted.values()
    )
    day = start_of_day(now, house.time_zone)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {counts}",
            {
                "house": house.pk, "now": edges.now, "cut_off": edges.cut_off, "day": day,
                "today": (day + timedelta(hours=12)).date(),
            },
        )  # fmt: skip
        row = cursor.fetchone()
    return {name: Counted(number) for name, number in zip(wanted, row, strict=True)}


def _failed(warehouse_ids: Collection[int]) -> dict[int, list[Trouble]]:
    """The newest work that stopped, by warehouse, of the newest in all."""
    jobs = list(Job.objects.filter(status=Job.Status.FAILED).order_by("-id")[: PROBLEMS * 4])
    about = subjects(jobs)
    found: dict[int, list[Trouble]] = {}
    for job in jobs:
        subject = about.get(job.pk, About())
        if subject.warehouse_id in warehouse_ids:
            trouble = Trouble(job.pk, job.kind, subject.name, job.created_at)
            found.setdefault(subject.warehouse_id, []).append(trouble)
    return found


def _people(
    house: Warehouse, hours: Sequence[tuple[datetime, Done]], now: datetime
) -> list[Person]:
    """Those who work here or did today, by e-mail. Scans are theirs wherever they stood."""
    day = start_of_day(now, house.time_zone)
    today: dict[str, Worked] = {}
    for beginning, done in hours:
        if beginning >= day:
            for actor, worked in done.people.items():
                today[actor] = today.get(actor, Worked()) + worked
    hour = last_hour(house, now)
    assigned = StaffAssignment.objects.filter(warehouse=house, staff__is_active=True)
    own = {f"staff:{email}" for email in assigned.values_list("staff__user__email", flat=True)}
    here = {
        actor
        for actor in {*today, *hour}
        if actor in own or (today.get(actor, Worked()) + hour.get(actor, Worked())).was_here
    }
    names = dict(
        User.objects.filter(email__in=[actor.partition(":")[2] for actor in here]).values_list(
            "email", "full_name"
        )
    )
    return [
        Person(
            actor,
            names.get(actor.partition(":")[2], "") or actor.partition(":")[2],
            hour.get(actor, Worked()),
            today.get(actor, Worked()),
        )
        for actor in sorted(here)
    ]
