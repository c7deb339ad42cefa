"""The supervisor's board over a warehouse with 200,000 open orders and a busy day behind it.

`warehouse.board_ms` is the whole page as the operator's role reads it, row-level security and the
HTML included, when the hours that are over are known; `board_cold_ms` reads all of them. The open
orders: two fifths wait for a wave, the rest lie in a thousand waves from planned to picked, or are
packed. Behind them: 50,000 parcels that left, 20,000 lines and 100,000 scans of the day.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench import throwaway
from bench.figures import Figure
from bench.processes import busy_seconds

OPEN = int(os.environ.get("BENCH_OPEN_ORDERS", "200000"))
SCANS = OPEN // 2
TIMES = 15
PATHS = {
    "board": "/stations/supervise/",
    "board_list_waiting": "/stations/supervise/szx1/waiting/?due=overdue",
    "board_list_released": "/stations/supervise/szx1/released/?due=today",
}


def figures() -> Iterator[Figure]:
    """Fill a throwaway installation and ask for the page again and again."""
    throwaway.start()
    client = fill()
    _ask(client, PATHS["board_list_waiting"])  # the first page of a process loads its code
    load, busy, began = os.getloadavg()[0], busy_seconds(), time.monotonic()
    cold, _cpu = _ask(client, PATHS["board"])
    yield Figure("warehouse.board_cold_ms", cold, "ms", "<= 1000")
    for name, path in PATHS.items():
        asked = [_ask(client, path) for _ in range(TIMES)]
        yield Figure(
            f"warehouse.{name}_ms", statistics.median(took for took, _ in asked), "ms", "<= 150"
        )
        yield Figure(f"warehouse.{name}_cpu_ms", statistics.median(c for _, c in asked), "ms CPU")
    share = (busy_seconds() - busy) / (os.cpu_count() or 1) / (time.monotonic() - began)
    yield Figure("warehouse.board_busy", share * 100, "% of cores")
    yield Figure("warehouse.board_load", load, "load")


def _ask(client: Any, path: str) -> tuple[float, float]:
    """Return milliseconds by the clock, and those this process worked (without the database)."""
    began, own = time.monotonic(), time.process_time()
    response = client.get(path)
    took, worked = time.monotonic() - began, time.process_time() - own
    assert response.status_code == 200, response.status_code  # noqa: S101 - no figure otherwise
    return took * 1000, worked * 1000


def fill() -> Any:
    """Make one of everything through the services, clone it, and return a supervisor's browser."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now
    from django.db import connection  # noqa: PLC0415

    from core.tenancy import merchant  # noqa: PLC0415
    from tests.factories import a_merchant, a_product, a_warehouse  # noqa: PLC0415
    from tests.floor import (  # noqa: PLC0415
        a_released_wave,
        a_staff_member,
        logged_in,
        parcels_of,
    )
    from warehouse.models import Allocation, PickTask, Scan  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["*"]
    settings.STAFF_SECOND_FACTOR = False
    house, owner = a_warehouse("szx1"), a_merchant("bench")
    a_product(owner)
    wave = a_released_wave(owner, house)
    parcel = parcels_of(owner, wave)[0]
    with merchant(owner):
        task = PickTask.objects.get(parcel=parcel)
        allocation = Allocation.objects.get(order=parcel.order_id)
        scan = Scan.objects.create(
            client_id="one", sequence=1, station="pick", raw="MUG-BLUE", verdict="accepted",
            answer={}, actor="staff:a@operator.example", at=wave.created_at,
        )  # fmt: skip
        line_id = task.reservation.order_line_id
    seeds = {
        "order": parcel.order_id, "line": line_id, "reservation": task.reservation_id,
        "allocation": allocation.pk, "wave": wave.pk, "parcel": parcel.pk, "task": task.pk,
        "scan": scan.pk, "open": OPEN, "scans": SCANS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, seeds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return logged_in(a_staff_member("supervisor", house))


def _clone(table: str, seed: str, values: str, rows: str) -> str:
    """One `INSERT` of copies of a row with other values; `n` numbers them."""
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({values}))).*"  # noqa: S608 - this file's own words
        f" FROM {table} AS t, {rows} WHERE t.id = %({seed})s"
    )


