"""Places in a warehouse: the ledger's counterparts, the tree, and what fits into a bin."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Sum

from orders.models import Product
from warehouse.models import Location, StockBalance, Warehouse

PARENT_KINDS: Mapping[str, Collection[str]] = {
    Location.Kind.ZONE: (),
    Location.Kind.AISLE: (Location.Kind.ZONE,),
    Location.Kind.RACK: (Location.Kind.AISLE, Location.Kind.ZONE),
    Location.Kind.BIN: (Location.Kind.RACK, Location.Kind.AISLE, Location.Kind.ZONE),
    Location.Kind.RECEIVING: (Location.Kind.ZONE,),
    Location.Kind.STAGING: (Location.Kind.ZONE,),
}
"""What each kind may lie in; the ledger's counterparts lie nowhere."""
MM3_PER_CM3 = 1000


class NoSuchPlace(LookupError):
    """The warehouse has no location of that kind. Permanent until the operator makes one."""


class NotInTree(ValueError):
    """A location of that kind cannot lie in the other, or the other is of another warehouse."""


class NoRoom(Exception):
    """The goods do not fit into the location. `what` is units, volume or weight."""

    def __init__(self, *, code: str, what: str, capacity: int, wanted: int) -> None:
        self.code, self.what, self.capacity, self.wanted = code, what, capacity, wanted
        super().__init__(f"{code} holds {capacity} ({what}); with these goods it is {wanted}.")


@dataclass(frozen=True, slots=True)
class Load:
    """What lies in a place: pieces, their volume and their weight."""

    units: int
    volume_mm3: int
    weight_g: int


def counterpart(*, warehouse_id: int, kind: str) -> Location:
    """Return the warehouse's location of a kind of which it has one; raises `NoSuchPlace`."""
    found = Location.objects.filter(warehouse_id=warehouse_id, kind=kind).order_by("id").first()
    if found is None:
        raise NoSuchPlace(f"Warehouse {warehouse_id} has no location of kind {kind}.")
    return found


def lay_counterparts(*, warehouse: Warehouse) -> None:
    """Make the dock, the staging area and the ledger's counterparts that a warehouse lacks."""
    known = set(
        Location.objects.filter(warehouse=warehouse).values_list("kind", flat=True).distinct()
    )
    wanted = (Location.Kind.RECEIVING, Location.Kind.STAGING, *Location.COUNTERPARTS)
    Location.objects.bulk_create(
        Location(warehouse=warehouse, code=kind.upper(), kind=kind)
        for kind in wanted
        if kind not in known
    )


def lay_tree(*, warehouse: Warehouse) -> int:
    """Hang the bins that lie in nothing yet under the zone and aisle they name; return how many.

    Missing zones and aisles are made, with codes as `A` and `A/01`.
    """
    loose = list(
        Location.objects.filter(
            warehouse=warehouse, kind=Location.Kind.BIN, parent__isnull=True
        ).exclude(zone="")
    )
    branches = {
        (each.kind, each.code): each
        for each in Location.objects.filter(
            warehouse=warehouse, kind__in=[Location.Kind.ZONE, Location.Kind.AISLE]
        )
    }

    def branch(kind: str, code: str, parent: Location | None, **fields: str) -> Location:
        if (kind, code) not in branches:
            branches[kind, code] = Location.objects.create(
                warehouse=warehouse, kind=kind, code=code, parent=parent, **fields
            )
        return branches[kind, code]

    for place in loose:
        place.parent = branch(Location.Kind.ZONE, place.zone, None, zone=place.zone)
        if place.aisle:
            code = f"{place.zone}/{place.aisle}"
            place.parent = branch(
                Location.Kind.AISLE, code, place.parent, zone=place.zone, aisle=place.aisle
            )
    Location.objects.bulk_update(loose, ["parent"])
    return len(loose)


def check_parent(*, kind: str, warehouse_id: int, parent: Location | None) -> None:
    """Raise `NotInTree` unless a location of `kind` may lie in `parent`."""
    if parent is None:
        return
    if parent.warehouse_id != warehouse_id or parent.kind not in PARENT_KINDS.get(kind, ()):
        raise NotInTree(f"A location of kind {kind} cannot lie in {parent.code} ({parent.kind}).")


def within(*, location_id: int) -> list[int]:
    """Return the ids of a location and of everything below it."""
    with connection.cursor() as cursor:
        cursor.execute(WITHIN, [location_id])
        return [row[0] for row in cursor.fetchall()]


WITHIN = (
    "WITH RECURSIVE below(id) AS (SELECT %s::bigint UNION"
    " SELECT l.id FROM warehouse_location AS l JOIN below ON l.parent_id = below.id)"
    " SELECT id FROM below ORDER BY id"
)


def load_of(*, location_id: int) -> Load:
    """What lies in a place now: the active merchant's goods, or everybody's across merchants."""
    volume = F("product__length_mm") * F("product__width_mm") * F("product__height_mm")
    sums = StockBalance.objects.filter(location_id=location_id, on_hand__gt=0).aggregate(
        units=Sum("on_hand"),
        volume=Sum(F("on_hand") * volume),
        weight=Sum(F("on_hand") * F("product__weight_g")),
    )
    return Load(sums["units"] or 0, int(sums["volume"] or 0), sums["weight"] or 0)


def load_of_goods(units: Mapping[int, int]) -> Load:
    """What goods take up, by product id."""
    products = Product.objects.filter(pk__in=list(units)).only(
        "length_mm", "width_mm", "height_mm", "weight_g"
    )
    volume = weight = 0
    for each in products:
        volume += units[each.pk] * each.length_mm * each.width_mm * each.height_mm
        weight += units[each.pk] * each.weight_g
    return Load(sum(units.values()), volume, weight)


def hold_room(*, location_id: int) -> None:
    """Let nobody else fill a place with a capacity until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"room:{location_id}"]
        )


def check_room(*, location: Location, units: Mapping[int, int]) -> None:
    """Raise `NoRoom` when goods (pieces by product id) do not fit in beside what lies there.

    In a merchant's block only that merchant's goods are seen; a station that fills bins of several
    merchants asks first across them, in the same transaction. Callers that come at once take turns.
    """
    limits = {
        "units": location.capacity_units,
        "volume": location.capacity_volume_cm3,
        "weight": location.capacity_weight_g,
    }
    if not any(limit is not None for limit in limits.values()):
        return
    hold_room(location_id=location.pk)
    there, coming = load_of(location_id=location.pk), load_of_goods(units)
    loads = {
        "units": there.units + coming.units,
        "volume": -(-(there.volume_mm3 + coming.volume_mm3) // MM3_PER_CM3),
        "weight": there.weight_g + coming.weight_g,
    }
    for what, limit in limits.items():
        if limit is not None and loads[what] > limit:
            raise NoRoom(code=location.code, what=what, capacity=limit, wanted=loads[what])
