"""What ledger, balances and reservations disagree on (there should be nothing), and its repair.

A repair writes a row of the ledger, so that what was wrong, and who put it right, stays readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, Sum

from core.events import record
from core.tenancy import active_merchant_id
from orders.models import Product
from warehouse.models import Location, Reservation, StockBalance, StockMove
from warehouse.services.locations import counterpart
from warehouse.states import LIVE

MENDED = "mended"
CHUNK = 1000
"""Products compared in one statement: some ten thousand balances."""


class NotMended(Exception):
    """More is promised to orders than there would be, or nothing differs any more. Permanent until
    an order gives its pieces back; look again."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One balance that is not what it should be: `on_hand` is not `ledger`, or `reserved` is not
    `promised`. Where the balance's row is missing, `on_hand` and `reserved` are 0."""

    product_id: int
    location_id: int
    lot: str
    expires_on: date | None
    condition: str
    ledger: int
    on_hand: int
    reserved: int
    promised: int

    @property
    def is_counted_wrong(self) -> bool:
        """True when the pieces are not those of the ledger."""
        return self.ledger != self.on_hand


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and the product to go on after (None: all were looked at)."""

    rows: tuple[Difference, ...]
    products: int
    next_after: int | None


def find_differences(*, after: int = 0, most: int = 100, chunks: int = 20) -> Looked:
    """Compare the active merchant's stock product by product, from behind product id `after`.

    Stops when `most` differences are found or so many chunks of a thousand products were looked at,
    so that neither memory nor time grows with the stock.
    """
    found: list[Difference] = []
    products = 0
    for _turn in range(chunks):
        ids = list(
            Product.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
        )
        if not ids:
            return Looked(tuple(found), products, None)
        chunk = _compare(ids[0], ids[-1])
        products += len(ids)
        after = ids[-1]
        if len(found) + len(chunk) > most:
            # Whole products only, so that the next page begins behind the last one shown.
            kept = _whole_products([*found, *chunk], most)
            return Looked(tuple(kept), products, kept[-1].product_id)
        found += chunk
        if len(ids) < CHUNK:
            return Looked(tuple(found), products, None)
    return Looked(tuple(found), products, after)


def differences_of(*, product_id: int) -> tuple[Difference, ...]:
    """What is wrong with one product's stock now."""
    return tuple(_compare(product_id, product_id))


def _whole_products(rows: list[Difference], most: int) -> list[Difference]:
    last = rows[most].product_id
    kept = [row for row in rows[:most] if row.product_id != last]
    return kept or [row for row in rows if row.product_id == last]


def _compare(first: int, last: int) -> list[Difference]:
    owner, kinds = active_merchant_id(), [kind.value for kind in Location.HOLDS_GOODS]
    span = [owner, first, last]
    live = [status.value for status in LIVE]
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, [*span, kinds, *span, kinds, *span, live, *span])
        return [Difference(*row) for row in cursor.fetchall()]


COMPARE = (
    "SELECT product_id, location_id, lot, expires_on, condition,"
    " sum(ledger)::integer, sum(on_hand)::integer, sum(reserved)::integer, sum(promised)::integer"
    " FROM ("
    " SELECT m.product_id, m.to_location_id AS location_id, m.lot, m.expires_on, m.condition,"
    " m.quantity AS ledger, 0 AS on_hand, 0 AS reserved, 0 AS promised"
    " FROM warehouse_stockmove AS m JOIN warehouse_location AS l ON l.id = m.to_location_id"
    " WHERE m.merchant_id = %s AND m.product_id BETWEEN %s AND %s AND l.kind = ANY(%s)"
    " UNION ALL"
    " SELECT m.product_id, m.from_location_id, m.lot, m.expires_on, m.condition,"
    " -m.quantity, 0, 0, 0"
    " FROM warehouse_stockmove AS m JOIN warehouse_location AS l ON l.id = m.from_location_id"
    " WHERE m.merchant_id = %s AND m.product_id BETWEEN %s AND %s AND l.kind = ANY(%s)"
    " UNION ALL"
    " SELECT b.product_id, b.location_id, b.lot, b.expires_on, b.condition, 0, 0, 0, r.quantity"
    " FROM warehouse_stockbalance AS b JOIN warehouse_reservation AS r"
    " ON r.merchant_id = b.merchant_id AND r.balance_id = b.id"
    " WHERE b.merchant_id = %s AND b.product_id BETWEEN %s AND %s AND r.status = ANY(%s)"
    " UNION ALL"
    " SELECT b.product_id, b.location_id, b.lot, b.expires_on, b.condition, 0, b.on_hand,"
    " b.reserved, 0 FROM warehouse_stockbalance AS b"
    " WHERE b.merchant_id = %s AND b.product_id BETWEEN %s AND %s"
    ") AS side GROUP BY product_id, location_id, lot, expires_on, condition"
    " HAVING sum(ledger) <> sum(on_hand) OR sum(reserved) <> sum(promised)"
    " ORDER BY product_id, location_id, lot, expires_on, condition"
)


