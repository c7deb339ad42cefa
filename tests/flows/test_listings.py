"""Codes of a shop: collected once, mapped once, and every order that waited is released."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import F, Sum

from core.jobs import drain_queue
from core.models import Event, Merchant
from core.tenancy import merchant
from flows import listings as listing_flows
from flows.intake import receive_orders, receive_products, release_hold
from flows.listings import leave_out_listing, resolve_listing, unmap_listing
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import Channel, ChannelListing, Hold, Order, OrderLine, Product
from orders.services import BadParts, HoldStillApplies, PartOf, ensure_channel
from tests.factories import (
    ACTOR,
    NOW,
    a_merchant,
    a_parsed_order,
    a_product,
    a_warehouse,
    product_facts,
)
from tests.flows.conftest import work
from tests.flows.racing import at_once


@pytest.fixture
def owner(db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=100)
    return found


@pytest.fixture
def racing_owner(transactional_db: None, owner: Merchant) -> Merchant:
    """The same with real transactions, for several at once."""
    return owner


def line(code: str, **fields: Any) -> ParsedLine:
    values = {"row": 1, "external_line": "1", "title": "", "quantity": 1, "unit_price": Decimal(9)}
    return ParsedLine(sku=code, **{**values, **fields})


def order(number: str, *lines: ParsedLine) -> ParsedOrder:
    return a_parsed_order(external_order=number, recipient_name=f"Buyer {number}", lines=lines)


def shop(owner: Merchant, name: str = "shop") -> Channel:
    with merchant(owner):
        return ensure_channel(kind=Channel.Kind.API, name=name, now=NOW)


def send(owner: Merchant, *orders: ParsedOrder, name: str = "shop") -> list[int]:
    channel = shop(owner, name)
    with merchant(owner):
        received = receive_orders(orders=orders, channel=channel, actor=ACTOR, now=NOW)
        return [each.pk for each in received.created]


def listing(owner: Merchant, code: str, name: str = "shop") -> ChannelListing:
    with merchant(owner):
        return ChannelListing.objects.get(code=code, channel__name=name)


def resolve(owner: Merchant, code: str, *parts: tuple[str, int], name: str = "shop") -> None:
    pk = listing(owner, code, name).pk
    with merchant(owner):
        ids = dict(Product.objects.values_list("sku", "pk"))
        resolve_listing(
            listing_id=pk, parts=[PartOf(ids[sku], n) for sku, n in parts], actor=ACTOR, now=NOW
        )


def statuses(owner: Merchant) -> dict[str, str]:
    with merchant(owner):
        return dict(Order.objects.values_list("external_order", "status"))


def open_holds(owner: Merchant, number: str) -> list[str]:
    with merchant(owner):
        rows = Hold.objects.filter(order__external_order=number, released_at__isnull=True)
        return sorted(rows.values_list("reason_code", flat=True))


def test_an_unknown_code_is_collected_once_per_shop(owner: Merchant) -> None:
    send(owner, order("1", line("EB-1", title="A mug", brand="B")), order("2", line("EB-1")))
    send(owner, order("3", line("EB-1")), name="other")
    with merchant(owner):
        rows = ChannelListing.objects.order_by("pk").values_list("channel__name", "code", "status")
        assert list(rows) == [("shop", "EB-1", "unmapped"), ("other", "EB-1", "unmapped")]
        assert ChannelListing.objects.filter(brand="B", title="").count() == 0
        assert OrderLine.objects.filter(listing__channel__name="shop").count() == 2
    assert open_holds(owner, "1") == ["product_unknown"]


def test_mapping_a_code_releases_every_order_of_that_shop(
    owner: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_flows, "BATCH", 2)
    send(owner, *(order(str(n), line("EB-1")) for n in range(5)))
    send(owner, order("other", line("EB-1")), name="other")
    resolve(owner, "EB-1", ("MUG-BLUE", 1))
    work(owner)
    assert statuses(owner) == {**{str(n): "allocated" for n in range(5)}, "other": "held"}
    found = listing(owner, "EB-1")
    assert (found.checked_after_order, found.orders_checked, found.orders_released) == (None, 5, 5)
    with merchant(owner):
        row = OrderLine.objects.select_related("product").get(order__external_order="0")
        assert (row.sku, row.product.sku) == ("MUG-BLUE", "MUG-BLUE")
        assert (row.channel_code, row.channel_line, row.channel_quantity) == ("EB-1", "1", 1)
        assert Hold.objects.filter(released_by="check").count() == 5
        assert Event.objects.filter(kind="order.rechecked").count() == 5


def test_a_second_unknown_code_keeps_the_order(owner: Merchant) -> None:
    send(owner, order("1", line("EB-1"), line("EB-2", external_line="2")))
    resolve(owner, "EB-1", ("MUG-BLUE", 1))
    work(owner)
    assert statuses(owner) == {"1": "held"}
    with merchant(owner):
        assert list(
            Hold.objects.filter(released_at__isnull=True).values_list("field", flat=True)
        ) == ["sku:EB-2"]


def test_a_known_mapping_goes_before_a_product_of_that_sku(owner: Merchant) -> None:
    a_product(owner, "MUG-RED", stock=10)
    send(owner, order("1", line("X")))
    resolve(owner, "X", ("MUG-RED", 1))
    a_product(owner, "X", stock=10)
    send(owner, order("2", line("X"), line("MUG-BLUE", external_line="2")))
    with merchant(owner):
        skus = OrderLine.objects.filter(order__external_order="2").values_list("sku", flat=True)
        assert sorted(skus) == ["MUG-BLUE", "MUG-RED"]


def test_a_bundle_is_taken_apart_to_the_cent(owner: Merchant) -> None:
    a_product(owner, "COASTER", stock=50, unit_value=Decimal("1.00"))
    send(owner, order("1", line("SET", quantity=2, unit_price=Decimal("10.01"))))
    resolve(owner, "SET", ("MUG-BLUE", 1), ("COASTER", 3))
    send(owner, order("2", line("SET", quantity=2, unit_price=Decimal("10.01"))))
    work(owner)
    assert statuses(owner) == {"1": "allocated", "2": "allocated"}
    for number in ("1", "2"):
        with merchant(owner):
            rows = list(OrderLine.objects.filter(order__external_order=number).order_by("pk"))
            worth = Order.objects.get(external_order=number).goods_value
        assert sum(row.quantity * row.unit_price for row in rows) == worth == Decimal("20.02")
        pieces = {sku: sum(row.quantity for row in rows if row.sku == sku)
                  for sku in ("MUG-BLUE", "COASTER")}  # fmt: skip
        assert pieces == {"MUG-BLUE": 2, "COASTER": 6}
        assert [row.external_line for row in rows] == [f"1/{n + 1}" for n in range(len(rows))]
        assert {(row.channel_line, row.channel_quantity) for row in rows} == {("1", 2)}


def test_what_is_not_shipped_by_us_is_left_out(owner: Merchant) -> None:
    send(owner, order("1", line("GIFT-CARD"), line("MUG-BLUE", external_line="2")),
         order("2", line("GIFT-CARD")))  # fmt: skip
    with merchant(owner):
        leave_out_listing(listing_id=ChannelListing.objects.get().pk, actor=ACTOR, now=NOW)
    work(owner)
    assert statuses(owner) == {"1": "allocated", "2": "held"}
    assert open_holds(owner, "2") == ["nothing_to_ship"]
    with merchant(owner):
        assert Order.objects.get(external_order="1").goods_value == Decimal(9)


def test_a_wrong_mapping_can_be_corrected_and_taken_back(owner: Merchant) -> None:
    a_product(owner, "SCARCE", stock=0)
    send(owner, order("1", line("EB-1")))
    resolve(owner, "EB-1", ("SCARCE", 1))
    work(owner)
    assert statuses(owner) == {"1": "backordered"}
    with merchant(owner):
        unmap_listing(listing_id=ChannelListing.objects.get().pk, actor=ACTOR, now=NOW)
    work(owner)
    assert statuses(owner) == {"1": "held"}
    resolve(owner, "EB-1", ("MUG-BLUE", 1))
    work(owner)
    assert statuses(owner) == {"1": "allocated"}


def test_a_mapping_to_nothing_is_refused(owner: Merchant) -> None:
    send(owner, order("1", line("EB-1")))
    with pytest.raises(BadParts):
        resolve(owner, "EB-1")
    with pytest.raises(BadParts):
        resolve(owner, "EB-1", ("MUG-BLUE", 0))
    assert listing(owner, "EB-1").status == "unmapped"


def test_adding_the_product_releases_its_orders(owner: Merchant) -> None:
    send(owner, order("1", line("NEW")), order("2", line("NEW")))
    a_product(owner, "NEW", stock=10)
    work(owner)
    assert statuses(owner) == {"1": "allocated", "2": "allocated"}
    assert listing(owner, "NEW").status == "mapped"


def test_correcting_the_product_releases_its_orders(owner: Merchant) -> None:
    a_product(owner, "BARE", stock=10, origin_country="")
    send(owner, order("1", line("BARE")))
    assert open_holds(owner, "1") == ["origin_missing"]
    with merchant(owner):
        receive_products(products=[product_facts("BARE")], stock={}, actor=ACTOR, now=NOW)
    work(owner)
    assert statuses(owner) == {"1": "allocated"}


def test_an_unknown_product_is_released_by_its_remedy_only(owner: Merchant) -> None:
    send(owner, order("1", line("NEW")))
    with merchant(owner):
        hold = Hold.objects.get()
    with pytest.raises(HoldStillApplies), merchant(owner):
        release_hold(hold_id=hold.pk, role="member:owner", actor=ACTOR, now=NOW)
    a_product(owner, "NEW", stock=10)
    with merchant(owner):
        assert release_hold(hold_id=hold.pk, role="member:owner", actor=ACTOR, now=NOW)
    work(owner)
    assert statuses(owner) == {"1": "allocated"}


def test_what_a_person_released_stays_released_while_it_is_the_same(owner: Merchant) -> None:
    unpaid = replace(order("1", line("MUG-BLUE"), line("EB-1", external_line="2")), paid_at=None)
    send(owner, unpaid)
    with merchant(owner):
        hold = Hold.objects.get(code="payment")
        release_hold(hold_id=hold.pk, role="member:owner", actor=ACTOR, now=NOW)
    assert open_holds(owner, "1") == ["product_unknown"]
    resolve(owner, "EB-1", ("MUG-BLUE", 1))
    work(owner)
    assert statuses(owner) == {"1": "allocated"}


def test_two_who_map_the_same_code_release_each_order_once(racing_owner: Merchant) -> None:
    owner = racing_owner
    send(owner, *(order(str(n), line("EB-1")) for n in range(4)))
    at_once([partial(resolve, owner, "EB-1", ("MUG-BLUE", 1))] * 2)
    at_once([partial(drain_queue, merchant_id=owner.pk, queue="flow")] * 2)
    work(owner)
    assert set(statuses(owner).values()) == {"allocated"}
    with merchant(owner):
        reserved = Order.objects.aggregate(n=Sum("lines__reservations__quantity"))["n"]
        assert reserved == 4
        assert not OrderLine.objects.exclude(sku=F("product__sku")).exists()


def test_no_order_waits_for_a_code_that_was_mapped_meanwhile(racing_owner: Merchant) -> None:
    """Orders arrive while the code is mapped: each sees the mapping or is found by its job."""
    owner = racing_owner
    send(owner, order("first", line("EB-1")))
    at_once([
        *(partial(send, owner, order(f"n{n}", line("EB-1"), line("EB-2", external_line="2")))
          for n in range(4)),
        partial(resolve, owner, "EB-1", ("MUG-BLUE", 1)),
    ])  # fmt: skip
    resolve(owner, "EB-2", ("MUG-BLUE", 1))
    work(owner)
    assert set(statuses(owner).values()) == {"allocated"}


def test_no_order_waits_for_a_product_that_was_added_meanwhile(racing_owner: Merchant) -> None:
    owner = racing_owner
    at_once([
        *(partial(send, owner, order(f"n{n}", line("NEW"))) for n in range(4)),
        partial(a_product, owner, "NEW", stock=10),
    ])  # fmt: skip
    work(owner)
    assert set(statuses(owner).values()) == {"allocated"}
