"""The handover list a driver signs: which parcels, how many, how heavy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from core.pdf import AddressBlock, Sheet, render_pdf
from core.pdf.columns import labelled, run_of
from core.templatetags.paper import instant, kg

MANIFEST_STYLES = ("documents/base.css", "documents/manifest.css")
ROWS_TOGETHER = 5  # a rule under every fifth row guides the eye, and one block lays out faster


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One parcel."""

    tracking_number: str
    reference: str
    country: str
    weight_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestBlock:
    """A few rows as three texts whose lines stand beside each other."""

    numbers: str
    references: str
    figures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Parcels given to one carrier at one time; ``service`` in words."""

    number: str
    handed_over_at: datetime
    carrier: str
    service: str
    warehouse: AddressBlock
    rows: tuple[ManifestRow, ...]
    signed_by: str = ""
    vehicle: str = ""
    pickup: str = ""
    signature: str = ""
    """The ``d`` of the path that was drawn in a field of 1000 × 400; empty for room to sign."""

    @property
    def weight_g(self) -> int:
        """Gross weight of all parcels."""
        return sum(row.weight_g for row in self.rows)

    @property
    def facts(self) -> tuple[str, str]:
        """Header fields as two texts, labels and values."""
        return labelled(
            (
                ("Carrier", self.carrier),
                ("Service", self.service),
                ("Handed over", instant(self.handed_over_at)),
                ("Vehicle", self.vehicle),
                ("Pickup", self.pickup),
                ("Parcels", str(len(self.rows))),
                ("Gross weight", f"{kg(self.weight_g)} kg"),
            ),
            width=50,
        )

    @property
    def blocks(self) -> list[ManifestBlock]:
        """The rows, numbered from 1, a few at a time."""
        numbered = iter(enumerate(self.rows, start=1))
        blocks = []
        while some := list(islice(numbered, ROWS_TOGETHER)):
            blocks.append(
                ManifestBlock(
                    numbers="\n".join(
                        f"{run_of((str(place), '0000'))}   {row.tracking_number}"
                        for place, row in some
                    ),
                    references="\n".join(row.reference for _, row in some),
                    figures="\n".join(
                        run_of((row.country, "00"), (kg(row.weight_g), "0,000.000"))
                        for _, row in some
                    ),
                )
            )
        return blocks


def render_manifest(manifest: Manifest) -> bytes:
    """The manifest as an A4 PDF with its number as Code 128 and room for two signatures."""
    return render_pdf(
        Sheet(
            template="documents/manifest.html",
            stylesheets=MANIFEST_STYLES,
            title=f"Manifest {manifest.number}",
            created_at=manifest.handed_over_at,
            context={"manifest": manifest},
        )
    )
