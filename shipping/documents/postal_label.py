"""The postal label, 10 × 15 cm, with CN22 on it or CN23 on pages of the same size behind it.

The forms follow UPU Convention Regulations (CN 22, CN 23); what must be on them is listed under
CN22 and CN23 in the customs data elements. Which form an item needs is decided elsewhere (value in
SDR and weight); here it is printed. English and French, the languages of the forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from core.pdf import AddressBlock, Sheet, render_pdf
from core.pdf.columns import run_of
from core.templatetags.paper import amount, kg

POSTAL_LABEL_STYLES = ("documents/postal_label.css",)

# UPU category codes of the forms, in the order of the printed boxes: English, French.
CATEGORIES = {
    "gift": ("Gift", "Cadeau"),
    "documents": ("Documents", "Documents"),
    "commercial_sample": ("Commercial sample", "Échantillon commercial"),
    "returned_goods": ("Returned goods", "Retour de marchandise"),
    "sale_of_goods": ("Sale of goods", "Vente de biens"),
    "other": ("Other", "Autre"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalContent:
    """One kind of goods. Weight and value are of the whole line, not of one piece."""

    description: str
    quantity: int
    net_weight_g: int
    value: Decimal
    currency: str
    hs_code: str = ""
    origin_country: str = ""

    @property
    def figures(self) -> str:
        """Origin, HS code, net weight, value."""
        return run_of(
            (self.origin_country, "00"),
            (self.hs_code, "00000000"),
            (kg(self.net_weight_g), "00.000"),
            (amount(self.value, self.currency), "0,000.00"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsForm:
    """CN22 or CN23. ``category`` is a key of CATEGORIES; ``signed_on`` is the sender's date.

    The fields below ``signatory`` are printed on CN23 only, except ``sender_reference`` (the number
    of a prepaid tax scheme), which both carry when given.
    """

    form: Literal["CN22", "CN23"]
    category: str
    contents: tuple[PostalContent, ...]
    signed_on: date
    signatory: str
    sender_reference: str = ""
    explanation: str = ""
    importer_reference: str = ""
    postal_charges: Decimal | None = None
    office_of_origin: str = ""
    invoice_number: str = ""
    licence_number: str = ""
    certificate_number: str = ""
    comments: str = ""

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES:
            raise ValueError(f"category: {self.category!r} is not one of {', '.join(CATEGORIES)}")
        if not self.contents:
            raise ValueError("contents: empty; a customs form declares at least one kind of goods")
        if len({line.currency for line in self.contents}) > 1:
            raise ValueError("contents: more than one currency; a form is in one currency")

    @property
    def currency(self) -> str:
        """The one currency of the form."""
        return self.contents[0].currency

    @property
    def value(self) -> Decimal:
        """Sum of the lines' values."""
        return sum((line.value for line in self.contents), Decimal(0))

    @property
    def boxes(self) -> str:
        """The six categories, English and French, the chosen one crossed."""
        marks = {code: "×" if code == self.category else "\u2007" for code in CATEGORIES}
        cells = [f"[{marks[code]}] {en} / {fr}" for code, (en, fr) in CATEGORIES.items()]
        return "   ".join(cells[:3]) + "\n" + "   ".join(cells[3:])

    @property
    def references(self) -> str:
        """Licence, certificate, invoice, importer and comments, one a line, English and French."""
        fields = (
            ("Importer's reference / Référence de l'importateur", self.importer_reference),
            ("Invoice / Facture", self.invoice_number),
            ("Licence", self.licence_number),
            ("Certificate / Certificat", self.certificate_number),
            ("Comments / Observations", self.comments),
        )
        return "\n".join(f"{label}: {text}" for label, text in fields if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalLabel:
    """One postal item. ``item_number`` is its S10 number with a right check digit."""

    item_number: str
    operator: str
    service: str
    sender: AddressBlock
    recipient: AddressBlock
    gross_weight_g: int
    created_at: datetime
    customs: CustomsForm | None = None
    reference: str = ""
    return_instruction: str = ""

    @property
    def spaced_number(self) -> str:
        """ "LX 123 456 785 CN", the form for eyes (UPU S10)."""
        number = self.item_number
        return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"


def render_postal_label(label: PostalLabel) -> bytes:
    """The label as a PDF of 100 × 150 mm pages.

    CN22 stands under the barcode and moves to a second page whole when it does not fit; CN23 always
    has pages of its own.
    """
    return render_pdf(
        Sheet(
            template="documents/postal_label.html",
            stylesheets=POSTAL_LABEL_STYLES,
            title=f"Postal label {label.item_number}",
            created_at=label.created_at,
            context={"label": label, "form": label.customs},
        )
    )
