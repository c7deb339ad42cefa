"""One order of a page that cannot be taken is shown with its reason, and stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.tenancy import merchant
from dashboard.readings.channels import channels_attention
from flows.channels import reading
from integrations.channels.base import ChannelLine, ChannelOrder, OrderPage, Unread
from orders.models import UnreadOrder
from orders.services import NotOpen, settle_unread
from tests.factories import ACTOR
from tests.flows.channels.conftest import Shop

OpenShop = Callable[..., Shop]
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LINE = ChannelLine("1", "MUG-BLUE", "", "Mug", 2, 0, Decimal("9.50"))
GOOD = ChannelOrder(
    external_order="GOOD-1", state="open", placed_at=AT, updated_at=AT, paid_at=AT, ship_by=None,
    currency="EUR", shipping_price=None, recipient_name="Erika Muster", company="",
    street_lines=("Heidestraße 17",), city="Berlin", region="", postal_code="10557", country="DE",
    phone="+49 30 901820", email="erika@example.com", recipient_id="", service_level="", note="",
    lines=(LINE,),
)  # fmt: skip
HARMLESS: dict[str, dict[str, Any]] = {
    "NUL in a name": {"recipient_name": "Eri\x00ka"},
    "a lone surrogate": {"note": "\ud800 please"},
    "NUL in what the channel collected": {"taxes": {"ioss": "IM\x00276"}},
    "five megabytes of note": {"note": "x" * (5 << 20)},
    "the last year there is": {"placed_at": datetime.max.replace(tzinfo=UTC)},
    "an endless price": {"lines": (replace(LINE, unit_price=Decimal("Infinity")),)},
}
REJECTED: dict[str, dict[str, Any]] = {
    "10^30": {"lines": (replace(LINE, unit_price=Decimal(10) ** 30),)},
    "10^30 pieces": {"lines": (replace(LINE, quantity=10**30),)},
    "10^30 of shipping": {"shipping_price": Decimal(10) ** 30},
    "no lines": {"lines": ()},
    "a currency of words": {"currency": "EURODOLLARS"},
    "a number of a hundred": {"external_order": "9" * 100},
}


class Told:
    """A client whose window is one page."""

    def __init__(self, page: OrderPage) -> None:
        self.page = page

    def orders(self, window: object, cursor: str = "") -> OrderPage:
        del window, cursor
        return self.page

    def order(self, external_order: str) -> ChannelOrder | None:
        return next(
            (each for each in self.page.orders if each.external_order == external_order), None
        )


@pytest.fixture
def tell(open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Shop]:
    """Let a connected shop tell one page and have it read."""
    shop = open_shop()
    shop.consent()

    def told(*orders: ChannelOrder, unread: tuple[Unread, ...] = ()) -> Shop:
        client = Told(OrderPage(orders, "", unread=unread))
        monkeypatch.setattr(reading, "client_of", lambda _: client)
        shop.look_again()
        return shop

    return told


def open_rows(shop: Shop) -> list[UnreadOrder]:
    with merchant(shop.owner):
        return list(UnreadOrder.objects.filter(settled_at__isnull=True))


@pytest.mark.parametrize("changes", HARMLESS.values(), ids=HARMLESS)
def test_what_only_looks_bad_becomes_an_order(
    tell: Callable[..., Shop], changes: dict[str, Any]
) -> None:
    shop = tell(replace(GOOD, external_order="ODD-1", **changes), GOOD)
    assert [order.external_order for order in shop.orders()] == ["ODD-1", "GOOD-1"]
    assert open_rows(shop) == []
    assert all(len(order.said) < 20_000 for order in shop.orders())


def test_each_order_that_no_column_takes_is_shown_and_the_others_arrive(
    tell: Callable[..., Shop],
) -> None:
    bad = [
        replace(GOOD, **{"external_order": f"BAD-{number}", **changes})
        for number, changes in enumerate(REJECTED.values())
    ]
    shop = tell(*bad[:3], GOOD, *bad[3:], replace(GOOD, external_order="GOOD-2"))
    assert [order.external_order for order in shop.orders()] == ["GOOD-1", "GOOD-2"]
    assert shop.connection().fault_code == ""
    assert len(open_rows(shop)) == len(bad)
    with merchant(shop.owner):
        labels = {each.label: each.count for each in channels_attention(timezone.now())}
    assert labels["Orders of marketplaces that could not be read"] == len(bad)
    assert not any("erika@example.com" in row.reason for row in open_rows(shop))


def test_an_order_the_client_cannot_map_is_shown_until_it_is_read(
    tell: Callable[..., Shop],
) -> None:
    shop = tell(
        GOOD, unread=(Unread("BAD-1", "a" * 64, "ValueError: no"), Unread("", "b" * 64, "?"))
    )
    assert [row.external_order for row in open_rows(shop)] == ["BAD-1", ""]
    with merchant(shop.owner):
        row = UnreadOrder.objects.get(external_order="BAD-1")
    tell(replace(GOOD, external_order="BAD-1"))
    assert [row.external_order for row in open_rows(shop)] == [""]
    with merchant(shop.owner), pytest.raises(NotOpen):
        settle_unread(unread_id=row.pk, actor=ACTOR, now=timezone.now())


def test_what_a_person_settled_opens_again_only_when_it_comes_otherwise(
    tell: Callable[..., Shop],
) -> None:
    shop = tell(unread=(Unread("BAD-1", "a" * 64, "ValueError: no"),))
    (row,) = open_rows(shop)
    with merchant(shop.owner):
        settle_unread(unread_id=row.pk, actor=ACTOR, now=timezone.now())
    tell(unread=(Unread("BAD-1", "a" * 64, "ValueError: no"),))
    assert open_rows(shop) == []
    tell(unread=(Unread("BAD-1", "c" * 64, "ValueError: no"),))
    assert len(open_rows(shop)) == 1


def test_a_person_has_one_order_read_again(tell: Callable[..., Shop]) -> None:
    shop = tell(unread=(Unread("GOOD-1", "a" * 64, "ValueError: no"),))
    (row,) = open_rows(shop)
    tell(GOOD)
    assert open_rows(shop) == []
    with merchant(shop.owner), pytest.raises(NotOpen):
        reading.read_again(unread_id=row.pk, actor=ACTOR, now=timezone.now())
