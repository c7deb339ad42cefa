"""A warehouse at full size: balances and open single-item orders, copied from one real order.

One order goes the product's own way (intake, allocation, wave, label); every row it left is then
copied in the database, so that what is measured has every column as the product writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from core.models import Merchant
from core.tenancy import merchant
from orders.files.orders import ParsedLine
from shipping.models import Booking
from tests.factories import NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, label_for, parcels_of
from warehouse.models import (
    Location,
    ParcelItem,
    Printer,
    Reservation,
    StockBalance,
    Warehouse,
)
from warehouse.services.singles import open_singles

FIRST = 1_000_000
"""Ids of copies begin here."""
PER_PRODUCT = 10
"""Open orders that want the same product."""


@dataclass(frozen=True)
class Floor:
    """What the stations work on."""

    house: Warehouse
    owner: Merchant
    printer: Printer
    products: int
    orders: int


def fill(*, balances: int, orders: int) -> Floor:
    """Write everything; each balance is of some product in some bin, each order of one piece."""
    house, owner = a_warehouse("szx1"), a_merchant("acme")
    a_product(owner, "S-0", stock=100_000)
    lines = (ParsedLine(1, "1", "S-0", "", 1, Decimal("9.50")),)
    wave = a_released_wave(owner, house, lines=lines, ship_by=NOW)
    parcel = parcels_of(owner, wave)[0]
    booking = label_for(owner, parcel)
    printer = Printer.objects.create(
        warehouse=house, name="Z", kind="raw9100", accepts="pdf", address="127.0.0.1", port=9100
    )
    products = max(1, orders // PER_PRODUCT)
    with merchant(owner):
        item = ParcelItem.objects.get(parcel=parcel)
        reservation = Reservation.objects.get(order_line_id=item.order_line_id)
        label_id = Booking.objects.get(pk=booking.pk).label_id
        bin_id = Location.objects.get(pk=StockBalance.objects.get(pk=reservation.balance_id)
                                      .location_id).pk  # fmt: skip
    ids = {
        "orders_product": item.product_id, "orders_order": parcel.order_id,
        "orders_orderline": item.order_line_id, "warehouse_stockbalance": reservation.balance_id,
        "warehouse_reservation": reservation.pk, "warehouse_parcel": parcel.pk,
        "warehouse_parcelitem": item.pk, "core_document": label_id, "shipping_booking": booking.pk,
        "warehouse_location": bin_id,
    }  # fmt: skip
    for table, (count, columns) in _copies(products, orders, balances).items():
        _copy(table, ids[table], count, columns)
    with merchant(owner):
        open_singles(wave_id=wave.pk)
    with connection.cursor() as cursor:
        for table in ids:
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608
        cursor.execute("VACUUM ANALYZE")
    return Floor(house, owner, printer, products, orders)


def _copies(
    products: int, orders: int, balances: int
) -> Mapping[str, tuple[int, Mapping[str, str]]]:
    """Table by table in the order of their keys: how many copies, and what differs in each."""
    product = f"{FIRST} + 1 + n %% {products}"
    bins = 1 + balances // products
    return {
        "orders_product": (products, {"id": f"{FIRST} + n", "sku": "'S-' || n"}),
        "warehouse_location": (bins + 1, {"id": f"{FIRST} + n", "code": "'B-' || n"}),
        "orders_order": (orders, {
            "id": f"{FIRST} + n", "external_order": "'F-' || n",
            "reference": "'WB' || lpad(n::text, 9, '0')", "content_sha256": "md5(n::text)",
            "buyer_digest": "md5(n::text)", "address_digest": "md5(n::text)",
            "ship_by": "now() + n %% 500 * interval '1 hour'",
        }),
        "orders_orderline": (orders, {
            "id": f"{FIRST} + n", "order_id": f"{FIRST} + n", "product_id": product,
            "sku": f"'S-' || 1 + n %% {products}",
        }),
        "warehouse_stockbalance": (balances, {
            "id": f"{FIRST} + n", "product_id": product,
            "location_id": f"{FIRST} + 1 + n / {products}", "on_hand": "1000",
            "reserved": f"CASE WHEN n <= {products} THEN {PER_PRODUCT} ELSE 0 END",
        }),
        "warehouse_reservation": (orders, {
            "id": f"{FIRST} + n", "order_line_id": f"{FIRST} + n",
            "balance_id": f"{FIRST} + 1 + (n - 1) %% {products}",
        }),
        "warehouse_parcel": (orders, {
            "id": f"{FIRST} + n", "order_id": f"{FIRST} + n",
            "reference": "'WB' || lpad(n::text, 9, '0') || '-1'",
        }),
        "warehouse_parcelitem": (orders, {
            "id": f"{FIRST} + n", "parcel_id": f"{FIRST} + n", "order_line_id": f"{FIRST} + n",
            "product_id": product,
        }),
        "core_document": (orders, {
            "id": f"{FIRST} + n", "number": "'L-' || n", "subject_id": f"{FIRST} + n",
        }),
        "shipping_booking": (orders, {
            "id": f"{FIRST} + n", "parcel_id": f"{FIRST} + n", "reference": "'BK-' || n",
            "label_id": f"{FIRST} + n", "invoice_number": "'INV-' || n",
            "tracking_number": "'LX' || lpad(n::text, 9, '0') || 'CN'",
        }),
    }  # fmt: skip


def _copy(table: str, template: int | None, count: int, columns: Mapping[str, str]) -> None:
    """Copy one row `count` times, with n from 1 on in the expressions of `columns`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        names = [row[0] for row in cursor.fetchall()]
        wanted = ", ".join(columns.get(name, f't."{name}"') for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {wanted} FROM {table} t,"  # noqa: S608
            " generate_series(1, %s) AS n WHERE t.id = %s",
            [count, template],
        )
