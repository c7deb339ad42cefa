"""A warehouse's places for the people who lay it out; goods in them are of any merchant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.tenancy import across_merchants
from warehouse.models import Location, Warehouse
from warehouse.rules.place_rows import PlaceFacts, ReadRow
from warehouse.services import places

PAGE = 60
SHOWN = (*Location.HOLDS_GOODS, Location.Kind.ZONE, Location.Kind.AISLE, Location.Kind.RACK)


@dataclass(frozen=True, slots=True)
class PlacePage:
    """What lies directly in `inside` (None: in nothing), from the top down to it in `path`."""

    inside: Location | None
    path: tuple[Location, ...]
    rows: tuple[Location, ...]
    after: str


def read_places(
    *, warehouse: Warehouse, inside_id: int = 0, code: str = "", after: str = ""
) -> PlacePage | None:
    """Return a page of a level of the tree, or the place of a code; None when there is none.

    The cursor is the code of the last row: a level is shown in the order of codes.
    """
    rows = Location.objects.filter(warehouse=warehouse, kind__in=SHOWN)
    inside = rows.filter(pk=inside_id).first() if inside_id else None
    if inside_id and inside is None:
        return None
    if code:
        return PlacePage(None, (), tuple(rows.filter(code=code)), "")
    found = list(rows.filter(parent=inside, code__gt=after).order_by("code")[: PAGE + 1])
    following = found[PAGE - 1].code if len(found) > PAGE else ""
    return PlacePage(inside, _path(inside), tuple(found[:PAGE]), following)


def _path(inside: Location | None) -> tuple[Location, ...]:
    path: list[Location] = []
    while inside is not None and len(path) < len(SHOWN):
        path.insert(0, inside)
        inside = inside.parent
    return tuple(path)


def save_place(
    *, warehouse: Warehouse, facts: PlaceFacts, actor: str, named: Collection[str]
) -> bool:
    """Make or change one place; return whether it is new. Raises `BadPlace`."""
    with across_merchants("A place of the building may hold the goods of any merchant."):
        return places.save_place(warehouse=warehouse, facts=facts, actor=actor, named=named)[1]


def save_places(
    *, warehouse: Warehouse, rows: Iterable[ReadRow], actor: str
) -> tuple[int, int, list[ReadRow]]:
    """Take over a file: how many were new, how many known, and the rejected rows."""
    with across_merchants("A file of places may touch places that hold any merchant's goods."):
        return places.save_places(warehouse=warehouse, rows=rows, actor=actor)
