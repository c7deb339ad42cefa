"""The scan that prints: one scan claims the most urgent order and queues its label, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.printing import print_waiting
from orders.files.orders import ParsedLine
from tests.factories import ACTOR, NOW, a_product
from tests.floor import (
    a_released_wave,
    a_scan,
    a_staff_member,
    ask,
    label_for,
    logged_in,
    parcels_of,
)
from warehouse.models import (
    Parcel,
    ParcelItem,
    Printer,
    PrintJob,
    Scan,
    SinglePiece,
    StationPrinter,
    Warehouse,
    Wave,
)
from warehouse.services.singles import claim_single

SCANS, STATION = "/stations/single/scans/", "/stations/printing/station/"
MUG, GTIN = "MUG-BLUE", "4006381333931"
ONE = (ParsedLine(1, "1", MUG, "", 1, Decimal("9.50")),)


def a_wave(owner: Merchant, house: Warehouse, count: int = 1, **fields: Any) -> list[Parcel]:
    wave = a_released_wave(owner, house, orders=count, **{"lines": ONE, **fields})
    return parcels_of(owner, wave)


def send(client: Client, *scans: dict[str, Any]) -> Any:
    response = ask(client, SCANS, {"scans": list(scans)})
    assert response.status_code == 200, response.content
    return response.json()


def verdicts(answer: Any) -> list[str]:
    return [result["verdict"] for result in answer["results"]]


def jobs_of(owner: Merchant) -> list[PrintJob]:
    with merchant(owner):
        return list(PrintJob.objects.order_by("id"))


@pytest.fixture
def printer(house: Warehouse) -> Printer:
    return Printer.objects.create(
        warehouse=house, name="Zebra 1", kind="raw9100", accepts="pdf", address="10.0.0.9",
        port=9100,
    )  # fmt: skip


@pytest.fixture
def station(floor: Client, house: Warehouse, printer: Printer) -> Client:
    """A tablet whose labels come out at the Zebra."""
    body = {"warehouse": house.code, "name": "T1", "printer": printer.pk}
    assert ask(floor, STATION, body).status_code == 200
    return floor


def test_one_scan_claims_counts_and_queues_the_label_at_the_stations_printer(
    station: Client, acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    (parcel,) = a_wave(acme, house)
    booking = label_for(acme, parcel)
    answer = send(station, a_scan(1, GTIN))
    assert verdicts(answer) == ["accepted"]
    assert answer["state"]["order"] == parcel.reference
    (job,) = jobs_of(acme)
    assert (job.status, job.printer_id, job.station) == ("queued", printer.pk, "T1")
    assert job.document_id == booking.label_id
    with merchant(acme):
        assert [item.scanned for item in ParcelItem.objects.all()] == [1]
        assert Scan.objects.get().parcel_id == parcel.pk


def test_scan_of_the_label_packs_the_parcel_by_its_planned_weight(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    (parcel,) = a_wave(acme, house)
    booking = label_for(acme, parcel)
    answer = send(station, a_scan(1, MUG), a_scan(2, booking.tracking_number))
    assert verdicts(answer) == ["accepted", "done"]
    with merchant(acme):
        closed = Parcel.objects.get()
    assert (closed.status, closed.weight_g) == ("packed", closed.expected_weight_g)


def test_service_that_wants_the_true_weight_is_weighed(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    (parcel,) = a_wave(acme, house)
    booking = label_for(acme, parcel)
    with merchant(acme):
        type(booking).objects.update(service_code="DHL_EXPRESS_WORLDWIDE")
    answer = send(station, a_scan(1, MUG), a_scan(2, booking.tracking_number))
    assert verdicts(answer) == ["accepted", "accepted"]
    assert "true weight" in answer["results"][1]["message"]
    with merchant(acme):
        assert Parcel.objects.get().status == "planned"


def test_weight_from_the_scale_packs_it(station: Client, acme: Merchant, house: Warehouse) -> None:
    (parcel,) = a_wave(acme, house)
    label_for(acme, parcel)
    weight = f"{parcel.expected_weight_g + 2} g"
    assert verdicts(send(station, a_scan(1, MUG), a_scan(2, weight))) == ["accepted", "done"]
    with merchant(acme):
        assert Parcel.objects.get().weight_g == parcel.expected_weight_g + 2


def test_earliest_ship_by_goes_first_then_those_without(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    (late,) = a_wave(acme, house, ship_by=NOW + timedelta(days=3))
    (never,) = a_wave(acme, house)
    (soon,) = a_wave(acme, house, ship_by=NOW + timedelta(days=1))
    numbers = iter(range(1, 9))
    claimed = []
    for parcel in (soon, late, never):
        booking = label_for(acme, parcel)
        answer = send(station, a_scan(next(numbers), MUG))
        claimed.append(answer["state"]["order"])
        send(station, a_scan(next(numbers), booking.tracking_number))
    assert claimed == [soon.reference, late.reference, never.reference]


def test_without_a_label_it_claims_says_so_and_prints_when_the_label_comes(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    first, second = a_wave(acme, house, 2)
    answer = send(station, a_scan(1, MUG))
    assert verdicts(answer) == ["waiting"]
    assert "Label coming" in answer["state"]["next_action"]
    assert verdicts(send(station, a_scan(2, MUG))) == ["waiting"], "the piece was put aside"
    assert [job.status for job in jobs_of(acme)] == ["waiting", "waiting"]
    booking = label_for(acme, first)
    with merchant(acme):
        print_waiting(booking_id=booking.pk, now=NOW)
    assert sorted(job.status for job in jobs_of(acme)) == ["queued", "waiting"]
    answer = send(station, a_scan(3, booking.tracking_number))
    assert verdicts(answer) == ["done"], "its label came out later and was stuck on"
    with merchant(acme):
        states = dict(Parcel.objects.values_list("reference", "status"))
    assert states == {first.reference: "packed", second.reference: "planned"}


def test_wrong_scans_say_what_was_expected(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    first, second = a_wave(acme, house, 2)
    booking = label_for(acme, first)
    label_for(acme, second)
    answer = send(station, a_scan(1, "BOWL-RED"))
    assert verdicts(answer) == ["wrong"]
    assert "BOWL-RED" in answer["results"][0]["message"]
    assert answer["results"][0]["expected"]
    send(station, a_scan(2, MUG))
    answer = send(station, a_scan(4, MUG))
    assert verdicts(answer) == ["wrong"], "the parcel before is not finished"
    assert any(booking.tracking_number in each for each in answer["results"][0]["expected"])
    with across_merchants("The test counts."):
        assert SinglePiece.objects.filter(claimed_at__isnull=False).count() == 1


def test_double_press_and_lost_answer_claim_one_order(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    for parcel in a_wave(acme, house, 3):
        label_for(acme, parcel)
    press = a_scan(1, MUG)
    first = send(station, press)
    again = send(station, press)
    assert (verdicts(first), verdicts(again)) == (["accepted"], ["accepted"])
    assert again["results"] == first["results"]
    echo = {**a_scan(2, MUG), "at": "2026-11-20T09:00:01.100Z"}
    assert verdicts(send(station, echo)) == ["duplicate"]
    assert len(jobs_of(acme)) == 1


def test_lost_cookie_still_answers_a_press_once(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    """The answer was lost and with it what the browser has in hand: the same press comes again."""
    for parcel in a_wave(acme, house, 2):
        label_for(acme, parcel)
    press = a_scan(1, MUG)
    first = send(station, press)
    del station.cookies["waybridge_single_table"]
    again = send(station, press)
    assert again["state"]["order"] == first["state"]["order"]
    assert len(jobs_of(acme)) == 1


def test_label_pressed_again_after_a_lost_answer_is_answered_as_the_first_time(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    """What the browser has in hand is as before the press: the kept scan knows better."""
    parcels = a_wave(acme, house, 2)
    for each in parcels:
        label_for(acme, each)
    claimed = send(station, a_scan(1, MUG))
    before = station.cookies["waybridge_single_table"].value
    press = a_scan(2, claimed["state"]["order"])
    first = send(station, press)
    station.cookies["waybridge_single_table"] = before
    again = send(station, press)
    assert again["results"] == first["results"]
    with merchant(acme):
        assert sorted(Parcel.objects.values_list("status", flat=True)) == ["packed", "planned"]
        assert SinglePiece.objects.filter(claimed_at__isnull=True).count() == 1


def test_what_is_in_hand_is_the_persons_own(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    (parcel,) = a_wave(acme, house)
    label_for(acme, parcel)
    send(station, a_scan(1, MUG))
    other = logged_in(a_staff_member("floor", house, email="two@operator.example"))
    other.cookies["waybridge_single_table"] = station.cookies["waybridge_single_table"].value
    assert parcel.reference not in other.get("/stations/single/").content.decode()
    assert parcel.reference in station.get("/stations/single/").content.decode()


def test_session_is_not_written_by_a_scan(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    (parcel,) = a_wave(acme, house)
    label_for(acme, parcel)
    from django.contrib.sessions.models import Session

    before = list(Session.objects.values_list("session_data", "expire_date"))
    send(station, a_scan(1, MUG), a_scan(2, parcel.reference))
    assert list(Session.objects.values_list("session_data", "expire_date")) == before


def test_two_tablets_never_claim_one_order(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    for parcel in a_wave(acme, house, 2):
        label_for(acme, parcel)
    other = logged_in(a_staff_member("floor", house, email="two@operator.example"))
    mine = send(station, a_scan(1, MUG, "one"))
    theirs = send(other, a_scan(1, MUG, "two"))
    assert mine["state"]["order"] != theirs["state"]["order"]
    third = logged_in(a_staff_member("floor", house, email="three@operator.example"))
    assert verdicts(send(third, a_scan(1, MUG, "three"))) == ["wrong"]


def test_goods_of_two_merchants_are_told_apart(
    station: Client, acme: Merchant, rival: Merchant, house: Warehouse
) -> None:
    (theirs,) = a_wave(rival, house, ship_by=NOW)
    (mine,) = a_wave(acme, house)
    label_for(acme, mine)
    label_for(rival, theirs)
    answer = send(station, a_scan(1, MUG))
    assert verdicts(answer) == ["wrong"]
    assert "Several merchants" in answer["results"][0]["message"]
    answer = send(station, a_scan(2, "acme"), a_scan(3, MUG))
    assert verdicts(answer) == ["accepted", "accepted"]
    assert answer["state"]["order"] == mine.reference


def test_only_pieces_of_released_single_waves_of_this_warehouse(
    station: Client, acme: Merchant, house: Warehouse, elsewhere: Client
) -> None:
    wave = a_released_wave(acme, house)
    assert parcels_of(acme, wave)[0].pk
    assert verdicts(send(station, a_scan(1, MUG))) == ["wrong"], "two pieces are for the wall"
    assert ask(elsewhere, SCANS, {"scans": [a_scan(1, MUG)]}).status_code == 409


def test_suspended_merchants_goods_stay(station: Client, acme: Merchant, house: Warehouse) -> None:
    from flows.suspension import suspend

    a_wave(acme, house)
    suspend(merchant_id=acme.pk, reason="test", actor=ACTOR, now=NOW)
    answer = send(station, a_scan(1, MUG))
    assert verdicts(answer) == ["wrong"]
    assert "suspended" in answer["results"][0]["message"]


def test_browser_prints_where_no_printer_was_chosen_and_only_once(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    (parcel,) = a_wave(acme, house)
    label_for(acme, parcel)
    answer = send(floor, a_scan(1, MUG))
    (paper,) = answer["state"]["documents"]
    assert floor.get(paper["url"])["Content-Type"] == "application/pdf"
    (job,) = jobs_of(acme)
    assert job.status == "sent"
    assert floor.get(paper["url"]).status_code == 302, "again it asks for a reason"
    refused = ask(floor, f"/stations/printing/{job.pk}/again/", {"reason": " "})
    assert refused.status_code == 400
    assert ask(floor, f"/stations/printing/{job.pk}/again/", {"reason": "torn"}).status_code == 200
    assert [each.status for each in jobs_of(acme)] == ["failed", "queued"]


def test_claim_walks_an_index_and_not_all_pieces(acme: Merchant, house: Warehouse) -> None:
    from django.db import connection

    from warehouse.services import singles

    a_wave(acme, house, 3)
    given = {"warehouse": house.pk, "owner": None, "code": MUG, "now": NOW, "actor": ACTOR}
    with across_merchants("The test reads the plan."), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + singles.CLAIM["sku"], given)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "single_piece_sku" in plan
    assert "Sort" not in plan


def test_other_waves_are_left_alone(acme: Merchant, house: Warehouse) -> None:
    with merchant(acme):
        assert Wave.objects.count() == 0
    with across_merchants("The test claims nothing."):
        found = claim_single(
            warehouse_id=house.pk, codes=[("sku", MUG)], merchant_id=None, actor=ACTOR, now=NOW
        )
    assert found is None


def test_station_of_another_warehouse_is_not_this_browsers(
    station: Client, house: Warehouse
) -> None:
    from tests.factories import a_warehouse

    far = a_warehouse("hkg1")
    StationPrinter.objects.update(warehouse=far)
    response = ask(station, SCANS, {"scans": [a_scan(1, MUG)]})
    assert response.status_code == 200, "its own only warehouse, without that printer"
    assert ask(station, STATION, {"warehouse": "hkg1", "name": "X"}).status_code == 404


def test_product_number_with_a_wrong_check_digit_still_claims(
    station: Client, acme: Merchant, house: Warehouse
) -> None:
    a_product(acme, "BOWL-7", gtin="12345678")
    lines = (ParsedLine(1, "1", "BOWL-7", "", 1, ONE[0].unit_price),)
    (parcel,) = a_wave(acme, house, lines=lines)
    assert send(station, a_scan(1, "12345678"))["state"]["order"] == parcel.reference
