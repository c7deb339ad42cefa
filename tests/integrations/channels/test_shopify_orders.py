"""Shopify orders over HTTP from the running stand-in: none lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.channels.shopify_orders import state_of
from tests.integrations.channels.reading import read_window
from tests.integrations.channels.shopify_shop import (
    HOUR,
    NOW,
    bag,
    body,
    connected,
    line,
    seed,
    told,
)
from tests.sandbox.program import Program


def test_an_order_is_read_in_shop_money_with_recipient_and_taxes(stand_ins: Program) -> None:
    taxes = [
        {"title": "VAT", "rate": 0.19, "channelLiable": True, "priceSet": bag("3.19")},
        {"title": "GST", "rate": 0.05, "channelLiable": False, "priceSet": bag("1.00")},
    ]
    fields = [
        {"key": "TAX_CREDENTIAL_BR", "purpose": "TAX", "countryCode": "BR", "value": "tax"},
        {
            "key": "SHIPPING_CREDENTIAL_BR",
            "purpose": "SHIPPING",
            "countryCode": "BR",
            "value": "cpf",
        },
        {
            "key": "SHIPPING_CREDENTIAL_KR",
            "purpose": "SHIPPING",
            "countryCode": "KR",
            "value": "no",
        },
    ]
    seed(
        stand_ins,
        "read",
        body(
            1001, currentTaxLines=taxes, localizedFields=fields, currentTotalDutiesSet=bag("5.00")
        ),
    )
    client, _ = connected(stand_ins, "read")
    order = read_window(client, HOUR)[0]["1001"]
    assert (order.state, order.currency, order.shipping_price) == ("open", "EUR", Decimal("4.10"))
    assert (order.recipient_name, order.company) == ("Ana Souza", "Souza Ltda")
    assert order.street_lines == ("Rua das Flores 12", "apto 4")
    assert (order.city, order.region, order.postal_code) == ("Curitiba", "PR", "80010-000")
    assert (order.country, order.phone) == ("BR", "+5541999990000")
    assert (order.email, order.recipient_id) == ("ana@example.com", "cpf")
    assert (order.note, order.service_level) == ("please no plastic", "Standard international")
    assert order.placed_at == order.paid_at == NOW - timedelta(days=2)
    assert order.updated_at == NOW - timedelta(minutes=30)
    assert order.taxes == {
        "collected": "VAT 3.19 EUR",
        "charged": "GST 1.00 EUR",
        "duties": "5.00 EUR",
    }
    found = order.lines[0]
    assert (found.external_line, found.sku, found.item) == ("10011", "STAND-BLACK", "77")
    assert (found.title, found.brand) == ("Phone stand - Black", "Acme")
    assert (found.quantity, found.quantity_shipped, found.unit_price) == (2, 0, Decimal("10.90"))
    assert order.raw["name"] == "#1001"
    assert order.raw["presentmentCurrencyCode"] == "USD"
    assert client.order("1001") == order
    assert client.order("999") is None


def test_quantities_are_those_left_after_refunds_and_edits(stand_ins: Program) -> None:
    lines = [
        line(1, quantity=5, currentQuantity=3, unfulfilledQuantity=1),
        line(2, quantity=1, currentQuantity=0),
        line(3, requiresShipping=False),
    ]
    seed(stand_ins, "edits", body(1101, lineItems=lines))
    order = connected(stand_ins, "edits")[0].order("1101")
    assert order is not None
    assert [(each.external_line, each.quantity, each.quantity_shipped) for each in order.lines] == [
        ("1", 3, 2)
    ]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "open"),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, "part_shipped"),
        ({"displayFulfillmentStatus": "FULFILLED"}, "shipped"),
        ({"displayFulfillmentStatus": "ON_HOLD"}, "pending"),
        ({"displayFulfillmentStatus": "SCHEDULED"}, "pending"),
        ({"displayFulfillmentStatus": "SOMETHING_NEW"}, "pending"),
        ({"displayFinancialStatus": "PENDING"}, "pending"),
        ({"displayFinancialStatus": "AUTHORIZED"}, "pending"),
        ({"displayFinancialStatus": "PARTIALLY_REFUNDED"}, "open"),
        ({"displayFinancialStatus": "REFUNDED"}, "cancelled"),
        (
            {"displayFinancialStatus": "REFUNDED", "displayFulfillmentStatus": "FULFILLED"},
            "shipped",
        ),
        ({"cancelledAt": "2026-11-26T00:00:00Z"}, "cancelled"),
        ({"requiresShipping": False}, "shipped"),
        ({"test": True}, "pending"),
    ],
)
def test_only_what_is_paid_real_and_asked_for_is_ours_to_ship(
    change: dict[str, Any], state: str
) -> None:
    good = {"displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED"}
    assert state_of({**good, **change}) == state


def test_a_long_order_comes_with_all_its_lines(stand_ins: Program) -> None:
    seed(stand_ins, "long", body(1201, lineItems=[line(n) for n in range(1, 124)]))
    found, _ = read_window(connected(stand_ins, "long")[0], HOUR)
    assert [each.external_line for each in found["1201"].lines] == [str(n) for n in range(1, 124)]


FAULTS = [
    {"kind": "429", "times": 2},
    {"kind": "500", "times": 2},
    {"kind": "reset", "times": 2},
    {"kind": "lost_answer", "times": 2},
    {"kind": "slow", "seconds": 0.2},
    {"kind": "repeat_page", "operation": "Orders", "times": 2},
    {"kind": "short_page", "operation": "Orders", "times": 2},
]


def test_a_window_survives_every_fault_with_nothing_lost(stand_ins: Program) -> None:
    numbers = range(2001, 2041)
    seed(stand_ins, "faults", *(body(number) for number in numbers))
    client, _ = connected(stand_ins, "faults")
    for fault in FAULTS:
        stand_ins.fault(partner="shopify", **fault)
        found, _ = read_window(client, HOUR)
        assert set(found) == {str(number) for number in numbers}, fault


def test_a_window_ends_before_its_end_and_begins_at_its_beginning(stand_ins: Program) -> None:
    at = (
        HOUR.since - timedelta(seconds=1),
        HOUR.since,
        HOUR.until - timedelta(seconds=1),
        HOUR.until,
    )
    seed(stand_ins, "edge", *(body(1300 + n, updatedAt=told(when)) for n, when in enumerate(at)))
    found, _ = read_window(connected(stand_ins, "edge")[0], HOUR)
    assert set(found) == {"1301", "1302"}
