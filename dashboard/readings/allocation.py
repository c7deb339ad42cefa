"""Why an order ships from where it does, or waits: the stored explanation in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.models import Event
from dashboard.readings.words import sentence
from dashboard.screens.orders import Allocation, AllocationCandidate
from warehouse.models import Allocation as StoredAllocation


def read_allocation(stored: StoredAllocation | None, events: Sequence[Event]) -> Allocation | None:
    """The explanation kept beside the reservation, else that of the last try without stock."""
    if stored is not None:
        return _told(stored.explanation, stored.created_at)
    tried = next((event for event in events if event.kind == "order.backordered"), None)
    return _told(tried.data, tried.at) if tried else None


def _told(explanation: Mapping[str, Any], at: datetime) -> Allocation:
    chosen = explanation.get("warehouse")
    return Allocation(
        sentence=sentence(explanation.get("reason") or {}),
        decided_at=at,
        candidates=tuple(
            AllocationCandidate(
                warehouse=str(one["warehouse"]),
                verdict=_verdict(one.get("short") or {}),
                chosen=one["warehouse"] == chosen,
            )
            for one in explanation.get("considered", ())
        ),
    )


def _verdict(short: Mapping[str, int]) -> str:
    if not short:
        return _("Holds every line")
    missing = ", ".join(f"{units} × {sku}" for sku, units in sorted(short.items()))
    return _("Lacks %(missing)s") % {"missing": missing}
