"""What may be changed on dashboard/orders/detail.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.screens.common import Option


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConflictCard:
    """Posts `choice` keep, take or cancel to decide_url; empty where the reader may not decide."""

    words: str
    explanation: str
    differences: tuple[Difference, ...]
    since: datetime
    decide_url: str
    may_take: bool
    may_cancel: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectField:
    name: str
    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderChanges:
    """Empty addresses where the reader may not, or the order is too far on its way.

    `warnings` are sentences about what the channel tells otherwise than the product list.
    """

    warnings: tuple[str, ...]
    conflicts: tuple[ConflictCard, ...]
    fields: tuple[CorrectField, ...]
    correct_url: str
    recheck_url: str
    block_url: str
    block_kinds: tuple[Option, ...]
    left_out: tuple[str, ...]
