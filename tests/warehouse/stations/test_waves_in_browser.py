"""Short picks, proposals and orders taken out, in a real browser with a simulated wedge scanner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from flows.wave_proposals import propose_waves
from tests.floor import a_released_wave, a_staff_member, a_template, allocated_orders
from tests.warehouse.stations.test_in_browser import (  # noqa: F401 - fixtures
    page_of,
    picture,
    scan,
    tablet,
    world,
)
from warehouse.models import Parcel, PickTask, PutBack, Warehouse, Wave

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_short_is_pressed_and_the_picker_goes_on_to_packing(
    tablet: Page,  # noqa: F811
    live_server: Any,
    world: tuple[Merchant, Warehouse],  # noqa: F811
) -> None:
    owner, house = world
    wave = a_released_wave(owner, house, orders=2)
    tablet.goto(f"{live_server.url}/stations/pick/{wave.pk}/")
    picture(tablet, "pick-short-offered")
    tablet.click("#presses button >> nth=1")
    tablet.wait_for_selector("#answer[data-verdict=noted]")
    assert "1 of 2 MUG-BLUE there" in tablet.inner_text("#answer")
    picture(tablet, "pick-short-said")
    scan(tablet, "MUG-BLUE")
    tablet.wait_for_selector("#answer[data-verdict=done]")
    picture(tablet, "pick-done")
    tablet.click("#links a")
    tablet.wait_for_url("**/stations/pack/")
    with merchant(owner):
        assert PickTask.objects.count() == 1
        assert PutBack.objects.get().quantity == 1
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_a_supervisor_makes_a_template_and_settles_what_it_proposes(
    chromium: Browser,
    live_server: Any,
    world: tuple[Merchant, Warehouse],  # noqa: F811
) -> None:
    owner, house = world
    page = page_of(chromium, live_server, a_staff_member("supervisor", house))
    page.goto(f"{live_server.url}/stations/templates/")
    page.click(".page-head .actions a")
    page.fill("[name=name]", "Late courier")
    page.fill("[name=cut_off]", "19:30")
    page.check("[name=weekdays] >> nth=0")
    picture(page, "template-new")
    page.click("main form .button.primary")
    page.wait_for_selector("text=Late courier is saved.")
    picture(page, "templates")
    allocated_orders(owner, 3)
    cut_off_at = timezone.now() + timedelta(hours=2)
    template = a_template(house)
    propose_waves(
        merchant_id=owner.pk, template=template, cut_off_at=cut_off_at, now=timezone.now()
    )
    page.goto(f"{live_server.url}/stations/")
    picture(page, "board-proposed")
    page.click("text=Release all")
    page.wait_for_selector("text=1 wave released.")
    page.click("a.row-link")
    page.click("summary:has-text('Take out')")
    page.fill("details[open] [name=reason]", "The buyer rang.")
    picture(page, "wave-take-out")
    page.click("details[open] button[value=keep]")
    page.wait_for_selector("text=the order waits for another wave")
    picture(page, "wave-taken-out")
    with merchant(owner):
        assert Wave.objects.get().status == "released"
        assert Parcel.objects.filter(status="cancelled").count() == 1
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()
