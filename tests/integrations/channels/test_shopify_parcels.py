"""Shopify is told of each parcel once, whatever happens to the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.channels.base import ShippedLine
from integrations.errors import AnswerLost, Refused
from tests.integrations.channels.reading import Keeper, tell, tokens
from tests.integrations.channels.shopify_shop import (
    body,
    client_at,
    connected,
    held,
    line,
    notice,
    seed,
)
from tests.integrations.servers import answer, partner
from tests.sandbox.program import Program


def test_a_parcel_is_told_once_even_when_its_answer_is_lost(stand_ins: Program) -> None:
    seed(stand_ins, "ship", body(3001), body(3002))
    client, _ = connected(stand_ins, "ship")
    stand_ins.fault(partner="shopify", operation="Fulfil", kind="lost_answer")
    with pytest.raises(AnswerLost):
        client.confirm_shipment(notice(3001))
    again = client.confirm_shipment(notice(3001))
    assert again.was_known is True
    other = client.confirm_shipment(notice(3002))
    assert (other.was_known, other.channel_reference.isdecimal()) == (False, True)
    found = held(stand_ins, "ship")
    assert found["doubles"] == {}
    assert [each["body"]["lines"] for each in found["shipments"]] == [
        [{"line": "gid://shopify/LineItem/30011", "quantity": 2}],
        [{"line": "gid://shopify/LineItem/30021", "quantity": 2}],
    ]
    told_of = found["shipments"][0]["body"]
    assert (told_of["company"], told_of["number"]) == ("DHL Express", "1234567890")
    assert told_of["notifyCustomer"] is False
    assert "url" not in told_of
    read = client.order("3001")
    assert read is not None
    assert (read.state, read.lines[0].quantity_shipped) == ("shipped", 2)


def test_two_parcels_of_one_order_and_a_carrier_shopify_does_not_know(stand_ins: Program) -> None:
    seed(stand_ins, "two", body(3101))
    client, _ = connected(stand_ins, "two", notify_customer="yes")
    one = notice(
        3101, ShippedLine("31011", 1), carrier="line", carrier_name="EastLine", is_last=False
    )
    client.confirm_shipment(one)
    read = client.order("3101")
    assert read is not None
    assert (read.state, read.lines[0].quantity_shipped) == ("part_shipped", 1)
    client.confirm_shipment(replace(one, tracking_number="EL2"))
    told_of = [each["body"] for each in held(stand_ins, "two")["shipments"]]
    assert [each["number"] for each in told_of] == ["1234567890", "EL2"]
    assert told_of[0]["url"] == "https://track.example/1234567890"
    assert told_of[0]["company"] == "EastLine"
    assert told_of[0]["notifyCustomer"] is True
    with pytest.raises(Refused) as raised:
        client.confirm_shipment(replace(one, tracking_number="EL3"))
    assert raised.value.code == "nothing_to_fulfil"


def test_a_parcel_over_two_locations_is_finished_where_it_stopped(stand_ins: Program) -> None:
    lines = [line(41, location=1), line(42, location=2)]
    seed(stand_ins, "places", body(3201, lineItems=lines))
    client, _ = connected(stand_ins, "places")
    both = notice(3201, ShippedLine("41", 2), ShippedLine("42", 2))
    stand_ins.fault(partner="shopify", operation="Fulfil", kind="lost_answer")
    with pytest.raises(AnswerLost):
        client.confirm_shipment(both)
    assert len(held(stand_ins, "places")["shipments"]) == 1
    assert client.confirm_shipment(both).was_known is False
    assert client.confirm_shipment(both).was_known is True
    found = held(stand_ins, "places")
    assert (found["doubles"], len(found["shipments"])) == ({}, 2)


def test_a_held_order_is_not_fulfilled(stand_ins: Program) -> None:
    seed(stand_ins, "hold", body(3301, fulfillmentOrders=[]))
    client, _ = connected(stand_ins, "hold")
    with pytest.raises(Refused) as raised:
        client.confirm_shipment(notice(3301))
    assert raised.value.code == "nothing_to_fulfil"
    with pytest.raises(Refused, match="no Shopify order number"):
        client.order("1 OR 1")
    with pytest.raises(Refused) as raised:
        client.decide(())
    assert raised.value.code == "not_offered"


USER_ERROR = {
    "data": {
        "fulfillmentCreate": {
            "fulfillment": None,
            "userErrors": [{"field": ["fulfillment", "trackingInfo"], "message": "is invalid"}],
        }
    }
}


def test_what_the_shop_will_not_take_is_refused_with_its_words() -> None:
    with partner(answer(200, USER_ERROR)) as there, pytest.raises(Refused) as raised:
        client_at(there.url, Keeper(tokens()))._fulfil(notice(1), [("fo", "line", 1)])
    assert (raised.value.field, raised.value.code) == ("fulfillment.trackingInfo", "user_error")
    assert raised.value.message == "is invalid"


def test_every_parcel_is_told_once_through_every_fault(stand_ins: Program) -> None:
    kinds = ("429", "500", "reset", "lost_answer", "slow")
    client, _ = connected(stand_ins, "every")
    for number, kind in enumerate(kinds, start=9001):
        seed(stand_ins, "every", body(number))
        for operation in ("Fulfilments", "FulfilmentOrders", "Fulfil"):
            stand_ins.fault(partner="shopify", operation=operation, kind=kind, times=2, seconds=0.1)
        tell(client, notice(number, tracking_number=f"T{number}"))
        stand_ins.call("DELETE", "/_faults")
    found = held(stand_ins, "every")
    assert found["doubles"] == {}
    assert [each["body"]["number"] for each in found["shipments"]] == [
        f"T{number}" for number in range(9001, 9006)
    ]
