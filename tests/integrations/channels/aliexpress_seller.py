"""A seller of AliExpress at the stand-in: seeded, connected, looked into."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.channels.aliexpress import AliExpress
from integrations.channels.base import (
    ShipmentNotice,
    ShippedLine,
    Window,
)
from integrations.http import NullGate
from integrations.registry import channel_client, channel_consent
from tests.integrations.channels.reading import Keeper
from tests.sandbox.program import Program

CREDENTIALS = {"app_key": "stand-in", "app_secret": "stand-in"}


PACIFIC = ZoneInfo("America/Los_Angeles")


NOW = datetime.now(UTC).replace(microsecond=0)


HOUR = Window(NOW - timedelta(hours=1), NOW)


def local(at: datetime) -> str:
    return at.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M:%S")


def body(number: int, *, status: str = "WAIT_SELLER_SEND_GOODS", **more: Any) -> dict[str, Any]:
    made = NOW - timedelta(days=2)
    return {
        "id": number,
        "order_status": status,
        "gmt_create": local(made),
        "gmt_pay_success": local(made + timedelta(minutes=5)),
        "gmt_modified": local(NOW - timedelta(minutes=30)),
        "over_time_left": local(made + timedelta(days=7)),
        "order_amount": {"amount": "25.90", "currency_code": "USD"},
        "logistics_amount": {"amount": "4.10", "currency_code": "USD"},
        "memo": "please no plastic",
        "logistics_service_name": "AliExpress Standard Shipping",
        "receipt_address": {
            "contact_person": "Ana Souza",
            "detail_address": "Rua das Flores 12",
            "address2": "apto 4",
            "city": "Curitiba",
            "province": "Parana",
            "zip": "80010-000",
            "country": "BR",
            "phone_country": "+55",
            "mobile_no": "41999990000",
            "cpf": "11144477735",
        },
        "child_order_list": [
            {
                "id": number * 10 + 1,
                "product_id": 1005003574624824,
                "product_name": "Phone stand",
                "product_count": 2,
                "sku_code": "STAND-BLACK",
                "product_price": {"amount": "10.90", "currency_code": "USD"},
            }
        ],
        **more,
    }


def seed(program: Program, account: str, *bodies: dict[str, Any]) -> None:
    told = program.call(
        "PUT", f"/_shops/aliexpress/{account}/orders", {"orders": [{"body": b} for b in bodies]}
    )
    assert told.status_code == 200, told.text


def connected(program: Program, account: str) -> tuple[AliExpress, Keeper]:
    """A seller who has gone through the consent."""
    base = f"{program.url}/aliexpress"
    consent = channel_consent("aliexpress", credentials=CREDENTIALS, base_url=base, gate=NullGate())
    came = program.call("POST", f"/_shops/aliexpress/{account}/consent", {"state": "s1"})
    keeper = Keeper(consent.exchange(came.json()["parameters"], "https://x.example/back"))
    client = channel_client(
        "aliexpress",
        credentials=CREDENTIALS,
        base_url=base,
        gate=NullGate(),
        tokens=keeper,
        account=account,
    )
    assert isinstance(client, AliExpress)
    return client, keeper


def shop(program: Program, account: str) -> dict[str, Any]:
    found: dict[str, Any] = program.call("GET", f"/_shops/aliexpress/{account}").json()
    return found


def notice(number: int, *, tracking_number: str = "1234567890", **more: Any) -> ShipmentNotice:
    told = ShipmentNotice(
        reference="P-1",
        external_order=str(number),
        lines=(ShippedLine(str(number * 10 + 1), 2),),
        carrier="dhl_express",
        carrier_name="DHL Express",
        service_name="Express Worldwide",
        tracking_number=tracking_number,
        tracking_url="https://track.example/1234567890",
        shipped_at=NOW,
        is_last=True,
    )
    return replace(told, **more)


def client_at(url: str, keeper: Keeper) -> AliExpress:
    return AliExpress.connect(
        credentials=CREDENTIALS,
        base_url=url,
        gate=NullGate(),
        tokens=keeper,
        account="a",
        options={},
    )
