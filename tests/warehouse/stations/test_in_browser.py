"""The stations in a real browser with a simulated wedge scanner, against the product itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Staff
from core.models import Merchant
from core.tenancy import merchant
from flows.aftersales import file_claim
from tests.factories import (
    ACTOR,
    a_handed_over_parcel,
    a_merchant,
    a_product,
    a_warehouse,
    an_order,
)
from tests.floor import a_released_wave, a_staff_member, allocated_orders, label_for, parcels_of
from tests.warehouse.stations.test_board_and_waves import ready_parcel
from warehouse.models import Parcel, Scan, Warehouse, Wave

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 1280, "height": 800}


@pytest.fixture
def world(transactional_db: None) -> tuple[Merchant, Warehouse]:
    house = a_warehouse("szx1")
    owner = a_merchant("acme")
    a_product(owner, gtin="4006381333931")
    a_product(owner, "BT-SPK-02", title="Altavoz inalámbrico / 无线蓝牙音箱")
    return owner, house


def page_of(chromium: Browser, live_server: Any, staff: Staff) -> Page:
    client = Client()
    client.force_login(staff.user)
    context = chromium.new_context(viewport=TABLET)  # type: ignore[arg-type]
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda line: page.complaints.append(line.text))  # type: ignore[attr-defined, call-overload]
    return page


@pytest.fixture
def tablet(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> Iterator[Page]:
    """The tablet of a floor person."""
    page = page_of(chromium, live_server, a_staff_member("floor", world[1]))
    yield page
    page.context.close()


def scan(page: Page, *codes: str) -> None:
    """What a wedge scanner does: types fast wherever the focus is, then presses Enter."""
    # A person scans once the page is there; a letter typed before would go nowhere.
    page.wait_for_load_state("load")
    page.wait_for_selector(":focus", state="attached")
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def picture(page: Page, name: str) -> None:
    """Keep a picture where STATION_PICTURES says, to be looked at by a person."""
    folder = os.environ.get("STATION_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_parcel_is_scanned_weighed_and_its_label_offered(
    tablet: Page, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    parcel = parcels_of(owner, a_released_wave(owner, house))[0]
    tablet.goto(f"{live_server.url}/stations/pack/")
    picture(tablet, "pack-empty")
    scan(tablet, parcel.reference)
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    scan(tablet, "BT-SPK-02")
    tablet.wait_for_selector("#answer[data-verdict=wrong]")
    assert "Expected: 2 × MUG-BLUE" in tablet.inner_text("#answer")
    picture(tablet, "pack-wrong")
    scan(tablet, "MUG-BLUE")
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    tablet.wait_for_timeout(1000)
    scan(tablet, "4006381333931")
    tablet.wait_for_selector("#answer[data-verdict=done]")
    assert "Weigh it" in tablet.inner_text("#next")
    picture(tablet, "pack-complete")
    scan(tablet, "812")
    tablet.wait_for_selector("#answer[data-verdict=waiting]")
    assert "Label coming" in tablet.inner_text("#answer")
    picture(tablet, "pack-label-coming")
    label_for(owner, parcel)
    scan(tablet, "812 g")
    tablet.wait_for_selector("#documents a")
    picture(tablet, "pack-closed")
    link = tablet.get_attribute("#documents a", "href") or ""
    label = tablet.request.get(f"{live_server.url}{link}")
    assert label.headers["content-type"] == "application/pdf"
    with merchant(owner):
        closed = Parcel.objects.get()
        assert (closed.status, closed.weight_g) == ("packed", 812)
        assert Scan.objects.filter(parcel=parcel).count() == 3
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_dead_connection_in_the_middle_of_a_parcel_loses_and_doubles_nothing(
    tablet: Page, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    parcel = parcels_of(owner, a_released_wave(owner, house))[0]
    label_for(owner, parcel)
    tablet.goto(f"{live_server.url}/stations/pack/")
    lost = []

    def lose_the_answer(route: Any) -> None:
        """The server does its work; the tablet never hears of it."""
        lost.append(route.fetch())
        route.abort()

    tablet.route("**/stations/pack/scans/", lose_the_answer, times=1)
    scan(tablet, parcel.reference)
    tablet.wait_for_timeout(900)
    scan(tablet, "MUG-BLUE")
    tablet.wait_for_timeout(900)
    scan(tablet, "MUG-BLUE", "812")
    tablet.wait_for_selector("#documents a")
    assert len(lost) == 1
    with merchant(owner):
        assert Parcel.objects.get().status == "packed"
        assert Scan.objects.filter(parcel=parcel).count() == 2


def test_pick_station_leads_from_bin_to_bin(
    tablet: Page, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    wave = a_released_wave(owner, house, orders=2)
    tablet.goto(f"{live_server.url}/stations/pick/{wave.pk}/")
    place = tablet.inner_text("[data-task-location]")
    scan(tablet, "4006381333931")
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    picture(tablet, "pick")
    scan(tablet, place)
    tablet.wait_for_selector("#answer[data-verdict=done]")
    with merchant(owner):
        assert Wave.objects.get().status == "picked"
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_every_staff_page_keeps_the_policy_and_fits_the_tablet(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    ready_parcel(owner, house)
    allocated_orders(owner, 3)
    tracked = a_handed_over_parcel(owner, an_order(owner))
    wave = a_released_wave(owner, house, orders=4)
    label_for(owner, parcels_of(owner, wave)[0])
    claim = file_claim(
        merchant_id=owner.pk, tracking_number=tracked.tracking_number, kind="loss", amount=None,
        statement="It never came. 一直没有收到。", actor=ACTOR, now=timezone.now(),
    )  # fmt: skip
    page = page_of(chromium, live_server, a_staff_member("admin", house))
    for name, path in {
        "board": "/stations/", "wave": f"/stations/waves/{wave.pk}/",
        "hand-over": "/stations/hand-over/", "claims": "/staff/claims/",
        "claim": f"/staff/claims/{claim.pk}/", "holds": "/staff/holds/",
        "exceptions": "/staff/exceptions/", "records": "/records/",
        "records-orders": "/records/orders/order/",
    }.items():  # fmt: skip
        page.goto(f"{live_server.url}{path}", wait_until="networkidle")
        picture(page, name)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, name
        assert page.complaints == [], name  # type: ignore[attr-defined]
    page.goto(f"{live_server.url}/records/orders/order/", wait_until="networkidle")
    page.click("#result_list a >> nth=0")
    page.wait_for_load_state("networkidle")
    picture(page, "records-order")
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()
