"""Amazon's orders as ours: the contract's own examples, and what sellers really meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.channels import amazon_orders
from integrations.channels.amazon_orders import read
from tests.integrations.channels import amazon_contracts as contracts

BRL = {"currencyCode": "BRL"}


def order(**changes: Any) -> dict[str, Any]:
    return {"orderId": "701-1", "fulfillment": {"fulfillmentStatus": "UNSHIPPED"}} | changes


def item(**changes: Any) -> dict[str, Any]:
    return {"orderItemId": "1", "quantityOrdered": 2, "product": {}} | changes


def examples() -> Iterator[dict[str, Any]]:
    paths = contracts.contract("/orders/2026-01-01/")["paths"]
    for operation in (path["get"] for path in paths.values()):
        found = operation["responses"]["200"]["content"]["application/json"]["examples"]
        value = found["response"]["value"]
        yield from value.get("orders", [value.get("order")])


def test_the_contracts_own_examples_are_read_whole() -> None:
    found = {each["orderId"]: read(each) for each in examples()}
    told = found["202-1234567-8901234"]
    assert told.state == "shipped"
    assert told.placed_at == datetime(2024, 12, 25, 9, 15, tzinfo=UTC)
    assert told.ship_by == datetime(2024, 12, 26, 23, 59, 59, tzinfo=UTC)
    assert (told.currency, told.shipping_price) == ("GBP", Decimal("10.00"))
    assert told.street_lines == ("123 High Street", "Unit 4B")
    assert (told.company, told.region) == ("Wilson Electronics Ltd", "England")
    assert told.taxes == {"ioss": "IM1234567890"}
    line = told.lines[0]
    assert (line.quantity, line.quantity_shipped, line.unit_price) == (3, 3, Decimal("29.99"))
    assert "Happy Christmas" in told.note


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("PENDING_AVAILABILITY", "pending"),
        ("PENDING", "pending"),
        ("UNSHIPPED", "open"),
        ("PARTIALLY_SHIPPED", "part_shipped"),
        ("SHIPPED", "shipped"),
        ("CANCELLED", "cancelled"),
        ("UNFULFILLABLE", "cancelled"),
        ("SOMETHING_NEW", "pending"),
        ("", "pending"),
    ],
)
def test_an_unknown_status_is_no_reason_to_ship(status: str, state: str) -> None:
    assert read(order(fulfillment={"fulfillmentStatus": status})).state == state


def test_what_may_be_shipped_is_paid_for_unless_it_is_paid_at_the_door() -> None:
    placed, at = {"createdTime": "2026-11-26T08:00:00Z"}, datetime(2026, 11, 26, 8, tzinfo=UTC)
    pending = {"fulfillmentStatus": "PENDING"}
    at_the_door = {"paymentExecutions": [{"paymentMethod": "CashOnDelivery"}]}
    assert read(order(**placed)).paid_at == at
    assert read(order(**placed, fulfillment=pending)).paid_at is None
    assert read(order(**placed, payment=at_the_door)).paid_at is None


def test_every_status_of_the_contract_has_a_state() -> None:
    schema = contracts.contract("/orders/2026-01-01/")["components"]["schemas"]
    assert set(schema["FulfillmentStatus"]["enum"]) == set(amazon_orders.STATES)


def test_a_brazilian_order_brings_neighbourhood_and_cpf() -> None:
    found = read(
        order(
            recipient={
                "deliveryAddress": {
                    "name": "João Silva",
                    "city": "São Paulo",
                    "stateOrRegion": "SP",
                    "countryCode": "br",
                    "extendedFields": {
                        "streetName": "Rua Augusta",
                        "streetNumber": "1500",
                        "complement": "ap 12",
                        "neighborhood": "Consolação",
                    },
                }
            },
            tax={
                "taxRegistrations": [
                    {
                        "entityType": "MARKETPLACE",
                        "taxRegistrationType": "CNPJ",
                        "taxRegistrationNumber": "15436940000103",
                    },
                    {
                        "entityType": "BUYER",
                        "taxRegistrationType": "CPF",
                        "taxRegistrationNumber": "123.456.789-09",
                    },
                ]
            },
        )
    )
    assert found.street_lines == ("Rua Augusta, 1500, ap 12", "Consolação")
    assert (found.country, found.recipient_id) == ("BR", "123.456.789-09")


def test_a_price_of_one_piece_is_the_lines_shared_out_where_amazon_tells_no_other() -> None:
    def line(total: str, quantity: int) -> Decimal | None:
        subtotal = {"amount": total, **BRL}
        proceeds = {"breakdowns": [{"type": "ITEM", "subtotal": subtotal}]}
        items = [item(quantityOrdered=quantity, proceeds={"proceedsTotal": subtotal, **proceeds})]
        return read(order(orderItems=items)).lines[0].unit_price

    assert line("25.50", 2) == Decimal("12.75")
    assert line("10.00", 3) == Decimal("3.3333")
    assert str(line("100", 1)) == "100.00"
    assert line("10.00", 0) is None
    assert line("ten", 1) is None


def test_amounts_in_two_currencies_are_not_mixed() -> None:
    def priced(amount: str, currency: str) -> dict[str, Any]:
        money = {"amount": amount, "currencyCode": currency}
        return item(product={"price": {"unitPrice": money}})

    found = read(order(orderItems=[priced("1.00", "EUR"), priced("2.00", "USD")]))
    assert found.currency == "EUR"
    assert [line.unit_price for line in found.lines] == [Decimal("1.00"), None]


def test_two_ioss_numbers_are_both_told() -> None:
    def under(number: str) -> dict[str, Any]:
        return item(fulfillment={"shipping": {"internationalShipping": {"iossNumber": number}}})

    found = read(order(orderItems=[under("IM2"), under("IM1"), under("")]))
    assert found.taxes == {"ioss": "IM1,IM2"}


def test_a_buyers_wish_to_cancel_is_not_overlooked() -> None:
    wish = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "ordered by mistake"}}
    found = read(order(orderItems=[item(cancellation=wish)]))
    assert found.note == "Cancellation requested by the buyer: ordered by mistake"


@pytest.mark.parametrize(
    "raw",
    [
        order(orderItems="none", recipient=[], proceeds=7, tax="x", buyer=None),
        order(orderItems=[7, None, {}, {"quantityOrdered": True}]),
        order(createdTime="yesterday", lastUpdatedTime=5),
        order(proceeds={"grandTotal": {"amount": "NaN", "currencyCode": "EUR"}}),
    ],
)
def test_an_odd_order_is_read_and_left_to_the_checks(raw: dict[str, Any]) -> None:
    assert read(raw).external_order == "701-1"


def test_an_order_without_an_id_is_none() -> None:
    with pytest.raises(ValueError, match="without an id"):
        read({"orderItems": []})
