"""How much of a product there should be, and how long what there is lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from core.events import record
from core.tenancy import active_merchant_id
from warehouse.models import Location, StockLevel, Warehouse
from warehouse.rules.station_rules import cover_window_days, low_cover_days


class BadLevel(ValueError):
    """A maximum below its minimum or without one, or a place that is no pick face of the house."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is wanted of a product in a warehouse; None where nothing is said."""

    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Face:
    """How much should lie at hand; at `place` (None: where it lies already)."""

    place: Location | None
    minimum: int | None
    maximum: int | None


def set_level(
    *, product_id: int, warehouse: Warehouse, level: Level, actor: str, now: datetime
) -> None:
    """Set what the merchant wants to lie in a warehouse. Raises `BadLevel`."""
    if level.maximum is not None and (level.minimum is None or level.maximum < level.minimum):
        raise BadLevel("A maximum is at least its minimum.")
    row = _locked(product_id, warehouse)
    row.minimum, row.maximum = level.minimum, level.maximum
    row.save(update_fields=["minimum", "maximum"])
    _record(row, warehouse, actor, now)


def set_face(
    *, product_id: int, warehouse: Warehouse, face: Face, actor: str, now: datetime
) -> None:
    """Set how much should lie in the pick face of a warehouse. Raises `BadLevel`."""
    both = (face.minimum is None) == (face.maximum is None)
    if not both or (face.minimum or 0) >= (face.maximum or 1):
        raise BadLevel("A pick face is filled from a minimum to a higher maximum.")
    place = face.place
    if place is not None and (
        place.warehouse_id != warehouse.pk
        or place.kind != Location.Kind.BIN
        or place.use != Location.Use.PICK
    ):
        raise BadLevel(f"{place} is no pick face of {warehouse}.")
    row = _locked(product_id, warehouse)
    row.face, row.face_minimum, row.face_maximum = place, face.minimum, face.maximum
    row.save(update_fields=["face", "face_minimum", "face_maximum"])
    _record(row, warehouse, actor, now)


def _locked(product_id: int, warehouse: Warehouse) -> StockLevel:
    StockLevel.objects.bulk_create(
        [StockLevel(product_id=product_id, warehouse=warehouse)], ignore_conflicts=True
    )
    return StockLevel.objects.select_for_update().get(product_id=product_id, warehouse=warehouse)


def _record(row: StockLevel, warehouse: Warehouse, actor: str, now: datetime) -> None:
    record(
        kind="product.level_set",
        subject_kind="product",
        subject_id=row.product_id,
        actor=actor,
        now=now,
        data={
            "warehouse": warehouse.code, "minimum": row.minimum, "maximum": row.maximum,
            "face_minimum": row.face_minimum, "face_maximum": row.face_maximum,
        },
    )  # fmt: skip


def measure_cover(*, now: datetime) -> int:
    """Measure anew how long the active merchant's stock lasts; return how many rows were written.

    In one statement, whatever the number of balances: products with a minimum, and those of which
    something was shipped lately.
    """
    window = cover_window_days(now.date())
    with connection.cursor() as cursor:
        cursor.execute(
            MEASURE,
            {
                "merchant": active_merchant_id(), "now": now, "days": window,
                "since": now - timedelta(days=window), "low": low_cover_days(now.date()),
                "longest": LONGEST_COVER_DAYS,
            },
        )  # fmt: skip
        written = cursor.rowcount
        cursor.execute(FORGET, [active_merchant_id(), now])
        return int(written)


LONGEST_COVER_DAYS = 99_999
"""Nobody asks beyond: so many days, or more."""
MEASURE = """
WITH shipped AS (
  SELECT m.product_id, l.warehouse_id, sum(m.quantity) AS pieces
  FROM warehouse_stockmove AS m JOIN warehouse_location AS l ON l.id = m.from_location_id
  WHERE m.merchant_id = %(merchant)s AND m.reason = 'packed' AND m.at >= %(since)s
  GROUP BY m.product_id, l.warehouse_id
), asked AS (
  SELECT product_id, warehouse_id FROM shipped
  UNION
  SELECT product_id, warehouse_id FROM warehouse_stocklevel
  WHERE merchant_id = %(merchant)s AND minimum IS NOT NULL
), free AS (
  SELECT b.product_id, l.warehouse_id, sum(b.on_hand - b.reserved) AS pieces
  FROM warehouse_stockbalance AS b
  JOIN warehouse_location AS l ON l.id = b.location_id
  JOIN warehouse_warehouse AS w ON w.id = l.warehouse_id
  JOIN orders_product AS p ON p.merchant_id = b.merchant_id AND p.id = b.product_id
  WHERE b.merchant_id = %(merchant)s AND b.condition = 'good' AND l.kind = 'bin'
    AND b.on_hand > 0
    AND b.product_id IN (SELECT product_id FROM asked)
    AND (b.expires_on IS NULL
      OR b.expires_on >= timezone(w.time_zone, %(now)s)::date + p.min_days_left)
  GROUP BY b.product_id, l.warehouse_id
), judged AS (
  SELECT a.product_id, a.warehouse_id, coalesce(f.pieces, 0) AS available,
    v.minimum, coalesce(s.pieces, 0) AS shipped,
    CASE WHEN s.pieces > 0 THEN
      least(%(longest)s, floor(coalesce(f.pieces, 0)::numeric * %(days)s / s.pieces))
    END AS days_left
  FROM asked AS a
  LEFT JOIN free AS f USING (product_id, warehouse_id)
  LEFT JOIN shipped AS s USING (product_id, warehouse_id)
  LEFT JOIN warehouse_stocklevel AS v ON v.merchant_id = %(merchant)s
    AND v.product_id = a.product_id AND v.warehouse_id = a.warehouse_id
)
INSERT INTO warehouse_stockcover AS c (merchant_id, product_id, warehouse_id, available, minimum,
  shipped, days, days_left, is_low, low_since, measured_at)
SELECT %(merchant)s, product_id, warehouse_id, available, minimum, shipped, %(days)s, days_left,
  is_low, CASE WHEN is_low THEN %(now)s END, %(now)s
FROM (SELECT *, coalesce(available < minimum, false) OR coalesce(days_left < %(low)s, false)
  AS is_low FROM judged) AS j
ON CONFLICT (merchant_id, product_id, warehouse_id) DO UPDATE SET
  available = excluded.available, minimum = excluded.minimum, shipped = excluded.shipped,
  days = excluded.days, days_left = excluded.days_left, is_low = excluded.is_low,
  low_since = CASE WHEN excluded.is_low THEN coalesce(c.low_since, excluded.low_since) END,
  measured_at = excluded.measured_at
"""
"""Written out: it must not read the stock into memory. The product asked for by a kit counts by its
components, which are what is packed."""
FORGET = "DELETE FROM warehouse_stockcover WHERE merchant_id = %s AND measured_at < %s"
