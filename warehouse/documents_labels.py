"""Labels of what comes in: one per piece for products without a barcode, one per carton announced.

A product label is 50 × 30 mm, one to a page, or 70 × 37 mm, 24 to an A4 sheet. A GTIN becomes an
EAN; else the SKU becomes Code 128 where its bars fit the label, and a QR code where they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.utils.safestring import SafeString

from core.barcodes import (
    NotPrintableAsBarcode,
    code128_modules,
    code128_svg,
    ean_svg,
    qr_svg,
)
from core.pdf import Sheet, render_pdf
from core.pdf.addresses import country_name
from core.templatetags.paper import day

Layout = Literal["label", "sheet"]
MOST_LABELS = 1000
MODULES_MM = (Decimal("0.375"), Decimal("0.25"))
"""Three and two dots of a 203 dpi printer: narrower bars are not read at arm's length."""
WIDTH_MM: dict[Layout, int] = {"label": 48, "sheet": 66}
HEIGHT_MM: dict[Layout, int] = {"label": 9, "sheet": 12}
STYLES: dict[Layout, tuple[str, ...]] = {
    "label": ("documents/product_label.css",),
    "sheet": ("documents/product_label.css", "documents/product_label_sheet.css"),
}
LONGEST_TITLE = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLabel:
    """What stands on one label; `origin` is a country's code."""

    sku: str
    title: str
    origin: str = ""
    gtin: str = ""
    lot: str = ""
    expires_on: date | None = None
    copies: int = 1

    @property
    def short_title(self) -> str:
        """As much of the title as two lines hold."""
        cut = self.title[:LONGEST_TITLE]
        return cut if cut == self.title else f"{cut.rstrip()}…"

    @property
    def made_in(self) -> str:
        """Where it was made, as customs and shops ask for on the goods."""
        return f"Made in {country_name(self.origin)}" if self.origin else ""

    @property
    def below(self) -> str:
        """The digits under the bars, lot, expiry and origin."""
        parts = (
            self.gtin,
            f"Lot {self.lot}" if self.lot else "",
            f"Exp {day(self.expires_on)}" if self.expires_on else "",
            self.made_in,
        )
        return "\u2002".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Printed:
    """A label with its symbol; `is_square` for a QR code, which stands beside the words."""

    label: ProductLabel
    symbol: SafeString
    is_square: bool


def symbol_of(label: ProductLabel, layout: Layout) -> Printed:
    """Choose the symbol a label gets; every SKU gets one that our stations read back to it."""
    height = HEIGHT_MM[layout]
    if label.gtin:
        try:
            return Printed(label, ean_svg(label.gtin, height_mm=height), is_square=False)
        except NotPrintableAsBarcode:
            # A GTIN-14, or a number with a wrong check digit: as it is written.
            pass
    text = label.gtin or label.sku
    try:
        modules = code128_modules(text)
    except NotPrintableAsBarcode:
        modules = 0
    for module_mm in MODULES_MM:
        if modules and modules * module_mm <= WIDTH_MM[layout]:
            bars = code128_svg(text, module_mm=module_mm, height_mm=height)
            return Printed(label, bars, is_square=False)
    return Printed(label, qr_svg(text, module_mm=Decimal("0.375")), is_square=True)


def render_product_labels(
    labels: Sequence[ProductLabel], *, number: str, layout: Layout, created_at: datetime
) -> bytes:
    """The labels as a PDF, each as often as it says, `MOST_LABELS` in all."""
    printed: list[Printed] = []
    for label in labels:
        printed += [symbol_of(label, layout)] * label.copies
    return render_pdf(
        Sheet(
            template="documents/product_labels.html",
            stylesheets=STYLES[layout],
            title=f"Product labels {number}",
            created_at=created_at,
            context={"labels": printed[:MOST_LABELS], "layout": layout},
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundLabel:
    """What a merchant sticks on each carton of an inbound: `code` is scanned at the dock. It names
    no quantities, for the dock counts blind."""

    number: str
    code: str
    merchant: str
    reference: str
    warehouse: str
    address: tuple[str, ...]
    cartons: int | None
    expected_on: date | None
    created_at: datetime

    @property
    def facts(self) -> str:
        """The merchant's number, cartons and the day, where they are known."""
        parts = (
            f"Reference {self.reference}" if self.reference else "",
            f"Cartons {self.cartons}" if self.cartons else "",
            f"Expected {day(self.expected_on)}" if self.expected_on else "",
        )
        return "\n".join(filter(None, parts))


def render_inbound_label(label: InboundLabel) -> bytes:
    """A carton label of 100 × 150 mm with a Code 128 and a QR code of the inbound."""
    return render_pdf(
        Sheet(
            template="documents/inbound_label.html",
            stylesheets=("documents/inbound_label.css",),
            title=f"Inbound {label.number}",
            created_at=label.created_at,
            context={"label": label},
        )
    )
