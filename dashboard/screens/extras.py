"""dashboard/settings/extras.html"""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import Form

from dashboard.screens.common import Destructive, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtraRow:
    """`applies` says for which parcels, in words."""

    kind: str
    name: str
    code: str
    applies: str
    weight_g: int
    retire: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtrasPage:
    """`form` is None for who may not edit."""

    tabs: tuple[Tab, ...]
    rows: tuple[ExtraRow, ...]
    form: Form | None
    post_url: str
