"""A seller's shop at the stand-in eBay, filled and read as the product does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from integrations.channels.base import ChannelOrder, ShipmentNotice, Tokens, Window
from integrations.channels.ebay import Ebay
from integrations.errors import RateLimited, Unavailable
from integrations.http import NullGate, utc_now
from integrations.registry import channel_consent
from tests.integrations.channels.ebay_account import CREDENTIALS, Keeper, ebay, notice, order
from tests.sandbox.program import Program, unique

BEGAN = datetime.now(UTC) - timedelta(hours=6)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Shop:
    program: Program
    account: str
    keeper: Keeper

    @classmethod
    def open(cls, program: Program, account: str = "") -> Shop:
        account = account or unique("Seller")
        return cls(program, account, Keeper(consented(program, account)))

    @property
    def url(self) -> str:
        return f"{self.program.url}/ebay"

    def client(self) -> Ebay:
        return ebay(self.url, keeper=self.keeper, clock=utc_now, account=self.account)

    def seed(self, *bodies: dict[str, Any], first: datetime = BEGAN) -> None:
        """Put orders in, changed a second after each other, the first at `first`."""
        seeds = [
            {"body": body, "updated_at": stamp(first + timedelta(seconds=number))}
            for number, body in enumerate(bodies)
        ]
        answer = self.program.call("PUT", f"/_shops/ebay/{self.account}/orders", {"orders": seeds})
        assert answer.status_code == 200, answer.text

    def look(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.program.call("GET", f"/_shops/ebay/{self.account}").json()
        return answer

    def get(self, path: str, **params: str) -> requests.Response:
        token = self.keeper.tokens.access_token
        return requests.get(
            f"{self.url}{path}",
            params=params,
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )

    def post(self, path: str, body: Any) -> requests.Response:
        token = self.keeper.tokens.access_token
        return requests.post(
            f"{self.url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )


def consented(program: Program, account: str) -> Tokens:
    parameters = program.call("POST", f"/_shops/ebay/{account}/consent", {"state": "s"}).json()
    consent = channel_consent(
        "ebay", credentials=CREDENTIALS, base_url=f"{program.url}/ebay", gate=NullGate()
    )
    return consent.exchange(parameters["parameters"], "https://ours.example/back")


def orders(number: int, *, prefix: str = "12") -> list[dict[str, Any]]:
    return [order(f"{prefix}-{each:05d}") for each in range(number)]


def parcel(**changes: Any) -> ShipmentNotice:
    """A parcel that has left by the clock the stand-in goes by."""
    return notice(**{"shipped_at": BEGAN, **changes})


def read(shop: Shop, window: Window, *, tries: int = 60) -> list[ChannelOrder]:
    """All pages of a window, each retried on a fault that may be retried; with repeats."""
    found: list[ChannelOrder] = []
    cursor, client = "", shop.client()
    while True:
        try:
            page = client.orders(window, cursor)
        except (RateLimited, Unavailable):
            tries -= 1
            if not tries:
                raise
            continue
        found += page.orders
        cursor = page.cursor
        if not cursor:
            return found
