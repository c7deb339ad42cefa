"""dashboard/products/list.html"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.screens.common import Coded, Filter, Pager, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRow:
    """`missing` names the fields customs or carriers need; `low` warns that stock runs out."""

    sku: str
    url: str
    title: str
    hs: Coded | None
    origin_country: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    on_hand: int
    reserved: int
    available: int
    missing: tuple[str, ...] = ()
    low: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductsPage:
    """`sort` is one of sku, available, on_hand with an optional leading minus."""

    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[ProductRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    export_url: str
    upload_url: str
