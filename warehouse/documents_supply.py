"""The paper a supplier gets: what is bought into a warehouse, or to be shipped to a buyer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.pdf import Sheet, render_pdf

STYLES = ("documents/base.css", "documents/supplier_request.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """So many pieces of a product; `code` is the supplier's own article number."""

    code: str
    sku: str
    title: str
    quantity: int
    unit_cost: Decimal
    currency: str

    @property
    def words(self) -> str:
        """The supplier's number first, then ours and the title."""
        ours = f"{self.sku}\u2002{self.title}"
        return f"{self.code}\n{ours}" if self.code else ours

    @property
    def price(self) -> str:
        """Price of a piece, pieces, and what they make."""
        return f"{self.unit_cost} {self.currency}   {self.quantity}   {self.total} {self.currency}"

    @property
    def total(self) -> Decimal:
        """Price of all its pieces."""
        return self.unit_cost * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPaper:
    """A request as it is printed. `ship_to` are the rows of the address; `reference` is the
    buyer's order, to be written on the parcel."""

    number: str
    created_at: datetime
    is_drop_ship: bool
    supplier: str
    buyer: str
    ship_to: tuple[str, ...]
    reference: str
    lines: tuple[AskedLine, ...]

    @property
    def title(self) -> str:
        """What it is and its number."""
        return f"{'Drop shipment' if self.is_drop_ship else 'Purchase order'} {self.number}"

    @property
    def address(self) -> str:
        """Where the goods go, row by row."""
        return "\n".join(self.ship_to)

    @property
    def totals(self) -> str:
        """What all lines make, by currency."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            sums[line.currency] = sums.get(line.currency, Decimal(0)) + line.total
        return ", ".join(f"{amount} {currency}" for currency, amount in sorted(sums.items()))


def render_supplier_paper(paper: SupplierPaper) -> bytes:
    """The request as an A4 PDF."""
    return render_pdf(
        Sheet(
            template="documents/supplier_request.html",
            stylesheets=STYLES,
            title=paper.title,
            created_at=paper.created_at,
            context={"paper": paper},
        )
    )
