"""A readable copy of an export or import declaration, for people; customs has the data itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.pdf import Sheet, render_pdf
from core.pdf.columns import labelled

DECLARATION_STYLES = ("documents/base.css", "documents/declaration.css")
LETTERS_A_LINE = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationSection:
    """A titled group of (element, value) pairs, such as one goods item."""

    title: str
    fields: tuple[tuple[str, str], ...]

    @property
    def labels(self) -> str:
        """The elements' names, one a line."""
        return labelled(self.fields, width=LETTERS_A_LINE)[0]

    @property
    def values(self) -> str:
        """The values, folded, on the same lines as their names."""
        return labelled(self.fields, width=LETTERS_A_LINE)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationCopy:
    """What was declared. ``direction`` is 'export' or 'import'; ``mrn`` is empty until given."""

    lrn: str
    mrn: str
    direction: str
    country: str
    dataset: str
    status: str
    created_at: datetime
    sections: tuple[DeclarationSection, ...]

    @property
    def heading(self) -> str:
        """ "Export declaration EX-2026-000123"."""
        return f"{self.direction.capitalize()} declaration {self.lrn}"

    @property
    def printed_sections(self) -> tuple[DeclarationSection, ...]:
        """The references first, then the sections as given."""
        references = (
            ("Local reference (LRN)", self.lrn),
            ("Movement reference (MRN)", self.mrn),
            ("Country", self.country),
            ("Data set", self.dataset),
        )
        return (DeclarationSection(title="References", fields=references), *self.sections)


def render_declaration_copy(declaration: DeclarationCopy) -> bytes:
    """The copy as an A4 PDF."""
    return render_pdf(
        Sheet(
            template="documents/declaration.html",
            stylesheets=DECLARATION_STYLES,
            title=declaration.heading,
            created_at=declaration.created_at,
            context={"declaration": declaration},
        )
    )
