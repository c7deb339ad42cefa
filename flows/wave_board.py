"""What the board shows beside the work at hand: proposals by cut-off, goods to be brought back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F

from core.tenancy import across_merchants, merchant
from flows.bins import find_bin
from flows.scanned_products import products_scanned
from warehouse.models import Location, Parcel, PutBack, Wave
from warehouse.rules.barcodes import parse_scan
from warehouse.services.put_backs import bring_back, check_room_for

MOST_WAVES = 500
MOST_PUT_BACKS = 100


@dataclass(slots=True)
class Proposal:
    """The waves of several merchants that one template proposes for one cut-off."""

    template_id: int
    name: str
    carrier_code: str
    warehouse_id: int
    cut_off_at: datetime
    waves: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def orders(self) -> int:
        """Of all waves."""
        return sum(wave["orders"] for wave in self.waves)


def proposals(*, warehouse_ids: Collection[int]) -> list[Proposal]:
    """Return what waits for a person's word, the nearest cut-off first.

    Each wave has `id`, `number`, `kind`, `orders`, `ship_by`, `merchant_id`, `owner` (code),
    `owner_name` and `owner_active`.
    """
    with across_merchants("The board shows every merchant's proposed waves together."):
        rows = list(
            Wave.objects.filter(
                warehouse_id__in=warehouse_ids,
                status=Wave.Status.PLANNED,
                template__isnull=False,
                parcels__status=Parcel.Status.PLANNED,
            )
            .values(
                "id", "number", "kind", "ship_by", "merchant_id", "warehouse_id", "template_id",
                "cut_off_at", name=F("template__name"), carrier_code=F("template__carrier_code"),
                owner=F("merchant__code"), owner_name=F("merchant__name"),
                owner_active=F("merchant__is_active"),
            )
            .annotate(orders=Count("parcels"))
            .order_by("cut_off_at", "template_id", "owner", "id")[:MOST_WAVES]
        )  # fmt: skip
    found: dict[tuple[int, datetime], Proposal] = {}
    for row in rows:
        cut_off_at = row["cut_off_at"]
        if cut_off_at is None:
            raise ValueError(f"Wave {row['number']} has a template and no cut-off.")
        key = (row["template_id"], cut_off_at)
        if key not in found:
            found[key] = Proposal(
                row["template_id"], row["name"], row["carrier_code"], row["warehouse_id"],
                cut_off_at,
            )  # fmt: skip
        found[key].waves.append(row)
    return list(found.values())


def open_put_backs(*, warehouse_ids: Collection[int]) -> list[PutBack]:
    """Return goods to be brought back, those that lie there longest first."""
    with across_merchants("The board shows every merchant's goods that are to be brought back."):
        rows = PutBack.objects.filter(location__warehouse_id__in=warehouse_ids, done_at=None)
        rows = rows.select_related("merchant", "order", "product", "wave", "location", "staging")
        return list(rows.order_by("pk")[:MOST_PUT_BACKS])


def find_put_back(put_back_id: int, *, warehouse_ids: Collection[int]) -> PutBack | None:
    """Return goods to be brought back in the warehouses, whoever's they are."""
    with across_merchants("A number on the board does not say whose goods are brought back."):
        rows = PutBack.objects.filter(pk=put_back_id, location__warehouse_id__in=warehouse_ids)
        return rows.select_related("location").first()


class OtherGoods(Exception):
    """The scanned product is not what is to be brought back."""


class OwnBinOnly(Exception):
    """The goods are still promised to their order: they go to their own bin."""


def brought_back(
    *, put_back: PutBack, product: str, place: str, actor: str, now: datetime
) -> PutBack:
    """Write down that goods were brought back: `product` and `place` are what was scanned.

    Raises `OtherGoods`, `OwnBinOnly`, `Location.DoesNotExist`, `NotOpen`, `NoRoom`.
    """
    with merchant(put_back.merchant_id):
        named = {each.pk for each in products_scanned(parse_scan(product))}
    if put_back.product_id not in named:
        raise OtherGoods(product)
    to = find_bin(parse_scan(place).value or place, warehouse_id=put_back.location.warehouse_id)
    if to is None:
        raise Location.DoesNotExist(place)
    is_promised = put_back.staging_id == put_back.location_id
    if put_back.done_at is None and is_promised and to.pk != put_back.location_id:
        raise OwnBinOnly(put_back.location.code)
    with across_merchants("A bin's room is everybody's: goods brought back lie beside others'."):
        check_room_for(put_back_id=put_back.pk, to=to)
        with merchant(put_back.merchant_id):
            return bring_back(put_back_id=put_back.pk, to=to, actor=actor, now=now)
