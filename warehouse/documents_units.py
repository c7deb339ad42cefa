"""The label of a bag or pallet: its SSCC in GS1-128, where it goes, how much is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from core.barcodes import gs1_128_svg
from core.pdf import Sheet, render_pdf

STYLES = ("documents/unit_label.css",)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLabel:
    """A closed unit as it is printed; `operator` and `warehouse` say who sends it."""

    sscc: str
    kind: str
    operator: str
    warehouse: str
    carrier: str
    service: str
    country: str
    parcels: int
    weight_g: int
    closed_at: datetime

    @property
    def bars(self) -> SafeString:
        """The GS1-128 symbol of element (00)."""
        return gs1_128_svg(f"00{self.sscc}")

    @property
    def spelt(self) -> str:
        """The human-readable element string."""
        return f"(00) {self.sscc}"


def render_unit_label(label: UnitLabel) -> bytes:
    """The label as a PDF of 100 × 150 mm."""
    return render_pdf(
        Sheet(
            template="documents/unit_label.html",
            stylesheets=STYLES,
            title=f"SSCC {label.sscc}",
            created_at=label.closed_at,
            context={"label": label},
        )
    )
