"""A member signs in, uploads the sample products, and sees them: in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.jobs import drain_queue
from core.tenancy import merchant
from flows.intake import submit_file
from flows.transit import tell
from orders.models import Order
from tests.dashboard.conftest import Shop, a_shop
from tests.factories import ACTOR, NOW, a_handed_over_parcel, a_product, a_warehouse, an_order
from tests.ui.basics import faults_of
from tracking.services import NewEvent

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAMPLES = Path(__file__).parents[2] / "samples"
PASSWORD = "correct horse battery"
PICTURES = os.environ.get("DASHBOARD_PICTURES", "")


@pytest.fixture(autouse=True)
def async_unsafe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop in this thread, which Django takes for async code."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def browser_shop(live_server: Any) -> Shop:  # the server first: it opens the database
    a_warehouse()
    made = a_shop("acme")
    made.people["owner"].set_password(PASSWORD)
    made.people["owner"].save(update_fields=["password"])
    return made


@pytest.fixture
def tab(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A tab in which no page complains and none asks another site for anything."""
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 1360, "height": 860}
    )
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda line: heard.append(line.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "requestfailed",
        lambda request: heard.append(f"failed: {request.url} {request.failure}"),
    )
    yield page
    context.close()
    assert [words for words in heard if "net::ERR_ABORTED" not in words] == []


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def sign_in(page: Page) -> None:
    page.goto("/")
    page.fill("input[name=login]", "owner@acme.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("h1:has-text('Today')")


def test_sample_products_are_uploaded_and_listed(browser_shop: Shop, tab: Page) -> None:
    sign_in(tab)
    picture(tab, "today-first")
    tab.click("a:has-text('Products & stock')")
    tab.click("a:has-text('Upload products') >> nth=0")
    tab.set_input_files("#file", SAMPLES / "products.csv")
    picture(tab, "upload")
    tab.click("button:has-text('Upload and check')")
    tab.wait_for_selector("#progress >> text=Waiting for a free worker")
    drain_queue(merchant_id=browser_shop.owner.pk, queue="flow")
    tab.wait_for_selector("a:has-text('Show what came in')")
    picture(tab, "upload-done")
    tab.click("a:has-text('Show what came in')")
    assert tab.locator("tbody tr").count() == 25
    picture(tab, "products")
    tab.click("a[rel=next]")
    assert tab.locator("tbody tr").count() > 10


def test_every_screen_with_the_sample_orders_in_it(browser_shop: Shop, tab: Page) -> None:
    owner = browser_shop.owner
    for kind, name in (("products", "products.csv"), ("orders", "orders_amazon_unshipped.txt")):
        with (SAMPLES / name).open("rb") as file:
            submit_file(
                merchant_id=owner.pk, kind=kind, file=file, filename=name, actor=ACTOR, now=NOW
            )
        drain_queue(merchant_id=owner.pk, queue="flow", limit=2)
    with merchant(owner):
        ready = list(Order.objects.filter(status=Order.Status.ACCEPTED, country="DE")[:1])
        held = Order.objects.filter(status=Order.Status.HELD).order_by("id")[0]
    parcel = a_handed_over_parcel(owner, ready[0])
    sign_in(tab)
    for name, path in (
        ("today", "/"),
        ("orders", "/orders/"),
        ("orders-held", "/orders/?status=held"),
        ("order", f"/orders/{ready[0].reference}/"),
        ("order-held", f"/orders/{held.reference}/"),
        ("shipments", "/shipments/"),
        ("shipment", f"/shipments/{parcel.pk}/"),
        ("customs", "/customs/"),
        ("claim-new", f"/claims/new/?parcel={parcel.tracking_number}"),
        ("billing", "/billing/"),
        ("team", "/settings/team/"),
        ("keys", "/settings/keys/"),
    ):
        tab.goto(path)
        picture(tab, name)
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is wider than the screen"
    tab.goto(f"/orders/?status={Order.Status.HELD}")
    tab.check("[data-select-all]")
    tab.click("button:has-text('Release their holds')")
    assert tab.locator(".notice").count() >= 1
    picture(tab, "orders-released")


def test_a_buyer_opens_the_details_with_the_postcode(browser_shop: Shop, tab: Page) -> None:
    a_product(browser_shop.owner)
    parcel = a_handed_over_parcel(browser_shop.owner, an_order(browser_shop.owner))
    way = (("EMA", "Shenzhen", "CN"), ("EMC", "Shenzhen", "CN"), ("EMD", "FRANKFURT", "DE"))
    scans = [
        NewEvent(
            source="feed", vendor="UPU_EMSEVT", code=code, city=city, country=country,
            happened_at=NOW + timedelta(hours=9 * step), vendor_event_id=str(step),
        )
        for step, (code, city, country) in enumerate(way)
    ]  # fmt: skip
    tell(merchant_id=browser_shop.owner.pk, parcel_id=parcel.pk, events=scans)
    tab.goto(f"/t/{parcel.link_token}/")
    assert tab.locator("text=Heidestraße").count() == 0
    picture(tab, "parcel")
    tab.fill("#postcode", "10557")
    tab.click("button:has-text('Show')")
    tab.wait_for_selector("text=Heidestraße 17")
    picture(tab, "parcel-revealed")


LABELS = """() => [...document.querySelectorAll('.map text')].map((e) => {
  const box = e.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom, e.textContent];
})"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("language", ["en", "es", "zh-hans"])
def test_the_buyers_page_has_the_basics_of_accessibility_and_labels_apart(
    browser_shop: Shop, chromium: Browser, live_server: Any, size: tuple[int, int], language: str
) -> None:
    a_product(browser_shop.owner)
    parcel = a_handed_over_parcel(browser_shop.owner, an_order(browser_shop.owner))
    way = (("EMA", "Shenzhen", "CN"), ("EMC", "Hong Kong", "HK"), ("EMD", "Leipzig", "DE"),
           ("EMF", "Frankfurt", "DE"))  # fmt: skip
    scans = [
        NewEvent(
            source="feed", vendor="UPU_EMSEVT", code=code, city=city, country=country,
            happened_at=NOW + timedelta(hours=9 * step), vendor_event_id=str(step),
        )
        for step, (code, city, country) in enumerate(way)
    ]  # fmt: skip
    tell(merchant_id=browser_shop.owner.pk, parcel_id=parcel.pk, events=scans)
    for scheme in ("light", "dark"):
        page = chromium.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
        )
        page.goto(f"{live_server.url}/t/{parcel.link_token}/?lang={language}")
        assert faults_of(page) == []
        assert page.locator("html").get_attribute("lang") == language
        labels = page.evaluate(LABELS)
        page.close()
        assert len(labels) >= 3
        for one, other in combinations(labels, 2):
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, f"{one[4]} lies on {other[4]}"
