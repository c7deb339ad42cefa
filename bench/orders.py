"""A thousand orders from the file to label and all documents, and what that cost where.

`journey.1000_orders_s` is the clock less what other programs took of the cores meanwhile, so that a
busy machine tells nearly what a quiet one would; `…_clock_s` is the clock itself.
"""

from __future__ import annotations

import gzip
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from bench.figures import Figure
from bench.installation import installation, journey, rows
from bench.processes import busy_seconds, cpu_seconds, spent
from config.embedded.journey import steps
from config.embedded.journey.progress import Stage
from config.embedded.stack import Stack
from samples.make_large import write_amazon_orders, write_products

ORDERS = int(os.environ.get("BENCH_ORDERS", "1000"))
KINDS = "('label', 'commercial_invoice', 'packing_list')"
MADE = f"SELECT count(*), count(DISTINCT sha256) FROM core_document WHERE kind IN {KINDS}"  # noqa: S608
FAR = f"""
SELECT (SELECT count(*) FROM shipping_booking WHERE status = 'booked'),
  (SELECT count(*) FROM core_document WHERE kind IN {KINDS}),
  (SELECT count(*) FROM core_job WHERE status = 'queued'
    AND kind IN ('booking.book', 'papers.order', 'papers.pick_list', 'clearance.prepare'))
"""  # noqa: S608
IN_ROW = """
SELECT coalesce(sum(octet_length(t)), 0) FROM (
  SELECT b::text AS t FROM shipping_booking b UNION ALL SELECT d::text FROM core_document d
  UNION ALL SELECT e::text FROM core_event e UNION ALL SELECT j::text FROM core_job j
) AS every_row WHERE t LIKE '%JVBERi0%' OR t LIKE '%\\%PDF-%'
"""
"""Bytes of rows that hold a PDF, plain or in base64."""


def figures() -> Iterator[Figure]:
    """Yield the figures of one run on an installation of its own."""
    with installation() as stack, tempfile.TemporaryDirectory() as folder:
        orders, products = Path(folder) / "orders.txt", Path(folder) / "products.csv"
        write_amazon_orders(orders, ORDERS)
        write_products(products)
        yield from _to_documents(stack, orders, products)
        in_row = rows(stack, IN_ROW)[0][0]
        yield Figure("journey.label_bytes_in_row", float(str(in_row)), "B", "= 0")
        yield Figure("journey.public_page_kb", page_kilobytes(stack), "kB", "<= 60")


def _to_documents(stack: Stack, orders: Path, products: Path) -> Iterator[Figure]:
    with journey(stack, orders) as run:
        steps.send_file(run, "products", products, 0)
        before, began = cpu_seconds(stack), time.monotonic()
        busy, own = busy_seconds(), time.process_time()
        steps.send_file(run, "orders", orders, len(run.numbers))
        steps.allocate(run)
        steps.release_waves(run)
        with run.stages.stage("documents", 0) as stage:
            parcels = _wait_for_documents(stack, stage)
        took, cpu = time.monotonic() - began, spent(before, cpu_seconds(stack))
        ours = sum(cpu.values()) + time.process_time() - own
        strangers = max(0.0, busy_seconds() - busy - ours)
    made, distinct = (int(str(value)) for value in rows(stack, MADE)[0])
    quiet = took - strangers / (os.cpu_count() or 1)
    # Orders that are held need no papers: told as if every order had been sound.
    share = ORDERS / parcels
    yield Figure("journey.1000_orders_s", quiet * share, "s", "<= 180")
    yield Figure("journey.1000_orders_clock_s", took * share, "s")
    yield Figure("journey.1000_orders_cpu_s", ours * share, "s CPU")
    yield Figure("journey.1000_orders_parcels", parcels, "parcels")
    yield Figure("journey.1000_orders_shared_pdfs", made - distinct, "PDFs", "= 0")
    for name, seconds in run.stages.seconds.items():
        yield Figure(f"journey.1000_orders_stage_{name}_s", seconds, "s")
    for name, seconds in sorted(cpu.items(), key=lambda item: -item[1]):
        yield Figure(f"journey.1000_orders_cpu_{name}_s", seconds, "s CPU")


def _wait_for_documents(stack: Stack, stage: Stage) -> int:
    """Wait until everything that can be booked has its three papers; return the booked parcels.

    What no service takes waits for a person and is not waited for.
    """
    while True:
        booked, made, queued = (int(str(each)) for each in rows(stack, FAR)[0])
        stage.at(made)
        if booked and not queued and made == 3 * booked:
            return booked
        stage.wait(1.0, f"{booked} parcels booked, {made} papers, {queued} jobs queued")


def page_kilobytes(stack: Stack) -> float:
    """Return what a buyer's browser loads for one parcel: the page and all it names, compressed."""
    token = rows(stack, "SELECT link_token FROM tracking_trackedparcel LIMIT 1")[0][0]
    page = _fetch(f"{stack.public_url}/t/{token}/")
    named = re.findall(r'(?:href|src)="(/static/[^"#?]+)', page.text)
    parts = [page, *(_fetch(f"{stack.public_url}{path}") for path in sorted(set(named)))]
    return sum(len(gzip.compress(part.content)) for part in parts) / 1000


def _fetch(url: str) -> Any:
    answer = requests.get(url, timeout=20)
    answer.raise_for_status()
    return answer
