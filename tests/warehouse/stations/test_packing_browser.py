"""Weighing again, extras pressed, bags and a driver's signature in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from shipping.models import Handover
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, a_staff_member, label_for, parcels_of
from tests.warehouse.stations.test_in_browser import page_of, picture, scan
from tests.warehouse.stations.test_units_and_pickups import ready
from warehouse.models import Parcel, Warehouse
from warehouse.services.extras import save_extra

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Merchant, Warehouse]:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    house = a_warehouse("szx1")
    owner = a_merchant("acme")
    a_product(owner)
    return owner, house


@pytest.fixture
def tablet(
    chromium: Browser, live_server: Any, world: tuple[Merchant, Warehouse]
) -> Iterator[Page]:
    """The tablet of a floor person."""
    page = page_of(chromium, live_server, a_staff_member("floor", world[1]))
    yield page
    page.context.close()


def in_chinese(page: Page, url: str, name: str) -> None:
    """Keep the same screen in 简体中文, to be looked at."""
    page.context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": url}])
    page.reload()
    picture(page, f"{name}-zh")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": url}])
    page.reload()


def test_a_card_is_pressed_and_an_odd_weight_weighed_again(
    tablet: Page, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    with merchant(owner):
        save_extra(kind="insert", name="Thank-you card", code="", product_id=None, tag="",
                   weight_g=6, actor=ACTOR, now=NOW)  # fmt: skip
    parcel = parcels_of(owner, a_released_wave(owner, house))[0]
    label_for(owner, parcel)
    tablet.goto(f"{live_server.url}/stations/pack/")
    scan(tablet, parcel.reference)
    tablet.wait_for_selector("#presses .press")
    picture(tablet, "pack-extras")
    in_chinese(tablet, live_server.url, "pack-extras")
    tablet.click("#presses .press")
    tablet.wait_for_selector("#presses:empty", state="attached")
    scan(tablet, "MUG-BLUE")
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    tablet.wait_for_timeout(400)
    scan(tablet, "MUG-BLUE")
    tablet.wait_for_selector("#answer[data-verdict=done]")
    heavy = f"{parcel.expected_weight_g + 700}"
    scan(tablet, heavy)
    tablet.wait_for_selector("#answer[data-verdict=again]")
    assert "expected" in tablet.inner_text("#answer")
    picture(tablet, "pack-weigh-again")
    scan(tablet, heavy)
    tablet.wait_for_selector("#answer[data-verdict=waiting]")
    assert "The old label is void" in tablet.inner_text("#answer")
    picture(tablet, "pack-new-label")
    tablet.goto(f"{live_server.url}/stations/weigh/")
    scan(tablet, parcel.reference)
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    picture(tablet, "weigh")
    in_chinese(tablet, live_server.url, "weigh")
    tablet.goto(f"{live_server.url}/stations/pack/photos/?parcel={parcel.reference}")
    tablet.set_input_files(
        "#photo", {"name": "p.png", "mimeType": "image/png", "buffer": tablet.screenshot()}
    )
    tablet.click("text=Keep the photo")
    tablet.wait_for_selector("figure img")
    picture(tablet, "photos")
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_a_bag_is_built_and_the_driver_signs_for_it(
    tablet: Page, live_server: Any, world: tuple[Merchant, Warehouse]
) -> None:
    owner, house = world
    first, second = ready(owner, house), ready(owner, house)
    tablet.goto(f"{live_server.url}/stations/units/")
    tablet.click("text=Open a bag")
    tablet.wait_for_selector("#scan")
    scan(tablet, first.reference)
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    picture(tablet, "unit")
    in_chinese(tablet, live_server.url, "unit")
    tablet.click("#presses >> text=Close it")
    tablet.wait_for_selector("#answer[data-verdict=done]")
    sscc = tablet.inner_text("[data-order]").strip()
    tablet.goto(f"{live_server.url}/stations/units/")
    picture(tablet, "units")
    tablet.goto(f"{live_server.url}/stations/hand-over/")
    picture(tablet, "hand-over")
    tablet.click("text=Scan out for")
    tablet.wait_for_selector("#scan")
    scan(tablet, f"]C100{sscc}")
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    scan(tablet, "NOT-OURS-7")
    tablet.wait_for_selector("#answer[data-verdict=wrong]")
    picture(tablet, "pickup")
    in_chinese(tablet, live_server.url, "pickup")
    tablet.click("#links >> text=Count and sign")
    tablet.wait_for_selector("#pad")
    assert second.reference in tablet.inner_text("main")
    assert "NOT-OURS-7" in tablet.inner_text("main")
    tablet.fill("#signed_by", "Wang Lei")
    box = tablet.locator("#pad").bounding_box()
    assert box is not None
    tablet.locator("#pad").scroll_into_view_if_needed()
    box = tablet.locator("#pad").bounding_box()
    assert box is not None
    tablet.mouse.move(box["x"] + 60, box["y"] + 80)
    tablet.mouse.down()
    tablet.mouse.move(box["x"] + 200, box["y"] + 140, steps=8)
    tablet.mouse.move(box["x"] + 320, box["y"] + 60, steps=8)
    tablet.mouse.up()
    picture(tablet, "pickup-sign")
    in_chinese(tablet, live_server.url, "pickup-sign")
    tablet.fill("#signed_by", "Wang Lei")
    tablet.locator("#pad").scroll_into_view_if_needed()
    box = tablet.locator("#pad").bounding_box()
    assert box is not None
    tablet.mouse.move(box["x"] + 60, box["y"] + 80)
    tablet.mouse.down()
    tablet.mouse.move(box["x"] + 260, box["y"] + 140, steps=8)
    tablet.mouse.up()
    tablet.click("text=Sign for 1 parcel")
    tablet.wait_for_selector("svg.drawn")
    picture(tablet, "pickup-signed")
    with merchant(owner):
        handover = Handover.objects.select_related("pickup").get()
        assert (handover.parcel_count, handover.signed_by) == (1, "Wang Lei")
        assert Parcel.objects.get(pk=second.pk).status == "packed"
    assert tablet.complaints == []  # type: ignore[attr-defined]
