"""eBay's daily call budgets, by the Analytics contract v1_beta: read of eBay, per application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.answers import as_dict, as_list, instant, text


@dataclass(frozen=True, slots=True)
class CallBudget:
    """`remaining` of `limit` calls to `resource` until `resets_at`; a window is `window_s` long."""

    resource: str
    limit: int
    remaining: int
    window_s: int
    resets_at: datetime | None


def budgets_of(body: Mapping[str, Any]) -> tuple[CallBudget, ...]:
    """Every rate eBay tells; one without its two numbers is no budget and is left out."""
    found = []
    for api in map(as_dict, as_list(body.get("rateLimits"))):
        for resource in map(as_dict, as_list(api.get("resources"))):
            for rate in map(as_dict, as_list(resource.get("rates"))):
                limit, remaining = text(rate, "limit"), text(rate, "remaining")
                if limit.isdecimal() and remaining.isdecimal():
                    window = text(rate, "timeWindow")
                    found.append(
                        CallBudget(
                            resource=text(resource, "name"),
                            limit=int(limit),
                            remaining=int(remaining),
                            window_s=int(window) if window.isdecimal() else 86_400,
                            resets_at=_reset(rate),
                        )
                    )
    return tuple(found)


def _reset(rate: dict[str, Any]) -> datetime | None:
    try:
        return instant(text(rate, "reset"))
    except ValueError:
        return None
