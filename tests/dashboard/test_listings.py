"""Listings, conflicts, corrections and the block list as a member uses them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from core.tenancy import merchant
from flows.intake import receive_orders
from orders.files.orders import ParsedLine
from orders.models import BuyerBlock, Channel, ChannelListing, Hold, Order, OrderConflict
from orders.services import ensure_channel
from tests.dashboard.conftest import Shop
from tests.factories import ACTOR, NOW, a_packed_parcel, a_parsed_order, an_order
from tests.flows.conftest import work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


def waiting(shop: Shop, code: str, title: str = "") -> Order:
    return an_order(shop.owner, lines=(ParsedLine(1, "1", code, title, 1, Decimal("9.50")),))


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def listing(shop: Shop, code: str) -> ChannelListing:
    with merchant(shop.owner):
        return ChannelListing.objects.get(code=code)


def order(shop: Shop, pk: int) -> Order:
    with merchant(shop.owner):
        return Order.objects.get(pk=pk)


def test_a_code_is_mapped_by_its_suggestion(shop: Shop) -> None:
    held, client = waiting(shop, "mug_blue"), shop.client()
    page = text(client, "/listings/")
    assert "mug_blue" in page
    assert "MUG-BLUE" in page
    found = listing(shop, "mug_blue")
    assert "MUG-BLUE" in text(client, f"/listings/{found.pk}/")
    client.post(f"/listings/{found.pk}/map/", {"sku": ["MUG-BLUE"], "quantity": ["1"]})
    work(shop.owner)
    assert order(shop, held.pk).status == "allocated"
    assert "mug_blue" not in text(client, "/listings/")
    assert "mug_blue" in text(client, "/listings/?status=mapped")


def test_a_wrong_mapping_is_explained_and_kept_in_the_form(shop: Shop) -> None:
    waiting(shop, "X-1")
    path = f"/listings/{listing(shop, 'X-1').pk}/map/"
    client = shop.client()
    answer = client.post(path, {"sku": ["NOT-THERE"], "quantity": ["2"]})
    assert answer.status_code == 400
    assert "NOT-THERE" in answer.content.decode()
    assert client.post(path, {"sku": [""], "quantity": ["1"]}).status_code == 400
    assert client.post(path, {"sku": ["MUG-BLUE"], "quantity": ["x"]}).status_code == 400
    assert listing(shop, "X-1").status == "unmapped"


def test_many_codes_at_once_only_where_the_suggestion_is_sure(shop: Shop) -> None:
    waiting(shop, "mug.blue")
    waiting(shop, "SOMETHING-ELSE")
    with merchant(shop.owner):
        chosen = list(ChannelListing.objects.values_list("pk", flat=True))
    shop.client().post("/listings/bulk/", {"action": "accept", "selected": chosen})
    assert listing(shop, "mug.blue").status == "mapped"
    assert listing(shop, "SOMETHING-ELSE").status == "unmapped"


def test_a_suggested_address_is_one_click(shop: Shop) -> None:
    held = an_order(shop.owner, country="US", region="CA", city="Los Angeles",
                    postal_code="2101", phone="+1 617 555 0123")  # fmt: skip
    with merchant(shop.owner):
        suggestions = Hold.objects.filter(order=held).values_list("suggestion", flat=True)
        wanted: dict[str, str] = next((each for each in suggestions if each), {})
    client = shop.client()
    page = text(client, f"/orders/{held.reference}/")
    for value in wanted.values():
        assert f'value="{value}"' in page
    client.post(f"/orders/{held.reference}/correct/", {"city": "Boston", "postal_code": "02101",
                                                       "region": "MA"})  # fmt: skip
    corrected = order(shop, held.pk)
    assert (corrected.city, corrected.postal_code) == ("Boston", "02101")
    assert '"city": "Los Angeles"' in corrected.said


def test_a_conflict_is_shown_on_today_and_decided(shop: Shop) -> None:
    parsed = a_parsed_order()
    with merchant(shop.owner):
        channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=NOW)
        made = receive_orders(orders=[parsed], channel=channel, actor=ACTOR, now=NOW).created[0]
    a_packed_parcel(shop.owner, made)
    with merchant(shop.owner):
        changed = replace(parsed, recipient_name="Another Person")
        receive_orders(orders=[changed], channel=channel, actor=ACTOR, now=NOW)
        conflict = OrderConflict.objects.get()
    client = shop.client()
    assert made.reference in text(client, "/")
    page = text(client, f"/orders/{made.reference}/")
    assert "Another Person" in page
    assert 'value="take"' not in page
    client.post(f"/orders/{made.reference}/conflicts/{conflict.pk}/", {"choice": "keep"})
    assert "Another Person" not in text(client, f"/orders/{made.reference}/")


def test_cancelling_asks_for_a_reason_and_says_when_it_is_too_late(shop: Shop) -> None:
    made, client = an_order(shop.owner), shop.client()
    path = f"/orders/{made.reference}/cancel/"
    client.post(path, {"reason": " "})
    assert order(shop, made.pk).status == "accepted"
    client.post(path, {"reason": "Buyer asked"})
    assert order(shop, made.pk).status == "cancelled"
    assert "Buyer asked" in text(client, f"/orders/{made.reference}/")
    booked = an_order(shop.owner)
    a_packed_parcel(shop.owner, booked)
    refused = client.post(f"/orders/{booked.reference}/cancel/", {"reason": "x"}, follow=True)
    assert "is packed: it can no longer be taken out" in refused.content.decode()


def test_a_title_that_differs_from_the_master_is_a_warning_and_no_hold(shop: Shop) -> None:
    made = an_order(shop.owner, lines=(
        ParsedLine(1, "1", "MUG-BLUE", "Garden hose, pack of 3", 1, Decimal("9.50")),
    ))  # fmt: skip
    assert made.status == "accepted"
    page = text(shop.client(), f"/orders/{made.reference}/")
    assert "Garden hose, pack of 3”" in page
    assert "3 pieces in one" in page


def test_a_blocked_buyer_is_held_and_never_shown(shop: Shop) -> None:
    first, client = an_order(shop.owner), shop.client()
    client.post(f"/orders/{first.reference}/block/", {"kind": "email", "note": "Chargebacks"})
    assert order(shop, first.pk).status == "held"
    second = an_order(shop.owner)
    with merchant(shop.owner):
        assert Hold.objects.filter(order=second, code="blocked_buyer").exists()
        block = BuyerBlock.objects.get()
    page = text(client, "/blocked-buyers/")
    assert "Chargebacks" in page
    assert "erika@example.com" not in page
    client.post(f"/blocked-buyers/{block.pk}/remove/")
    client.post(f"/orders/{second.reference}/recheck/")
    assert order(shop, second.pk).status == "accepted"


def test_a_buyer_is_blocked_by_what_is_typed(shop: Shop) -> None:
    client = shop.client()
    bad = client.post("/blocked-buyers/add/", {"kind": "email", "value": "nobody"})
    assert bad.status_code == 400
    value = {"kind": "phone", "value": "030 901820", "country": "de"}
    assert client.post("/blocked-buyers/add/", value).status_code == 302
    held = an_order(shop.owner)
    with merchant(shop.owner):
        assert list(Hold.objects.filter(order=held).values_list("code", flat=True)) == [
            "blocked_buyer"
        ]
