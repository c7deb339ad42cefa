"""A seller's account at eBay for tests: tokens in memory, one good order, a client."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.channels.base import ShipmentNotice, ShippedLine, Tokens
from integrations.channels.ebay import Ebay
from integrations.http import NullGate

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
CREDENTIALS = {
    "client_id": "WaybridgeStandIn",
    "client_secret": "stand-in",
    "ru_name": "Waybridge-StandIn-RuName",
}
TOKENS = Tokens(
    access_token="access-1",
    refresh_token="refresh-1",
    access_expires_at=NOW + timedelta(hours=1),
    refresh_expires_at=NOW + timedelta(days=500),
    account="seller-1",
)


@dataclass
class Keeper:
    """Keeps tokens in memory and counts how often they were renewed."""

    tokens: Tokens
    renewals: int = 0

    def current(self) -> Tokens:
        return self.tokens

    def replace(self, seen: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        if self.tokens.access_token == seen.access_token:
            self.tokens = renew(seen)
            self.renewals += 1
        return self.tokens


def ebay(
    url: str,
    *,
    keeper: Keeper | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    account: str = "seller-1",
) -> Ebay:
    return Ebay.connect(
        credentials=CREDENTIALS,
        base_url=url,
        gate=NullGate(),
        tokens=keeper or Keeper(TOKENS),
        account=account,
        options={},
        clock=clock,
    )


def order(order_id: str = "12-34567-89012", **changes: Any) -> dict[str, Any]:
    """An order as the contract describes one: paid, to Germany, one line of two pieces."""
    body: dict[str, Any] = {
        "orderId": order_id,
        "creationDate": "2026-11-25T08:00:00.000Z",
        "lastModifiedDate": "2026-11-25T08:05:00.000Z",
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID",
        "sellerId": "bright_trading",
        "buyer": {
            "username": "buyer-7",
            "buyerRegistrationAddress": {
                "fullName": "Somebody Else",
                "contactAddress": {
                    "addressLine1": "Old Road 1",
                    "city": "Paris",
                    "countryCode": "FR",
                },
            },
        },
        "buyerCheckoutNotes": "Please no bell",
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "pricingSummary": {
            "priceSubtotal": {"value": "39.98", "currency": "EUR"},
            "deliveryCost": {"value": "4.90", "currency": "EUR"},
            "deliveryDiscount": {"value": "-1.00", "currency": "EUR"},
            "total": {"value": "43.88", "currency": "EUR"},
        },
        "paymentSummary": {
            "payments": [
                {"paymentStatus": "PAID", "paymentDate": "2026-11-25T08:01:00.000Z"},
            ],
            "refunds": [],
        },
        "fulfillmentStartInstructions": [
            {
                "fulfillmentInstructionsType": "SHIP_TO",
                "shippingStep": {
                    "shippingServiceCode": "DE_SpeedPAK",
                    "shipTo": {
                        "fullName": "Jürgen Groß",
                        "companyName": "Groß GmbH",
                        "contactAddress": {
                            "addressLine1": "Hauptstraße 7",
                            "addressLine2": "Hinterhaus",
                            "city": "Köln",
                            "stateOrProvince": "NRW",
                            "postalCode": "50667",
                            "countryCode": "DE",
                        },
                        "primaryPhone": {"phoneNumber": "+4922112345"},
                        "email": "abc@members.ebay.com",
                    },
                },
            }
        ],
        "ebayCollectAndRemitTax": True,
        "lineItems": [
            {
                "lineItemId": "9001",
                "legacyItemId": "110555",
                "sku": "SH-1-BLUE",
                "title": "Cotton shirt",
                "quantity": 2,
                "lineItemFulfillmentStatus": "NOT_STARTED",
                "lineItemCost": {"value": "39.98", "currency": "EUR"},
                "lineItemFulfillmentInstructions": {"shipByDate": "2026-11-28T23:59:59.000Z"},
                "ebayCollectAndRemitTaxes": [
                    {
                        "taxType": "VAT",
                        "amount": {"value": "7.60", "currency": "EUR"},
                        "collectionMethod": "NET",
                        "ebayReference": {"name": "IOSS", "value": "IM2760000742"},
                    }
                ],
            }
        ],
    }
    return copy.deepcopy({**body, **changes})


def notice(**changes: Any) -> ShipmentNotice:
    values: dict[str, Any] = {
        "reference": "WB-1",
        "external_order": "12-34567-89012",
        "lines": (ShippedLine("9001", 2),),
        "carrier": "dhl_express",
        "carrier_name": "DHL Express",
        "service_name": "Worldwide",
        "tracking_number": "12 3456-7890",
        "tracking_url": "",
        "shipped_at": NOW - timedelta(hours=1),
        "is_last": True,
    }
    return ShipmentNotice(**{**values, **changes})
