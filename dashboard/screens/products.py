"""dashboard/products/list.html and product.html"""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import Form

from dashboard.screens.common import Coded, Filter, HistoryEntry, Pager, Tab


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductRemark:
    """What every order of the product is held for, and what would be right."""

    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductFact:
    """One field for those who may only read."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductPage:
    """dashboard/products/product.html. `form` is None where the member may not change it; `facts`
    are then its fields. `orders_held` are held orders with it, `is_more`: counted no further."""

    sku: str
    title: str
    list_url: str
    on_hand: int
    reserved: int
    available: int
    stock_url: str
    remarks: tuple[ProductRemark, ...]
    orders_held: int
    is_more: bool
    orders_url: str
    fault: str
    form: Form | None
    facts: tuple[ProductFact, ...]
    post_url: str
    history: tuple[HistoryEntry, ...]
