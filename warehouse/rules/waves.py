"""Which orders go into which wave: by kind, by caps, in the order they are urgent; and cut-offs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["single_item", "single_product", "multi"]
KINDS: tuple[Kind, ...] = ("single_item", "single_product", "multi")
A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that waits for a wave: how much of how many products, and what it adds to one."""

    order_id: int
    pieces: int
    products: int
    weight_g: int = 0
    volume_cm3: int = 0

    @property
    def kind(self) -> Kind:
        """One piece; several of one product; or several products."""
        if self.products > 1:
            return "multi"
        return "single_item" if self.pieces == 1 else "single_product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much one wave may hold; None does not bind. A slot holds one order of a multi wave."""

    orders: int
    weight_g: int | None = None
    volume_cm3: int | None = None
    slots: int | None = None


@dataclass(slots=True)
class _Filling:
    """A wave that is being filled."""

    orders: list[int]
    weight_g: int = 0
    volume_cm3: int = 0

    def takes(self, one: Candidate, caps: Caps, kind: Kind) -> bool:
        """Tell whether the order still goes in; an empty wave takes any."""
        most = caps.orders
        if kind == "multi" and caps.slots is not None:
            most = min(most, caps.slots)
        return not self.orders or (
            len(self.orders) < most
            and (caps.weight_g is None or self.weight_g + one.weight_g <= caps.weight_g)
            and (caps.volume_cm3 is None or self.volume_cm3 + one.volume_cm3 <= caps.volume_cm3)
        )

    def add(self, one: Candidate) -> None:
        self.orders.append(one.order_id)
        self.weight_g += one.weight_g
        self.volume_cm3 += one.volume_cm3


def kind_of(candidates: Iterable[Candidate]) -> Kind:
    """What the orders of one wave have in common."""
    kinds = {each.kind for each in candidates}
    if kinds == {"single_item"}:
        return "single_item"
    return "single_product" if kinds and "multi" not in kinds else "multi"


def fill_waves(
    candidates: Sequence[Candidate], *, caps: Caps, kinds: Collection[Kind] = KINDS
) -> list[tuple[Kind, list[int]]]:
    """Put candidates, the most urgent first, into waves of one kind each; return their order ids.

    A wave that is full is followed by another. An order that is beyond a cap by itself goes alone:
    left out it would wait for ever. The waves come in the order of their most urgent order.
    """
    waves: list[tuple[Kind, _Filling]] = []
    now_filling: dict[Kind, _Filling] = {}
    for one in candidates:
        kind = one.kind
        if kind not in kinds:
            continue
        filling = now_filling.get(kind)
        if filling is None or not filling.takes(one, caps, kind):
            filling = now_filling[kind] = _Filling([])
            waves.append((kind, filling))
        filling.add(one)
    return [(kind, filling.orders) for kind, filling in waves]


def next_cut_off(
    *, after: datetime, zone: str, at: time, weekdays: Collection[int]
) -> datetime | None:
    """The next cut-off after an instant, in UTC; None for a template without days.

    `at` is by the clock of the place: one that a change of clocks leaves out is taken as the clock
    would have shown it, one that comes twice as the first.
    """
    here = ZoneInfo(zone)
    today = after.astimezone(here).date()
    for ahead in range(A_WEEK + 1):
        day = today + timedelta(days=ahead)
        if day.weekday() in weekdays:
            cut_off = _instant(day, at, here)
            if cut_off > after:
                return cut_off
    return None


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
