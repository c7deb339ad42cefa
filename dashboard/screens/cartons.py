"""dashboard/settings/cartons.html"""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import Form

from dashboard.screens.common import Destructive, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class CartonRow:
    """Sizes are length × width × height in millimetres as text."""

    code: str
    name: str
    material: str
    inner: str
    outer: str
    tare_g: int
    max_gross_g: int
    retire: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CartonsPage:
    """`is_own` is False while the operator's list is shown; `form` is None for who may not edit."""

    tabs: tuple[Tab, ...]
    rows: tuple[CartonRow, ...]
    is_own: bool
    form: Form | None
    post_url: str
    copy_url: str
