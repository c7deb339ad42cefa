"""The post: announced by our number, one feed of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.carriers.postal import Postal
from integrations.errors import Refused, Unavailable
from integrations.http import NullGate
from tests.integrations.examples import HANDOVER, SHIRT, booking
from tests.integrations.servers import answer, partner, reset

ITEM = booking(number="LX123456785CN", contents=(replace(SHIRT, unit_value=Decimal("1E+1")),))


def post(url: str) -> Postal:
    return Postal.connect(credentials={"api_key": "k"}, base_url=url, gate=NullGate())


def test_an_item_is_announced_under_our_own_number() -> None:
    with partner(answer(201, {"item_id": "LX123456785CN"})) as there:
        got = post(there.url).book(ITEM)
    assert (got.tracking_number, got.label) == ("LX123456785CN", None)
    sent = there.seen[0]
    assert (sent.method, sent.path) == ("PUT", "/items/LX123456785CN")
    assert sent.body["pieces"] == [
        {
            "description": "Cotton shirt, knitted",
            "quantity": 2,
            "net_weight_g": 420,
            "value": "20",
            "currency": "EUR",
            "hs6": "610510",
            "origin": "CN",
        }
    ]


def test_announcing_may_be_repeated_after_a_lost_answer() -> None:
    with partner(reset(), answer(200, {"item_id": "LX123456785CN"})) as there:
        with pytest.raises(Unavailable):
            post(there.url).book(ITEM)
        assert post(there.url).book(ITEM).tracking_number == "LX123456785CN"
    assert there.seen[0].body == there.seen[1].body


def test_the_same_number_for_another_item_is_refused() -> None:
    errors = {"errors": [{"field": "item_id", "code": "known", "message": "another content"}]}
    with partner(answer(409, errors)) as there, pytest.raises(Refused) as raised:
        post(there.url).book(ITEM)
    assert (raised.value.field, raised.value.status) == ("item_id", 409)


def test_an_item_without_a_number_is_not_sent() -> None:
    with partner(answer(201, {})) as there:
        with pytest.raises(Refused):
            post(there.url).book(booking(number=""))
        assert there.seen == []


def test_an_unknown_item_is_none() -> None:
    with partner(answer(404, {"errors": []})) as there:
        assert post(there.url).find_by_reference("WB-1") is None


def test_a_dispatch_names_its_items() -> None:
    with partner(answer(201, {"dispatch_id": "HO-2026-0007"})) as there:
        assert post(there.url).hand_over(HANDOVER).confirmation == "HO-2026-0007"
    assert there.seen[0].body == {
        "dispatch_id": "HO-2026-0007",
        "items": ["1234567890", "2234567890"],
        "handed_over_at": "2026-11-23T06:00:00+00:00",
    }


def test_the_feed_goes_on_from_the_cursor_and_leaves_out_what_cannot_be_read() -> None:
    event = {
        "event_id": "e1",
        "item_id": "LX123456785CN",
        "event_code": "EMA",
        "event_at": "2026-11-23T09:00:00+08:00",
        "office": "CNSZXA",
        "city": "Shenzhen",
        "country": "CN",
        "reason": "",
    }
    page = {"events": [event, {**event, "event_at": "2026-11-23T09:00:00"}], "next_cursor": 42}
    with partner(answer(200, page)) as there:
        got = post(there.url).events(cursor="40")
    assert [each.vendor_event_id for each in got.events] == ["e1"]
    assert got.events[0].happened_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert got.next_cursor == "42"
    assert there.seen[0].query["after"] == ["40"]


def test_an_empty_feed_keeps_the_cursor() -> None:
    with partner(answer(200, {"events": []})) as there:
        assert post(there.url).events(cursor="40").next_cursor == "40"
