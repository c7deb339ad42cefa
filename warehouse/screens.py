"""What the scan stations are given (templates/stations/, variable `page`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class StationLine:
    """One thing to scan. `location` is the bin for picking and empty for packing; `expected` is
    None where nobody is told, because goods are counted blind."""

    sku: str
    title: str
    expected: int | None
    scanned: int
    location: str = ""

    @property
    def is_complete(self) -> bool:
        return self.expected is not None and self.scanned >= self.expected


@dataclass(frozen=True, kw_only=True, slots=True)
class StationDocument:
    """A label or document to print now; the URL answers with the PDF."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StationPress:
    """Something to confirm by hand: pressing it is the same as scanning `raw`. `pressed` is True
    while it holds, as goods are scanned as damaged until told otherwise."""

    label: str
    raw: str
    pressed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StationState:
    """What stands on the table. The scan endpoint answers with the same fields as JSON `state`.

    `order` is empty before anything is claimed; `next_action` is one sentence saying what to do;
    `asks` is what the one field wants now; `notes` are what to know about the whole of it.
    """

    order: str
    lines: tuple[StationLine, ...]
    complete: bool
    next_action: str
    documents: tuple[StationDocument, ...] = ()
    asks: Literal["scan", "weight"] = "scan"
    notes: tuple[str, ...] = ()
    presses: tuple[StationPress, ...] = ()
    links: tuple[StationDocument, ...] = ()

    @property
    def current(self) -> StationLine | None:
        """The first line that still wants a scan."""
        return next((line for line in self.lines if not line.is_complete), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class StationPage:
    """`station_key` names the browser's own queue of scans: one per station and staff member."""

    title: str
    station_key: str
    scan_url: str
    leave_url: str
    sign_in_url: str
    staff_name: str
    state: StationState