DUE = "now() + (n %% 100 - 12) * interval '1 hour'"
"""An eighth is overdue."""
ALL = "generate_series(1, %(open)s * 5 / 4) AS n"
IN_WAVES = "generate_series(%(open)s * 2 / 5 + 1, %(open)s) AS n"
PAST = "generate_series(%(open)s + 1, %(open)s * 5 / 4) AS n"
BASE = "1000000"
PARCEL = (
    f"'id', {BASE} + n, 'order_id', {BASE} + n, 'reference', 'P' || n,"
    f" 'wave_id', {BASE} + n %% 1000, 'ship_by', {DUE}"
)
FILL = (
    _clone(
        "orders_order", "order",
        f"'id', {BASE} + n, 'reference', 'WB' || n, 'external_order', 'B-' || n, 'ship_by', {DUE},"
        " 'status', CASE WHEN n > %(open)s THEN 'shipped' ELSE 'allocated' END",
        ALL,
    ),
    _clone(
        "warehouse_allocation", "allocation",
        f"'id', {BASE} + n, 'order_id', {BASE} + n, 'ship_by', {DUE},"
        " 'planned_at', CASE WHEN n > %(open)s * 2 / 5 THEN now() END",
        ALL,
    ),
    _clone(
        "warehouse_wave", "wave",
        f"'id', {BASE} + n, 'number', 'B' || n, 'status', CASE WHEN n %% 20 < 8 THEN 'planned'"
        " WHEN n %% 20 < 15 THEN 'released' WHEN n %% 20 < 18 THEN 'picked' ELSE 'closed' END",
        "generate_series(0, 999) AS n",
    ),
    # A wave's number says its stage; in the last ones everything is packed.
    _clone(
        "warehouse_parcel", "parcel",
        PARCEL + ", 'status', CASE WHEN n %% 20 < 18 THEN 'planned' ELSE 'packed' END,"
        " 'packed_at', CASE WHEN n %% 20 >= 18 THEN now() - n %% 1200 * interval '1 minute' END,"
        " 'packed_by', CASE WHEN n %% 20 >= 18 THEN 'staff:p' || n %% 17 || '@operator.example'"
        " ELSE '' END",
        IN_WAVES,
    ),
    _clone(
        "warehouse_parcel", "parcel",
        PARCEL + ", 'status', 'handed_over',"
        " 'packed_by', 'staff:p' || n %% 17 || '@operator.example',"
        " 'packed_at', now() - (n - %(open)s) * interval '12 seconds',"
        " 'handed_over_at', now() - (n - %(open)s) * interval '12 seconds'",
        PAST,
    ),
    _clone(
        "orders_orderline", "line", f"'id', {BASE} + n, 'order_id', {BASE} + n",
        "generate_series(1, %(open)s / 10) AS n",
    ),
    _clone(
        "warehouse_reservation", "reservation", f"'id', {BASE} + n, 'order_line_id', {BASE} + n",
        "generate_series(1, %(open)s / 10) AS n",
    ),
    _clone(
        "warehouse_picktask", "task",
        f"'id', {BASE} + n, 'reservation_id', {BASE} + n, 'parcel_id', {BASE} + %(open)s + n,"
        " 'picked_at', now() - n %% 86400 * interval '1 second',"
        " 'picked_by', 'staff:p' || n %% 17 || '@operator.example'",
        "generate_series(1, %(open)s / 10) AS n",
    ),
    _clone(
        "warehouse_scan", "scan",
        f"'id', {BASE} + n, 'client_id', 'c' || n, 'at', now() - n %% 86400 * interval '1 second',"
        " 'actor', 'staff:p' || n %% 17 || '@operator.example',"
        " 'verdict', CASE WHEN n %% 40 = 0 THEN 'wrong' ELSE 'accepted' END",
        "generate_series(1, %(scans)s) AS n",
    ),
)  # fmt: skip
