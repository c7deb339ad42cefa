"""A parcel told to eBay: after a look, once, and what is not sent at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integrations.channels.base import ShippedLine
from integrations.errors import AnswerLost, Refused, Unavailable
from tests.integrations.channels.ebay_account import (
    NOW,
    ebay,
    notice,
)
from tests.integrations.servers import answer, partner, reset

NONE = answer(200, {"fulfillments": [], "total": 0})
FULFILMENT = {
    "fulfillmentId": "1234567890",
    "shipmentTrackingNumber": "1234567890",
    "shippingCarrierCode": "DHL",
    "shippedDate": "2026-11-26T08:00:00.000Z",
    "lineItems": [{"lineItemId": "9001", "quantity": 2}],
}
LOCATION = "https://api.ebay.com/sell/fulfillment/v1/order/1/shipping_fulfillment/1234567890"
CREATED = answer(201, raw=b"", headers={"Location": LOCATION})


def told(*fulfilments: dict[str, Any]) -> Any:
    return answer(200, {"fulfillments": list(fulfilments), "total": len(fulfilments)})


def test_a_parcel_is_told_after_a_look() -> None:
    with partner(NONE, CREATED) as there:
        got = ebay(there.url).confirm_shipment(notice())
    assert (got.channel_reference, got.was_known) == ("1234567890", False)
    assert [seen.method for seen in there.seen] == ["GET", "POST"]
    assert there.seen[1].body == {
        "lineItems": [{"lineItemId": "9001", "quantity": 2}],
        "shippedDate": "2026-11-26T08:00:00.000Z",
        "shippingCarrierCode": "DHL",
        "trackingNumber": "1234567890",
    }


@pytest.mark.parametrize(
    "known",
    [
        FULFILMENT,
        {**FULFILMENT, "lineItems": [{"lineItemId": "9001"}, {"lineItemId": "9002"}]},
        {**FULFILMENT, "shippingCarrierCode": "DHLEXPRESS", "shippedDate": ""},
    ],
)
def test_a_parcel_that_is_known_is_not_told_again(known: dict[str, Any]) -> None:
    with partner(told(known)) as there:
        got = ebay(there.url).confirm_shipment(notice())
    assert (got.channel_reference, got.was_known) == ("1234567890", True)
    assert [seen.method for seen in there.seen] == ["GET"]


@pytest.mark.parametrize(
    "known",
    [
        {**FULFILMENT, "shipmentTrackingNumber": "999"},
        {**FULFILMENT, "shipmentTrackingNumber": ""},
    ],
)
def test_another_parcel_of_the_order_is_no_obstacle(known: dict[str, Any]) -> None:
    with partner(told(known), CREATED) as there:
        assert ebay(there.url).confirm_shipment(notice()).was_known is False


@pytest.mark.parametrize(
    "lines", [[{"lineItemId": "9002", "quantity": 2}], [{"lineItemId": "9001", "quantity": 1}]]
)
def test_the_number_told_of_other_lines_is_for_a_person(lines: list[dict[str, Any]]) -> None:
    with partner(told({**FULFILMENT, "lineItems": lines})) as there:
        with pytest.raises(Refused) as raised:
            ebay(there.url).confirm_shipment(notice())
        assert len(there.seen) == 1
    assert raised.value.code == "told_otherwise"


def test_a_lost_answer_is_looked_up_by_the_next_call() -> None:
    with partner(NONE, reset(), told(FULFILMENT)) as there:
        client = ebay(there.url)
        with pytest.raises(AnswerLost):
            client.confirm_shipment(notice())
        assert client.confirm_shipment(notice()).was_known is True
    assert [seen.method for seen in there.seen] == ["GET", "POST", "GET"]


@pytest.mark.parametrize(
    "conflict", [answer(409, {}), answer(400, {"errors": [{"errorId": 34500, "message": "PUT"}]})]
)
def test_a_conflict_is_looked_into(conflict: Any) -> None:
    with partner(NONE, conflict, told(FULFILMENT)) as there:
        assert ebay(there.url).confirm_shipment(notice()).was_known is True
    with partner(NONE, conflict, NONE) as there, pytest.raises(Refused):
        ebay(there.url).confirm_shipment(notice())


def test_an_answer_without_a_location_is_looked_up() -> None:
    with partner(NONE, answer(201, {}), told(FULFILMENT)) as there:
        got = ebay(there.url).confirm_shipment(notice())
    assert (got.channel_reference, got.was_known) == ("1234567890", False)
    with partner(NONE, answer(201, {}), NONE) as there, pytest.raises(AnswerLost):
        ebay(there.url).confirm_shipment(notice())


def test_a_parcel_without_a_number_is_known_by_its_lines_and_instant() -> None:
    untracked = notice(tracking_number="")
    bare = {
        "fulfillmentId": "999",
        "shippedDate": "2026-11-26T08:00:00.000Z",
        "lineItems": [{"lineItemId": "9001", "quantity": 2}],
    }
    with partner(told({**bare, "shippedDate": "2026-11-26T08:00:00.001Z"}), CREATED) as there:
        assert ebay(there.url).confirm_shipment(untracked).was_known is False
    assert set(there.seen[1].body) == {"lineItems", "shippedDate"}
    with partner(told(bare)) as there:
        assert ebay(there.url).confirm_shipment(untracked).was_known is True


def test_a_parcel_that_leaves_later_is_told_later() -> None:
    with partner(NONE) as there:
        with pytest.raises(Unavailable, match="not left"):
            ebay(there.url).confirm_shipment(notice(shipped_at=NOW + timedelta(seconds=1)))
        assert there.seen == []


@pytest.mark.parametrize(
    ("ago", "error"), [(timedelta(minutes=1), Unavailable), (timedelta(hours=1), Refused)]
)
def test_a_shipping_date_ebay_thinks_of_the_future(ago: timedelta, error: type) -> None:
    refused = answer(400, {"errors": [{"errorId": 32500, "message": "Invalid shipped date"}]})
    with partner(NONE, refused) as there, pytest.raises(error):
        ebay(there.url).confirm_shipment(notice(shipped_at=NOW - ago))


UNSENDABLE = {
    "a sign that is no letter or digit": notice(tracking_number="12/34"),
    "letters beyond ASCII": notice(tracking_number="１２３４"),
    "hyphens only": notice(tracking_number=" - "),
    "no lines": notice(lines=()),
    "no pieces": notice(lines=(ShippedLine("9001", 0),)),
    "no line id": notice(lines=(ShippedLine("", 1),)),
}


@pytest.mark.parametrize("parcel", UNSENDABLE.values(), ids=UNSENDABLE.keys())
def test_what_ebay_would_not_take_is_not_sent(parcel: Any) -> None:
    with partner(NONE) as there:
        with pytest.raises(Refused):
            ebay(there.url).confirm_shipment(parcel)
        assert there.seen == []


def test_decisions_are_not_offered() -> None:
    with partner(answer(500)) as there:
        with pytest.raises(Refused) as raised:
            ebay(there.url).decide([])
        assert there.seen == []
    assert raised.value.code == "not_offered"
