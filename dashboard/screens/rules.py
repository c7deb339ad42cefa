"""dashboard/settings/rules.html, rule.html, trials.html and trial.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dashboard.screens.common import Badge, Destructive, Option, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRow:
    """One rule. `conditions` are texts for each group, joined by `joint`; urls are empty where
    the member may not. `waiting` are orders it wants looked at, under `waiting_url`."""

    name: str
    version: int
    joint: str
    conditions: tuple[str, ...]
    actions: tuple[str, ...]
    stops: bool
    badge: Badge
    broken: tuple[str, ...]
    edit_url: str
    move_url: str
    is_first: bool
    is_last: bool
    switch_url: str
    is_active: bool
    waiting: int
    waiting_url: str
    seen_url: str
    updated_at: datetime
    updated_by: str
    remove: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesPage:
    tabs: tuple[Tab, ...]
    rows: tuple[RuleRow, ...]
    may_edit: bool
    new_url: str
    trials_url: str
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionRow:
    """One row of the form; `id` begins the names of its fields."""

    id: str
    fields: tuple[Option, ...]
    operators: tuple[Option, ...]
    values: str
    currency: str
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupBox:
    id: str
    number: int
    match: tuple[Option, ...]
    rows: tuple[ConditionRow, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePage:
    """The form of a rule. `faults` are those of the whole, `action_faults` those of what it does;
    `choices` say what may be entered for fields of fixed choices."""

    tabs: tuple[Tab, ...]
    title: str
    back_url: str
    post_url: str
    version: int
    name: str
    is_active: bool
    stops: bool
    match: tuple[Option, ...]
    groups: tuple[GroupBox, ...]
    holds: bool
    hold_note: str
    tag_text: str
    services: tuple[Option, ...]
    warehouses: tuple[Option, ...]
    priority: str
    tells_today: bool
    members: tuple[Option, ...]
    faults: tuple[str, ...]
    action_faults: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    may_add_group: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRow:
    url: str
    rules: str
    since: datetime
    until: datetime
    badge: Badge
    seen: int
    total: int
    made_at: datetime
    made_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialsPage:
    """`rules` are to be chosen from; `since` and `until` are days as the form shows them."""

    tabs: tuple[Tab, ...]
    rules: tuple[Option, ...]
    since: str
    until: str
    post_url: str
    rules_url: str
    trials: tuple[TrialRow, ...]
    may_edit: bool
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRule:
    name: str
    version: int
    orders: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialOrder:
    reference: str
    url: str
    ruled: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialPage:
    """A dry run. `shown` of the orders are listed; all of them are in the export."""

    tabs: tuple[Tab, ...]
    is_running: bool
    is_waiting: bool
    is_cut: bool
    first_day: date
    last_day: date
    seen: int
    total: int
    changed: int
    rules: tuple[TrialRule, ...]
    orders: tuple[TrialOrder, ...]
    is_more: bool
    progress_url: str
    export_url: str
    trials_url: str
