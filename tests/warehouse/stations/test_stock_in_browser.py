"""The replenish station with a wedge scanner, the page of differences, and a merchant's stock."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import add_member
from core.models import Merchant
from core.tenancy import merchant
from flows.kits import define_kit
from flows.replenishing import measure_everybody, propose, set_pick_face
from orders.models import Product
from orders.services import PartOf
from tests.factories import ACTOR, NOW, a_product
from tests.floor import a_staff_member
from tests.warehouse.stations.test_in_browser import (
    TABLET,
    page_of,
    picture,
    scan,
    tablet,
    world,
)
from warehouse.models import Location, StockBalance, Warehouse
from warehouse.services import Goods, Level, set_level, transfer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["tablet", "world"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def brought(sku: str, goods: Goods, place: str, house: Warehouse) -> None:
    places = Location.objects.filter(warehouse=house)
    transfer(
        goods=[goods], from_location=places.get(kind="supplier"),
        to_location=places.get(code=place), reason="received",
        reference=f"{sku}-{place}-{goods.lot}-{goods.condition}", actor=ACTOR,
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def reserve(world: tuple[Merchant, Warehouse]) -> tuple[Merchant, Warehouse]:
    owner, house = world
    a_product(owner, "CREAM", stock=0, title="Hand cream / 护手霜", gtin="4006381333948")
    Location.objects.filter(warehouse=house, code="A-02").update(use="reserve")
    with merchant(owner):
        cream = Product.objects.get(sku="CREAM").pk
        brought("CREAM", Goods(cream, 40, "L77", date(2031, 5, 1)), "A-02", house)
        brought("CREAM", Goods(cream, 3, "L70", date(2020, 1, 31)), "A-03", house)
        brought("CREAM", Goods(cream, 2, "L77", date(2031, 5, 1), "damaged"), "A-03", house)
    set_pick_face(
        merchant_id=owner.pk, warehouse=house, sku="CREAM", place="A-01", limits=(4, 12),
        actor=ACTOR, now=timezone.now(),
    )  # fmt: skip
    assert propose(warehouse=house, now=timezone.now()) == 1
    return owner, house


def test_a_pick_face_is_filled_by_three_scans(
    tablet: Page, live_server: Any, reserve: tuple[Merchant, Warehouse]
) -> None:
    owner, _house = reserve
    tablet.goto(f"{live_server.url}/stations/replenish/")
    picture(tablet, "replenish-list")
    tablet.goto(f"{live_server.url}/stations/replenish/szx1/")
    scan(tablet, "MUG-BLUE")
    tablet.wait_for_selector('#answer[data-verdict="wrong"]')
    picture(tablet, "replenish-wrong")
    scan(tablet, "4006381333948")
    tablet.wait_for_selector('#answer[data-verdict="accepted"]')
    tablet.wait_for_function(
        "document.querySelector('[data-task-location]').textContent === 'A-01'"
    )
    picture(tablet, "replenish-in-hand")
    scan(tablet, "A-01")
    tablet.wait_for_selector('#answer[data-verdict="done"]')
    picture(tablet, "replenish-done")
    with merchant(owner):
        at_hand = StockBalance.objects.get(location__code="A-01", product__sku="CREAM")
        assert (at_hand.on_hand, at_hand.lot) == (12, "L77")
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_a_difference_is_shown_and_mended(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    with merchant(owner):
        StockBalance.objects.filter(product__sku="MUG-BLUE").update(on_hand=97, reserved=2)
    page = page_of(chromium, live_server, a_staff_member("admin", house))
    page.goto(f"{live_server.url}/staff/stock/")
    page.click("details.confirm summary")
    page.fill('input[name="counted"]', "98")
    page.fill('input[name="reason"]', "Counted twice")
    picture(page, "differences")
    page.click("details.confirm button")
    page.wait_for_selector("text=Count reservations anew")
    with merchant(owner):
        assert StockBalance.objects.get(product__sku="MUG-BLUE").on_hand == 98
    page.context.close()


def test_a_merchant_sees_lots_cover_and_kit(
    chromium: Browser, live_server: Any, reserve: tuple[Merchant, Warehouse]
) -> None:
    owner, house = reserve
    a_product(owner, "SET", stock=0)
    user = User.objects.create_user("owner@acme.example")
    with merchant(owner):
        add_member(user=user, role="owner", actor=ACTOR, now=NOW)
        cream, kit = (Product.objects.get(sku=sku).pk for sku in ("CREAM", "SET"))
        level = Level(60, 100)
        set_level(product_id=cream, warehouse=house, level=level, actor=ACTOR, now=timezone.now())
        parts = [PartOf(cream, 2), PartOf(Product.objects.get(sku="MUG-BLUE").pk, 1)]
        define_kit(product_id=kit, parts=parts, actor=ACTOR, now=timezone.now())
    measure_everybody(now=timezone.now())
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    context = chromium.new_context(viewport=TABLET)  # type: ignore[arg-type]
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/products/{cream}/stock/")
    assert "below the minimum of 60" in page.content()
    picture(page, "merchant-stock")
    page.goto(f"{live_server.url}/products/{kit}/stock/")
    assert "A kit: 20 can leave" in page.content()
    picture(page, "merchant-kit")
    page.goto(f"{live_server.url}/products/")
    picture(page, "merchant-products")
    page.goto(f"{live_server.url}/")
    assert "Products that run low" in page.content()
    picture(page, "merchant-today")
    context.close()
