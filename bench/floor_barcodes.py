"""Do the floor's barcodes read at a label printer's resolution: a hundred pages, each with its own.

Labels, pick lists and product labels are drawn as the product draws them, rendered at 203 dpi and
read by zxing; a page counts when every code it should carry was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.documents import _start_django
from bench.figures import Figure

EACH = 50


def figures() -> Iterator[Figure]:
    """Yield how many of a hundred pages were read whole."""
    _start_django()
    from shipping.documents import render_postal_label  # noqa: PLC0415 - Django is set up now
    from shipping.rules.s10 import build  # noqa: PLC0415
    from tests.documents import samples  # noqa: PLC0415
    from tests.documents.reading import scanned  # noqa: PLC0415
    from warehouse.documents import render_pick_list  # noqa: PLC0415

    read = 0
    for place in range(EACH):
        serial = 47_310_000 + place * 7919
        number = str(build(service_indicator="LX", serial=serial, country="CN"))
        label = render_postal_label(replace(samples.LABEL, item_number=number))
        read += number in {text for _kind, text in scanned(label)}
        wave, address = f"W{10_000 + place * 31:05d}", f"https://floor.example/pick/{place * 31}/"
        pages = render_pick_list(replace(samples.PICK_LIST, number=wave, scan_text=address))
        read += {wave, address} <= {text for _kind, text in scanned(pages)}
    yield Figure("warehouse.barcodes_203dpi", read, "of 100", "= 100")
