"""Inserts, special packaging and messages: what a merchant or a buyer wants besides the goods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F

from core.events import record
from core.models import Document
from core.prepared import Prepared
from warehouse.models import PackingExtra, Parcel, ParcelExtra, ParcelPhoto

MOST_EXTRAS = 40
NOTE_CODE = "WB:C:NOTE"
K = PackingExtra.Kind
ACTIVE = Prepared(PackingExtra, lambda rows: rows.filter(is_active=True).order_by("kind", "id"))
"""At most `MOST_EXTRAS`: which of them a parcel wants is told apart here."""
EXTRAS = Prepared(
    ParcelExtra, lambda rows, parcel_id: rows.filter(parcel=parcel_id).order_by("id"), "parcel_id"
)


class TooManyExtras(Exception):
    """The list is as long as it may be; retire one first."""


class NameTaken(Exception):
    """Another active extra has this name."""


class CodeTaken(Exception):
    """Another active extra has this barcode."""


def save_extra(
    *,
    kind: str,
    name: str,
    code: str,
    product_id: int | None,
    tag: str,
    weight_g: int,
    actor: str,
    now: datetime,
) -> PackingExtra:
    """Add something to be put into parcels from now on: all of them, those of a product, or of a
    tag. Raises `TooManyExtras`, `NameTaken`, `CodeTaken`.
    """
    active = PackingExtra.objects.filter(is_active=True)
    if active.count() >= MOST_EXTRAS:
        raise TooManyExtras
    if active.filter(name=name).exists():
        raise NameTaken
    if code and active.filter(code=code).exists():
        raise CodeTaken
    extra = PackingExtra.objects.create(
        kind=kind, name=name, code=code, product_id=product_id, tag=tag, weight_g=weight_g,
        created_at=now,
    )  # fmt: skip
    record(
        kind="packing_extra.saved", subject_kind="packing_extra", subject_id=extra.pk, actor=actor,
        now=now, data={"name": name},
    )  # fmt: skip
    return extra


def retire_extra(*, extra_id: int, actor: str, now: datetime) -> bool:
    """Take one off the list; parcels that are on a table keep it. False for no such active one."""
    if not PackingExtra.objects.filter(pk=extra_id, is_active=True).update(is_active=False):
        return False
    record(
        kind="packing_extra.retired", subject_kind="packing_extra", subject_id=extra_id,
        actor=actor, now=now,
    )  # fmt: skip
    return True


def lay_extras(
    *, parcel: Parcel, product_ids: Collection[int], tags: Collection[str], message: str
) -> list[ParcelExtra]:
    """Write down what a parcel wants besides its goods, once: when it first comes to the table.

    Its expected weight grows by theirs. The caller holds the parcel's row.
    """
    wanted = [
        each
        for each in ACTIVE.rows()
        if (each.product_id is None or each.product_id in product_ids)
        and (not each.tag or each.tag in tags)
    ]
    rows = [
        ParcelExtra(
            parcel=parcel,
            kind=each.kind,
            name=each.name,
            code=each.code or f"WB:C:EXTRA-{each.pk}",
            weight_g=each.weight_g,
        )
        for each in wanted
    ]
    if message:
        rows.append(ParcelExtra(parcel=parcel, kind=K.MESSAGE, name="", code=NOTE_CODE,
                                words=message))  # fmt: skip
    if not rows:
        return []
    ParcelExtra.objects.bulk_create(rows, ignore_conflicts=True)
    more_g = sum(row.weight_g for row in rows)
    Parcel.objects.filter(pk=parcel.pk).update(expected_weight_g=F("expected_weight_g") + more_g)
    parcel.expected_weight_g += more_g
    return extras_of(parcel)


def extras_of(parcel: Parcel) -> list[ParcelExtra]:
    """What a parcel wants besides its goods."""
    return EXTRAS.rows(parcel_id=parcel.pk)


def confirm_extras(*, extras: Sequence[ParcelExtra], actor: str, now: datetime) -> None:
    """Note that these were put in; one that was confirmed before stays as it was."""
    ParcelExtra.objects.filter(
        pk__in=[each.pk for each in extras], confirmed_at__isnull=True
    ).update(confirmed_at=now, confirmed_by=actor)


def keep_photo(
    *, parcel: Parcel, document: Document, actor: str, now: datetime
) -> tuple[ParcelPhoto, bool]:
    """Keep a picture of a parcel; the same picture again is the same one."""
    photo, is_new = ParcelPhoto.objects.get_or_create(
        merchant_id=parcel.merchant_id,
        parcel=parcel,
        document=document,
        defaults={"actor": actor, "at": now},
    )
    if is_new:
        record(
            kind="parcel.photographed", subject_kind="order", subject_id=parcel.order_id,
            actor=actor, now=now, data={"parcel": parcel.reference},
        )  # fmt: skip
    return photo, is_new
