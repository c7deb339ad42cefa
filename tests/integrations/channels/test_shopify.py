"""Shopify over HTTP against its running stand-in: nothing lost, nothing doubled, nobody let in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.channels import facts
from integrations.channels.base import BadSignature, ShipmentNotice, ShippedLine, Window
from integrations.channels.shopify import Shopify
from integrations.channels.shopify_access import return_signature, shop_domain, shop_url
from integrations.channels.shopify_graphql import CostBucket
from integrations.channels.shopify_orders import state_of
from integrations.errors import AnswerLost, NotAuthorised, RateLimited, Refused, Unavailable
from integrations.http import NullGate
from integrations.registry import channel_client, channel_consent
from tests.integrations.channels.reading import Keeper, read_window, tokens
from tests.integrations.servers import answer, partner
from tests.sandbox.program import Program

CREDENTIALS = {"client_id": "stand-in-client", "client_secret": "stand-in-secret"}
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = Window(NOW - timedelta(hours=1), NOW)
PLENTY = {"limits": {"points": {"rate_per_s": 100_000, "burst": 100_000}}}


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(data=Path(tmp_path_factory.mktemp("stand-ins")), way_seconds=2)
    program.start()
    yield program
    program.stop()


@pytest.fixture(autouse=True)
def _plenty_of_points_and_no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    if "stand_ins" in request.fixturenames:
        program = request.getfixturevalue("stand_ins")
        program.call("PUT", "/_shops/shopify/limits", PLENTY)
    yield
    if "stand_ins" in request.fixturenames:
        program.call("DELETE", "/_faults")


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


@pytest.mark.parametrize(
    "address",
    [
        "",
        "demo",
        "demo.myshopify.com.evil.example",
        "evil.example/demo.myshopify.com",
        "demo.myshopify.com/admin",
        "demo.myshopify.com:8080",
        "user@demo.myshopify.com",
        "demo.myshopify.com@evil.example",
        "127.0.0.1",
        "169.254.169.254",
        "demo_1.myshopify.com",
        "-demo.myshopify.com",
        "a.b.myshopify.com",
        ".myshopify.com",
        "demo.myshopify.com\n.evil.example",
        "demo.myshopify.com#",
        "dёmo.myshopify.com",
        "{shop}.myshopify.com",
        f"{'a' * 64}.myshopify.com",
    ],
)
def test_no_address_but_a_shops_own_is_ever_called(address: str) -> None:
    with pytest.raises(Refused) as raised:
        shop_url("https://{shop}", address)
    assert (raised.value.field, raised.value.code) == ("shop", "invalid_shop")


def test_a_shops_address_is_put_into_the_configured_one() -> None:
    assert shop_domain(" Demo-1.myshopify.com ") == "demo-1.myshopify.com"
    assert shop_url("https://{shop}", "demo.myshopify.com") == "https://demo.myshopify.com"
    assert shop_url("http://127.0.0.1:1/shopify/{shop}", "a.myshopify.com") == (
        "http://127.0.0.1:1/shopify/a.myshopify.com"
    )


def test_the_consent_page_and_a_return_that_shopify_signed(stand_ins: Program) -> None:
    consent = channel_consent(
        "shopify",
        credentials=CREDENTIALS,
        base_url="https://{shop}",
        gate=NullGate(),
        options={"shop": "demo.myshopify.com"},
    )
    parts = urlsplit(consent.authorize_url("st&te", "https://x.example/back"))
    assert (parts.netloc, parts.path) == ("demo.myshopify.com", "/admin/oauth/authorize")
    asked = parse_qs(parts.query)
    assert asked["state"] == ["st&te"]
    assert "write_merchant_managed_fulfillment_orders" in asked["scope"][0]
    client, keeper = connected(stand_ins, "demo")
    assert keeper.current().account == "demo.myshopify.com"
    assert keeper.current().refresh_expires_at is not None
    assert client.orders(HOUR).orders == ()


def test_a_return_that_is_forged_old_or_another_shops_is_refused() -> None:
    consent = channel_consent(
        "shopify",
        credentials=CREDENTIALS,
        base_url="http://127.0.0.1:9/{shop}",
        gate=NullGate(),
        options={"shop": "demo.myshopify.com"},
    )
    good = {
        "code": "c",
        "shop": "demo.myshopify.com",
        "state": "s",
        "timestamp": str(int(NOW.timestamp())),
    }
    old = {**good, "timestamp": str(int(NOW.timestamp()) - 3600)}
    other = {**good, "shop": "other.myshopify.com"}
    for parameters, secret in (
        (good, "wrong"),
        (old, "stand-in-secret"),
        (other, "stand-in-secret"),
    ):
        signed = {**parameters, "hmac": return_signature(secret, parameters)}
        with pytest.raises(NotAuthorised, match="did not sign"):
            consent.exchange(signed, "")
    with pytest.raises(NotAuthorised, match="did not sign"):
        consent.exchange(good, "")
    # Signed and fresh: it goes on to the token call, to a port where nobody listens.
    with pytest.raises(Unavailable):
        consent.exchange({**good, "hmac": return_signature("stand-in-secret", good)}, "")


def test_a_return_cannot_hide_one_parameter_in_another() -> None:
    assert return_signature("s", {"a": "1&b=2"}) != return_signature("s", {"a": "1", "b": "2"})


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


def test_points_used_up_are_waited_for_as_long_as_they_take(stand_ins: Program) -> None:
    seed(stand_ins, "points", *(body(number) for number in range(2101, 2131)))
    client, _ = connected(stand_ins, "points")
    client.orders(HOUR)
    few = {"limits": {"points": {"rate_per_s": 50, "burst": 900}}}
    assert stand_ins.call("PUT", "/_shops/shopify/limits", few).status_code == 200
    page = client.orders(HOUR)
    with pytest.raises(RateLimited) as ours:
        client.orders(HOUR, page.cursor)
    # Another worker's client, which has seen nothing yet, is told THROTTLED by the shop itself.
    with pytest.raises(RateLimited) as theirs:
        connected(stand_ins, "points")[0].orders(HOUR, page.cursor)
    for raised in (ours, theirs):
        assert 1 <= raised.value.retry_after_s <= 900 / 50
    assert "used up" in ours.value.message
    assert theirs.value.message == "Throttled"


def test_the_bucket_fills_with_time_and_believes_only_numbers() -> None:
    bucket = CostBucket()
    assert bucket.wait_s("orders", now=0) == 0
    status = {"currentlyAvailable": 100, "restoreRate": 50.0, "maximumAvailable": 2000}
    cost = {"requestedQueryCost": 850, "throttleStatus": status}
    bucket.learn("orders", {"extensions": {"cost": cost}}, now=10)
    assert bucket.wait_s("orders", now=10) == 15
    assert bucket.wait_s("orders", now=20) == 5
    assert bucket.wait_s("orders", now=25) == 0
    assert bucket.wait_s("order", now=10) == 0
    bucket.learn(
        "orders", {"extensions": {"cost": {"throttleStatus": {"restoreRate": "x"}}}}, now=11
    )
    assert bucket.wait_s("orders", now=10) == 15


def test_a_token_is_renewed_before_its_end_and_once_when_refused(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "renew")
    first = keeper.current()
    keeper.tokens = replace(first, access_expires_at=datetime.now(UTC) + timedelta(minutes=4))
    client.orders(HOUR)
    assert keeper.renewals == 1
    keeper.tokens = replace(keeper.current(), access_token="shpat_nobody")
    client.orders(HOUR)
    assert keeper.renewals == 2
    # The first refresh token was retired when its successor was used.
    keeper.tokens = replace(first, access_token="shpat_nobody")
    with pytest.raises(NotAuthorised, match="invalid_grant"):
        client.orders(HOUR)


def test_a_lost_renewal_is_asked_for_again(stand_ins: Program) -> None:
    client, keeper = connected(stand_ins, "lost")
    keeper.tokens = replace(keeper.current(), access_token="shpat_nobody")
    stand_ins.fault(partner="shopify", operation="token", kind="lost_answer")
    with pytest.raises(Unavailable):
        client.orders(HOUR)
    assert client.orders(HOUR).orders == ()


def test_another_shops_token_opens_nothing(stand_ins: Program) -> None:
    _, keeper = connected(stand_ins, "mine")
    seed(stand_ins, "theirs", body(1401))
    other = Shopify.connect(
        credentials=CREDENTIALS,
        base_url=f"{stand_ins.url}/shopify/{{shop}}",
        gate=NullGate(),
        tokens=Keeper(replace(keeper.current(), refresh_token="")),
        account="theirs.myshopify.com",
        options={},
    )
    with pytest.raises(NotAuthorised):
        other.order("1401")


def test_a_parcel_is_told_once_even_when_its_answer_is_lost(stand_ins: Program) -> None:
    seed(stand_ins, "ship", body(3001), body(3002))
    client, _ = connected(stand_ins, "ship")
    stand_ins.fault(partner="shopify", operation="Fulfil", kind="lost_answer")
    with pytest.raises(AnswerLost):
        client.confirm_shipment(notice(3001))
    again = client.confirm_shipment(notice(3001))
    assert again.was_known is True
    other = client.confirm_shipment(notice(3002))
    assert (other.was_known, other.channel_reference.isdecimal()) == (False, True)
    found = held(stand_ins, "ship")
    assert found["doubles"] == {}
    assert [each["body"]["lines"] for each in found["shipments"]] == [
        [{"line": "gid://shopify/LineItem/30011", "quantity": 2}],
        [{"line": "gid://shopify/LineItem/30021", "quantity": 2}],
    ]
    told_of = found["shipments"][0]["body"]
    assert (told_of["company"], told_of["number"]) == ("DHL Express", "1234567890")
    assert told_of["notifyCustomer"] is False
    assert "url" not in told_of
    read = client.order("3001")
    assert read is not None
    assert (read.state, read.lines[0].quantity_shipped) == ("shipped", 2)


def test_two_parcels_of_one_order_and_a_carrier_shopify_does_not_know(stand_ins: Program) -> None:
    seed(stand_ins, "two", body(3101))
    client, _ = connected(stand_ins, "two", notify_customer="yes")
    one = notice(
        3101, ShippedLine("31011", 1), carrier="line", carrier_name="EastLine", is_last=False
    )
    client.confirm_shipment(one)
    read = client.order("3101")
    assert read is not None
    assert (read.state, read.lines[0].quantity_shipped) == ("part_shipped", 1)
    client.confirm_shipment(replace(one, tracking_number="EL2"))
    told_of = [each["body"] for each in held(stand_ins, "two")["shipments"]]
    assert [each["number"] for each in told_of] == ["1234567890", "EL2"]
    assert told_of[0]["url"] == "https://track.example/1234567890"
    assert told_of[0]["company"] == "EastLine"
    assert told_of[0]["notifyCustomer"] is True
    with pytest.raises(Refused) as raised:
        client.confirm_shipment(replace(one, tracking_number="EL3"))
    assert raised.value.code == "nothing_to_fulfil"


def test_a_parcel_over_two_locations_is_finished_where_it_stopped(stand_ins: Program) -> None:
    lines = [line(41, location=1), line(42, location=2)]
    seed(stand_ins, "places", body(3201, lineItems=lines))
    client, _ = connected(stand_ins, "places")
    both = notice(3201, ShippedLine("41", 2), ShippedLine("42", 2))
    stand_ins.fault(partner="shopify", operation="Fulfil", kind="lost_answer")
    with pytest.raises(AnswerLost):
        client.confirm_shipment(both)
    assert len(held(stand_ins, "places")["shipments"]) == 1
    assert client.confirm_shipment(both).was_known is False
    assert client.confirm_shipment(both).was_known is True
    found = held(stand_ins, "places")
    assert (found["doubles"], len(found["shipments"])) == ({}, 2)


def test_a_held_order_is_not_fulfilled(stand_ins: Program) -> None:
    seed(stand_ins, "hold", body(3301, fulfillmentOrders=[]))
    client, _ = connected(stand_ins, "hold")
    with pytest.raises(Refused) as raised:
        client.confirm_shipment(notice(3301))
    assert raised.value.code == "nothing_to_fulfil"
    with pytest.raises(Refused, match="no Shopify order number"):
        client.order("1 OR 1")
    with pytest.raises(Refused) as raised:
        client.decide(())
    assert raised.value.code == "not_offered"


NO_ACCESS = {
    "data": {"orders": {"nodes": [{"id": "x"}]}},
    "errors": [{"message": "not approved to use the Order object",
                "extensions": {"code": "ACCESS_DENIED"}}],
}  # fmt: skip
BROKEN = {"errors": [{"message": "Internal", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
WRONG = {"errors": [{"message": "Field 'x'", "extensions": {"code": "undefinedField"}}]}
USER_ERROR = {
    "data": {
        "fulfillmentCreate": {
            "fulfillment": None,
            "userErrors": [{"field": ["fulfillment", "trackingInfo"], "message": "is invalid"}],
        }
    }
}


def client_at(url: str, keeper: Keeper) -> Shopify:
    return Shopify.connect(
        credentials=CREDENTIALS,
        base_url=url,
        gate=NullGate(),
        tokens=keeper,
        account="demo.myshopify.com",
        options={},
    )


def test_half_an_answer_is_no_answer_and_a_missing_scope_renews_nothing() -> None:
    keeper = Keeper(tokens())
    with partner(answer(200, NO_ACCESS)) as there, pytest.raises(NotAuthorised, match="approved"):
        client_at(there.url, keeper).orders(HOUR)
    assert (keeper.renewals, len(there.seen)) == (0, 1)
    assert there.seen[0].headers["x-shopify-access-token"] == "access"
    with partner(answer(200, BROKEN)) as there, pytest.raises(Unavailable):
        client_at(there.url, keeper).orders(HOUR)
    with partner(answer(200, WRONG)) as there, pytest.raises(Refused) as raised:
        client_at(there.url, keeper).orders(HOUR)
    assert raised.value.code == "undefinedField"
    with partner(answer(200, {"errors": "Not Found"})) as there, pytest.raises(Refused):
        client_at(there.url, keeper).orders(HOUR)


def test_what_the_shop_will_not_take_is_refused_with_its_words() -> None:
    with partner(answer(200, USER_ERROR)) as there, pytest.raises(Refused) as raised:
        client_at(there.url, Keeper(tokens()))._fulfil(notice(1), [("fo", "line", 1)])
    assert (raised.value.field, raised.value.code) == ("fulfillment.trackingInfo", "user_error")
    assert raised.value.message == "is invalid"


def webhook(
    content: bytes, *, shop: str = "demo.myshopify.com", topic: str = "orders/updated"
) -> dict[str, str]:
    digest = hmac.new(b"stand-in-secret", content, hashlib.sha256).digest()
    return {
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": "b54557e4",
    }


def test_a_webhook_names_the_order_to_read_anew() -> None:
    client = client_at("http://127.0.0.1:9", Keeper(None))
    content = json.dumps({"id": 820982911946154508, "note": "für Ana"}).encode()
    push = client.read_push(webhook(content), content)
    assert (push.event_id, push.topic) == ("b54557e4", "orders/updated")
    assert push.external_orders == ("820982911946154508",)
    refund = json.dumps({"id": 5, "order_id": 9}).encode()
    assert client.read_push(webhook(refund, topic="refunds/create"), refund).external_orders == (
        "9",
    )
    for headers, sent in (
        (webhook(content), content + b" "),
        ({}, content),
        (webhook(content, shop="other.myshopify.com"), content),
        ({**webhook(content), "X-Shopify-Hmac-Sha256": "é"}, content),
    ):
        with pytest.raises(BadSignature):
            client.read_push(headers, sent)


def test_facts_name_their_source() -> None:
    for channel in ("shopify", "aliexpress"):
        rows = facts.limits(channel, on=NOW.date())
        assert rows
        assert all(row.source and row.confidence and row.rate_per_s > 0 for row in rows)
        code = facts.carrier_code(channel, "dhl_express", on=NOW.date())
        assert code is not None
        assert code.source
    assert facts.carrier_code("shopify", "line", on=NOW.date()) is None
