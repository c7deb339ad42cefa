"""Allocation rules, their versions, and what a replay under a draft found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from core.money import Money
from dashboard.readings.allocation import strategy_words
from dashboard.readings.paging import Ordering, read_page
from dashboard.readings.team import settings_tabs
from dashboard.readings.words import actor_words, sentence
from dashboard.screens.allocation import (
    AllocationPage,
    Compared,
    CostCompared,
    Rules,
    SimulationLine,
    SimulationPage,
    SimulationRow,
)
from dashboard.screens.common import Badge
from warehouse.models import AllocationPolicy, Simulation
from warehouse.models import SimulationRow as StoredRow
from warehouse.services import Policy, policy_in_force

SHOWN = 20
EDIT = "orders.edit"


def read_rules_page(*, caller: Caller, form: Form, now: datetime) -> AllocationPage:
    """The rules in force, those before and to come, the replays, and a form for a draft."""
    in_force = policy_in_force(at=now)
    versions = AllocationPolicy.objects.order_by("-version")[:SHOWN]
    shown = tuple(_version(row, is_in_force=row.version == in_force.version) for row in versions)
    current = next((each for each in shown if each.is_in_force), None)
    return AllocationPage(
        tabs=settings_tabs("allocation"),
        current=current or draft_words(in_force, is_in_force=True),
        versions=shown,
        simulations=tuple(_line(row) for row in Simulation.objects.order_by("-id")[:SHOWN]),
        form=form if caller.may(EDIT) else None,
        publish_url=reverse("dashboard:allocation_publish"),
        simulate_url=reverse("dashboard:simulation_new"),
    )


def draft_words(policy: Policy, *, is_in_force: bool = False) -> Rules:
    """Rules that are no version, in words."""
    return Rules(
        version=policy.version,
        strategy=strategy_words(policy.strategy),
        warehouses=_houses(policy.warehouses),
        splitting=_splitting(may_split=policy.may_split),
        begins_at=None,
        made_by="",
        is_in_force=is_in_force,
    )


def _version(row: AllocationPolicy, *, is_in_force: bool) -> Rules:
    return Rules(
        version=row.version,
        strategy=str(row.get_strategy_display()),
        warehouses=_houses(row.warehouses),
        splitting=_splitting(may_split=row.may_split),
        begins_at=row.effective_from,
        made_by=actor_words(row.created_by),
        is_in_force=is_in_force,
    )


def _houses(codes: Sequence[str]) -> str:
    return ", ".join(codes) if codes else _("all, in the operator's order")


def _splitting(*, may_split: bool) -> str:
    return _("may be split over two warehouses") if may_split else _("are never split")


def _badge(row: Simulation) -> Badge:
    is_done = row.status == Simulation.Status.DONE
    return Badge(label=str(row.get_status_display()), tone="good" if is_done else "progress")


def _line(row: Simulation) -> SimulationLine:
    return SimulationLine(
        url=reverse("dashboard:simulation", args=[row.pk]),
        strategy=str(row.get_strategy_display()),
        first_day=row.first_day,
        last_day=row.last_day,
        badge=_badge(row),
        made_at=row.created_at,
    )


def policy_of(row: Simulation) -> Policy:
    """The draft a replay was made under."""
    return Policy(strategy=row.strategy, warehouses=tuple(row.warehouses), may_split=row.may_split)


def read_simulation(row: Simulation, *, caller: Caller, cursor: str) -> SimulationPage:
    """One replay: its progress, then what it adds up to and the orders that would change."""
    is_done = row.status == Simulation.Status.DONE
    result = row.result
    changed = StoredRow.objects.filter(simulation=row).select_related("order")
    found = read_page(changed, order=Ordering(), cursor=cursor)
    return SimulationPage(
        tabs=settings_tabs("allocation"),
        list_url=reverse("dashboard:allocation"),
        draft=draft_words(policy_of(row)),
        first_day=row.first_day,
        last_day=row.last_day,
        is_running=not is_done,
        is_done=is_done,
        orders_done=row.orders_done,
        orders_total=row.orders_total,
        progress_url=reverse("dashboard:simulation_progress", args=[row.pk]),
        houses=tuple(
            Compared(label=code, was=both[0], would_be=both[1])
            for code, both in result.get("houses", {}).items()
        ),
        totals=tuple(
            Compared(label=label, was=result[name][0], would_be=result[name][1])
            for name, label in (
                ("backorders", _("Orders that wait for stock")),
                ("splits", _("Split orders")),
            )
            if name in result
        ),
        costs=tuple(
            _cost(currency, Decimal(both[0]), Decimal(both[1]))
            for currency, both in result.get("costs", {}).items()
        ),
        priced=result.get("priced", 0),
        changed=result.get("changed", 0),
        rows=tuple(_row(each) for each in found.rows) if is_done else (),
        pager=found.pager,
        export_url=reverse("dashboard:simulation_export", args=[row.pk]) if is_done else "",
        publish_url=reverse("dashboard:simulation_publish", args=[row.pk])
        if is_done and caller.may(EDIT)
        else "",
    )


def _cost(currency: str, was: Decimal, would_be: Decimal) -> CostCompared:
    return CostCompared(
        was=Money(was, currency),
        would_be=Money(would_be, currency),
        difference=Money(would_be - was, currency),
    )


def _row(row: StoredRow) -> SimulationRow:
    return SimulationRow(
        reference=row.order.reference,
        url=reverse("dashboard:order", args=[row.order.reference]),
        was=row.was,
        would_be=row.would_be,
        why=sentence(row.why),
        cost_was=_money(row.cost_was, row.currency),
        cost_would_be=_money(row.cost_would_be, row.currency),
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def why_words(row: StoredRow) -> str:
    """Why the draft would do so."""
    return sentence(row.why)
