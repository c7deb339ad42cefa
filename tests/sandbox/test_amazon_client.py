"""Our client against the running stand-in: nothing lost, nothing doubled, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from integrations.channels.amazon import Amazon
from integrations.channels.amazon_shipments import package_reference
from integrations.channels.base import (
    ChannelOrder,
    Confirmation,
    Decision,
    ShippedLine,
    StillDeciding,
    Window,
)
from integrations.errors import (
    AnswerLost,
    NotAuthorised,
    PartnerError,
    RateLimited,
    Refused,
    Unavailable,
)
from integrations.http import Limits, NullGate
from tests.integrations.channels.keepers import Keeper, notice
from tests.sandbox.amazon import GERMANY, REDIRECT, Seller, order
from tests.sandbox.program import Program, unique

T = TypeVar("T")
TRIES = 12


def window(hours: float = 6) -> Window:
    now = datetime.now(UTC)
    return Window(now - timedelta(hours=hours), now)


def persisted(act: Callable[[], T]) -> T:
    """What a worker does: again on whatever may be tried again, never on what may not."""
    for _ in range(TRIES):
        try:
            return act()
        except (RateLimited, Unavailable, AnswerLost):
            continue
    raise AssertionError(f"still failing after {TRIES} tries")


def read_all(client: Amazon, asked: Window) -> tuple[list[str], dict[str, ChannelOrder]]:
    """(ids in the order told, orders by id)."""
    told: list[str] = []
    found: dict[str, ChannelOrder] = {}
    cursor = ""
    while True:
        page = persisted(lambda: client.orders(asked, cursor))  # noqa: B023
        told += [each.external_order for each in page.orders]
        found |= {each.external_order: each for each in page.orders}
        if not page.cursor:
            return told, found
        cursor = page.cursor


@pytest.fixture(scope="module")
def shop(stand_ins: Program) -> Seller:
    """230 orders: three pages."""
    seller = Seller(stand_ins)
    seller.seed(*(order(f"303-{n:04d}", minutes_ago=5 + n) for n in range(230)))
    return seller


FAULTS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "slow": [{"kind": "slow", "seconds": 0.7, "times": 2}],
    "limited": [{"kind": "429", "times": 3}],
    "failing": [{"kind": "500", "times": 3}],
    "reset": [{"kind": "reset", "times": 3}],
    "answers lost": [{"kind": "lost_answer", "times": 3}],
    "pages repeated": [{"kind": "repeat_page", "times": 4}],
    "pages short": [{"kind": "short_page", "times": 2}],
    "everything": [
        {"kind": kind, "times": 1, "seconds": 0.7}
        for kind in ("repeat_page", "429", "lost_answer", "500", "short_page", "reset", "slow")
    ],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
def test_no_order_is_lost_whatever_goes_wrong(shop: Seller, faults: list[dict[str, Any]]) -> None:
    for fault in faults:
        shop.program.fault(partner="amazon", operation="search_orders", **fault)
    client = shop.client()
    client = replace(client, door=replace(client.door, limits=Limits(read_s=0.4, total_s=5)))
    told, found = read_all(client, window())
    assert set(found) == {f"303-{n:04d}" for n in range(230)}
    assert len(told) == 230 or any(fault["kind"] == "repeat_page" for fault in faults)
    left = shop.program.call("GET", "/_faults").json()["faults"]
    assert left == []


def test_repeated_pages_really_repeat(shop: Seller) -> None:
    shop.program.fault(partner="amazon", operation="search_orders", kind="repeat_page")
    told, found = read_all(shop.client(), window())
    assert len(told) == 280
    assert len(found) == 230


CONFIRM_FAULTS = {
    "answer lost": {"operation": "confirm_shipment", "kind": "lost_answer"},
    "answer too late": {"operation": "confirm_shipment", "kind": "slow", "seconds": 0.7},
    "reset": {"operation": "confirm_shipment", "kind": "reset"},
    "failing": {"operation": "confirm_shipment", "kind": "500"},
    "limited": {"operation": "confirm_shipment", "kind": "429"},
    "look fails": {"operation": "get_order", "kind": "500"},
}


@pytest.mark.parametrize("fault", CONFIRM_FAULTS.values(), ids=CONFIRM_FAULTS.keys())
def test_a_parcel_is_told_once_whatever_goes_wrong(
    stand_ins: Program, fault: dict[str, Any]
) -> None:
    seller, name = Seller(stand_ins), unique("202")
    seller.seed(order(name))
    stand_ins.fault(partner="amazon", **fault)
    client = seller.client()
    client = replace(client, door=replace(client.door, limits=Limits(read_s=0.4, total_s=5)))
    told = notice(external_order=name, lines=(ShippedLine("1001", 2),))
    persisted(lambda: client.confirm_shipment(told))
    again = client.confirm_shipment(told)
    assert again.was_known
    found = seller.shop()
    assert found["doubles"] == {}
    assert [each["parcel"] for each in found["shipments"]] == ["1234567890"]
    assert found["counts"] == {"SHIPPED": 1}


def test_the_stand_in_would_show_a_parcel_told_twice(stand_ins: Program) -> None:
    seller, name = Seller(stand_ins), unique("202")
    seller.seed(order(name))
    told = notice(external_order=name, lines=(ShippedLine("1001", 1),))
    seller.client().confirm_shipment(told)
    shipment = seller.shop()["shipments"][0]["body"]
    path = f"/orders/v0/orders/{name}/shipmentConfirmation"
    assert seller.ask("POST", path, shipment)[1].status_code == 204
    assert list(seller.shop()["doubles"]) == [f"{name} 1234567890"]


def test_an_order_reads_as_every_channel_tells_it(stand_ins: Program) -> None:
    seller, name = Seller(stand_ins), unique("202")
    seller.seed(order(name))
    found = seller.client().order(name)
    assert found is not None
    assert (found.state, found.currency, found.shipping_price) == ("open", "EUR", Decimal("4.90"))
    assert (found.city, found.country, found.phone) == ("Berlin", "DE", "+4930123456")
    assert found.ship_by is not None
    line = found.lines[0]
    assert (line.sku, line.item, line.quantity) == ("SHIRT-M", "B08DFPV54V", 2)
    assert line.unit_price == Decimal("12.75")
    assert found.taxes == {
        "ioss": "IM2760000000",
        "scheme": "IOSS",
        "model": "marketplace_facilitator",
        "collected_by": "Amazon Services EU",
    }
    assert seller.client().order("nobody") is None


def test_what_amazon_ships_itself_is_not_ours(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    theirs = {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "AMAZON"}
    seller.seed(order("1"), order("2", fulfillment=theirs))
    assert set(read_all(seller.client(), window())[1]) == {"1"}
    assert seller.client().order("2") is None


def test_the_newest_minutes_are_left_for_the_next_window(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    seller.seed(order("1", minutes_ago=10), order("2", minutes_ago=0.5))
    page = seller.client().orders(window())
    assert [each.external_order for each in page.orders] == ["1"]
    assert page.read_until is not None
    assert datetime.now(UTC) - page.read_until > timedelta(minutes=2)
    now = datetime.now(UTC)
    newest = seller.client().orders(Window(now - timedelta(minutes=1), now))
    assert (newest.orders, newest.read_until) == ((), now - timedelta(minutes=1))


def test_an_expired_token_is_renewed_once_and_the_call_goes_through(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    seller.seed(order("1"))
    client = seller.client()
    keeper = client.tokens
    assert isinstance(keeper, Keeper)
    # As after half an hour: an access token just issued is not renewed again.
    keeper.kept = replace(keeper.kept, access_expires_at=datetime.now(UTC) + timedelta(minutes=30))
    stand_ins.call("POST", f"/_shops/amazon/{seller.account}/expire", {"kind": "access"})
    assert client.order("1") is not None
    assert client.order("1") is not None
    assert keeper.renewals == 1


def test_a_withdrawn_consent_asks_for_a_person(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    client = seller.client()
    keeper = client.tokens
    assert isinstance(keeper, Keeper)
    keeper.kept = replace(keeper.kept, access_expires_at=datetime.now(UTC))
    stand_ins.call("POST", f"/_shops/amazon/{seller.account}/expire", {"kind": "refresh"})
    with pytest.raises(NotAuthorised) as raised:
        client.order("1")
    assert "secret" not in str(raised.value)


def test_a_403_of_a_fresh_token_is_not_answered_with_another_token(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    client = replace(seller.client(), marketplace_ids=("ATVPDKIKX0DER",))
    with pytest.raises(NotAuthorised):
        client.orders(window())
    assert isinstance(client.tokens, Keeper)
    assert client.tokens.renewals == 0


def test_consent_by_the_page_and_a_code_works_once(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    tokens = seller.consent_by_page()
    assert tokens.account == seller.account
    assert tokens.access_token not in repr(tokens)
    assert tokens.access_expires_at is not None
    path = f"/_shops/amazon/{seller.account}/consent"
    back = stand_ins.call("POST", path, {"state": "s"}).json()["parameters"]
    consent = seller.client().login.consent()
    consent.exchange(back, REDIRECT)
    with pytest.raises(NotAuthorised):
        consent.exchange(back, REDIRECT)
    with pytest.raises(Refused, match="spapi_oauth_code"):
        consent.exchange({"error": "access_denied"}, REDIRECT)


class Remembering(NullGate):
    """A gate that keeps the last rate Amazon told, as the shared one does."""

    def __init__(self) -> None:
        self.rates: dict[str, str] = {}
        self.statuses: list[int] = []

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        self.statuses.append(status)
        named = {name.lower(): value for name, value in headers.items()}
        if "x-amzn-ratelimit-limit" in named:
            self.rates[operation] = named["x-amzn-ratelimit-limit"]


def test_the_gate_sees_the_rate_and_the_429_that_tells_none(stand_ins: Program) -> None:
    seller, gate = Seller(stand_ins), Remembering()
    client = seller.client(gate)
    client.orders(window())
    stand_ins.fault(partner="amazon", operation="search_orders", kind="429")
    with pytest.raises(RateLimited):
        client.orders(window())
    assert gate.rates == {"search_orders": "0.0056"}
    assert gate.statuses == [200, 429]


def decided(client: Amazon, decisions: list[Decision]) -> Mapping[str, str]:
    with pytest.raises(StillDeciding) as raised:
        client.decide(decisions)
    return client.decide(decisions, receipt=raised.value.receipt)


def test_one_feed_acknowledges_and_cancels_and_says_what_was_refused(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    shipped = {"fulfillmentStatus": "SHIPPED", "fulfilledBy": "MERCHANT"}
    seller.seed(order("1"), order("2"), order("3", fulfillment=shipped))
    lines = (ShippedLine("1001", 2),)
    refusals = decided(
        seller.client(),
        [
            Decision("3", False, "NoInventory", lines),
            Decision("2", False, "BuyerCanceled", lines),
            Decision("1", True),
            Decision("4", True),
        ],
    )
    assert set(refusals) == {"3", "4"}
    assert "SHIPPED" in refusals["3"]
    assert seller.shop()["counts"] == {"CANCELLED": 1, "SHIPPED": 1, "UNSHIPPED": 1}
    assert decided(seller.client(), [Decision("1", True)]) == {}
    assert seller.client().decide([]) == {}


@pytest.mark.parametrize(
    "operation",
    ["create_feed_document", "upload_feed", "create_feed", "get_feed", "download_feed"],
)
def test_a_feed_survives_a_lost_answer_at_every_step(stand_ins: Program, operation: str) -> None:
    seller = Seller(stand_ins)
    seller.seed(order("1"))
    client = seller.client()
    stand_ins.fault(partner="amazon", operation=operation, kind="lost_answer")
    decisions, receipt = [Decision("1", False, "NoInventory", (ShippedLine("1001", 2),))], ""
    for _ in range(TRIES):
        try:
            refusals = client.decide(decisions, receipt=receipt)
            break
        except StillDeciding as still:
            receipt = still.receipt
        except Unavailable:
            continue
    assert refusals == {}
    assert seller.shop()["counts"] == {"CANCELLED": 1}


def test_a_feed_of_another_sellers_name_is_fatal_and_a_persons_task(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    seller.seed(order("1"))
    client = seller.client()
    assert isinstance(client.tokens, Keeper)
    client.tokens.kept = replace(client.tokens.kept, account="SOMEBODY")
    with pytest.raises(Refused) as raised:
        decided(client, [Decision("1", True)])
    assert raised.value.code == "feed_fatal"


def test_a_document_address_off_the_list_is_not_followed(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    client = seller.client()
    client = replace(client, document_hosts=replace(client.document_hosts, origins=frozenset()))
    with pytest.raises(Refused) as raised:
        client.decide([Decision("1", True)])
    assert raised.value.code == "host_not_allowed"
    calls = stand_ins.call("GET", "/_calls?partner=amazon&limit=1").json()["calls"]
    assert calls[0]["operation"] == "create_feed_document"


def test_a_parcel_a_person_typed_in_at_amazon_is_known_by_its_number(stand_ins: Program) -> None:
    seller, name = Seller(stand_ins), unique("202")
    package = {
        "packageReferenceId": "1",
        "trackingNumber": "1234567890",
        "packageStatus": {"status": "SHIPPED"},
    }
    seller.seed(order(name, packages=[package]))
    told = notice(external_order=name, lines=(ShippedLine("1001", 2),))
    known = seller.client().confirm_shipment(told)
    assert known == Confirmation("1", was_known=True, raw=package)
    assert package_reference(told.reference) != "1"
    assert seller.shop()["shipments"] == []


def test_an_order_amazon_does_not_know_is_a_refusal(stand_ins: Program) -> None:
    with pytest.raises(Refused, match="knows no order"):
        Seller(stand_ins).client().confirm_shipment(notice())


def test_a_refusal_tells_amazons_words_and_field(stand_ins: Program) -> None:
    seller, name = Seller(stand_ins), unique("202")
    seller.seed(order(name))
    with pytest.raises(Refused) as raised:
        seller.client().confirm_shipment(
            notice(external_order=name, lines=(ShippedLine("nobody", 1),))
        )
    assert raised.value.code == "InvalidInput"
    assert raised.value.field == "packageDetail.orderItems"
    assert isinstance(raised.value, PartnerError)


def test_orders_come_from_the_connections_marketplaces_only(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    abroad = {"channelName": "AMAZON", "marketplaceId": "A1F83G8C2ARO7P"}
    seller.seed(order("1"), order("2", salesChannel=abroad))
    assert seller.client().marketplace_ids == (GERMANY,)
    assert set(read_all(seller.client(), window())[1]) == {"1"}


def test_without_a_region_all_marketplaces_are_served(stand_ins: Program) -> None:
    seller = Seller(stand_ins, region="")
    abroad = {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"}
    seller.seed(order("1"), order("2", salesChannel=abroad))
    client = replace(seller.client(), marketplace_ids=())
    assert set(read_all(client, window())[1]) == {"1", "2"}
    assert decided(seller.client(), [Decision("1", True)]) == {}


def test_an_order_carries_what_its_confirmation_needs(stand_ins: Program) -> None:
    seller, name = Seller(stand_ins), unique("202")
    seller.seed(order(name))
    found = seller.client().order(name)
    assert found is not None
    assert found.context == {"marketplace_id": GERMANY}
