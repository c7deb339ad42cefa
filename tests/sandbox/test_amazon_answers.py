"""Our Amazon answers only what the contract declares, and refuses what its prose refuses."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.integrations.channels import amazon_contracts as contracts
from tests.sandbox.amazon import BRITAIN, GERMANY, USA, Seller, ago, order
from tests.sandbox.program import Program, unique

ORDERS = "/orders/2026-01-01/orders"
ALL = (
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,"
    "FULFILLMENT_ORDERS"
)


@pytest.fixture(scope="module")
def seller(stand_ins: Program) -> Seller:
    return Seller(stand_ins)


def told(seller: Seller, method: str, path: str, body: Any = None, **asked: Any) -> Any:
    """The answer, after holding it to the contract."""
    request, answer = seller.ask(method, path, body, **asked)
    contracts.hold_answer(request, answer, seller.base)
    return answer


def confirmation(name: str, **changes: Any) -> dict[str, Any]:
    detail = {
        "packageReferenceId": "1",
        "carrierCode": "DHL",
        "trackingNumber": unique("T"),
        "shipDate": ago(5),
        "orderItems": [{"orderItemId": "1001", "quantity": 2}],
    }
    return {"marketplaceId": GERMANY, "packageDetail": detail | changes}


def confirm_path(name: str) -> str:
    return f"/orders/v0/orders/{name}/shipmentConfirmation"


def test_search_and_get_answer_as_the_contract_says(seller: Seller) -> None:
    name = unique("202")
    seller.seed(order(name))
    page = told(seller, "GET", ORDERS, lastUpdatedAfter=ago(600), includedData=ALL)
    assert name in {each["orderId"] for each in page.json()["orders"]}
    assert page.headers["x-amzn-RateLimit-Limit"] == "0.0056"
    one = told(seller, "GET", f"{ORDERS}/{name}", includedData="FULFILLMENT").json()["order"]
    assert one["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert {"buyer", "recipient", "proceeds"}.isdisjoint(one)
    assert {"tax", "proceeds"}.isdisjoint(one["orderItems"][0])
    assert told(seller, "GET", f"{ORDERS}/nobody").status_code == 404


REFUSED: dict[str, tuple[int, dict[str, str | int]]] = {
    "no beginning": (400, {}),
    "two beginnings": (400, {"createdAfter": 99, "lastUpdatedAfter": 99}),
    "ends of the other clock": (400, {"createdAfter": 99, "lastUpdatedBefore": 9}),
    "an end too near": (400, {"lastUpdatedAfter": 99, "lastUpdatedBefore": 1}),
    "an end before the beginning": (
        400,
        {"lastUpdatedAfter": 9, "lastUpdatedBefore": 99},
    ),
    "no date": (400, {"lastUpdatedAfter": "yesterday"}),
    "a date without an offset": (400, {"lastUpdatedAfter": "2026-01-01T00:00:00"}),
    "a page of 101": (400, {"lastUpdatedAfter": 99, "maxResultsPerPage": "101"}),
    "a page of none": (400, {"lastUpdatedAfter": 99, "maxResultsPerPage": "0"}),
    "an unknown dataset": (400, {"lastUpdatedAfter": 99, "includedData": "PRICES"}),
    "an unknown status": (400, {"lastUpdatedAfter": 99, "fulfillmentStatuses": "NEW"}),
    "an unknown parameter": (400, {"lastUpdatedAfter": 99, "NextToken": "x"}),
    "a token of nobody": (400, {"lastUpdatedAfter": 99, "paginationToken": "x"}),
    "another region's marketplace": (403, {"lastUpdatedAfter": 99, "marketplaceIds": USA}),
}


@pytest.mark.parametrize(("status", "params"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_search_is_refused(
    seller: Seller, status: int, params: dict[str, str | int]
) -> None:
    """Numbers are minutes ago, counted when the test runs."""
    asked = {key: ago(each) if isinstance(each, int) else each for key, each in params.items()}
    assert told(seller, "GET", ORDERS, **asked).status_code == status


def test_without_a_good_token_the_answer_is_403(seller: Seller) -> None:
    for token in ("", "Atza|nobody"):
        answer = told(seller, "GET", ORDERS, token=token, lastUpdatedAfter=ago(99))
        assert answer.status_code == 403
        assert "x-amzn-RateLimit-Limit" not in answer.headers
    fresh = Seller(seller.program)
    seller.program.call("POST", f"/_shops/amazon/{fresh.account}/expire", {"kind": "access"})
    answer = told(fresh, "GET", ORDERS, lastUpdatedAfter=ago(99))
    assert (answer.status_code, "expired" in answer.text) == (403, True)


def test_pages_go_on_where_they_ended_and_only_for_the_same_question(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    seller.seed(*(order(f"202-{n}", minutes_ago=10 + n) for n in range(7)))
    question = {"lastUpdatedAfter": ago(600), "lastUpdatedBefore": ago(5)}
    first = told(seller, "GET", ORDERS, maxResultsPerPage="3", **question).json()
    token = first["pagination"]["nextToken"]
    # An order of a later page changes in between: it leaves the window and nothing else shifts.
    seller.seed(order("202-0", minutes_ago=0))
    rest = told(seller, "GET", ORDERS, paginationToken=token, **question).json()
    assert "pagination" not in rest
    assert [each["orderId"] for each in first["orders"]] == ["202-6", "202-5", "202-4"]
    assert [each["orderId"] for each in rest["orders"]] == ["202-3", "202-2", "202-1"]
    other = {**question, "fulfilledBy": "AMAZON"}
    assert told(seller, "GET", ORDERS, paginationToken=token, **other).status_code == 400


def test_a_confirmation_moves_the_order_on(seller: Seller) -> None:
    name = unique("202")
    seller.seed(order(name))
    half = confirmation(name, orderItems=[{"orderItemId": "1001", "quantity": 1}])
    assert told(seller, "POST", confirm_path(name), half).status_code == 204
    found = told(seller, "GET", f"{ORDERS}/{name}", includedData=ALL).json()["order"]
    assert found["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    assert found["packages"][0]["trackingNumber"] == half["packageDetail"]["trackingNumber"]
    other = {**half["packageDetail"], "packageReferenceId": "2", "trackingNumber": unique("T")}
    second = {"marketplaceId": GERMANY, "packageDetail": other}
    assert told(seller, "POST", confirm_path(name), second).status_code == 204
    found = told(seller, "GET", f"{ORDERS}/{name}", includedData=ALL).json()["order"]
    assert found["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert found["orderItems"][0]["fulfillment"]["quantityUnfulfilled"] == 0
    again = told(seller, "POST", confirm_path(name), confirmation(name, packageReferenceId="3"))
    assert again.status_code == 400


WRONG: dict[str, dict[str, Any]] = {
    "a reference that is no number": {"packageReferenceId": "WB-1"},
    "a reference of nought": {"packageReferenceId": "0"},
    "Other without a name": {"carrierCode": "Other"},
    "no number": {"trackingNumber": ""},
    "no date": {"shipDate": "yesterday"},
    "no lines": {"orderItems": []},
    "a line of nobody": {"orderItems": [{"orderItemId": "9", "quantity": 1}]},
    "more than was ordered": {"orderItems": [{"orderItemId": "1001", "quantity": 3}]},
    "an unknown field": {"tracking": "x"},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_confirmation_is_refused_and_changes_nothing(
    seller: Seller, change: dict[str, Any]
) -> None:
    name = unique("202")
    seller.seed(order(name))
    before = seller.shop()["orders"]
    assert told(seller, "POST", confirm_path(name), confirmation(name, **change)).status_code == 400
    assert seller.shop()["orders"] == before
    assert told(seller, "POST", confirm_path(name), confirmation(name)).status_code == 204


@pytest.mark.parametrize(
    "fulfillment",
    [
        {"fulfillmentStatus": "PENDING", "fulfilledBy": "MERCHANT"},
        {"fulfillmentStatus": "CANCELLED", "fulfilledBy": "MERCHANT"},
        {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "AMAZON"},
    ],
)
def test_an_order_that_is_not_to_be_shipped_takes_no_parcel(
    seller: Seller, fulfillment: dict[str, str]
) -> None:
    name = unique("202")
    seller.seed(order(name, fulfillment=fulfillment))
    assert told(seller, "POST", confirm_path(name), confirmation(name)).status_code == 400
    wrong = confirmation(name) | {"marketplaceId": BRITAIN}
    assert told(seller, "POST", confirm_path(name), wrong).status_code == 400
    assert told(seller, "POST", confirm_path("nobody"), confirmation("x")).status_code == 404


def test_another_seller_sees_and_changes_nothing(seller: Seller) -> None:
    name, other = unique("202"), Seller(seller.program)
    seller.seed(order(name))
    assert told(other, "GET", f"{ORDERS}/{name}").status_code == 404
    assert told(other, "POST", confirm_path(name), confirmation(name)).status_code == 404


def test_a_limit_that_is_on_answers_429_and_tells_no_rate(stand_ins: Program) -> None:
    seller = Seller(stand_ins)
    limits = {"limits": {"search_orders": {"rate_per_s": 0.0056, "burst": 2}}}
    assert stand_ins.call("PUT", "/_shops/amazon/limits", limits).status_code == 200
    try:
        answers = [told(seller, "GET", ORDERS, lastUpdatedAfter=ago(99)) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert {"x-amzn-RateLimit-Limit", "Retry-After"}.isdisjoint(answers[2].headers)
        other = Seller(stand_ins)
        assert told(other, "GET", ORDERS, lastUpdatedAfter=ago(99)).status_code == 200
    finally:
        stand_ins.call("PUT", "/_shops/amazon/limits", {"limits": {}})
    assert told(seller, "GET", ORDERS, lastUpdatedAfter=ago(99)).status_code == 200


def test_feeds_answer_as_the_contract_says(seller: Seller) -> None:
    asked = {"contentType": "text/xml; charset=UTF-8"}
    made = told(seller, "POST", "/feeds/2021-06-30/documents", asked).json()
    feed = {
        "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
        "marketplaceIds": [GERMANY],
        "inputFeedDocumentId": made["feedDocumentId"],
    }
    too_early = told(seller, "POST", "/feeds/2021-06-30/feeds", feed)
    assert too_early.status_code == 400
    url, content = made["url"], b"<not an envelope/>"
    wrong_type = requests.put(url, content, headers={"Content-Type": "text/csv"}, timeout=15)
    wrong_key = requests.put(
        url + "x", content, headers={"Content-Type": asked["contentType"]}, timeout=15
    )
    assert (wrong_type.status_code, wrong_key.status_code) == (403, 403)
    put = requests.put(url, content, headers={"Content-Type": asked["contentType"]}, timeout=15)
    assert put.status_code == 200
    taken = told(seller, "POST", "/feeds/2021-06-30/feeds", feed)
    path = f"/feeds/2021-06-30/feeds/{taken.json()['feedId']}"
    looks = [told(seller, "GET", path).json()["processingStatus"] for _ in range(3)]
    assert looks == ["IN_PROGRESS", "FATAL", "FATAL"]
    assert told(Seller(seller.program), "GET", path).status_code == 404
    assert told(seller, "GET", "/feeds/2021-06-30/documents/nobody").status_code == 404
    abroad = feed | {"marketplaceIds": [USA]}
    assert told(seller, "POST", "/feeds/2021-06-30/feeds", abroad).status_code == 403


@pytest.mark.parametrize("kind", ["429", "500", "refuse"])
def test_faults_on_demand_answer_in_the_vendors_shape(seller: Seller, kind: str) -> None:
    seller.program.fault(partner="amazon", operation="search_orders", kind=kind, seconds=3)
    answer = told(seller, "GET", ORDERS, lastUpdatedAfter=ago(99))
    assert answer.status_code == {"429": 429, "500": 500, "refuse": 400}[kind]
    assert "Retry-After" not in answer.headers


def test_an_order_amazon_could_not_tell_is_not_taken_into_the_shop(seller: Seller) -> None:
    path = f"/_shops/amazon/{seller.account}/orders"
    for wrong in (
        order("x", salesChannel={"channelName": "AMAZON", "marketplaceId": "NOWHERE"}),
        order("x", fulfillment={"fulfillmentStatus": "NEW"}),
        order("x", createdTime="yesterday"),
        {},
    ):
        answer = seller.program.call("PUT", path, {"orders": [{"body": wrong}]})
        assert answer.status_code in {400, 422}
    assert seller.program.call("GET", "/_shops/nobody/1").status_code == 404
