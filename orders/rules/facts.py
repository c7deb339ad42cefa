"""What the rules are told about an order and its products; plain values, no rows of a database."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product of the merchant. Weights in grams, sizes in millimetres.

    ``battery``: none, contained, packed or alone. ``nature``: general, fragile, liquid, powder,
    magnetic or perishable. ``hs_code``: 6 to 10 digits or empty. ``gtin``: digits or empty.
    ``components`` are the products of a kit, each with its pieces in one kit.
    """

    sku: str
    title: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    hs_code: str
    origin_country: str
    customs_description: str
    unit_value: Decimal | None
    currency: str
    battery: str
    gtin: str = ""
    brand: str = ""
    model: str = ""
    nature: str = "general"
    # Not in what is shown: kept hashes of findings (``orders.rules.standing``) are made from that.
    components: "tuple[tuple[ProductFacts, int], ...]" = field(default=(), repr=False)

    @property
    def pieces(self) -> "tuple[tuple[ProductFacts, int], ...]":
        """What ships and is declared for one of it: its components, else itself."""
        return self.components or ((self, 1),)


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address as the channel wrote it, or as normalised by ``check_address``."""

    name: str
    company: str
    street_lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """``unit_price`` is ``None`` where the channel gives no prices."""

    external_line: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order before its checks. ``paid_by_channel``: the channel vouches for the payment.

    ``left_out``: codes of lines that are not shipped by us.
    """

    external_order: str
    address: AddressFacts
    phone: str
    email: str
    recipient_id: str
    currency: str
    paid_at: dt.datetime | None
    lines: tuple[LineFacts, ...]
    paid_by_channel: bool = False
    unread_rows: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
