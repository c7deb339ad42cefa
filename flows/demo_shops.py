"""The demonstration's shops: the first merchant's accounts at the stand-in marketplaces.

A shop is connected as its owner would connect it. What the marketplace's page of consent says in
between is asked of the stand-in by whoever runs this (config/embedded/demo_shops.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.channels.clients import is_offered
from flows.channels.consent import come_back, connect_shop, send_to_marketplace
from flows.demo import ACTOR
from orders.models import ChannelConnection

OWNER = "brightpeak"
READ_SINCE = timedelta(days=1)
SHOPS: dict[str, tuple[str, dict[str, str]]] = {
    "ebay": ("Brightpeak on eBay", {}),
    "amazon": (
        "Brightpeak on Amazon",
        {"region": "eu", "marketplace_ids": "A1PA6795UKMFR9"},
    ),
    "aliexpress": ("Brightpeak on AliExpress", {}),
    "shopify": ("Brightpeak's own shop", {"shop": "brightpeak.myshopify.com"}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A shop whose owner was sent to the marketplace's page of consent."""

    kind: str
    state: str


def open_shops(*, now: datetime) -> list[Asked]:
    """Open the shops that are not there yet and ask their consent; what exists is left alone."""
    asked = []
    with merchant(_owner()):
        known = set(ChannelConnection.objects.values_list("channel__name", flat=True))
        for kind, (name, options) in SHOPS.items():
            if name in known or not is_offered(kind):
                continue
            opened = connect_shop(
                kind=kind, name=name, options=options, read_from=now - READ_SINCE, actor=ACTOR,
                now=now,
            )  # fmt: skip
            address = send_to_marketplace(connection_id=opened.pk, actor=ACTOR, now=now)
            (state,) = parse_qs(urlsplit(address).query)["state"]
            asked.append(Asked(kind, state))
    return asked


def return_with(*, kind: str, returned: Mapping[str, str], now: datetime) -> None:
    """Come back from a marketplace; a worker then gets the tokens and reads the orders."""
    with merchant(_owner()):
        come_back(kind=kind, returned=returned, actor=ACTOR, now=now)


def _owner() -> Merchant:
    with across_merchants("The demonstration connects its merchant's shops."):
        return Merchant.objects.get(code=OWNER)
