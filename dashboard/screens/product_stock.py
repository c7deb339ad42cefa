"""dashboard/products/stock.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.screens.listings import PartField


@dataclass(frozen=True, kw_only=True, slots=True)
class HouseRow:
    """A warehouse's stock. `cover` says how long it lasts, `low` why it is low."""

    code: str
    name: str
    on_hand: int
    reserved: int
    available: int
    minimum: int | None
    maximum: int | None
    cover: str
    low: str
    to_send: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LotRow:
    """Pieces of one lot, expiry and condition. `note` says why they are not sold."""

    warehouse: str
    lot: str
    expires_on: date | None
    condition: str
    on_hand: int
    reserved: int
    available: int
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductStockPage:
    """Posts `action` level (warehouse, minimum, maximum), kit (lists `sku` and `quantity`) or
    lasting (days) to `post_url`. `kits` is how many could leave now, None where it is no kit."""

    sku: str
    title: str
    product_url: str
    list_url: str
    houses: tuple[HouseRow, ...]
    lots: tuple[LotRow, ...]
    kits: int | None
    components: tuple[str, ...]
    parts: tuple[PartField, ...]
    days: int
    fault: str
    may_edit: bool
    post_url: str
