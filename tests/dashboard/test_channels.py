"""Connecting a shop: first the marketplace, then what it needs to know and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from core.tenancy import merchant
from orders.models import ChannelConnection
from tests.dashboard.conftest import Shop

pytestmark = pytest.mark.django_db
ALL = frozenset({"shop", "region", "marketplace_ids", "name", "read_from"})
ASKED = {
    "ebay": {"name", "read_from"},
    "aliexpress": {"name", "read_from"},
    "shopify": {"name", "read_from", "shop"},
    "amazon": {"name", "read_from", "region", "marketplace_ids"},
}


def fields(page: str) -> set[str]:
    return {name for name in ALL if f'name="{name}"' in page}


@pytest.fixture(autouse=True)
def offered(settings: Any) -> None:
    known: dict[str, Any] = {kind: {"credentials": {}} for kind in ASKED}
    settings.CHANNELS = {**known, **settings.CHANNELS}


@pytest.mark.parametrize("kind", sorted(ASKED))
def test_each_marketplace_is_asked_for_what_it_needs(shop: Shop, kind: str) -> None:
    client = shop.client()
    assert fields(client.get("/settings/channels/").content.decode()) == set()
    page = client.get(f"/settings/channels/?kind={kind}").content.decode()
    assert fields(page) == ASKED[kind]
    assert f'name="kind" value="{kind}"' in page


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"kind": "shopify", "name": "S", "shop": "evil.example"}, "NAME.myshopify.com"),
        ({"kind": "shopify", "name": "S"}, "errorlist"),
        ({"kind": "amazon", "name": "S", "region": "eu", "marketplace_ids": "x"}, "marketplace id"),
        ({"kind": "amazon", "name": "S", "marketplace_ids": "A1PA6795UKMFR9"}, "errorlist"),
        ({"kind": "ebay", "name": ""}, "errorlist"),
    ],
)
def test_what_is_wrong_is_said_beside_the_same_fields(
    shop: Shop, sent: dict[str, str], fault: str
) -> None:
    response = shop.client().post("/settings/channels/new/", sent)
    page = response.content.decode()
    assert response.status_code == 400
    assert fault in page
    assert fields(page) == ASKED[sent["kind"]]
    with merchant(shop.owner):
        assert not ChannelConnection.objects.exists()


@pytest.mark.parametrize("kind", ["etsy", ""])
def test_a_marketplace_that_is_not_on_offer_is_refused(shop: Shop, kind: str) -> None:
    client = shop.client()
    response = client.post("/settings/channels/new/", {"kind": kind, "name": "S"}, follow=True)
    assert "Choose the marketplace" in response.content.decode()
    assert fields(client.get("/settings/channels/", {"kind": kind}).content.decode()) == set()
    with merchant(shop.owner):
        assert not ChannelConnection.objects.exists()


def test_a_member_who_may_not_connect_is_offered_nothing(shop: Shop) -> None:
    page = shop.client("finance").get("/settings/channels/?kind=amazon")
    assert "Connect a shop" not in page.content.decode()
