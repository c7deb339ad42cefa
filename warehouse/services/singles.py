"""Parcels of one piece: waiting in a released wave, claimed by the scan of any such piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from core.tenancy import active_merchant_id

OPEN = """
INSERT INTO warehouse_singlepiece
  (merchant_id, parcel_id, wave_id, warehouse_id, sku, gtin, ship_by, claimed_by)
SELECT p.merchant_id, p.id, p.wave_id, p.warehouse_id, lower(max(g.sku)),
  CASE WHEN max(g.gtin) = '' THEN '' ELSE lpad(max(g.gtin), 14, '0') END, max(o.ship_by), ''
FROM warehouse_parcel p
JOIN warehouse_parcelitem i ON i.merchant_id = p.merchant_id AND i.parcel_id = p.id
JOIN orders_product g ON g.merchant_id = i.merchant_id AND g.id = i.product_id
JOIN orders_order o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
WHERE p.merchant_id = %(merchant)s AND p.wave_id = %(wave)s AND p.status = 'planned' AND (
  (SELECT w.kind FROM warehouse_wave w WHERE w.id = %(wave)s) <> 'multi'
  OR NOT EXISTS (
    SELECT FROM warehouse_parcel q
    JOIN warehouse_parcelitem j ON j.merchant_id = q.merchant_id AND j.parcel_id = q.id
    WHERE q.merchant_id = %(merchant)s AND q.wave_id = %(wave)s
    GROUP BY q.id HAVING sum(j.quantity) > 1
  )
)
GROUP BY p.merchant_id, p.id HAVING sum(i.quantity) = 1
ON CONFLICT DO NOTHING
"""
"""Of a wave for the put wall nothing: its goods lie together, single pieces too."""
OWNERS = """
SELECT min(s.merchant_id) AS one, max(s.merchant_id) AS other FROM warehouse_singlepiece s
WHERE s.warehouse_id = %(warehouse)s AND s.claimed_at IS NULL AND """
OPEN_PIECES = """
SELECT s.id, s.merchant_id, s.parcel_id,
  EXISTS (SELECT FROM core_suspendedmerchant x WHERE x.merchant_id = s.merchant_id) AS is_out
FROM warehouse_singlepiece s
JOIN warehouse_parcel p ON p.merchant_id = s.merchant_id AND p.id = s.parcel_id
WHERE s.warehouse_id = %(warehouse)s AND s.claimed_at IS NULL AND s.merchant_id = {owner}
  AND p.status = 'planned' AND p.merchant_id = s.merchant_id AND """
MOST_URGENT = " ORDER BY s.ship_by, s.id LIMIT 1 FOR UPDATE OF s, p SKIP LOCKED"
MOST_URGENT_SEEN = " ORDER BY s.ship_by, s.id LIMIT 5"
ONE_OWNER = "(SELECT one FROM owners WHERE one = other)"
WAIT_FOR = "SELECT status FROM warehouse_parcel WHERE merchant_id = %s AND id = %s FOR UPDATE"
STILL_OPEN = "SELECT 1 FROM warehouse_singlepiece WHERE id = %s AND claimed_at IS NULL"
TAKE = (
    "UPDATE warehouse_singlepiece SET claimed_at = %s, claimed_by = %s"
    " WHERE id = %s AND claimed_at IS NULL"
)
BY_CODE = {
    "gtin": "s.gtin = lpad(%(code)s, 14, '0') AND s.gtin <> ''",
    "sku": "s.sku = lower(%(code)s)",
}
"""Written out: every scan waits for these. Each is one walk down an index of open pieces."""

# Whose the goods are, the most urgent piece and its claim, while a person waits: one statement.
CLAIM = {
    kind: f"""
WITH owners AS ({OWNERS} (%(owner)s::bigint IS NULL OR s.merchant_id = %(owner)s) AND {by_code}),
urgent AS ({OPEN_PIECES.format(owner=ONE_OWNER)} {by_code} {MOST_URGENT}),
taken AS (
  UPDATE warehouse_singlepiece s SET claimed_at = %(now)s, claimed_by = %(actor)s
  FROM urgent WHERE s.id = urgent.id AND s.merchant_id = urgent.merchant_id AND NOT urgent.is_out
  RETURNING s.id, s.parcel_id
)
SELECT owners.one, owners.other, urgent.merchant_id, taken.parcel_id, urgent.is_out
FROM owners LEFT JOIN urgent ON true LEFT JOIN taken ON taken.id = urgent.id
"""  # noqa: S608 - pieces of this file
    for kind, by_code in BY_CODE.items()
}

Code = tuple[Literal["gtin", "sku"], str]


class SeveralOwners(Exception):
    """Several merchants have open parcels for this code: whose goods is the piece?"""


class OwnerSuspended(Exception):
    """The goods' merchant is suspended: nothing of it is begun."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A parcel that is this station's now. Its row is locked until the transaction ends."""

    merchant_id: int
    parcel_id: int


def open_singles(*, wave_id: int) -> int:
    """Lay out the one-piece parcels of a released wave for the station; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"merchant": active_merchant_id(), "wave": wave_id})
        return int(cursor.rowcount)


def claim_single(
    *, warehouse_id: int, codes: list[Code], merchant_id: int | None, actor: str, now: datetime
) -> Claimed | None:
    """Claim the most urgent open parcel for a piece; None when none is open. Crosses merchants.

    `codes` are the ways to read what was scanned, likeliest first. A parcel that another station is
    just claiming is passed over. Raises `SeveralOwners` unless
    `merchant_id` says whose it is, `OwnerSuspended` when nothing of its merchant may be begun.
    """
    with connection.cursor() as cursor:
        for kind, code in codes:
            given = {
                "warehouse": warehouse_id, "owner": merchant_id, "code": code, "now": now,
                "actor": actor,
            }  # fmt: skip
            cursor.execute(CLAIM[kind], given)
            one, other, owner, parcel_id, is_out = cursor.fetchone()
            if one != other:
                raise SeveralOwners(code)
            if one is None:
                continue
            if is_out:
                raise OwnerSuspended(code)
            if parcel_id is not None:
                return Claimed(merchant_id=owner, parcel_id=parcel_id)
            row = _waited_for(cursor, {**given, "owner": one}, kind)
            if row is None:
                continue
            if row[3]:
                raise OwnerSuspended(code)
            cursor.execute(TAKE, [now, actor, row[0]])
            if cursor.rowcount:
                return Claimed(merchant_id=row[1], parcel_id=row[2])
    return None


def _waited_for(cursor: Any, given: Mapping[str, Any], kind: str) -> Any:
    """Return an open piece whose parcel is just being booked or labelled, waiting for that.

    To pass it over would tell a person that no order waits for what they hold. The parcel is
    locked before the piece, as whoever takes it out of its wave locks them.
    """
    seen = OPEN_PIECES.format(owner="%(owner)s") + BY_CODE[kind] + MOST_URGENT_SEEN
    cursor.execute(seen, given)
    for row in cursor.fetchall():
        cursor.execute(WAIT_FOR, [row[1], row[2]])
        status = cursor.fetchone()
        cursor.execute(STILL_OPEN, [row[0]])
        if status is not None and status[0] == "planned" and cursor.fetchone() is not None:
            return row
    return None
