"""Customs papers: the commercial invoice and a readable copy of a declaration.

What must be on the invoice is listed under COMMERCIAL_INVOICE in the customs data elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.pdf import AddressBlock, Sheet, render_pdf
from core.pdf.columns import labelled, run_of
from core.templatetags.paper import amount, kg

ONE_PAGE_LINES = 24  # lines of text; fewer never leave page one
INVOICE_STYLES = ("documents/base.css", "documents/commercial_invoice.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One kind of goods, priced in ``currency``. ``unit`` is UN/ECE Recommendation 20 (H87: piece;
    printed as given, carriers also read PCE); ``net_weight_g`` is of the whole line."""

    description: str
    hs_code: str
    origin_country: str
    quantity: int
    unit_price: Decimal
    currency: str
    net_weight_g: int | None
    sku: str = ""
    unit: str = "PCE"
    manufacturer: str = ""

    @property
    def total(self) -> Decimal:
        """Quantity times unit price, unrounded."""
        return self.quantity * self.unit_price

    @property
    def words(self) -> str:
        """The description, with the seller's article number and the maker under it if known."""
        below = (self.sku, f"Manufacturer {self.manufacturer}" if self.manufacturer else "")
        return "\n".join((self.description, ", ".join(part for part in below if part))).strip()

    @property
    def figures(self) -> str:
        """Origin, unit, HS code, quantity, net weight, unit price, total."""
        return run_of(
            (f"{self.origin_country} {self.unit}", "0000000"),
            (self.hs_code, "0000000000"),
            (f"{self.quantity:,}", "0,000"),
            (kg(self.net_weight_g), "000.000"),
            (amount(self.unit_price, self.currency), "00,000.00"),
            (amount(self.total, self.currency), "0,000,000.00"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommercialInvoice:
    """All a commercial invoice says; one currency throughout.

    ``consignee`` only where it is not the buyer. ``freight``, ``insurance`` and ``discount`` are
    printed and counted when given: leave them out where the incoterm has them in the price.
    """

    number: str
    invoice_date: date
    created_at: datetime
    seller: AddressBlock
    buyer: AddressBlock
    incoterm: str
    named_place: str
    currency: str
    reason_for_export: str
    lines: tuple[InvoiceLine, ...]
    gross_weight_g: int
    packages: int
    transport_document: str
    declarant: str
    declared_on: date
    consignee: AddressBlock | None = None
    carrier: str = ""
    order_reference: str = ""
    freight: Decimal | None = None
    insurance: Decimal | None = None
    discount: Decimal | None = None
    origin_declaration: str = ""

    @property
    def goods_value(self) -> Decimal:
        """Sum of the line totals."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Goods plus freight and insurance less discount."""
        extra = (self.freight or Decimal(0)) + (self.insurance or Decimal(0))
        return self.goods_value + extra - (self.discount or Decimal(0))

    @property
    def sums(self) -> tuple[str, str]:
        """Labels and amounts above the total, one a line; empty when the goods are all there is."""
        parts = (
            ("Freight", self.freight),
            ("Insurance", self.insurance),
            ("Discount", -self.discount if self.discount is not None else None),
        )
        given = [(label, value) for label, value in parts if value is not None]
        if not given:
            return "", ""
        rows = [("Goods", self.goods_value), *given]
        return (
            "\n".join(label for label, _ in rows),
            "\n".join(amount(value, self.currency) for _, value in rows),
        )

    @property
    def facts(self) -> tuple[str, str]:
        """Header fields as two texts, labels and values."""
        packages = "1 package" if self.packages == 1 else f"{self.packages} packages"
        return labelled(
            (
                ("Incoterm 2020", f"{self.incoterm} {self.named_place}"),
                ("Currency", self.currency),
                ("Reason for export", self.reason_for_export),
                ("Gross weight", f"{kg(self.gross_weight_g)} kg, {packages}"),
                ("Transport document", self.transport_document),
                ("Carrier", self.carrier),
                ("Order", self.order_reference),
            ),
            width=28,
        )

    @property
    def is_long(self) -> bool:
        """True when the lines may need a second page and its column heads."""
        return sum(2 + len(line.description) // 40 for line in self.lines) > ONE_PAGE_LINES


def render_commercial_invoice(invoice: CommercialInvoice) -> bytes:
    """The invoice as an A4 PDF; long ones break between lines and repeat the column heads."""
    return render_pdf(
        Sheet(
            template="documents/commercial_invoice.html",
            stylesheets=INVOICE_STYLES,
            title=f"Commercial invoice {invoice.number}",
            created_at=invoice.created_at,
            context={"invoice": invoice},
        )
    )
