"""Labels of places: the code as Code 128 and in letters that are read from the aisle.

100 × 50 mm, one to a page. Bars are whole dots of a 203 dpi printer. A place belongs to no
merchant, and documents are a merchant's: these are drawn when asked for, few at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.barcodes import code128_svg
from core.pdf import Sheet, render_pdf
from warehouse.models import Location, Warehouse

MOST_LABELS = 60
WIDTH_MM = 96
MODULES_MM = (Decimal("0.5"), Decimal("0.375"), Decimal("0.25"))
SYMBOL_AND_ENDS = 55
"""Modules that a symbol has besides 11 for each character: start, check, stop, quiet zones."""


def module_for(code: str) -> Decimal:
    """The widest bar with which the code surely fits the label."""
    modules = 11 * len(code) + SYMBOL_AND_ENDS
    fits = (each for each in MODULES_MM if modules * each <= WIDTH_MM)
    return next(fits, MODULES_MM[-1])


def render_place_labels(
    *, warehouse: Warehouse, places: Sequence[Location], created_at: datetime
) -> bytes:
    """The labels as a PDF in the places' order, `MOST_LABELS` at most."""
    labels = [
        {
            "code": place.code,
            "symbol": code128_svg(place.code, module_mm=module_for(place.code), height_mm=20),
            "where": " · ".join(filter(None, (warehouse.code, place.zone, place.aisle, place.bay))),
        }
        for place in places[:MOST_LABELS]
    ]
    return render_pdf(
        Sheet(
            template="documents/place_labels.html",
            stylesheets=("documents/place_label.css",),
            title=f"Places {warehouse.code}",
            created_at=created_at,
            context={"labels": labels},
        )
    )
