"""dashboard/settings/allocation.html and simulation.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.forms import Form

from core.money import Money
from dashboard.screens.common import Badge, Pager, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Rules in words; `version` 0 is the operator's default."""

    version: int
    strategy: str
    warehouses: str
    splitting: str
    begins_at: datetime | None
    made_by: str
    is_in_force: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulationLine:
    url: str
    strategy: str
    first_day: date
    last_day: date
    badge: Badge
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationPage:
    """`form` is None for a member who may not change the rules."""

    tabs: tuple[Tab, ...]
    current: Rules
    versions: tuple[Rules, ...]
    simulations: tuple[SimulationLine, ...]
    form: Form | None
    publish_url: str
    simulate_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A count as it was and as it would be."""

    label: str
    was: int
    would_be: int

    @property
    def difference(self) -> int:
        """What the draft changes."""
        return self.would_be - self.was


@dataclass(frozen=True, kw_only=True, slots=True)
class CostCompared:
    was: Money
    would_be: Money
    difference: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulationRow:
    reference: str
    url: str
    was: str
    would_be: str
    why: str
    cost_was: Money | None
    cost_would_be: Money | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulationPage:
    """`publish_url` is empty where the member may not, or while it runs."""

    tabs: tuple[Tab, ...]
    list_url: str
    draft: Rules
    first_day: date
    last_day: date
    is_running: bool
    is_done: bool
    orders_done: int
    orders_total: int
    progress_url: str
    houses: tuple[Compared, ...]
    totals: tuple[Compared, ...]
    costs: tuple[CostCompared, ...]
    priced: int
    changed: int
    rows: tuple[SimulationRow, ...]
    pager: Pager
    export_url: str
    publish_url: str
