"""The stand-in eBay over HTTP: what it accepts, refuses and remembers, and that our client loses
and doubles nothing while it is slow, limits, fails, drops answers and repeats pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from integrations.channels.base import ShippedLine, Window
from integrations.errors import AnswerLost, NotAuthorised, RateLimited, Refused, Unavailable
from tests.integrations.channels.ebay_account import order
from tests.sandbox.ebay_shop import BEGAN, Shop, consented, orders, parcel, read, stamp
from tests.sandbox.program import Program

ORDERS = "/sell/fulfillment/v1/order"
FAULTS = ("slow", "429", "500", "reset", "lost_answer")


def day() -> Window:
    return Window(since=BEGAN - timedelta(hours=1), until=datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture(scope="module")
def shop(stand_ins: Program) -> Shop:
    """One seller with one order, for tests that change nothing."""
    opened = Shop.open(stand_ins)
    opened.seed(order())
    return opened


# ---- consent and tokens ---------------------------------------------------------------------


def test_a_seller_consents_once_per_code(stand_ins: Program) -> None:
    asked = stand_ins.call("POST", "/_shops/ebay/seller-a/consent", {"state": "s1"}).json()
    assert asked["parameters"]["state"] == "s1"
    tokens = consented(stand_ins, "seller-a")
    assert tokens.account == "seller-a"
    assert tokens.refresh_expires_at is not None
    form = {
        "grant_type": "authorization_code",
        "code": asked["parameters"]["code"],
        "redirect_uri": "Waybridge-StandIn-RuName",
    }
    login = ("WaybridgeStandIn", "stand-in")
    url = f"{stand_ins.url}/ebay/identity/v1/oauth2/token"
    statuses = [requests.post(url, form, auth=login, timeout=5).status_code for _ in range(2)]
    assert statuses == [200, 400]
    assert requests.post(url, form, auth=("x", "y"), timeout=5).status_code == 401


def test_an_ended_access_token_is_renewed_on_the_way(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(order())
    stand_ins.call("POST", f"/_shops/ebay/{shop.account}/expire", {"kind": "access"})
    assert shop.client().order("12-34567-89012") is not None
    assert shop.keeper.renewals == 1


def test_an_ended_consent_is_for_a_person(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    for kind in ("access", "refresh"):
        stand_ins.call("POST", f"/_shops/ebay/{shop.account}/expire", {"kind": kind})
    with pytest.raises(NotAuthorised, match="invalid_grant"):
        shop.client().order("12-34567-89012")


def test_one_sellers_token_finds_no_other_sellers_order(stand_ins: Program, shop: Shop) -> None:
    assert shop.client().order("12-34567-89012") is not None
    assert Shop.open(stand_ins).client().order("12-34567-89012") is None


# ---- what getOrders refuses -----------------------------------------------------------------

HOUR_AGO, TWO_AGO = (stamp(datetime.now(UTC) - timedelta(hours=n)) for n in (1, 2))
TOMORROW = stamp(datetime.now(UTC) + timedelta(days=1))
LONG_AGO = stamp(datetime.now(UTC) - timedelta(days=800))
REFUSED_SEARCHES = [
    ({"limit": "201"}, 31100),
    ({"limit": "0"}, 31100),
    ({"limit": "many"}, 31100),
    ({"offset": "-1"}, 31000),
    ({"fieldGroups": "EVERYTHING"}, 32800),
    ({"filter": f"updated:[{TWO_AGO}..{HOUR_AGO}]"}, 30700),
    ({"filter": "lastmodifieddate:yesterday"}, 30800),
    ({"filter": "lastmodifieddate:[2026-11-26..2026-11-27]"}, 30810),
    ({"filter": f"lastmodifieddate:[..{HOUR_AGO}]"}, 30820),
    ({"filter": f"lastmodifieddate:[{LONG_AGO}..{HOUR_AGO}]"}, 30830),
    ({"filter": f"lastmodifieddate:[{HOUR_AGO}..{TWO_AGO}]"}, 30840),
    ({"filter": f"lastmodifieddate:[{TWO_AGO}..{TOMORROW}]"}, 30850),
    ({"filter": "orderfulfillmentstatus:{NOT_STARTED}"}, 30800),
    ({"orderIds": ",".join(str(n) for n in range(51))}, 30900),
]


@pytest.mark.parametrize(("params", "number"), REFUSED_SEARCHES)
def test_a_search_is_refused_with_ebays_number(
    shop: Shop, params: dict[str, str], number: int
) -> None:
    answer = shop.get(ORDERS, **params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["errorId"] == number


def test_a_search_by_creation_wins_and_ids_win_over_all(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    created = stamp(datetime.now(UTC) - timedelta(days=5))
    shop.seed(order("1-1", creationDate=created), order("1-2", orderFulfillmentStatus="FULFILLED"))
    both = f"creationdate:[{stamp(datetime.now(UTC) - timedelta(days=6))}..{created}]"
    both += f",lastmodifieddate:[{TWO_AGO}..]"
    found = shop.get(ORDERS, filter=both).json()
    assert [each["orderId"] for each in found["orders"]] == ["1-1"]
    named = shop.get(ORDERS, orderIds="1-2,9-9", filter="nonsense:[x]").json()
    assert [each["orderId"] for each in named["orders"]] == ["1-2"]
    since = f"lastmodifieddate:[{stamp(BEGAN - timedelta(hours=1))}..]"
    status = f"{since},orderfulfillmentstatus:{{NOT_STARTED|IN_PROGRESS}}"
    unshipped = shop.get(ORDERS, filter=status).json()
    assert [each["orderId"] for each in unshipped["orders"]] == ["1-1"]


def test_the_list_hides_what_only_getorder_tells(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    requested = {"cancelState": "IN_PROGRESS", "cancelRequests": [{"cancelReason": "MISTAKE"}]}
    buyer = {"username": "b", "taxIdentifier": {"taxpayerId": "ES1"}}
    shop.seed(order(cancelStatus=requested, buyer=buyer))
    listed = shop.get(ORDERS).json()["orders"][0]
    assert listed["cancelStatus"]["cancelRequests"] == []
    assert "taxIdentifier" not in listed["buyer"]
    one = shop.client().order("12-34567-89012")
    assert one is not None
    assert (one.recipient_id, one.state) == ("ES1", "pending")


def test_an_order_ebay_could_not_have_is_not_put_in(stand_ins: Program) -> None:
    for body in ({}, order(lineItems=[]), order(creationDate="yesterday"), order("a b")):
        answer = stand_ins.call("PUT", "/_shops/ebay/x/orders", {"orders": [{"body": body}]})
        assert answer.status_code == 422


# ---- reading under faults -------------------------------------------------------------------


def ids(found: Any) -> set[str]:
    return {each.external_order for each in found}


@pytest.mark.parametrize("kind", [*FAULTS, "repeat_page", "short_page"])
def test_no_order_is_lost_while_ebay_misbehaves(stand_ins: Program, kind: str) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(*orders(250))
    stand_ins.fault(partner="ebay", operation="orders", kind=kind, times=3, seconds=0.2)
    assert ids(read(shop, day())) == ids_of(250)


def ids_of(number: int) -> set[str]:
    return {f"12-{each:05d}" for each in range(number)}


def test_no_order_is_lost_while_orders_ship_between_the_pages(stand_ins: Program) -> None:
    """Every fulfilment takes an order out of the window and moves the rows behind it up."""
    shop, window = Shop.open(stand_ins), day()
    shop.seed(*orders(450))
    client, cursor, found, pages = shop.client(), "", set[str](), 0
    while True:
        page = client.orders(window, cursor)
        found |= ids(page.orders)
        cursor, pages = page.cursor, pages + 1
        if not cursor:
            break
        if pages <= 3:
            for number in range(pages * 7, pages * 7 + 5):
                body = {"lineItems": [{"lineItemId": "9001", "quantity": 2}]}
                path = f"{ORDERS}/12-{number:05d}/shipping_fulfillment"
                assert shop.post(path, body).status_code == 201
        assert pages < 40
    assert found == ids_of(450)


def test_overlapping_windows_find_each_order_as_it_is_now(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(*orders(3))
    middle = BEGAN + timedelta(seconds=1)
    early = read(shop, Window(since=BEGAN - timedelta(hours=1), until=middle))
    late = read(shop, Window(since=middle - timedelta(seconds=1), until=day().until))
    assert ids(early) | ids(late) == ids_of(3)
    assert len(ids(early) & ids(late)) >= 1


# ---- telling parcels ------------------------------------------------------------------------


def tell(shop: Shop, told: Any, *, tries: int = 12) -> bool:
    """Tell until eBay has it, as the product's retries do; whether it was known there already."""
    for _ in range(tries):
        try:
            return shop.client().confirm_shipment(told).was_known
        except (AnswerLost, RateLimited, Unavailable):
            continue
    raise AssertionError("never told")


