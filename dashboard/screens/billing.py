"""dashboard/billing/list.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from dashboard.screens.common import Filter, Pager, Tab
from dashboard.screens.today import MoneyFigure


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeRow:
    """`sentence` replays the price ("0.42 kg in zone 3 at 18.40 CNY per started 0.5 kg")."""

    number: str
    kind: str
    sentence: str
    tracking_number: str
    shipment_url: str
    charged_at: datetime
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class BillingPage:
    """`sort` is one of charged_at, amount with an optional leading minus."""

    figures: tuple[MoneyFigure, ...]
    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    rows: tuple[ChargeRow, ...]
    pager: Pager
    sort: str
    is_filtered: bool
    clear_url: str
    export_url: str
