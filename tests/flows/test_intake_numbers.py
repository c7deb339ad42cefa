"""Whatever currencies, prices and quantities come in, an order is taken or held, never a fault."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Merchant
from core.tenancy import merchant
from flows.files import read_file
from flows.intake import receive_orders, submit_file
from orders.files.cells import LARGEST_AMOUNT, values
from orders.files.orders import LARGEST_QUANTITY, ParsedLine
from orders.files.products import HEAVIEST_G
from orders.models import Channel, Hold, Import, Order, RejectedRow
from orders.services import ensure_channel, upsert_products
from tests.factories import ACTOR, a_merchant, a_parsed_order, a_warehouse, product_facts

CURRENCIES = st.sampled_from(sorted(values()["currencies"]))
AMOUNTS = st.one_of(st.decimals("0", "100", places=4), st.decimals("0", LARGEST_AMOUNT, places=4))
QUANTITIES = st.one_of(st.integers(1, 5), st.integers(1, LARGEST_QUANTITY))


@pytest.fixture
def owner(db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    return a_merchant("acme")


def receive(owner: Merchant, *, products: list[Any], **order: Any) -> tuple[Order, list[Hold]]:
    with merchant(owner):
        upsert_products(products=products, actor=ACTOR, now=timezone.now())
        channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=timezone.now())
        received = receive_orders(
            orders=[a_parsed_order(**order)], channel=channel, actor=ACTOR, now=timezone.now()
        )
        stored = Order.objects.get(pk=received.created[0].pk)
        return stored, list(Hold.objects.filter(order=stored))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    currency=st.one_of(st.just(""), CURRENCIES),
    shipping=st.one_of(st.none(), AMOUNTS),
    lines=st.lists(
        st.tuples(QUANTITIES, st.one_of(st.none(), AMOUNTS), AMOUNTS, CURRENCIES,
                  st.integers(1, HEAVIEST_G)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_any_numbers_are_taken_or_held(
    owner: Merchant, currency: str, shipping: Decimal | None, lines: list[Any]
) -> None:
    products = [
        product_facts(f"P-{place}", unit_value=value, currency=of_product, weight_g=weight_g)
        for place, (_, _, value, of_product, weight_g) in enumerate(lines)
    ]
    parsed = tuple(
        ParsedLine(place, str(place), f"P-{place}", "", quantity, price if currency else None)
        for place, (quantity, price, *_) in enumerate(lines)
    )
    order, holds = receive(
        owner, products=products, currency=currency, shipping_price=shipping, lines=parsed
    )
    assert order.status == ("held" if holds else "accepted")
    if not holds:
        assert 0 < order.goods_value < LARGEST_AMOUNT
        with merchant(owner):
            total = sum(line.unit_price * line.quantity for line in order.lines.all())
        assert total == order.goods_value


def test_goods_in_a_currency_without_a_rate_are_held_with_the_reason(owner: Merchant) -> None:
    order, holds = receive(
        owner,
        products=[product_facts(currency="KWD", unit_value="3.00")],
        currency="EUR",
        lines=(ParsedLine(1, "1", "MUG-BLUE", "", 1, None),),
    )
    assert [(hold.code, hold.reason_code) for hold in holds] == [("value", "no_exchange_rate")]
    assert "KWD" in holds[0].reason
    assert order.goods_value == 0


def test_prices_in_a_currency_without_a_rate_are_held_with_the_reason(owner: Merchant) -> None:
    order, holds = receive(
        owner,
        products=[product_facts()],
        currency="KWD",
        lines=(ParsedLine(1, "1", "MUG-BLUE", "", 2, Decimal("3.005")),),
    )
    assert [hold.reason_code for hold in holds] == ["no_exchange_rate"]
    assert order.goods_value == Decimal("6.02")


def test_an_order_beyond_any_value_is_held_with_what_it_is_worth(owner: Merchant) -> None:
    price = Decimal("9999999999.99")
    order, holds = receive(
        owner,
        products=[product_facts(unit_value=price)],
        lines=(ParsedLine(1, "1", "MUG-BLUE", "", 100_000, price),),
    )
    [hold] = [hold for hold in holds if hold.reason_code == "order_too_large"]
    assert hold.code == "value"
    assert hold.params["value"] == "999999999999000.00"
    assert order.goods_value == LARGEST_AMOUNT


def test_a_price_no_column_holds_is_a_rejected_row(owner: Merchant) -> None:
    header = "order-id\torder-item-id\tpurchase-date\tsku\tquantity-purchased\tcurrency\t"
    header += (
        "item-price\trecipient-name\tship-address-1\tship-city\tship-postal-code\tship-country"
    )
    rows = [
        f"111-000000{number}-0000001\t{number}\t2026-11-19T08:00:00+00:00\tMUG-BLUE\t1\tEUR\t{price}"
        "\tErika Muster\tHeidestraße 1\tBerlin\t10557\tDE"
        for number, price in enumerate(("9.50", "99999999999.00"))
    ]
    upload = submit_file(
        merchant_id=owner.pk,
        kind="orders",
        file=BytesIO("\n".join([header, *rows]).encode()),
        filename="orders.txt",
        actor=ACTOR,
        now=timezone.now(),
    )
    read_file(owner.pk, {"import_id": upload.pk})
    with merchant(owner):
        done = Import.objects.get(pk=upload.pk)
        [row] = RejectedRow.objects.all()
    assert (done.status, done.entries_created, done.rows_rejected) == ("done", 1, 1)
    assert (row.fault_code, row.row_number) == ("too_much", 3)
    assert "9999999999.99" in row.right
