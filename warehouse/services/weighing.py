"""What the scale said of a parcel, and what its contents are learnt to weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.events import record
from core.tenancy import active_merchant_id
from warehouse.models import ContentWeight, Parcel, ParcelItem, Weighing
from warehouse.rules.tolerances import (
    Expectation,
    Learnt,
    WeightRules,
    content_key,
    difference,
    expectation,
    is_same_reading,
    weight_rules_on,
)

V = Weighing.Verdict


class WeighingIdUsed(Exception):
    """The client-made id belongs to a reading of another parcel."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The verdict on a reading. `is_new` is False for one that came before under the same id."""

    verdict: str
    weight_g: int
    expected: Expectation
    is_new: bool

    @property
    def asks_again(self) -> bool:
        """Whether the parcel is to be put on the scale once more."""
        return self.verdict == V.AGAIN

    @property
    def is_outside(self) -> bool:
        """Whether the weight is another than was expected."""
        return self.verdict != V.EXPECTED


def expected_of(parcel: Parcel, items: Sequence[ParcelItem], now: datetime) -> Expectation:
    """What a parcel should weigh: one look-up, however many parcels went before."""
    rules = weight_rules_on(now.date())
    return expectation(parcel.expected_weight_g, _learnt(parcel, items), rules)


def weigh(
    *,
    parcel: Parcel,
    items: Sequence[ParcelItem],
    weight_g: int,
    client_id: str,
    actor: str,
    now: datetime,
) -> Weighed:
    """Judge a reading and keep it. The same id again is answered with the first verdict.

    Outside of the tolerance a second reading has to agree before the weight is believed; what is
    believed teaches what parcels of the same contents weigh. The caller holds the parcel's row.
    Raises `WeighingIdUsed`.
    """
    known = Weighing.objects.filter(client_id=client_id).first()
    if known is not None:
        if known.parcel_id != parcel.pk:
            raise WeighingIdUsed(client_id)
        expected = Expectation(known.expected_g, known.tolerance_g, 0)
        return Weighed(known.verdict, known.weight_g, expected, is_new=False)
    rules = weight_rules_on(now.date())
    expected = expectation(parcel.expected_weight_g, _learnt(parcel, items), rules)
    verdict = _verdict(parcel, weight_g, expected, rules)
    learnt_g = None
    if verdict != V.AGAIN:
        learnt_g = difference(weight_g, parcel.expected_weight_g, rules)
        _learn(parcel, items, learnt_g, rules, now)
    Weighing.objects.create(
        parcel=parcel,
        client_id=client_id,
        weight_g=weight_g,
        expected_g=expected.expected_g,
        tolerance_g=expected.tolerance_g,
        verdict=verdict,
        learnt_g=learnt_g,
        actor=actor,
        at=now,
    )
    if verdict != V.EXPECTED:
        record(
            kind="parcel.weight_doubted" if verdict == V.AGAIN else "parcel.weight_confirmed",
            subject_kind="order",
            subject_id=parcel.order_id,
            actor=actor,
            now=now,
            data={
                "weight_g": weight_g,
                "expected_g": expected.expected_g,
                "tolerance_g": expected.tolerance_g,
            },
        )
    return Weighed(verdict, weight_g, expected, is_new=True)


def set_weight(*, parcel_id: int, weight_g: int) -> None:
    """Write a closed parcel's true weight down. The caller holds its row."""
    Parcel.objects.filter(pk=parcel_id).update(weight_g=weight_g)


def _verdict(parcel: Parcel, weight_g: int, expected: Expectation, rules: WeightRules) -> str:
    if expected.holds(weight_g):
        return V.EXPECTED
    last = Weighing.objects.filter(parcel=parcel).order_by("-id").first()
    if last is not None and last.verdict == V.AGAIN:
        return V.CONFIRMED if is_same_reading(last.weight_g, weight_g, rules) else V.AGAIN
    return V.AGAIN


def _learnt(parcel: Parcel, items: Sequence[ParcelItem]) -> Learnt:
    row = ContentWeight.objects.filter(content=_content(parcel, items)).first()
    return Learnt(row.parcels, row.sum_g, row.sum_squares_g2) if row else Learnt()


def _content(parcel: Parcel, items: Sequence[ParcelItem]) -> str:
    pairs = [(item.product_id, item.quantity) for item in items]
    return content_key(pairs, parcel.carton_code)


# Beyond so many parcels the sums are halved with the addition: what is old fades.
ADD = (
    "INSERT INTO warehouse_contentweight AS c"
    " (merchant_id, content, parcels, sum_g, sum_squares_g2, changed_at)"
    " VALUES (%(merchant)s, %(content)s, 1, %(d)s, %(d2)s, %(now)s)"
    " ON CONFLICT (merchant_id, content) DO UPDATE SET"
    " parcels = CASE WHEN c.parcels >= %(most)s THEN c.parcels / 2 ELSE c.parcels END + 1,"
    " sum_g = CASE WHEN c.parcels >= %(most)s THEN c.sum_g / 2 ELSE c.sum_g END + %(d)s,"
    " sum_squares_g2 = CASE WHEN c.parcels >= %(most)s THEN c.sum_squares_g2 / 2"
    " ELSE c.sum_squares_g2 END + %(d2)s, changed_at = %(now)s"
)


def _learn(
    parcel: Parcel, items: Sequence[ParcelItem], learnt_g: int, rules: WeightRules, now: datetime
) -> None:
    """Add a believed weight to the sums; that of an earlier reading of the parcel gives way."""
    content = _content(parcel, items)
    before = None
    if parcel.status != Parcel.Status.PLANNED:
        taught = Weighing.objects.filter(parcel=parcel, learnt_g__isnull=False).order_by("-id")
        before = taught.values_list("learnt_g", flat=True).first()
    if before is not None:
        rows = ContentWeight.objects.select_for_update().filter(content=content)
        row = rows.first()
        if row is not None:
            row.sum_g += learnt_g - before
            row.sum_squares_g2 = max(0, row.sum_squares_g2 + learnt_g**2 - before**2)
            row.changed_at = now
            row.save(update_fields=["sum_g", "sum_squares_g2", "changed_at"])
            return
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "merchant": active_merchant_id(), "content": content, "d": learnt_g,
                "d2": learnt_g * learnt_g, "now": now, "most": rules.remembered_parcels,
            },
        )  # fmt: skip
