"""A merchant's shop at a stand-in marketplace, connected as a seller connects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from config.marketplaces import MARKETPLACES
from core.buckets import Limit
from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import merchant
from flows.channels import gate
from flows.channels.consent import come_back, connect_shop, send_to_marketplace
from orders.models import ChannelConnection, Order
from tests.factories import ACTOR
from tests.flows.channels.markets import EBAY, Body, Market
from tests.flows.conftest import connected, house, stand_ins  # noqa: F401 - fixtures
from tests.sandbox.program import Program, until

BEGAN = timedelta(hours=6)


@dataclass
class Shop:
    """A shop of one merchant at one marketplace."""

    owner: Merchant
    program: Program
    market: Market
    account: str
    connection_id: int = 0

    @classmethod
    def opened(cls, owner: Merchant, program: Program, market: Market, account: str = "") -> Shop:
        """Open a connection that waits for consent."""
        shop = cls(owner, program, market, account or market.account())
        with merchant(owner):
            now = timezone.now()
            shop.connection_id = connect_shop(
                kind=market.kind, name=shop.account, options=market.options(shop.account),
                read_from=now - BEGAN, actor=ACTOR, now=now,
            ).pk  # fmt: skip
        return shop

    def seed(self, *bodies: Body, ago: timedelta = timedelta(minutes=5)) -> None:
        """Put orders in, changed a second after each other; Amazon hides its newest minutes."""
        first = datetime.now(UTC) - ago
        seeds = [
            {"body": body, "updated_at": (first + timedelta(seconds=number)).isoformat()}
            for number, body in enumerate(bodies)
        ]
        answer = self.program.call("PUT", f"{self.path}/orders", {"orders": seeds})
        assert answer.status_code == 200, answer.text

    @property
    def path(self) -> str:
        return f"/_shops/{self.market.kind}/{self.account}"

    def fault(self, kind: str, times: int = 2) -> None:
        """Let the marketplace stumble so often."""
        self.program.fault(partner=self.market.kind, kind=kind, times=times)

    def look(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.program.call("GET", self.path).json()
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
        answer = self.program.call("POST", f"{self.path}/consent", {"state": state})
        with merchant(self.owner):
            come_back(
                kind=self.market.kind,
                returned=answer.json()["parameters"],
                actor=ACTOR,
                now=timezone.now(),
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


def _quick(limit: Limit) -> Limit:
    return Limit(limit.rate_per_s * 1000, limit.burst * 10)


@pytest.fixture(autouse=True)
def quick_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls through a thousand times as fast as published: waiting is tested elsewhere."""
    published = gate.published_limits

    def quick(kind: str) -> Any:
        return tuple(
            replace(dated, row=replace(dated.row, limit=_quick(dated.row.limit)))
            for dated in published(kind)
        )

    monkeypatch.setattr(gate, "published_limits", quick)


@pytest.fixture
def open_shop(
    house: Merchant,  # noqa: F811
    connected: Program,  # noqa: F811
    settings: Any,
) -> Iterator[Callable[..., Shop]]:
    """Open shops at the stand-ins for the merchant."""
    settings.CHANNELS = {
        kind: {
            "address": connected.url + place.stand_in,
            "credentials": dict(place.credentials),
            "options": {},
        }
        for kind, place in MARKETPLACES.items()
    }
    settings.CHANNEL_LAG_SECONDS = 0

    def open_one(owner: Merchant = house, account: str = "", market: Market = EBAY) -> Shop:
        return Shop.opened(owner, connected, market, account)

    yield open_one
    for kind in MARKETPLACES:
        connected.call("PUT", f"/_shops/{kind}/limits", {"limits": {}})


def orders_of(number: int, *, sku: str = "MUG-BLUE") -> list[Body]:
    """Orders as eBay tells them, of a product the house has, each to another buyer."""
    return EBAY.orders(number, sku)
