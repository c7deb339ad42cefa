"""The printing page and the administrator's equipment."""

from __future__ import annotations

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from flows.printing import queue_label
from tests.factories import ACTOR, NOW
from tests.floor import a_staff_member, ask, logged_in
from warehouse.models import Parcel, PrintAgent, Printer, PrintJob, PutWallSlot, Warehouse

EQUIPMENT, PRINTERS = "/staff/equipment/", "/staff/equipment/printers/"


@pytest.fixture
def floor(house: Warehouse) -> Client:
    return logged_in(a_staff_member("floor", house))


@pytest.fixture
def admin(house: Warehouse) -> Client:
    return logged_in(a_staff_member("admin", house))


@pytest.fixture
def job(acme: Merchant, parcel: Parcel, printer: Printer) -> PrintJob:
    with merchant(acme):
        mine = Parcel.objects.select_for_update().get(pk=parcel.pk)
        return queue_label(parcel=mine, printer_id=printer.pk, station="T1", actor=ACTOR, now=NOW)


def printer_body(**fields: object) -> dict[str, object]:
    return {
        "warehouse": "szx1", "name": "Zebra 9", "kind": "raw9100", "accepts": "pdf",
        "address": "192.168.1.50", "port": 9100, **fields,
    }  # fmt: skip


def test_administrator_adds_and_changes_a_printer(admin: Client) -> None:
    assert ask(admin, PRINTERS, printer_body()).status_code == 200
    printer = Printer.objects.get()
    assert ask(admin, PRINTERS, printer_body(id=printer.pk, port=9101)).status_code == 200
    printer.refresh_from_db()
    assert (printer.address, printer.port) == ("192.168.1.50", 9101)
    assert "192.168.1.50:9101" in admin.get(EQUIPMENT).content.decode()


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "169.254.169.254", "fd00:ec2::254", "metadata.google.internal"]
)
def test_address_outside_of_the_building_is_refused_in_words(admin: Client, address: str) -> None:
    answer = ask(admin, PRINTERS, printer_body(address=address))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "address"
    assert not Printer.objects.exists()


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("127.0.0.1", 5432), ("::1", 6379), ("127.0.0.1", 22), ("10.0.0.5", 5432),
        ("192.168.1.50", 80), ("::ffff:127.0.0.1", 6379), ("10.0.0.5", 2375), ("fc00::5", 11211),
    ],
)  # fmt: skip
def test_port_where_no_printer_listens_is_refused_in_words(
    admin: Client, address: str, port: int
) -> None:
    answer = ask(admin, PRINTERS, printer_body(address=address, port=port))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "port"
    assert not Printer.objects.exists()


@pytest.mark.parametrize("path", ["ipp", "/a b", "/\r\nX: y", "/é", "http://10.0.0.1/", "/?x=1"])
def test_path_that_is_none_is_refused_in_words(admin: Client, path: str) -> None:
    answer = ask(admin, PRINTERS, printer_body(kind="ipp", port=631, path=path))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "path")


def test_same_name_twice_and_unknown_values_are_refused(admin: Client) -> None:
    ask(admin, PRINTERS, printer_body())
    assert ask(admin, PRINTERS, printer_body()).status_code == 409
    assert ask(admin, PRINTERS, printer_body(name="B", kind="usb")).status_code == 400


def test_agents_key_is_shown_once_and_can_be_revoked(admin: Client) -> None:
    page = admin.post("/staff/equipment/agents/", {"warehouse": "szx1", "name": "box"})
    assert "wbp_" in page.content.decode()
    assert "wbp_" not in admin.get(EQUIPMENT).content.decode()
    agent = PrintAgent.objects.get()
    revoke = f"/staff/equipment/agents/{agent.pk}/revoke/"
    assert (ask(admin, revoke, {}).status_code, ask(admin, revoke, {}).status_code) == (200, 404)


def test_put_wall_has_its_slots_numbered(admin: Client) -> None:
    body = {"warehouse": "szx1", "code": "w", "slots": 3}
    assert ask(admin, "/staff/equipment/walls/", body).status_code == 200
    codes = PutWallSlot.objects.order_by("position").values_list("code", flat=True)
    assert list(codes) == ["W-01", "W-02", "W-03"]


def test_dead_printer_is_shown_with_what_mends_it(
    floor: Client, job: PrintJob, printer: Printer
) -> None:
    from warehouse.rules.printing import fault_sentences

    said = [each.as_dict() for each in fault_sentences("no_paper", "media-empty")]
    Printer.objects.filter(pk=printer.pk).update(fault_said=said, fault_since=NOW)
    page = floor.get("/stations/printing/").content.decode()
    assert "Put in a new roll" in page
    assert "media-empty" in page


def test_label_is_printed_again_with_a_reason_and_says_so_in_the_orders_history(
    floor: Client, acme: Merchant, job: PrintJob
) -> None:
    from core.models import Event

    path = f"/stations/printing/{job.pk}/again/"
    assert ask(floor, path, {"reason": "torn"}).status_code == 409, "it is on its way"
    with merchant(acme):
        PrintJob.objects.update(status="sent", delivered_at=NOW, sent_at=NOW)
    assert ask(floor, path, {}).status_code == 400
    assert ask(floor, path, {"reason": "torn"}).status_code == 200
    with merchant(acme):
        event = Event.objects.get(kind="label.reprinted")
    assert event.data["reason"] == "torn"
    reference = floor.get(f"/stations/printing/?parcel={job.parcel.reference}")
    assert "torn" in reference.content.decode()


def test_person_says_that_the_label_is_there(floor: Client, acme: Merchant, job: PrintJob) -> None:
    path = f"/stations/printing/{job.pk}/seen/"
    assert ask(floor, path, {}).status_code == 409
    with merchant(acme):
        PrintJob.objects.update(status="sent", sent_at=NOW)
    assert ask(floor, path, {}).status_code == 200
    with merchant(acme):
        assert PrintJob.objects.get().status == "confirmed"


def test_another_warehouses_person_has_no_part_in_it(house: Warehouse, job: PrintJob) -> None:
    stranger = logged_in(a_staff_member("floor", email="far@operator.example"))
    for step in ("again", "go-on", "seen"):
        path = f"/stations/printing/{job.pk}/{step}/"
        assert ask(stranger, path, {"reason": "x"}).status_code == 404
    assert stranger.get(f"/stations/printing/{job.pk}/label/").status_code == 404
    page = stranger.get("/stations/printing/").content.decode()
    with merchant(job.merchant_id):
        assert job.parcel.reference not in page
