"""AliExpress orders over HTTP from the running stand-in: none lost, none shipped blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.errors import Refused, Unavailable
from tests.integrations.channels.aliexpress_seller import (
    HOUR,
    NOW,
    body,
    client_at,
    connected,
    local,
    seed,
)
from tests.integrations.channels.reading import read_window
from tests.integrations.servers import answer, partner
from tests.sandbox.program import Program


def test_an_order_is_read_with_recipient_lines_and_times(stand_ins: Program) -> None:
    seed(stand_ins, "read", body(3001))
    client, _ = connected(stand_ins, "read")
    found, _ = read_window(client, HOUR)
    order = found["3001"]
    assert (order.state, order.currency, order.shipping_price) == ("open", "USD", Decimal("4.10"))
    assert order.recipient_name == "Ana Souza"
    assert order.street_lines == ("Rua das Flores 12", "apto 4")
    assert (order.city, order.region, order.postal_code) == ("Curitiba", "Parana", "80010-000")
    assert (order.country, order.phone) == ("BR", "+55 41999990000")
    assert order.recipient_id == "11144477735"
    assert order.service_level == "AliExpress Standard Shipping"
    assert order.note == "please no plastic"
    assert order.placed_at == NOW - timedelta(days=2)
    assert order.paid_at == NOW - timedelta(days=2) + timedelta(minutes=5)
    assert order.ship_by == NOW + timedelta(days=5)
    line = order.lines[0]
    assert (line.external_line, line.sku, line.item) == ("30011", "STAND-BLACK", "1005003574624824")
    assert (line.quantity, line.quantity_shipped, line.unit_price) == (2, 0, Decimal("10.90"))
    alone = client.order("3001")
    assert alone is not None
    assert replace(alone, raw={}, service_level="") == replace(order, raw={}, service_level="")
    assert client.order("999") is None


@pytest.mark.parametrize(
    ("status", "logistics", "state"),
    [
        ("PLACE_ORDER_SUCCESS", "", "pending"),
        ("IN_CANCEL", "", "pending"),
        ("RISK_CONTROL", "", "pending"),
        ("IN_FROZEN", "SELLER_SEND_GOODS", "shipped"),
        ("IN_ISSUE", "WAIT_SELLER_SEND_GOODS", "pending"),
        ("WAIT_SELLER_SEND_GOODS", "WAIT_SELLER_SEND_GOODS", "open"),
        ("SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS", "part_shipped"),
        ("WAIT_BUYER_ACCEPT_GOODS", "SELLER_SEND_GOODS", "shipped"),
        ("FINISH", "BUYER_ACCEPT_GOODS", "shipped"),
        ("FINISH", "WAIT_SELLER_SEND_GOODS", "cancelled"),
        ("SOMETHING_NEW", "", "pending"),
    ],
)
def test_only_what_says_so_is_ours_to_ship(
    stand_ins: Program, status: str, logistics: str, state: str
) -> None:
    number = int.from_bytes(f"{status[:3]}{status[-3:]}{logistics[:1]}".encode())
    seed(stand_ins, "states", body(number, status=status, logistics_status=logistics))
    found = connected(stand_ins, "states")[0].order(str(number))
    assert found is not None
    assert found.state == state


@pytest.mark.parametrize(
    "hidden",
    [
        {"oaid": "MjAwMDQy-x"},
        {"receipt_address": {"country": "UK", "contact_person": "A** S**", "detail_address": "**"}},
    ],
)
def test_an_encrypted_address_is_empty_and_says_so(
    stand_ins: Program, hidden: dict[str, Any]
) -> None:
    number = 7_000 + len(hidden) + len(str(hidden))
    seed(stand_ins, "hidden", body(number, **hidden))
    found = connected(stand_ins, "hidden")[0].order(str(number))
    assert found is not None
    assert found.raw["address_encrypted"] is True
    assert found.country in {"BR", "GB"}
    assert (found.recipient_name, found.street_lines, found.city, found.postal_code) == (
        ("", (), "", "")
    )  # fmt: skip
    assert (found.phone, found.recipient_id, found.region) == ("", "", "")


def test_an_address_the_detail_lacks_is_asked_for(stand_ins: Program) -> None:
    full = body(3501)
    seed(
        stand_ins,
        "receipt",
        {**full, "receipt_address": {"country": "BR"}, "_receipt": full["receipt_address"]},
    )
    found = connected(stand_ins, "receipt")[0].order("3501")
    assert found is not None
    assert found.street_lines == ("Rua das Flores 12", "apto 4")
    assert found.raw["address_encrypted"] is False


FAULTS = [
    {"kind": "429", "times": 2},
    {"kind": "500", "times": 2},
    {"kind": "reset", "times": 2},
    {"kind": "lost_answer", "times": 2},
    {"kind": "slow", "seconds": 0.2},
    {"kind": "repeat_page", "operation": "orders", "times": 2},
]


def test_a_window_survives_every_fault_with_nothing_lost(stand_ins: Program) -> None:
    numbers = range(40_001, 40_048)
    seed(stand_ins, "faults", *(body(number) for number in numbers))
    client, _ = connected(stand_ins, "faults")
    for fault in FAULTS:
        stand_ins.fault(partner="aliexpress", **fault)
        found, _ = read_window(client, HOUR)
        assert set(found) == {str(number) for number in numbers}, fault
    assert {order.lines[0].quantity for order in found.values()} == {2}


def test_orders_that_leave_the_window_while_it_is_read_hide_no_other(stand_ins: Program) -> None:
    """The reason why pages are read from the last to the first."""
    numbers = range(50_001, 50_051)
    seed(stand_ins, "moving", *(body(number) for number in numbers))
    client, _ = connected(stand_ins, "moving")
    cursor, seen, rounds = "", set[str](), 0
    while True:
        page = client.orders(HOUR, cursor)
        seen |= {order.external_order for order in page.orders}
        cursor, rounds = page.cursor, rounds + 1
        if not cursor:
            break
        # Two of the first rows change now, so they belong to a later window.
        first = 50_001 + 2 * (rounds - 1)
        seed(
            stand_ins,
            "moving",
            *(body(n, gmt_modified=local(NOW + timedelta(minutes=1))) for n in (first, first + 1)),
        )
    assert seen >= {str(number) for number in numbers}
    assert rounds == 4


LISTED = {
    "result": {
        "success": True,
        "total_page": 1,
        "target_list": {
            "order_dto": [
                {
                    "order_id": 8001,
                    "order_status": "WAIT_SELLER_SEND_GOODS",
                    "gmt_create": "2026-11-20 10:00:00",
                    "gmt_update": "2026-11-20 10:00:00",
                    "product_list": {
                        "order_product_dto": [
                            {
                                "child_id": 80011,
                                "product_count": 1,
                                "sku_code": "A",
                                "product_id": 5,
                            }
                        ]
                    },
                }
            ]
        },
    }
}


@pytest.mark.parametrize(
    "detail",
    [
        {"time_stamp": "2026-11-20 10:00:00"},
        {"type": "ISV", "code": "OrderNotExist", "message": "no such order"},
    ],
)
def test_an_order_whose_detail_cannot_be_had_is_held_and_stops_no_other(
    stand_ins: Program, detail: dict[str, Any]
) -> None:
    _, keeper = connected(stand_ins, "bare")
    with partner(answer(200, LISTED), answer(200, detail)) as there:
        order = client_at(there.url, keeper).orders(HOUR).orders[0]
    assert (order.external_order, order.state) == ("8001", "open")
    assert (order.recipient_name, order.street_lines, order.country) == ("", (), "")
    assert order.raw["detail_refused"]
    assert (order.lines[0].external_line, order.lines[0].sku) == ("80011", "A")


def test_a_missing_permission_is_no_matter_of_one_order(stand_ins: Program) -> None:
    _, keeper = connected(stand_ins, "scope")
    denied = {"type": "ISV", "code": "InsufficientPermission", "message": "ask for the API"}
    with (
        partner(answer(200, LISTED), answer(200, denied)) as there,
        pytest.raises(Refused, match="ask for the API"),
    ):
        client_at(there.url, keeper).orders(HOUR)


def test_rows_without_a_count_are_no_last_page(stand_ins: Program) -> None:
    _, keeper = connected(stand_ins, "count")
    uncounted = {"result": {**LISTED["result"], "total_page": None}}
    with partner(answer(200, uncounted)) as there, pytest.raises(Unavailable, match="how many"):
        client_at(there.url, keeper).orders(HOUR)
    counted = {"result": {**uncounted["result"], "total_count": 41, "target_list": []}}
    with partner(answer(200, counted)) as there:
        assert client_at(there.url, keeper).orders(HOUR).cursor == "3"
