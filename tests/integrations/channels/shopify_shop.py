"""A shop of Shopify at the stand-in: seeded, connected, looked into."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.channels.base import ShipmentNotice, ShippedLine, Window
from integrations.channels.shopify import Shopify
from integrations.http import NullGate
from integrations.registry import channel_client, channel_consent
from tests.integrations.channels.reading import Keeper
from tests.sandbox.program import Program

CREDENTIALS = {"client_id": "stand-in", "client_secret": "stand-in"}


NOW = datetime.now(UTC).replace(microsecond=0)


HOUR = Window(NOW - timedelta(hours=1), NOW)


def told(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def bag(amount: str, shown: str = "12.00") -> dict[str, Any]:
    return {
        "shopMoney": {"amount": amount, "currencyCode": "EUR"},
        "presentmentMoney": {"amount": shown, "currencyCode": "USD"},
    }


def line(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "Phone stand",
        "variantTitle": "Black",
        "sku": "STAND-BLACK",
        "vendor": "Acme",
        "quantity": 2,
        "variant": {"id": "gid://shopify/ProductVariant/77"},
        "product": {"id": "gid://shopify/Product/7"},
        "discountedUnitPriceAfterAllDiscountsSet": bag("10.90"),
        **more,
    }


def body(number: int, **more: Any) -> dict[str, Any]:
    return {
        "legacyResourceId": number,
        "createdAt": told(NOW - timedelta(days=2)),
        "updatedAt": told(NOW - timedelta(minutes=30)),
        "email": "ana@example.com",
        "phone": "+551100000000",
        "note": "please no plastic",
        "presentmentCurrencyCode": "USD",
        "shippingAddress": {
            "name": "Ana Souza",
            "company": "Souza Ltda",
            "address1": "Rua das Flores 12",
            "address2": "apto 4",
            "city": "Curitiba",
            "province": "Paraná",
            "provinceCode": "PR",
            "zip": "80010-000",
            "countryCodeV2": "BR",
            "phone": "+5541999990000",
        },
        "shippingLine": {"title": "Standard international"},
        "currentShippingPriceSet": bag("4.10"),
        "lineItems": [line(number * 10 + 1)],
        **more,
    }


def seed(program: Program, shop: str, *bodies: dict[str, Any]) -> None:
    answered = program.call(
        "PUT",
        f"/_shops/shopify/{shop}.myshopify.com/orders",
        {"orders": [{"body": each} for each in bodies]},
    )
    assert answered.status_code == 200, answered.text


def connected(program: Program, shop: str, **options: str) -> tuple[Shopify, Keeper]:
    """A merchant who has gone through the consent."""
    domain = f"{shop}.myshopify.com"
    base = f"{program.url}/shopify/{{shop}}"
    consent = channel_consent(
        "shopify",
        credentials=CREDENTIALS,
        base_url=base,
        gate=NullGate(),
        options={"shop": domain},
    )
    came = program.call("POST", f"/_shops/shopify/{domain}/consent", {"state": "s1"})
    keeper = Keeper(consent.exchange(came.json()["parameters"], "https://x.example/back"))
    client = channel_client(
        "shopify",
        credentials=CREDENTIALS,
        base_url=base,
        gate=NullGate(),
        tokens=keeper,
        account=domain,
        options=options,
    )
    assert isinstance(client, Shopify)
    return client, keeper


def held(program: Program, shop: str) -> dict[str, Any]:
    found: dict[str, Any] = program.call("GET", f"/_shops/shopify/{shop}.myshopify.com").json()
    return found


def notice(number: int, *lines: ShippedLine, **more: Any) -> ShipmentNotice:
    made = ShipmentNotice(
        reference="P-1",
        external_order=str(number),
        lines=lines or (ShippedLine(str(number * 10 + 1), 2),),
        carrier="dhl_express",
        carrier_name="DHL Express",
        service_name="Express Worldwide",
        tracking_number="1234567890",
        tracking_url="https://track.example/1234567890",
        shipped_at=NOW,
        is_last=True,
    )
    return replace(made, **more)


def client_at(url: str, keeper: Keeper) -> Shopify:
    return Shopify.connect(
        credentials=CREDENTIALS,
        base_url=url,
        gate=NullGate(),
        tokens=keeper,
        account="demo.myshopify.com",
        options={},
    )
