"""What lies in bins, whoever's it is: read by stations that fill or count them.

Two steps of one transaction: what is wanted is found in the owner's block, the bins are then read
across merchants, because owners are not mixed and a bin's room is everybody's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When

from orders.models import Product
from warehouse.models import Location, StockBalance
from warehouse.rules.put_away import Content, Place, home_zone_of

NEAREST = 30
"""Empty bins, and others of the owner, that are looked at for one proposal."""
BIN = Location.Kind.BIN


@dataclass(frozen=True, slots=True)
class BinsWanted:
    """Goods that want a bin in a warehouse; `held` are bins with the product, `owned` the owner's
    nearest others."""

    warehouse_id: int
    goods: Content
    held: tuple[int, ...]
    owned: tuple[int, ...]
    home_zone: str


def content_of(
    product: Product, *, quantity: int, lot: str, expires_on: object, condition: str
) -> Content:
    """Pieces of a product as the rules take them; its sides make the volume."""
    return Content(
        owner_id=product.merchant_id,
        product_id=product.pk,
        quantity=quantity,
        lot=lot,
        expires_on=expires_on,  # type: ignore[arg-type]  # a date or None, as its column has it
        condition=condition,
        volume_mm3=product.length_mm * product.width_mm * product.height_mm,
        weight_g=product.weight_g,
    )


def bins_wanted(*, warehouse_id: int, goods: Content) -> BinsWanted:
    """Find the owner's own bins for goods, in the owner's block."""
    mine = StockBalance.objects.filter(
        location__warehouse_id=warehouse_id, location__kind=BIN, on_hand__gt=0
    )
    held = list(
        mine.filter(product_id=goods.product_id, condition=goods.condition)
        .order_by("location__pick_sequence", "location_id")
        .values_list("location_id", "location__zone")
        .distinct()[:NEAREST]
    )
    owned = (
        mine.filter(condition=goods.condition)
        .order_by("location__pick_sequence", "location_id")
        .values_list("location_id", flat=True)
        .distinct()[:NEAREST]
    )
    return BinsWanted(
        warehouse_id=warehouse_id,
        goods=goods,
        held=tuple(pk for pk, _zone in held),
        owned=tuple(owned),
        home_zone=home_zone_of([zone for _pk, zone in held]),
    )


def read_places(wanted: BinsWanted, *, zones: Mapping[str, str]) -> list[Place]:
    """Read the bins to choose from, in a block across merchants."""
    ids = {*wanted.held, *wanted.owned, *_empty(wanted, zones)}
    return places_of(Location.objects.filter(pk__in=ids))


def _empty(wanted: BinsWanted, zones: Mapping[str, str]) -> Sequence[int]:
    lying = StockBalance.objects.filter(location=OuterRef("pk"), on_hand__gt=0)
    rows = Location.objects.filter(warehouse_id=wanted.warehouse_id, kind=BIN)
    own = zones.get(wanted.goods.condition)
    rows = rows.filter(zone=own) if own else rows.exclude(zone__in=list(zones.values()))
    at_home = Case(
        When(zone=wanted.home_zone, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return list(
        rows.filter(~Exists(lying))
        .order_by(at_home, "pick_sequence", "id")
        .values_list("pk", flat=True)[:NEAREST]
    )


def places_of(locations: Collection[Location]) -> list[Place]:
    """Bins with what lies in them, in a block across merchants."""
    found = list(locations)
    lying: dict[int, list[Content]] = {}
    rows = StockBalance.objects.filter(location__in=found, on_hand__gt=0)
    for row in rows.select_related("product").order_by("id"):
        lying.setdefault(row.location_id, []).append(
            content_of(
                row.product, quantity=row.on_hand, lot=row.lot, expires_on=row.expires_on,
                condition=row.condition,
            )
        )  # fmt: skip
    return [
        Place(
            location_id=each.pk,
            code=each.code,
            zone=each.zone,
            sequence=each.pick_sequence,
            capacity_units=each.capacity_units,
            capacity_volume_cm3=each.capacity_volume_cm3,
            capacity_weight_g=each.capacity_weight_g,
            contents=tuple(lying.get(each.pk, ())),
        )
        for each in found
    ]


def find_bin(code: str, *, warehouse_id: int) -> Location | None:
    """The bin of a code in a warehouse, whatever its case."""
    rows = Location.objects.filter(warehouse_id=warehouse_id, kind=BIN)
    return rows.filter(code=code).first() or rows.filter(code__iexact=code).order_by("id").first()
