"""AliExpress over HTTP against its running stand-in: nothing lost, doubled or shipped blank."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from integrations.channels.aliexpress import AliExpress
from integrations.channels.aliexpress_signing import push_signature
from integrations.channels.base import (
    BadSignature,
    ShipmentNotice,
    ShippedLine,
    Window,
)
from integrations.errors import AnswerLost, NotAuthorised, RateLimited, Refused, Unavailable
from integrations.http import NullGate
from integrations.registry import channel_client, channel_consent
from tests.integrations.channels.reading import Keeper, read_window
from tests.integrations.servers import answer, partner
from tests.sandbox.program import Program

CREDENTIALS = {"app_key": "500001", "app_secret": "stand-in-secret"}
PACIFIC = ZoneInfo("America/Los_Angeles")
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = Window(NOW - timedelta(hours=1), NOW)


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(data=Path(tmp_path_factory.mktemp("stand-ins")), way_seconds=2)
    program.start()
    yield program
    program.stop()


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stand_ins" in request.fixturenames:
        program = request.getfixturevalue("stand_ins")
        program.call("DELETE", "/_faults")
        program.call("PUT", "/_shops/aliexpress/limits", {"limits": {}})


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


def test_the_consent_page_is_named_with_all_the_gateway_asks_for() -> None:
    consent = channel_consent(
        "aliexpress",
        credentials=CREDENTIALS,
        base_url="https://api-sg.aliexpress.com",
        gate=NullGate(),
    )
    parts = urlsplit(consent.authorize_url("st&te", "https://x.example/back?a=1"))
    assert (parts.netloc, parts.path) == ("api-sg.aliexpress.com", "/oauth/authorize")
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "force_auth": ["true"],
        "client_id": ["500001"],
        "redirect_uri": ["https://x.example/back?a=1"],
        "state": ["st&te"],
    }
    with pytest.raises(NotAuthorised):
        consent.exchange({"error": "access_denied"}, "https://x.example/back")


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


def test_too_many_calls_wait_as_long_as_the_gateway_says(stand_ins: Program) -> None:
    client, _ = connected(stand_ins, "limited")
    limit = {"limits": {"orders": {"rate_per_s": 0.5, "burst": 1}}}
    assert stand_ins.call("PUT", "/_shops/aliexpress/limits", limit).status_code == 200
    client.orders(HOUR)
    with pytest.raises(RateLimited) as raised:
        client.orders(HOUR)
    assert raised.value.retry_after_s == 1.0


def test_a_token_near_its_end_is_renewed_before_the_call(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "renew")
    before = keeper.current()
    assert before.access_expires_at is not None
    assert before.refresh_expires_at is not None
    near = datetime.now(UTC) + timedelta(minutes=29)
    keeper.tokens = replace(before, access_expires_at=near)
    client.orders(HOUR)
    after = keeper.current()
    assert keeper.renewals == 1
    assert after.access_token != before.access_token
    # The answer counts 60 days from now; the consent still ends when it would have.
    assert after.refresh_expires_at == before.refresh_expires_at
    assert after.account == "renew"


def test_a_token_refused_all_the_same_is_renewed_once(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "refused")
    keeper.tokens = replace(keeper.current(), access_token="nobody knows this one")
    assert client.orders(HOUR).orders == ()
    assert keeper.renewals == 1
    stand_ins.call("POST", "/_shops/aliexpress/refused/expire", {"kind": "access"})
    stand_ins.call("POST", "/_shops/aliexpress/refused/expire", {"kind": "refresh"})
    with pytest.raises(NotAuthorised):
        client.orders(HOUR)


def test_a_consent_that_ran_out_is_not_asked_for_in_vain(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "ended")
    past = datetime.now(UTC) - timedelta(seconds=1)
    keeper.tokens = replace(keeper.current(), access_expires_at=past, refresh_expires_at=past)
    with pytest.raises(NotAuthorised, match="consent has run out"):
        client.orders(HOUR)


def test_a_code_works_once(stand_ins: Program) -> None:
    base = f"{stand_ins.url}/aliexpress"
    consent = channel_consent("aliexpress", credentials=CREDENTIALS, base_url=base, gate=NullGate())
    came = stand_ins.call("POST", "/_shops/aliexpress/once/consent", {}).json()["parameters"]
    assert consent.exchange(came, "").account == "once"
    with pytest.raises(NotAuthorised):
        consent.exchange(came, "")


def test_a_wrong_secret_or_clock_is_ours_to_mend(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "wrong")
    for credentials, shift, code in (
        ({**CREDENTIALS, "app_secret": "other"}, 0, "IncompleteSignature"),
        (CREDENTIALS, 7300, "InvalidTimestamp"),
    ):
        other = AliExpress.connect(
            credentials=credentials,
            base_url=f"{stand_ins.url}/aliexpress",
            gate=NullGate(),
            tokens=Keeper(replace(keeper.current(), access_expires_at=None)),
            account="wrong",
            options={},
            clock=lambda shift=shift: datetime.fromtimestamp(time.time() + shift, UTC),  # type: ignore[misc]
        )
        with pytest.raises(Refused) as raised:
            other.orders(HOUR)
        assert raised.value.code == code
        assert "stand-in-secret" not in str(raised.value)
    assert client.orders(HOUR).orders == ()


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


def client_at(url: str, keeper: Keeper) -> AliExpress:
    return AliExpress.connect(
        credentials=CREDENTIALS,
        base_url=url,
        gate=NullGate(),
        tokens=keeper,
        account="a",
        options={},
    )


def test_errors_in_either_shape_and_answers_without_an_envelope(stand_ins: Program) -> None:
    _, keeper = connected(stand_ins, "shapes")
    old = {"error_response": {"code": 27, "msg": "Invalid session", "type": "ISV"}}
    busy = {"type": "ISP", "code": "ServiceTimeout", "message": "try later"}
    bare = {"result": {"success": True, "total_page": 1, "target_list": []}, "code": "0"}
    with partner(answer(200, bare)) as there:
        assert client_at(there.url, keeper).orders(HOUR).orders == ()
        assert there.seen[0].query == {"method": ["aliexpress.solution.order.get"]}
        assert keeper.current().access_token.encode() not in there.seen[0].target.encode()
    with partner(answer(200, busy)) as there, pytest.raises(Unavailable, match="ServiceTimeout"):
        client_at(there.url, keeper).orders(HOUR)
    with partner(answer(200, old)) as there, pytest.raises(NotAuthorised):
        client_at(there.url, keeper).orders(HOUR)
    with partner(answer(200, raw=b"<html>")) as there, pytest.raises(Unavailable):
        client_at(there.url, keeper).orders(HOUR)


def test_a_push_names_the_order_to_read_anew(stand_ins: Program) -> None:
    client, _ = connected(stand_ins, "push")
    told = json.dumps({"message_type": 53, "data": {"orderId": 3001}}).encode()
    sign = push_signature("500001", "stand-in-secret", told)
    push = client.read_push({"Authorization": sign}, told)
    assert (push.topic, push.external_orders) == ("53", ("3001",))
    assert push.event_id == client.read_push({"authorization": sign}, told).event_id
    for headers, body_ in (({"Authorization": sign}, told + b" "), ({}, told)):
        with pytest.raises(BadSignature):
            client.read_push(headers, body_)