def mend_count(
    *, difference: Difference, counted: int, reason: str, actor: str, now: datetime
) -> None:
    """Write what a person counted into ledger and balance; raises `NotMended`.

    The ledger gets a row between the place and the warehouse's adjustment; the balance becomes what
    the ledger then says.
    """
    if counted < 0 or not reason.strip():
        raise ValueError("counted, reason: 0 pieces or more, and why")
    balance = _locked(difference)
    place = Location.objects.get(pk=difference.location_id)
    ledger = _ledger_sum(difference)
    if balance.on_hand == ledger:
        raise NotMended("The ledger and the balance agree by now.")
    if counted < balance.reserved:
        raise NotMended(
            f"{balance.reserved} pieces are promised to orders; {counted} were counted."
        )
    adjustment = counterpart(warehouse_id=place.warehouse_id, kind=Location.Kind.ADJUSTMENT)
    event = record(
        kind="stock.mended",
        subject_kind="stock_balance",
        subject_id=balance.pk,
        actor=actor,
        now=now,
        data={"ledger": ledger, "on_hand": balance.on_hand, "counted": counted, "reason": reason},
    )
    missing = counted - ledger
    if missing:
        start, end = (adjustment, place) if missing > 0 else (place, adjustment)
        StockMove.objects.create(
            product_id=difference.product_id,
            from_location=start,
            to_location=end,
            lot=difference.lot,
            expires_on=difference.expires_on,
            condition=difference.condition,
            quantity=abs(missing),
            reason=MENDED,
            reference=f"event/{event.pk}: {reason}"[:80],
            actor=actor,
            at=now,
        )
    StockBalance.objects.filter(pk=balance.pk).update(on_hand=counted)


def mend_reserved(*, difference: Difference, reason: str, actor: str, now: datetime) -> None:
    """Count the live reservations of a balance anew; raises `NotMended` when they are more than
    lies there."""
    if not reason.strip():
        raise ValueError("reason: say why")
    balance = _locked(difference)
    promised = (
        Reservation.objects.filter(balance=balance, status__in=LIVE).aggregate(n=Sum("quantity"))[
            "n"
        ]
        or 0
    )
    if promised == balance.reserved:
        raise NotMended("The reservations and the balance agree by now.")
    if promised > balance.on_hand:
        raise NotMended(f"{promised} pieces are promised to orders; {balance.on_hand} lie there.")
    record(
        kind="stock.reserved_recounted",
        subject_kind="stock_balance",
        subject_id=balance.pk,
        actor=actor,
        now=now,
        data={"reserved": balance.reserved, "promised": promised, "reason": reason},
    )
    StockBalance.objects.filter(pk=balance.pk).update(reserved=promised)


def _locked(difference: Difference) -> StockBalance:
    key = {
        "product_id": difference.product_id,
        "location_id": difference.location_id,
        "lot": difference.lot,
        "expires_on": difference.expires_on,
        "condition": difference.condition,
    }
    StockBalance.objects.bulk_create([StockBalance(**key)], ignore_conflicts=True)
    rows = StockBalance.objects.filter(
        product_id=difference.product_id,
        location_id=difference.location_id,
        lot=difference.lot,
        condition=difference.condition,
    )
    same_day = Q(expires_on=difference.expires_on)
    if difference.expires_on is None:
        same_day = Q(expires_on__isnull=True)
    return rows.select_for_update().get(same_day)


def _ledger_sum(difference: Difference) -> int:
    moves = StockMove.objects.filter(
        product_id=difference.product_id, lot=difference.lot, condition=difference.condition
    )
    if difference.expires_on is None:
        moves = moves.filter(expires_on__isnull=True)
    else:
        moves = moves.filter(expires_on=difference.expires_on)
    came = moves.filter(to_location_id=difference.location_id).aggregate(n=Sum("quantity"))["n"]
    went = moves.filter(from_location_id=difference.location_id).aggregate(n=Sum("quantity"))["n"]
    return (came or 0) - (went or 0)