OPERATIONS = ("ship", "ship", "fulfilments", "ship", "*", "ship")


@pytest.mark.parametrize("kind", FAULTS)
def test_each_parcel_is_told_once_while_ebay_misbehaves(stand_ins: Program, kind: str) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(*orders(6))
    for number in range(6):
        stand_ins.fault(partner="ebay", operation=OPERATIONS[number], kind=kind, seconds=0.1)
        tell(shop, parcel(external_order=f"12-{number:05d}", tracking_number=f"TN{number:08d}"))
    state = shop.look()
    assert state["doubles"] == {}
    assert sorted(each["parcel"] for each in state["shipments"]) == [
        f"TN{number:08d}" for number in range(6)
    ]
    assert state["counts"] == {"FULFILLED": 6}


def test_a_lost_answer_after_the_effect_is_found_by_the_look(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(order())
    stand_ins.fault(partner="ebay", operation="ship", kind="lost_answer")
    with pytest.raises(AnswerLost):
        shop.client().confirm_shipment(parcel())
    assert tell(shop, parcel()) is True
    assert shop.look()["doubles"] == {}


def test_a_blind_retry_is_seen_as_a_double(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(order())
    body = {
        "lineItems": [{"lineItemId": "9001", "quantity": 2}],
        "trackingNumber": "1234567890",
        "shippingCarrierCode": "DHL",
    }
    path = f"{ORDERS}/12-34567-89012/shipping_fulfillment"
    assert [shop.post(path, body).status_code for _ in range(2)] == [201, 201]
    assert shop.look()["doubles"] == {"12-34567-89012 1234567890": ["1234567890", "1234567890"]}


def test_a_fulfilment_changes_the_order_and_when_it_was_changed(stand_ins: Program) -> None:
    shop, before = Shop.open(stand_ins), datetime.now(UTC)
    shop.seed(order())
    client = shop.client()
    first = client.confirm_shipment(
        parcel(lines=(ShippedLine("9001", 1),), tracking_number="AAA1", is_last=False)
    )
    assert first.channel_reference == "AAA1"
    part = client.order("12-34567-89012")
    assert part is not None
    assert (part.state, part.lines[0].quantity_shipped) == ("part_shipped", 1)
    assert part.updated_at is not None
    assert part.updated_at >= before.replace(microsecond=0) - timedelta(seconds=1)
    client.confirm_shipment(parcel(lines=(ShippedLine("9001", 1),), tracking_number="BBB2"))
    whole = client.order("12-34567-89012")
    assert whole is not None
    assert (whole.state, whole.lines[0].quantity_shipped) == ("shipped", 2)
    hrefs = whole.raw["fulfillmentHrefs"]
    assert [each.rsplit("/", 1)[1] for each in hrefs] == ["AAA1", "BBB2"]


def test_a_parcel_without_a_number_is_told_once(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(order())
    untracked = parcel(tracking_number="")
    assert tell(shop, untracked) is False
    assert tell(shop, untracked) is True
    assert shop.look()["doubles"] == {}


GOOD = {
    "lineItems": [{"lineItemId": "9001", "quantity": 1}],
    "shippedDate": "2026-11-25T08:00:00.000Z",
    "shippingCarrierCode": "DHL",
    "trackingNumber": "A1",
}
REFUSED_FULFILMENTS: list[tuple[dict[str, Any], int]] = [
    ({"lineItems": [{"lineItemId": "1"}]}, 32200),
    ({"lineItems": [{"lineItemId": "9001"}, {"lineItemId": "9001"}]}, 32210),
    ({"trackingNumber": "A-1"}, 32300),
    ({"trackingNumber": "A 1"}, 32300),
    ({"trackingNumber": None}, 32600),
    ({"shippingCarrierCode": "Pigeon"}, 32300),
    ({"shippedDate": "2026-11-25"}, 32500),
    ({"shippedDate": TOMORROW}, 32500),
    ({"lineItems": []}, 32600),
    ({"lineItems": [{"lineItemId": "9001", "quantity": 0}]}, 32600),
    ({"trackingnumber": "A1"}, 32600),
]


@pytest.mark.parametrize(("changes", "number"), REFUSED_FULFILMENTS)
def test_a_fulfilment_is_refused_with_ebays_number(
    shop: Shop, changes: dict[str, Any], number: int
) -> None:
    path = f"{ORDERS}/12-34567-89012/shipping_fulfillment"
    answer = shop.post(path, {**GOOD, **changes})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["errorId"] == number
    assert shop.look()["shipments"] == []


def test_a_number_without_a_carrier_is_refused(shop: Shop) -> None:
    path = f"{ORDERS}/12-34567-89012/shipping_fulfillment"
    for missing in ("trackingNumber", "shippingCarrierCode"):
        body = {key: value for key, value in GOOD.items() if key != missing}
        assert shop.post(path, body).json()["errors"][0]["errorId"] == 32300


def test_a_cancelled_order_is_not_shipped(stand_ins: Program) -> None:
    shop = Shop.open(stand_ins)
    shop.seed(order(cancelStatus={"cancelState": "CANCELED", "cancelRequests": []}))
    with pytest.raises(Refused) as raised:
        shop.client().confirm_shipment(parcel())
    assert raised.value.status == 409


def test_an_unknown_order_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused) as raised:
        shop.client().confirm_shipment(parcel(external_order="99-1"))
    assert raised.value.code == "32100"


# ---- limits ---------------------------------------------------------------------------------


def test_limits_are_kept_and_told_without_a_pause(stand_ins: Program, shop: Shop) -> None:
    limit = {"limits": {"order": {"rate_per_s": 0, "burst": 2}}}
    stand_ins.call("PUT", "/_shops/ebay/limits", limit)
    try:
        client = shop.client()
        for _ in range(2):
            client.order("12-34567-89012")
        with pytest.raises(RateLimited):
            client.order("12-34567-89012")
        assert "Retry-After" not in shop.get(f"{ORDERS}/12-34567-89012").headers
    finally:
        stand_ins.call("PUT", "/_shops/ebay/limits", {"limits": {}})


def test_what_is_left_of_the_day_goes_down_with_each_call(shop: Shop) -> None:
    client = shop.client()
    (before,) = client.budgets()
    client.order("12-34567-89012")
    (after,) = client.budgets()
    assert before.limit == 100_000
    assert after.remaining == before.remaining - 1


def test_a_restart_forgets_nothing(fresh: Program) -> None:
    fresh.start()
    shop = Shop.open(fresh)
    shop.seed(order())
    shop.client().confirm_shipment(parcel())
    fresh.kill()
    fresh.start()
    assert tell(shop, parcel()) is True
    read_again = shop.client().order("12-34567-89012")
    assert read_again is not None
    assert read_again.state == "shipped"
