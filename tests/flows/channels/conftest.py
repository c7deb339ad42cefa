"""A merchant's shop at a stand-in marketplace, connected as a seller connects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from config.marketplaces import MARKETPLACES
from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import merchant
from flows.channels.consent import come_back, connect_shop, send_to_marketplace
from orders.models import ChannelConnection, Order
from tests.factories import ACTOR
from tests.flows.conftest import connected, house, stand_ins  # noqa: F401 - fixtures
from tests.integrations.channels.ebay_account import order as ebay_order
from tests.sandbox.program import Program, unique, until

BEGAN = timedelta(hours=6)


@dataclass
class Shop:
    """An eBay shop of one merchant."""

    owner: Merchant
    program: Program
    account: str
    connection_id: int = 0

    def seed(self, *bodies: dict[str, Any], ago: timedelta = timedelta(hours=1)) -> None:
        first = datetime.now(UTC) - ago
        seeds = [
            {"body": body, "updated_at": (first + timedelta(seconds=number)).isoformat()}
            for number, body in enumerate(bodies)
        ]
        answer = self.program.call("PUT", f"/_shops/ebay/{self.account}/orders", {"orders": seeds})
        assert answer.status_code == 200, answer.text

    def look(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.program.call("GET", f"/_shops/ebay/{self.account}").json()
        return answer

    def connection(self) -> ChannelConnection:
        with merchant(self.owner):
            return ChannelConnection.objects.select_related("channel").get(pk=self.connection_id)

    def consent(self) -> None:
        """Be sent away, agree, come back; a worker then gets the tokens."""
        with merchant(self.owner):
            address = send_to_marketplace(
                connection_id=self.connection_id, actor=ACTOR, now=timezone.now()
            )
        state = dict(parse_qsl(urlsplit(address).query))["state"]
        answer = self.program.call("POST", f"/_shops/ebay/{self.account}/consent", {"state": state})
        with merchant(self.owner):
            come_back(
                kind="ebay", returned=answer.json()["parameters"], actor=ACTOR, now=timezone.now()
            )
        self.work()

    def work(self) -> None:
        """Do what is due of the channels' work, and what that queues."""
        for _ in range(3):
            drain_queue(merchant_id=self.owner.pk, queue="channels")

    def look_again(self) -> None:
        """Make the waiting jobs due and do them: a worker's next turn."""
        with merchant(self.owner):
            Job.objects.filter(queue="channels", status="queued").update(run_after=timezone.now())
        self.work()

    def look_again_until(self, is_done: Callable[[], bool]) -> None:
        """Take turns until something is so: limits run out by the clock."""

        def turn() -> bool:
            self.look_again()
            return is_done()

        until(turn, within=30)

    def orders(self) -> list[Order]:
        with merchant(self.owner):
            return list(Order.objects.filter(channel=self.connection().channel_id).order_by("id"))


@pytest.fixture
def open_shop(
    house: Merchant,  # noqa: F811
    connected: Program,  # noqa: F811
    settings: Any,
) -> Iterator[Callable[[], Shop]]:
    """Open shops at the stand-in eBay for the merchant."""
    settings.CHANNELS = {
        kind: {
            "address": connected.url + place.stand_in,
            "credentials": dict(place.credentials),
            "options": {},
        }
        for kind, place in MARKETPLACES.items()
    }
    settings.CHANNEL_LAG_SECONDS = 0

    def open_one(owner: Merchant = house, account: str = "") -> Shop:
        shop = Shop(owner, connected, account or unique("seller"))
        with merchant(owner):
            now = timezone.now()
            shop.connection_id = connect_shop(
                kind="ebay", name=shop.account, options={}, read_from=now - BEGAN, actor=ACTOR,
                now=now,
            ).pk  # fmt: skip
        return shop

    yield open_one
    connected.call("PUT", "/_shops/ebay/limits", {"limits": {}})


def orders_of(number: int, *, sku: str = "MUG-BLUE") -> list[dict[str, Any]]:
    """Orders as eBay tells them, of a product the house has, each to another buyer."""
    prefix = unique("order").replace("order-", "").replace("-", "")
    found = []
    for each in range(number):
        body = ebay_order(f"12-{prefix[-6:]}-{each:05d}")
        for line in body["lineItems"]:
            line["sku"] = sku
        found.append(body)
    return found
