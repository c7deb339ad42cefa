"""Orders of the demonstration's shops, in each vendor's own words, as the stand-ins take them.

Their codes are listings nobody has mapped yet: they arrive, wait for that, and say so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Body = dict[str, Any]
Buyer = tuple[str, str, str, str, str, str]
"""Name, street, city, postcode, country, phone."""
Goods = tuple[str, str, str]
"""Code, title, price in euros."""
PACIFIC = ZoneInfo("America/Los_Angeles")
ACCOUNTS = {
    "ebay": ("brightpeak_ebay", "waybridge_seller"),
    "amazon": ("A2BRIGHTPEAK01", "A2STANDIN00001"),
    "aliexpress": ("2671514099", "2671514005"),
    "shopify": ("brightpeak.myshopify.com", "demo.myshopify.com"),
}
"""Of each marketplace: the account that is connected, and the one whose page of consent opens."""
BUYERS = (
    ("Erika", "Heidestraße 17", "Berlin", "10557", "DE", "+49 30 901820"),
    ("Camille", "12 rue des Lilas", "Lyon", "69003", "FR", "+33 4 72 10 30 30"),
    ("Lucía", "Calle Mayor 8", "Sevilla", "41001", "ES", "+34 954 590 101"),
)
FAMILIES = {
    "ebay": ("Mustermann", "Schmidt"),
    "amazon": ("Laurent", "Moreau"),
    "aliexpress": ("Ortega", "Navarro"),
    "shopify": ("Rossi", "Conti"),
}
"""Another family at each account: the same buyer's order twice would be held as a duplicate."""
GOODS = (
    ("MUG-350-WHITE", "Porcelain mug, 350 ml", "9.90"),
    ("TOWEL-70X140", "Bath towel 70 × 140 cm", "18.50"),
    ("BTL-750-SILVER", "Insulated bottle, 750 ml", "19.90"),
)
"""The channels' own codes of goods in samples/products.csv: they wait in Listings, which has a
suggestion for each once that file is uploaded. No code is a SKU: the journey counts its own file's
orders, and these must not be packed with them."""


def orders_for(kind: str, account: str, *, now: datetime) -> list[Body]:
    """Return three orders of an account, changed ten minutes ago."""
    place = ACCOUNTS[kind].index(account)
    family = FAMILIES[kind][place]
    at = now - timedelta(minutes=10)
    return [
        _MAKERS[kind](1000 * (1 + place) + number, (f"{buyer[0]} {family}", *buyer[1:]), goods, at)
        for number, (buyer, goods) in enumerate(zip(BUYERS, GOODS, strict=True))
    ]


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ebay(number: int, buyer: Buyer, goods: Goods, at: datetime) -> Body:
    name, street, city, postcode, country, phone = buyer
    sku, title, price = goods
    money = {"value": price, "currency": "EUR"}
    address = {
        "addressLine1": street, "city": city, "postalCode": postcode, "countryCode": country,
    }  # fmt: skip
    return {
        "orderId": f"12-{number:05d}-{number:05d}",
        "creationDate": _utc(at),
        "lastModifiedDate": _utc(at),
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID",
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "pricingSummary": {"priceSubtotal": money, "total": money},
        "paymentSummary": {
            "payments": [{"paymentStatus": "PAID", "paymentDate": _utc(at)}], "refunds": [],
        },
        "fulfillmentStartInstructions": [
            {
                "fulfillmentInstructionsType": "SHIP_TO",
                "shippingStep": {
                    "shippingServiceCode": "DE_SpeedPAK",
                    "shipTo": {
                        "fullName": name,
                        "contactAddress": address,
                        "primaryPhone": {"phoneNumber": phone},
                        "email": "buyer@members.ebay.example",
                    },
                },
            }
        ],
        "lineItems": [
            {
                "lineItemId": f"{number}01", "legacyItemId": f"3{number}", "sku": sku,
                "title": title, "quantity": 1, "lineItemFulfillmentStatus": "NOT_STARTED",
                "lineItemCost": money,
            }
        ],
    }  # fmt: skip


def _amazon(number: int, buyer: Buyer, goods: Goods, at: datetime) -> Body:
    name, street, city, postcode, country, phone = buyer
    sku, title, price = goods
    money = {"amount": price, "currencyCode": "EUR"}
    items = [{"type": "ITEM", "subtotal": money}]
    return {
        "orderId": f"302-{number:07d}-{number:07d}",
        "createdTime": _utc(at),
        "lastUpdatedTime": _utc(at),
        "programs": [],
        "salesChannel": {
            "channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9",
            "marketplaceName": "Amazon.de",
        },
        "buyer": {"buyerName": name, "buyerEmail": "buyer@marketplace.amazon.example"},
        "recipient": {
            "deliveryAddress": {
                "name": name, "addressLine1": street, "city": city, "postalCode": postcode,
                "countryCode": country, "phone": phone,
            }
        },
        "proceeds": {"grandTotal": money, "breakdowns": items},
        "fulfillment": {
            "fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
        },
        "orderItems": [
            {
                "orderItemId": f"{number}01",
                "quantityOrdered": 1,
                "product": {
                    "asin": f"B0{number:08d}", "title": title, "sellerSku": sku,
                    "price": {"unitPrice": money},
                },
                "proceeds": {"proceedsTotal": money, "breakdowns": items},
                "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 1},
            }
        ],
    }  # fmt: skip


def _aliexpress(number: int, buyer: Buyer, goods: Goods, at: datetime) -> Body:
    name, street, city, postcode, country, phone = buyer
    sku, title, price = goods
    money = {"amount": price, "currency_code": "EUR"}
    local = at.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "id": 8_190_000_000 + number,
        "order_status": "WAIT_SELLER_SEND_GOODS",
        "gmt_create": local,
        "gmt_pay_success": local,
        "gmt_modified": local,
        "order_amount": money,
        "logistics_service_name": "AliExpress Standard Shipping",
        "receipt_address": {
            "contact_person": name, "detail_address": street, "city": city, "zip": postcode,
            "country": country, "phone_country": phone.split()[0],
            "mobile_no": phone.partition(" ")[2],
        },
        "child_order_list": [
            {
                "id": number * 10 + 1, "product_id": 1_005_003_000_000_000 + number,
                "product_name": title, "product_count": 1, "sku_code": sku,
                "product_price": money,
            }
        ],
    }  # fmt: skip


def _shopify(number: int, buyer: Buyer, goods: Goods, at: datetime) -> Body:
    name, street, city, postcode, country, phone = buyer
    sku, title, price = goods
    money = {"amount": price, "currencyCode": "EUR"}
    return {
        "legacyResourceId": 5_190_000_000 + number,
        "createdAt": _utc(at),
        "updatedAt": _utc(at),
        "email": "buyer@example.com",
        "phone": phone,
        "presentmentCurrencyCode": "EUR",
        "shippingAddress": {
            "name": name, "address1": street, "city": city, "zip": postcode,
            "countryCodeV2": country, "phone": phone,
        },
        "shippingLine": {"title": "Standard international"},
        "lineItems": [
            {
                "id": number * 10 + 1, "title": title, "sku": sku, "quantity": 1,
                "variant": {"id": f"gid://shopify/ProductVariant/{number}"},
                "product": {"id": f"gid://shopify/Product/{number}"},
                "discountedUnitPriceAfterAllDiscountsSet": {
                    "shopMoney": money, "presentmentMoney": money,
                },
            }
        ],
    }  # fmt: skip


_MAKERS = {"ebay": _ebay, "amazon": _amazon, "aliexpress": _aliexpress, "shopify": _shopify}
