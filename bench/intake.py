"""What comes in, in numbers: a full XLSX from the upload to orders with lines, holds and events,
and bulk requests through the API.

An order counts when it is accepted or held with its lines, its event and its holds, all checks
done; a tenth of them goes to Brazil and China, whose address data are the largest.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.throwaway import as_app_role, start

ROWS, ORDERS = 100_000, 70_000
BULK, BULK_REQUESTS = 500, 12
WARM_UP = 2


def figures() -> Iterator[Figure]:
    """Yield the figures. Needs a database of its own; starts one where none is."""
    with tempfile.TemporaryDirectory(prefix="waybridge-bench-") as folder:
        yield from _file(Path(folder))
    yield from _bulk()


def _file(folder: Path) -> Iterator[Figure]:
    """The file is made by a process of its own, so that only its reading is in this one's peak."""
    subprocess.run(
        [sys.executable, "-m", "samples.make_large", str(ORDERS), "--xlsx", "--out", str(folder)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    start()
    from django.utils import timezone  # noqa: PLC0415 - Django is set up now

    from core.tenancy import merchant  # noqa: PLC0415
    from flows.files import read_file  # noqa: PLC0415
    from flows.intake import submit_file  # noqa: PLC0415
    from orders.models import Import  # noqa: PLC0415
    from tests.factories import ACTOR, a_merchant, a_warehouse  # noqa: PLC0415

    a_warehouse()
    owner = a_merchant("bench-file")
    spent = {}
    for kind, name in (("products", "products.csv"), ("orders", "orders.xlsx")):
        with (folder / name).open("rb") as file, as_app_role():
            upload = submit_file(
                merchant_id=owner.pk, kind=kind, file=file, filename=name, actor=ACTOR,
                now=timezone.now(),
            )  # fmt: skip
            began = time.monotonic()
            read_file(owner.pk, {"import_id": upload.pk})
            spent[kind] = time.monotonic() - began
    with merchant(owner):
        done = Import.objects.get(pk=upload.pk)
    _be_sure(owner.pk, done.rows_read, done.entries_created, done.refusal)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("intake.xlsx_100k_s", spent["orders"], "s", "<= 90")
    yield Figure("intake.xlsx_100k_mb", peak_mb, "MB", "<= 400")
    yield Figure("intake.xlsx_orders_per_s", done.entries_created / spent["orders"], "orders/s")


def _be_sure(merchant_id: int, rows: int, created: int, refusal: str) -> None:
    """A figure of a file that was not read whole, or of orders without their parts, is none."""
    from django.db.models import Count, Q  # noqa: PLC0415

    from core.models import Event  # noqa: PLC0415
    from core.tenancy import merchant  # noqa: PLC0415
    from orders.models import Order, OrderLine  # noqa: PLC0415

    with merchant(merchant_id):
        found = Order.objects.aggregate(
            all=Count("pk"),
            far=Count("pk", filter=Q(country__in=("BR", "CN"))),
            judged=Count("pk", filter=Q(status__in=("accepted", "held"))),
        )
        lines = OrderLine.objects.count()
        events = Event.objects.filter(subject_kind="order").count()
    if (rows, lines, found["judged"], events) != (ROWS, ROWS, created, created) or found[
        "far"
    ] * 10 < created * 0.99:
        raise RuntimeError(f"rows {rows}, created {created}, {found}, {lines} lines, {events} events, {refusal}")  # noqa: E501 # fmt: skip


def _bulk() -> Iterator[Figure]:
    start()
    from bench.api import post  # noqa: PLC0415
    from bench.api_data import Tenant  # noqa: PLC0415

    tenant = Tenant.make("bench-bulk")
    numbers = itertools.count()
    bodies = [tenant.bulk(BULK, numbers) for _ in range(WARM_UP + BULK_REQUESTS)]
    with as_app_role():
        for body in bodies[:WARM_UP]:
            post(tenant.secret, "/api/v1/orders/bulk", body)
        began = time.monotonic()
        for body in bodies[WARM_UP:]:
            post(tenant.secret, "/api/v1/orders/bulk", body)
        spent = time.monotonic() - began
    yield Figure("intake.bulk_api_orders_per_s", BULK * BULK_REQUESTS / spent, "orders/s", ">= 600")


def main() -> None:
    """Print the figures of this file alone."""
    for figure in figures():
        print(figure.as_json(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
