"""One GraphQL call at a shop: every fault by what the caller may do next, and the cost bucket.

Shopify tells faults inside good answers. It tells with every answer how many points are left, so a
call that would be refused for its cost is not even sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.answers import as_dict, as_list, text
from integrations.channels.shopify_queries import BY_OPERATION, VERSION
from integrations.errors import NotAuthorised, PartnerError, RateLimited, Refused
from integrations.http import Answer, Door

SHORTEST_WAIT_S = 1.0
NOT_ALLOWED = frozenset({"ACCESS_DENIED", "UNAUTHORIZED", "FORBIDDEN", "SHOP_INACTIVE"})
BROKEN = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})


class NotGranted(NotAuthorised):
    """The token is good and does not reach so far: a scope or an approval is missing."""


@dataclass(slots=True)
class CostBucket:
    """The points left as last told, and what each operation was last charged for beforehand.

    It knows only this client's calls: other workers draw on the same points, and what they took is
    seen with the next answer or as THROTTLED.
    """

    available: float | None = None
    restore_per_s: float = 0.0
    told_at: float = 0.0
    requested: dict[str, float] = field(default_factory=dict)

    def wait_s(self, operation: str, *, now: float) -> float:
        """Seconds until the operation's points are there again; 0.0 when they are, or unknown."""
        if self.available is None or self.restore_per_s <= 0:
            return 0.0
        left = self.available + max(0.0, now - self.told_at) * self.restore_per_s
        missing = self.requested.get(operation, 0.0) - left
        return missing / self.restore_per_s if missing > 0 else 0.0

    def learn(self, operation: str, body: Mapping[str, Any], *, now: float) -> None:
        """Remember `extensions.cost` of an answer; what cannot be read changes nothing."""
        cost = as_dict(as_dict(body.get("extensions")).get("cost"))
        status = as_dict(cost.get("throttleStatus"))
        requested = _number(cost.get("requestedQueryCost"))
        available = _number(status.get("currentlyAvailable"))
        restore = _number(status.get("restoreRate"))
        if requested is not None:
            self.requested[operation] = requested
        if available is not None and restore:
            self.available, self.restore_per_s, self.told_at = available, restore, now


@dataclass(frozen=True, slots=True)
class GraphQL:
    """Calls of one shop. `door` has the shop's address and no credentials."""

    door: Door
    bucket: CostBucket = field(default_factory=CostBucket)

    def ask(
        self,
        operation: str,
        variables: Mapping[str, Any],
        *,
        access_token: str,
        repeatable: bool = True,
    ) -> dict[str, Any]:
        """The answer's `data`. Raises `RateLimited` with the seconds until the points are there."""
        named = {"partner": self.door.partner, "operation": operation}
        now = self.door.clock().timestamp()
        if wait_s := self.bucket.wait_s(operation, now=now):
            raise RateLimited(
                max(wait_s, SHORTEST_WAIT_S), "the shop's points are used up", **named
            )
        answer = self.door.call(
            "POST",
            f"/admin/api/{VERSION}/graphql.json",
            operation=operation,
            repeatable=repeatable,
            headers={"X-Shopify-Access-Token": _token(access_token)},
            json={"query": BY_OPERATION[operation], "variables": dict(variables)},
        )
        body = answer.fields
        self.bucket.learn(operation, body, now=self.door.clock().timestamp())
        if fault := self._fault(answer, body, operation):
            raise fault
        data = body.get("data")
        if not isinstance(data, dict):
            raise answer.unusable("an answer without data")
        return data

    def _fault(
        self, answer: Answer, body: Mapping[str, Any], operation: str
    ) -> PartnerError | None:
        """Any error makes the whole answer a fault: half an order must not pass for one."""
        told = body.get("errors")
        if not told:
            return None
        errors = [as_dict(error) for error in as_list(told)] or [{"message": str(told)}]
        codes = {text(as_dict(error.get("extensions")), "code") for error in errors}
        message = "; ".join(filter(None, (text(error, "message") for error in errors)))[:1000]
        named = {"partner": self.door.partner, "operation": operation}
        if "THROTTLED" in codes:
            wait_s = self.bucket.wait_s(operation, now=self.door.clock().timestamp())
            return self.door.limited(operation, max(wait_s, SHORTEST_WAIT_S), message)
        if codes & NOT_ALLOWED:
            return NotGranted(message, **named)
        if codes & BROKEN:
            return answer.unusable(message)
        path = ".".join(str(part) for part in as_list(errors[0].get("path")))
        code = next((code for code in sorted(codes) if code), "graphql_error")
        return Refused(
            path,
            code,
            message,
            status=answer.status,
            partner=self.door.partner,
            operation=operation,
        )


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _token(value: str) -> str:
    # The HTTP library would show an unsendable header in its own error.
    if not value or not all("\x21" <= character <= "\x7e" for character in value):
        raise NotAuthorised("the stored token cannot be sent", partner="shopify")
    return value
