"""dashboard/today.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.journey_line import JourneyLine
from core.money import Money
from dashboard.screens.common import Tone


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """One thing that needs the member: how many, what, why it waits, what to do, since when."""

    count: int
    label: str
    remedy: str
    url: str
    action: str
    oldest_at: datetime | None = None
    tone: Tone = "act"


@dataclass(frozen=True, kw_only=True, slots=True)
class StageCount:
    """How many open orders stand at a stage, and how many of them are in trouble."""

    label: str
    count: int
    troubled: int
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """One parcel that moved lately."""

    reference: str
    url: str
    country: str
    words: str
    at: datetime
    line: JourneyLine


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyFigure:
    label: str
    money: Money
    note: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstStep:
    """A step of setting up, shown until the first order ships."""

    label: str
    note: str
    url: str
    done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TodayPage:
    """`first_steps` is empty once the merchant has shipped something."""

    attention: tuple[Attention, ...]
    stages: tuple[StageCount, ...]
    movements: tuple[Movement, ...]
    money: tuple[MoneyFigure, ...]
    first_steps: tuple[FirstStep, ...]
    upload_url: str
