"""Papers of the floor: the pick list a person walks with and the packing list in the parcel.

What must be on the packing list is listed under PACKING_LIST in the customs data elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.pdf import AddressBlock, Sheet, render_pdf
from core.pdf.columns import labelled, run_of
from core.templatetags.paper import cm, day, kg

PICK_LIST_STYLES = ("documents/base.css", "documents/pick_list.css")
PACKING_LIST_STYLES = ("documents/base.css", "documents/packing_list.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLine:
    """Take ``quantity`` of a product at ``location``; ``put_into`` names the parcel or tote."""

    location: str
    sku: str
    title: str
    quantity: int
    put_into: str = ""
    lot: str = ""
    expires_on: date | None = None

    @property
    def words(self) -> str:
        """Article number, title, then lot, expiry and parcel where there are any."""
        last = (
            f"Lot {self.lot}" if self.lot else "",
            f"expires {self.expires_on.isoformat()}" if self.expires_on else "",
            f"into {self.put_into}" * bool(self.put_into),
        )
        return "\n".join(
            (f"{self.sku}\u2002{self.title}", "\u2002".join(filter(None, last)))
        ).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class PickList:
    """What to fetch, in the order of the way through the warehouse.

    ``scan_text`` is what the QR code says: the pick station's address for this list, or its number.
    """

    number: str
    created_at: datetime
    warehouse: str
    merchant: str
    lines: tuple[PickLine, ...]
    parcels: int
    scan_text: str
    service: str = ""
    ship_by: date | None = None
    path_mm: int | None = None
    serpentine_mm: int | None = None

    @property
    def walk(self) -> str:
        """How long the walk is and what it saves, "" where a bin has no position."""
        if self.path_mm is None or self.serpentine_mm is None:
            return ""
        saved = (self.serpentine_mm - self.path_mm) // 1000
        length = f"{-(-self.path_mm // 1000):,} m"
        return f"{length}, {saved:,} m less than by sequence" if saved else length

    @property
    def units(self) -> int:
        """Pieces on the whole list."""
        return sum(line.quantity for line in self.lines)

    @property
    def facts(self) -> tuple[str, str]:
        """Header fields as two texts, labels and values."""
        return labelled(
            (
                ("Warehouse", self.warehouse),
                ("Merchant", self.merchant),
                ("Service", self.service),
                ("Ship by", day(self.ship_by)),
                ("Parcels", str(self.parcels)),
                ("Lines, pieces", f"{len(self.lines)}, {self.units}"),
                ("Walk", self.walk),
            ),
            width=60,
        )


def render_pick_list(pick_list: PickList) -> bytes:
    """The pick list as an A4 PDF with a Code 128 and a QR code; heads repeat on every page."""
    return render_pdf(
        Sheet(
            template="documents/pick_list.html",
            stylesheets=PICK_LIST_STYLES,
            title=f"Pick list {pick_list.number}",
            created_at=pick_list.created_at,
            context={"list": pick_list},
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedItem:
    """A quantity of one product in a package."""

    sku: str
    description: str
    quantity: int
    unit: str = "PCE"
    batch: str = ""
    serial_numbers: tuple[str, ...] = ()
    expires_on: date | None = None

    @property
    def words(self) -> str:
        """Description, then article number, batch, serial numbers and expiry."""
        below = (
            self.sku,
            f"Batch {self.batch}" if self.batch else "",
            f"Serial {', '.join(self.serial_numbers)}" if self.serial_numbers else "",
            f"Expires {day(self.expires_on)}" if self.expires_on else "",
        )
        return "\n".join((self.description, ", ".join(part for part in below if part))).strip()

    @property
    def figures(self) -> str:
        """Unit and quantity."""
        return run_of((self.unit, "000"), (f"{self.quantity:,}", "0,000"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package. ``kind`` is a UN/ECE Recommendation 21 code with its word ("CT carton")."""

    number: int
    marks: str
    kind: str
    gross_weight_g: int
    net_weight_g: int
    items: tuple[PackedItem, ...]
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None

    @property
    def heading(self) -> str:
        """ "Package 1: LX123456785CN, CT carton, 30 × 20 × 10 cm"."""
        sides = [side for side in (self.length_mm, self.width_mm, self.height_mm) if side]
        size = f", {' × '.join(cm(side) for side in sides)} cm" if len(sides) == 3 else ""
        return f"Package {self.number}: {self.marks}, {self.kind}{size}"

    @property
    def weights(self) -> str:
        """Net and gross weight in kilograms."""
        return f"net {kg(self.net_weight_g)} kg, gross {kg(self.gross_weight_g)} kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingList:
    """What is in which package of one consignment."""

    number: str
    invoice_reference: str
    packed_on: date
    created_at: datetime
    shipper: AddressBlock
    consignee: AddressBlock
    packages: tuple[Package, ...]
    transport_document: str
    order_reference: str = ""
    carrier: str = ""

    @property
    def facts(self) -> tuple[str, str]:
        """Header fields as two texts, labels and values; the weights are the packages' sums."""
        gross = sum(package.gross_weight_g for package in self.packages)
        net = sum(package.net_weight_g for package in self.packages)
        return labelled(
            (
                ("Invoice", self.invoice_reference),
                ("Order", self.order_reference),
                ("Carrier", self.carrier),
                ("Transport document", self.transport_document),
                ("Packages", str(len(self.packages))),
                ("Net weight", f"{kg(net)} kg"),
                ("Gross weight", f"{kg(gross)} kg"),
            ),
            width=28,
        )

    @property
    def pieces(self) -> int:
        """Pieces in all packages."""
        return sum(item.quantity for package in self.packages for item in package.items)


def render_packing_list(packing_list: PackingList) -> bytes:
    """The packing list as an A4 PDF."""
    return render_pdf(
        Sheet(
            template="documents/packing_list.html",
            stylesheets=PACKING_LIST_STYLES,
            title=f"Packing list {packing_list.number}",
            created_at=packing_list.created_at,
            context={"list": packing_list},
        )
    )
