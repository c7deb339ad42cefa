"""eBay's order as we read it: by the contract's prose, and tolerant of what is missing or odd."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.channels.base import ChannelLine
from integrations.channels.ebay_orders import needs_fulfilments, order_of, shipped_pieces
from tests.integrations.channels.ebay_account import order


def line(**changes: Any) -> dict[str, Any]:
    return {**order()["lineItems"][0], **changes}


def test_a_paid_order_is_read_whole() -> None:
    read = order_of(order())
    assert read.external_order == "12-34567-89012"
    assert read.state == "open"
    assert read.placed_at == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert read.updated_at == datetime(2026, 11, 25, 8, 5, tzinfo=UTC)
    assert read.paid_at == datetime(2026, 11, 25, 8, 1, tzinfo=UTC)
    assert read.ship_by == datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC)
    assert (read.currency, read.shipping_price) == ("EUR", Decimal("3.90"))
    assert (read.recipient_name, read.company) == ("Jürgen Groß", "Groß GmbH")
    assert read.street_lines == ("Hauptstraße 7", "Hinterhaus")
    assert (read.city, read.region, read.postal_code) == ("Köln", "NRW", "50667")
    assert (read.country, read.phone) == ("DE", "+4922112345")
    assert read.email == "abc@members.ebay.com"
    assert (read.service_level, read.note) == ("DE_SpeedPAK", "Please no bell")
    assert read.taxes == {"collected_by": "ebay", "types": "VAT", "ioss": "IM2760000742"}
    assert read.lines == (
        ChannelLine(
            external_line="9001",
            sku="SH-1-BLUE",
            item="110555",
            title="Cotton shirt",
            quantity=2,
            quantity_shipped=0,
            unit_price=Decimal("19.99"),
        ),
    )
    assert read.raw["sellerId"] == "bright_trading"


STATES: list[tuple[str, str, str, str]] = [
    ("NONE_REQUESTED", "NOT_STARTED", "PAID", "open"),
    ("NONE_REQUESTED", "IN_PROGRESS", "PAID", "part_shipped"),
    ("NONE_REQUESTED", "FULFILLED", "PAID", "shipped"),
    ("NONE_REQUESTED", "NOT_STARTED", "PENDING", "pending"),
    ("NONE_REQUESTED", "NOT_STARTED", "FAILED", "pending"),
    ("NONE_REQUESTED", "NOT_STARTED", "PARTIALLY_REFUNDED", "open"),
    ("NONE_REQUESTED", "NOT_STARTED", "FULLY_REFUNDED", "cancelled"),
    ("NONE_REQUESTED", "FULFILLED", "FULLY_REFUNDED", "shipped"),
    ("IN_PROGRESS", "NOT_STARTED", "PAID", "pending"),
    ("IN_PROGRESS", "FULFILLED", "PAID", "shipped"),
    ("CANCELED", "NOT_STARTED", "PAID", "cancelled"),
    ("CANCELED", "FULFILLED", "FULLY_REFUNDED", "cancelled"),
    ("A_NEW_WORD", "NOT_STARTED", "PAID", "pending"),
    ("NONE_REQUESTED", "A_NEW_WORD", "PAID", "pending"),
    ("NONE_REQUESTED", "NOT_STARTED", "A_NEW_WORD", "pending"),
    ("NONE_REQUESTED", "NOT_STARTED", "", "pending"),
]


@pytest.mark.parametrize(("cancel", "fulfilment", "payment", "state"), STATES)
def test_state(cancel: str, fulfilment: str, payment: str, state: str) -> None:
    body = order(
        cancelStatus={"cancelState": cancel, "cancelRequests": []},
        orderFulfillmentStatus=fulfilment,
        orderPaymentStatus=payment,
    )
    assert order_of(body).state == state


@pytest.mark.parametrize("kind", ["DIGITAL", "PREPARE_FOR_PICKUP", "FULFILLED_BY_EBAY", ""])
def test_what_is_not_sent_by_us_is_never_open(kind: str) -> None:
    body = order(fulfillmentStartInstructions=[{"fulfillmentInstructionsType": kind}])
    assert order_of(body).state == "pending"


def test_the_buyers_registration_address_is_never_where_a_parcel_goes() -> None:
    read = order_of(order(fulfillmentStartInstructions=[]))
    assert (read.recipient_name, read.street_lines, read.country) == ("", (), "")
    assert read.state == "pending"


def test_the_set_that_sends_a_parcel_is_taken_out_of_several() -> None:
    sent = order()["fulfillmentStartInstructions"][0]
    pickup = {"fulfillmentInstructionsType": "PREPARE_FOR_PICKUP"}
    assert order_of(order(fulfillmentStartInstructions=[pickup, sent])).city == "Köln"


def test_ebays_hub_gets_the_reference_it_finds_the_buyer_by() -> None:
    body = order()
    step = body["fulfillmentStartInstructions"][0]["shippingStep"]
    step["shipToReferenceId"] = "eBayREF123"
    assert order_of(body).street_lines == ("Hauptstraße 7", "Hinterhaus", "eBayREF123")
    step["shipTo"]["contactAddress"]["addressLine2"] = "Reference #eBayREF123"
    assert order_of(body).street_lines == ("Hauptstraße 7", "Reference #eBayREF123")


def test_a_variation_without_a_sku_is_told_from_its_siblings() -> None:
    aspects = [{"name": "Colour", "value": "Blue"}, {"name": "Size", "value": "L"}]
    body = order(lineItems=[line(sku="", legacyVariationId="77", variationAspects=aspects)])
    read = order_of(body).lines[0]
    assert (read.sku, read.item) == ("", "110555:77")
    assert read.title == "Cotton shirt (Colour: Blue, Size: L)"
    with_sku = order(lineItems=[line(legacyVariationId="77")])
    assert order_of(with_sku).lines[0].item == "110555"


@pytest.mark.parametrize(
    ("changes", "price"),
    [
        ({"quantity": 3, "lineItemCost": {"value": "10.00", "currency": "EUR"}}, "3.3333"),
        ({"discountedLineItemCost": {"value": "30.00", "currency": "EUR"}}, "15.00"),
        ({"lineItemCost": {"value": "39.98", "currency": "USD"}}, None),
        ({"lineItemCost": {"value": "many", "currency": "EUR"}}, None),
        ({"lineItemCost": {"value": "NaN", "currency": "EUR"}}, None),
        ({"lineItemCost": {"value": "1E+30", "currency": "EUR"}}, None),
        ({"lineItemCost": None}, None),
        ({"quantity": 0}, None),
    ],
)
def test_price_of_one_piece(changes: dict[str, Any], price: str | None) -> None:
    read = order_of(order(lineItems=[line(**changes)])).lines[0].unit_price
    assert read == (None if price is None else Decimal(price))


def tax(name: str, value: str, kind: str = "VAT") -> dict[str, Any]:
    return {"taxType": kind, "ebayReference": {"name": name, "value": value}}


@pytest.mark.parametrize(
    ("country", "taxes", "expected"),
    [
        ("NO", [tax("VOEC", "2024926")], {"types": "VAT", "voec": "2024926"}),
        ("AU", [tax("ABN", "64652016681", "GST")], {"types": "GST", "abn": "64652016681"}),
        ("GB", [tax("IOSS", "365608072")], {"types": "VAT", "gb_marketplace": "365608072"}),
        ("GB", [tax("", "")], {"types": "VAT", "gb_marketplace": "ebay"}),
        ("GB", [tax("IOSS", "IM2760000742")], {"types": "VAT", "ioss": "IM2760000742"}),
        ("US", [{"taxType": "STATE_SALES_TAX"}], {"types": "STATE_SALES_TAX"}),
        ("DE", [tax("IOSS", "IM1"), tax("IOSS", "IM2")], {"types": "VAT", "ioss": "IM1,IM2"}),
    ],
)
def test_taxes_that_ebay_collects(
    country: str, taxes: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    body = order(lineItems=[line(ebayCollectAndRemitTaxes=taxes)])
    step = body["fulfillmentStartInstructions"][0]["shippingStep"]
    step["shipTo"]["contactAddress"]["countryCode"] = country
    assert order_of(body).taxes == {"collected_by": "ebay", **expected}


def test_no_tax_is_named_where_ebay_collects_none() -> None:
    body = order(ebayCollectAndRemitTax=None, lineItems=[line(ebayCollectAndRemitTaxes=[])])
    assert order_of(body).taxes == {}


def test_the_buyers_tax_number_where_getorder_tells_it() -> None:
    identifier = {"taxpayerId": "RSSMRA85T10A562S", "taxIdentifierType": "CODICE_FISCALE"}
    assert order_of(order(buyer={"taxIdentifier": identifier})).recipient_id == "RSSMRA85T10A562S"


def test_pieces_shipped_are_those_of_the_fulfilments() -> None:
    part = order(lineItems=[line(lineItemFulfillmentStatus="IN_PROGRESS")])
    assert needs_fulfilments(part)
    assert not needs_fulfilments(order())
    pieces = shipped_pieces(
        [
            {"lineItems": [{"lineItemId": "9001", "quantity": 1}, {"lineItemId": "9002"}]},
            {"lineItems": [{"lineItemId": "9002", "quantity": 2}]},
        ]
    )
    assert pieces == {"9001": 1, "9002": 3}
    assert order_of(part, shipped=pieces).lines[0].quantity_shipped == 1
    # More told than ordered (a parcel told twice) is never more than all.
    assert order_of(part, shipped={"9001": 9}).lines[0].quantity_shipped == 2
    done = order(lineItems=[line(lineItemFulfillmentStatus="FULFILLED")])
    assert order_of(done).lines[0].quantity_shipped == 2


ODD: list[Any] = [None, True, 0, -1, 1.5, 10**12, "", "x", "9" * 40, "\u0000", [], [None], {}]
ODD += [{"value": "x"}, {"value": "-1e999999", "currency": "EUR"}, [[{}]], [{"quantity": []}]]


@given(
    st.dictionaries(st.sampled_from(sorted(order())), st.sampled_from(ODD), max_size=4),
    st.dictionaries(st.sampled_from(sorted(line())), st.sampled_from(ODD), max_size=4),
)
def test_no_odd_value_breaks_the_reading(changes: dict[str, Any], in_line: dict[str, Any]) -> None:
    read = order_of({**order(lineItems=[line(**in_line)]), **changes})
    assert read.state in {"pending", "open", "part_shipped", "shipped", "cancelled"}
    assert all(each.quantity >= each.quantity_shipped >= 0 for each in read.lines)
