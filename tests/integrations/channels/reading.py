"""What a higher room does with a channel client, in its smallest form: keep tokens, read pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from integrations.channels.base import (
    ChannelClient,
    ChannelOrder,
    Confirmation,
    ShipmentNotice,
    Tokens,
    Window,
)
from integrations.errors import AnswerLost, NotAuthorised, PartnerError
from integrations.http import NullGate


class Keeper:
    """Tokens of one account in memory; `renewals` counts how often new ones were asked for."""

    def __init__(self, tokens: Tokens | None) -> None:
        self.tokens = tokens
        self.renewals = 0

    def current(self) -> Tokens:
        if self.tokens is None:
            raise NotAuthorised("never connected")
        return self.tokens

    def replace(self, seen: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        if self.tokens is seen:
            self.renewals += 1
            self.tokens = renew(seen)
        return self.current()


class Made(Protocol):
    def __call__(self) -> ChannelClient: ...


def tokens(access: str = "access", *, until: datetime | None = None) -> Tokens:
    return Tokens(
        access_token=access,
        refresh_token="refresh",
        access_expires_at=until,
        refresh_expires_at=None,
        account="shop",
    )


def read_window(
    client: ChannelClient, window: Window, *, tries: int = 60
) -> tuple[dict[str, ChannelOrder], Counter[str]]:
    """Every order of the window, and how often each came. A fault is met by the same call again."""
    found: dict[str, ChannelOrder] = {}
    seen: Counter[str] = Counter()
    cursor = ""
    while True:
        try:
            page = client.orders(window, cursor)
        except PartnerError as error:
            tries -= 1
            if not error.retryable or not tries:
                raise
            continue
        for order in page.orders:
            found[order.external_order] = order
            seen[order.external_order] += 1
        cursor = page.cursor
        if not cursor:
            return found, seen


def tell(client: ChannelClient, notice: ShipmentNotice, *, tries: int = 20) -> Confirmation:
    """Tell of a parcel until the channel knows: each try looks first, so a lost answer may be."""
    while True:
        try:
            return client.confirm_shipment(notice)
        except PartnerError as error:
            tries -= 1
            if not (error.retryable or isinstance(error, AnswerLost)) or not tries:
                raise


class Hearing(NullGate):
    """A gate that keeps what it hears after calls."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, str]] = []

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        self.heard.append((operation, status, headers.get("Retry-After", "")))
