"""After how long a supplier's request needs a person: ``warehouse/data/supplier_rules.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from warehouse.rules.gs1 import DATA


def patience(on: date) -> Mapping[str, timedelta]:
    """How long is waited on that day, by ``draft_stale_after``, ``answer_stale_after`` and
    ``drop_ship_stale_after``."""
    return {rule: timedelta(days=days) for rule, days in in_force(_rules(), on)}


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[tuple[str, int]], ...]:
    return read_dated(
        DATA / "supplier_rules.csv", lambda columns: (columns["rule"], int(columns["value"]))
    )
