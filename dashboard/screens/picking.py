"""dashboard/settings/picking.html"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.screens.common import Option, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class PickingPage:
    """What becomes of orders whose goods are not all there; `post_url` is empty for who may not
    change it."""

    tabs: tuple[Tab, ...]
    choices: tuple[Option, ...]
    chosen: str
    post_url: str
