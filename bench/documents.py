"""How fast our own documents are printed, warm, on one core and on two."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import django

# Documents of an everyday order, in the scripts our orders come in: half in Latin letters.
SCRIPTS = ("de", "zh", "es", "ja", "pl", "ar")
WARM_UP = 12


def print_documents(count: int) -> dict[str, float]:
    """Print ``count`` documents of each kind, each for another order; return ms of CPU by kind.

    Warm: the first documents, which read fonts and stylesheets, are printed before the clock runs.
    """
    _start_django()  # before anything that imports models or templates
    from customs.documents import render_commercial_invoice  # noqa: PLC0415
    from shipping.documents import render_postal_label  # noqa: PLC0415
    from tests.documents import samples  # noqa: PLC0415
    from warehouse.documents import render_packing_list  # noqa: PLC0415

    def invoice(place: int) -> bytes:
        buyer = samples.PEOPLE[SCRIPTS[place % len(SCRIPTS)]]
        return render_commercial_invoice(
            replace(samples.EVERYDAY_INVOICE, number=f"INV-{place:06d}", buyer=buyer)
        )

    def packing_list(place: int) -> bytes:
        consignee = samples.PEOPLE[SCRIPTS[place % len(SCRIPTS)]]
        return render_packing_list(
            replace(samples.PACKING_LIST, number=f"PKL-{place:06d}", consignee=consignee)
        )

    def label(place: int) -> bytes:
        recipient = samples.PEOPLE[SCRIPTS[place % len(SCRIPTS)]]
        return render_postal_label(
            replace(samples.LABEL, reference=f"WB-{place:06d}", recipient=recipient)
        )

    milliseconds = {}
    for kind, draw in (("invoice", invoice), ("packing_list", packing_list), ("label", label)):
        for place in range(WARM_UP):
            draw(place)
        started = time.process_time()
        for place in range(count):
            draw(place)
        milliseconds[kind] = (time.process_time() - started) * 1000 / count
    return milliseconds


def measure(documents: int = 60) -> dict[str, float]:
    """Print about ``documents`` documents in each of two processes at once.

    Returns ``documents_per_s`` (both processes together, from the CPU time each used, so that other
    work on the machine does not count) and ``<kind>_ms`` of CPU for one document.
    """
    each = max(1, documents // 3)
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(print_documents, [each, each]))
    per_second = sum(1000 * len(result) / sum(result.values()) for result in results)
    kinds = {f"{kind}_ms": round(sum(r[kind] for r in results) / 2, 1) for kind in results[0]}
    return {"documents_per_s": round(per_second, 1), **kinds}


def _start_django() -> None:
    """Settings without servers: printing needs templates only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
