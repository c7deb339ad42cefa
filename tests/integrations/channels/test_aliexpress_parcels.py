"""AliExpress is told of each parcel once, whatever happens to the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.errors import AnswerLost, Refused
from tests.integrations.channels.aliexpress_seller import body, connected, notice, seed, shop
from tests.integrations.channels.reading import tell
from tests.sandbox.program import Program


def test_a_parcel_is_told_once_even_when_its_answer_is_lost(stand_ins: Program) -> None:
    seed(stand_ins, "ship", body(6001), body(6002))
    client, _ = connected(stand_ins, "ship")
    stand_ins.fault(partner="aliexpress", operation="fulfil", kind="lost_answer")
    with pytest.raises(AnswerLost):
        client.confirm_shipment(notice(6001))
    assert client.confirm_shipment(notice(6001)).was_known is True
    assert client.confirm_shipment(notice(6002)).was_known is False
    held = shop(stand_ins, "ship")
    assert held["doubles"] == {}
    assert [each["parcel"] for each in held["shipments"]] == ["1234567890", "1234567890"]
    assert held["shipments"][0]["body"] == {
        "service_name": "DHL",
        "logistics_no": "1234567890",
        "out_ref": "6001",
        "send_type": "all",
        "description": "Express Worldwide",
    }
    found = client.order("6001")
    assert found is not None
    assert found.state == "shipped"


def test_part_of_an_order_and_a_carrier_without_a_service_of_its_own(stand_ins: Program) -> None:
    seed(stand_ins, "part", body(6101))
    client, _ = connected(stand_ins, "part")
    line = notice(6101, carrier="line", is_last=False, tracking_number="EL1")
    client.confirm_shipment(line)
    client.confirm_shipment(replace(line, tracking_number="EL2", is_last=True))
    told = [each["body"] for each in shop(stand_ins, "part")["shipments"]]
    assert [each["send_type"] for each in told] == ["part", "all"]
    assert {each["service_name"] for each in told} == {"Other"}
    assert told[0]["tracking_website"] == "https://track.example/1234567890"
    seed(stand_ins, "part", body(6102))
    with pytest.raises(Refused) as raised:
        client.confirm_shipment(notice(6102, carrier="line", tracking_url=""))
    assert raised.value.field == "tracking_url"


def test_what_the_gateway_refuses_is_refused_with_its_words(stand_ins: Program) -> None:
    seed(stand_ins, "no", body(6201, status="IN_CANCEL"))
    client, _ = connected(stand_ins, "no")
    with pytest.raises(Refused) as raised:
        client.confirm_shipment(notice(6201))
    assert raised.value.code == "ORDER_STATUS_ERROR"
    with pytest.raises(Refused, match="no order 6299"):
        client.confirm_shipment(notice(6299))
    with pytest.raises(Refused, match="no AliExpress order number"):
        client.order("1; drop")
    with pytest.raises(Refused) as raised:
        client.decide(())
    assert raised.value.code == "not_offered"


def test_every_parcel_is_told_once_through_every_fault(stand_ins: Program) -> None:
    kinds = ("429", "500", "reset", "lost_answer", "slow")
    client, _ = connected(stand_ins, "every")
    for number, kind in enumerate(kinds, start=9001):
        seed(stand_ins, "every", body(number))
        for operation in ("detail", "fulfil"):
            stand_ins.fault(
                partner="aliexpress", operation=operation, kind=kind, times=2, seconds=0.1
            )
        tell(client, notice(number, tracking_number=f"T{number}"))
        stand_ins.call("DELETE", "/_faults")
    held = shop(stand_ins, "every")
    assert held["doubles"] == {}
    assert [each["parcel"] for each in held["shipments"]] == [f"T{n}" for n in range(9001, 9006)]
