"""Vendors' tracking codes in one canonical vocabulary.

Source: ``tracking/data/status_map.csv``, with source and confidence on every row. The file also
holds our own events (vendor ``WAYBRIDGE``) and the delivery partner's (``CITYDROP``).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent.parent / "data"
UNMAPPED = "unknown.unmapped"
SlaClock = Literal["run", "pause", "stop"]


@dataclass(frozen=True, slots=True)
class CanonicalStatus:
    """What a vendor's code means.

    ``code`` such as ``in_transit.customs_held``; ``reason`` and ``party`` say why and whose it is
    when something is wrong (else empty); ``sla_clock`` says what the promise's clock does.
    ``meaning`` is the vendor's English text. Of an unknown code only ``code`` and ``vendor_code``
    are filled.
    """

    code: str
    reason: str
    party: str
    sla_clock: SlaClock
    meaning: str
    vendor: str
    vendor_code: str
    confidence: str

    @property
    def is_mapped(self) -> bool:
        """False when the map does not know the vendor's code."""
        return bool(self.confidence)


def canonical(vendor: str, code: str, *, has_reason_code: bool = False) -> CanonicalStatus:
    """The canonical status of a vendor's code; one nobody mapped is ``unknown.unmapped``.

    ``has_reason_code`` says that the event carried a retention reason: a UPU customs hold stops
    the clock only then.
    """
    found = _statuses().get((vendor.strip().upper(), code.strip().casefold()))
    if found is None:
        return CanonicalStatus(UNMAPPED, "", "", "run", "", vendor, code, "")
    status, pauses_only_with_reason = found
    if not pauses_only_with_reason:
        return status
    return CanonicalStatus(
        code=status.code,
        reason=status.reason,
        party=status.party,
        sla_clock="pause" if has_reason_code else "run",
        meaning=status.meaning,
        vendor=status.vendor,
        vendor_code=status.vendor_code,
        confidence=status.confidence,
    )


def vendors() -> frozenset[str]:
    """The code sets the map knows."""
    return frozenset(vendor for vendor, _code in _statuses())


def canonical_codes() -> frozenset[str]:
    """Every canonical code the map leads to."""
    return frozenset(status.code for status, _ in _statuses().values()) | {UNMAPPED}


@lru_cache(maxsize=1)
def _statuses() -> dict[tuple[str, str], tuple[CanonicalStatus, bool]]:
    statuses = {}
    with (DATA / "status_map.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            clock = row["sla_clock"]
            key = (row["vendor"], row["code"].casefold())
            if key in statuses:
                raise ValueError(f"status_map.csv: {row['vendor']} {row['code']} is listed twice")
            statuses[key] = (
                CanonicalStatus(
                    code=row["canonical"],
                    reason=row["reason"],
                    party=row["party"],
                    sla_clock="stop" if clock == "stop" else "pause" if clock == "pause" else "run",
                    meaning=row["meaning"],
                    vendor=row["vendor"],
                    vendor_code=row["code"],
                    confidence=row["confidence"],
                ),
                clock == "pause_only_if_reason_code",
            )
    return statuses
