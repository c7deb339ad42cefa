"""The single-item station and the put wall in a real browser with a simulated wedge scanner."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from orders.files.orders import ParsedLine
from tests.floor import a_released_wave, a_staff_member, label_for, parcels_of
from tests.warehouse.stations.test_in_browser import (  # noqa: F401 - fixtures among them
    page_of,
    picture,
    scan,
    tablet,
    world,
)
from warehouse.models import Parcel, Printer, PrintJob, Warehouse
from warehouse.services.equipment import make_wall

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MUG, SPEAKER = "MUG-BLUE", "BT-SPK-02"


def lines(*skus: str) -> tuple[ParsedLine, ...]:
    return tuple(
        ParsedLine(number, str(number), sku, "", 1, Decimal("9.50"))
        for number, sku in enumerate(skus, start=1)
    )


def test_piece_is_scanned_its_label_printed_and_scanned_and_packed(
    tablet: Page,  # noqa: F811
    live_server: Any,
    world: tuple[Merchant, Warehouse],  # noqa: F811
) -> None:
    owner, house = world
    Printer.objects.create(
        warehouse=house, name="Zebra 1", kind="raw9100", accepts="pdf", address="10.0.0.9",
        port=9100,
    )  # fmt: skip
    first, second = parcels_of(owner, a_released_wave(owner, house, orders=2, lines=lines(MUG)))
    booking = label_for(owner, first)
    tablet.goto(f"{live_server.url}/stations/printing/?for=single")
    picture(tablet, "printing-empty")
    tablet.fill("input[name=name]", "Table 1")
    tablet.select_option("select[name=printer]", label="Zebra 1 (PDF)")
    tablet.click("text=This is my station")
    tablet.wait_for_selector("#scan")
    picture(tablet, "single-empty")
    scan(tablet, "NOPE-1")
    tablet.wait_for_selector("#answer[data-verdict=wrong]")
    picture(tablet, "single-wrong")
    scan(tablet, "4006381333931")
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    assert first.reference in tablet.inner_text("#order")
    assert "Zebra 1" in tablet.inner_text("#notes")
    picture(tablet, "single-claimed")
    scan(tablet, booking.tracking_number)
    tablet.wait_for_selector("#answer[data-verdict=done]")
    picture(tablet, "single-packed")
    scan(tablet, MUG)
    tablet.wait_for_selector("#answer[data-verdict=waiting]")
    assert second.reference in tablet.inner_text("#order")
    picture(tablet, "single-label-coming")
    with merchant(owner):
        statuses = list(PrintJob.objects.order_by("id").values_list("status", flat=True))
        assert statuses == ["queued", "waiting"], "no agent runs here"
        assert Parcel.objects.get(pk=first.pk).status == "packed"
    tablet.goto(f"{live_server.url}/stations/printing/")
    picture(tablet, "printing")
    too_wide = tablet.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_pieces_are_put_into_slots_until_an_order_is_complete(
    tablet: Page,  # noqa: F811
    live_server: Any,
    world: tuple[Merchant, Warehouse],  # noqa: F811
) -> None:
    owner, house = world
    wall = make_wall(warehouse=house, code="A", slots=["A-01", "A-02", "A-03"])
    wave = a_released_wave(owner, house, orders=2, lines=lines(MUG, SPEAKER))
    for parcel in parcels_of(owner, wave):
        label_for(owner, parcel)
    tablet.goto(f"{live_server.url}/stations/walls/")
    picture(tablet, "walls")
    tablet.click("text=Put together")
    tablet.wait_for_selector("#scan")
    scan(tablet, MUG)
    tablet.wait_for_selector("#answer[data-verdict=accepted]")
    assert tablet.inner_text("[data-verdict-words]") == "A-01"
    picture(tablet, "wall-put")
    tablet.wait_for_timeout(400)
    scan(tablet, MUG)
    tablet.wait_for_selector("[data-verdict-words]:text-is('A-02')")
    scan(tablet, SPEAKER)
    tablet.wait_for_selector("#answer[data-verdict=done]")
    assert tablet.inner_text("[data-verdict-words]") == "A-01"
    assert "Print the label" in tablet.inner_text("#documents")
    picture(tablet, "wall-complete")
    scan(tablet, "NOPE-1")
    tablet.wait_for_selector("#answer[data-verdict=wrong]")
    picture(tablet, "wall-wrong")
    assert wall.pk
    assert tablet.complaints == []  # type: ignore[attr-defined]


def test_equipment_keeps_the_policy_and_fits_the_tablet(
    chromium: Browser,
    live_server: Any,
    world: tuple[Merchant, Warehouse],  # noqa: F811
) -> None:
    page = page_of(chromium, live_server, a_staff_member("admin", world[1]))
    make_wall(warehouse=world[1], code="A", slots=["A-01", "A-02", "A-03"])
    page.goto(f"{live_server.url}/staff/equipment/", wait_until="networkidle")
    page.click("text=Add a printer")
    page.fill("#name-new", "Zebra 1")
    page.fill("#address-new", "192.168.1.50")
    page.click("details[open] button.primary")
    page.wait_for_selector("text=192.168.1.50:9100")
    page.fill("#agent-name", "box")
    page.click("text=Make an agent's key")
    page.wait_for_selector("text=wbp_")
    picture(page, "equipment")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()
