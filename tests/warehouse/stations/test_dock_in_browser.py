"""Receive, put away and count in a real browser with a simulated wedge scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from flows.inbounds import SaidLine
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_staff_member
from tests.inbounds import an_inbound
from tests.warehouse.stations.test_in_browser import page_of, picture, scan
from warehouse.models import CountTask, Inbound, InboundGoods, Location, StockBalance, Warehouse
from warehouse.services.counts import make_count_list

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def world(transactional_db: None) -> tuple[Merchant, Warehouse]:
    house = a_warehouse("szx1")
    Location.objects.create(warehouse=house, code="D-01", pick_sequence=9, zone="DAMAGED")
    owner = a_merchant("acme")
    a_product(owner, "PLATE", stock=0, gtin="4006381333931", title="Stoneware plate")
    a_product(owner, "LAMP", stock=0, title="Desk lamp / 台灯")
    return owner, house


def say_in(page: Any, live_server: Any, language: str) -> None:
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": live_server.url}]
    )


def verdict(page: Any, wanted: str) -> None:
    page.wait_for_selector(f"#answer[data-verdict={wanted}]")


def test_inbound_is_received_blind_and_put_away(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    inbound = an_inbound(owner, house, SaidLine("PLATE", 12), SaidLine("LAMP", 4321), cartons=2)
    page = page_of(chromium, live_server, a_staff_member("floor", house))
    page.goto(f"{live_server.url}/stations/inbounds/")
    picture(page, "inbounds")
    scan(page, f"WB:I:acme/{inbound.number}")
    page.wait_for_url("**/stations/receive/**")
    picture(page, "receive-empty")
    scan(page, "4006381333931")
    verdict(page, "accepted")
    page.wait_for_selector("#lines:has-text('PLATE')")
    scan(page, "10")
    page.wait_for_selector("#answer:has-text('10 so far')")
    scan(page, "9999999999994")
    verdict(page, "wrong")
    page.click("[data-raw='WB:C:ASIDE']")
    verdict(page, "accepted")
    scan(page, "pink teapot")
    page.wait_for_selector("#notes:has-text('teapot')")
    page.click("[data-raw='WB:C:DAMAGED']")
    page.wait_for_selector("[data-raw='WB:C:DAMAGED'][aria-pressed=true]")
    scan(page, "LAMP")
    page.wait_for_selector("#lines:has-text('LAMP')")
    picture(page, "receive")
    assert "4321" not in page.content()
    page.click("[data-raw='WB:C:CLOSE']")
    verdict(page, "done")
    assert "2 pieces short" in page.inner_text("#notes")
    picture(page, "receive-closed")
    page.click("#links a >> nth=0")
    page.wait_for_url("**/stations/put-away/**")
    scan(page, "PLATE")
    verdict(page, "accepted")
    place = page.inner_text("[data-task-location]")
    picture(page, "put-away")
    scan(page, "D-01")
    verdict(page, "wrong")
    picture(page, "put-away-wrong")
    scan(page, place)
    verdict(page, "accepted")
    scan(page, "LAMP")
    page.wait_for_selector("[data-task-location]:has-text('D-01')")
    scan(page, "D-01")
    verdict(page, "done")
    picture(page, "put-away-done")
    with merchant(owner):
        assert Inbound.objects.get().status == "put_away"
        assert StockBalance.objects.get(location__code=place).on_hand == 10
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_lost_answer_at_the_dock_counts_once(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    inbound = an_inbound(owner, house, SaidLine("PLATE", 12))
    page = page_of(chromium, live_server, a_staff_member("floor", house))
    page.goto(f"{live_server.url}/stations/receive/{inbound.pk}/")
    lost = []

    def lose_the_answer(route: Any) -> None:
        """The server does its work; the tablet never hears of it."""
        lost.append(route.fetch())
        route.abort()

    page.route("**/scans/", lose_the_answer, times=1)
    scan(page, "PLATE", "7", "PLATE")
    page.wait_for_selector("#answer:has-text('8 so far')")
    assert len(lost) == 1
    with merchant(owner):
        assert InboundGoods.objects.get().quantity == 8
    page.context.close()


def test_bin_is_counted_blind(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    place = Location.objects.get(warehouse=house, code="A-01")
    with merchant(owner):
        found = make_count_list(
            warehouse=house, basis="bin", chosen="A-01", location_ids=[place.pk], actor=ACTOR,
            now=NOW,
        )  # fmt: skip
    page = page_of(chromium, live_server, a_staff_member("floor", house))
    page.goto(f"{live_server.url}/stations/counts/{found.pk}/")
    page.click(f"a[href='/stations/count/{found.pk}/']")
    page.wait_for_url("**/stations/count/**")
    picture(page, "count-empty")
    scan(page, "A-01")
    verdict(page, "accepted")
    scan(page, "PLATE")
    page.wait_for_selector("#lines:has-text('PLATE')")
    scan(page, "3")
    page.wait_for_selector("#answer:has-text('3 so far')")
    picture(page, "count")
    page.click("[data-raw='WB:C:DONE']")
    verdict(page, "noted")
    picture(page, "count-second")
    with merchant(owner):
        assert CountTask.objects.get().status == "second"
    page.goto(f"{live_server.url}/stations/counts/")
    picture(page, "counts")
    page.goto(f"{live_server.url}/stations/counts/{found.pk}/")
    picture(page, "count-list")
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_fit_the_tablet_in_the_readers_language(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse], language: str
) -> None:
    owner, house = world
    inbound = an_inbound(owner, house, SaidLine("PLATE", 12), reference="PO-77", cartons=2)
    with merchant(owner):
        found = make_count_list(
            warehouse=house, basis="zone", chosen="A",
            location_ids=list(Location.objects.filter(kind="bin").values_list("pk", flat=True)),
            actor=ACTOR, now=NOW,
        )  # fmt: skip
    page = page_of(chromium, live_server, a_staff_member("floor", house))
    say_in(page, live_server, language)
    for name, path in {
        "board": "/stations/", "inbounds": "/stations/inbounds/",
        "receive": f"/stations/receive/{inbound.pk}/",
        "labels": f"/stations/inbounds/{inbound.pk}/labels/",
        "put-away": f"/stations/put-away/{inbound.pk}/",
        "counts": "/stations/counts/", "count-list": f"/stations/counts/{found.pk}/",
        "count": f"/stations/count/{found.pk}/",
    }.items():  # fmt: skip
        page.goto(f"{live_server.url}{path}", wait_until="networkidle")
        if name == "receive":
            scan(page, "4006381333931", "24", "WB:C:DAMAGED", "LAMP", "NOPE")
            verdict(page, "wrong")
        if name == "count":
            scan(page, "A-02", "PLATE", "5")
            verdict(page, "accepted")
        if name == "put-away":
            scan(page, "PLATE")
            verdict(page, "accepted")
        picture(page, f"dock-{name}-{language}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert page.complaints == [], name  # type: ignore[attr-defined]
    page.context.close()
