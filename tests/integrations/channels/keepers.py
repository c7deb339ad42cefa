"""Where tests keep tokens, and a seller's notice of a parcel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.channels.base import ShipmentNotice, ShippedLine, Tokens

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def tokens(*, account: str = "A2SELLER", ends: datetime | None = None, **changes: Any) -> Tokens:
    """Tokens that hold for another half hour, unless told otherwise."""
    return replace(
        Tokens(
            access_token="Atza|access-secret",
            refresh_token="Atzr|refresh-secret",
            access_expires_at=ends or NOW + timedelta(minutes=30),
            refresh_expires_at=None,
            account=account,
        ),
        **changes,
    )


@dataclass
class Keeper:
    """Keeps the tokens of one account in memory."""

    kept: Tokens
    renewals: int = 0

    def current(self) -> Tokens:
        return self.kept

    def replace(self, seen: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        if self.kept == seen:
            self.kept = renew(seen)
            self.renewals += 1
        return self.kept


def notice(**changes: Any) -> ShipmentNotice:
    """A parcel with one line that went out with DHL."""
    return replace(
        ShipmentNotice(
            reference="WB-PARCEL-1",
            external_order="202-1234567-8901234",
            lines=(ShippedLine("20212345678901", 2),),
            carrier="dhl_express",
            carrier_name="DHL Express",
            service_name="Express Worldwide",
            tracking_number="1234567890",
            tracking_url="https://example.com/1234567890",
            shipped_at=NOW - timedelta(hours=1),
            is_last=True,
        ),
        **changes,
    )
