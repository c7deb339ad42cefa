"""Board, waves, picking and hand-over over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from core.models import Job, Merchant
from core.sentences import stored
from core.tenancy import merchant
from customs.models import Declaration
from flows.faults import sentences_of
from integrations.errors import Refused
from shipping.models import Booking, Handover
from tests.factories import NOW
from tests.floor import (
    a_released_wave,
    a_scan,
    a_staff_member,
    allocated_orders,
    ask,
    label_for,
    logged_in,
    parcels_of,
)
from warehouse.models import Parcel, PickTask, Warehouse, Wave

BOARD, PLAN, HAND_OVER = "/stations/", "/stations/waves/", "/stations/hand-over/"


def house_of(client: Client) -> Any:
    response = ask(client, BOARD)
    assert response.status_code == 200
    return response.json()["warehouses"][0]


def plan(client: Client, **fields: Any) -> Any:
    return ask(client, PLAN, {"merchant": "acme", "warehouse": "szx1", **fields})


def ready_parcel(owner: Merchant, house: Warehouse) -> Parcel:
    """A packed parcel whose export customs has released."""
    parcel = parcels_of(owner, a_released_wave(owner, house))[0]
    booking = label_for(owner, parcel)
    with merchant(owner):
        Parcel.objects.filter(pk=parcel.pk).update(status="packed", weight_g=812, packed_at=NOW)
        parcel.order.status = "packed"
        parcel.order.save(update_fields=["status"])
        Declaration.objects.create(
            booking=Booking.objects.get(pk=booking.pk), direction="export", country="CN",
            dataset="CN_EXPORT_LIST_9610", dataset_reason="test", lrn=f"L{parcel.pk}",
            status="released", elements={}, created_at=NOW,
        )  # fmt: skip
    return parcel


def test_board_follows_an_order_from_waiting_to_labels(
    floor: Client, supervisor: Client, acme: Merchant, rival: Merchant, house: Warehouse
) -> None:
    allocated_orders(acme, 3)
    allocated_orders(rival, 1)
    waiting = house_of(floor)["waiting"]
    assert [(row["merchant"], row["orders"]) for row in waiting] == [("acme", 3), ("rival", 1)]
    planned = plan(floor, cap=2)
    assert planned.status_code == 201
    wave = planned.json()["wave"]
    assert (wave["status"], len(wave["parcels"]), wave["tasks_open"]) == ("planned", 2, 2)
    assert wave["parcels"][0]["items"] == [
        {"sku": "MUG-BLUE", "gtin": "4006381333931", "quantity": 2}
    ]
    released = ask(supervisor, f"/stations/waves/{wave['id']}/release/", {})
    assert released.json()["released"] is True
    again = ask(supervisor, f"/stations/waves/{wave['id']}/release/", {})
    assert again.json()["released"] is False
    board = house_of(floor)
    assert board["waiting"][0]["orders"] == 1
    assert [(row["status"], row["to_pack"]) for row in board["waves"]] == [("released", 2)]
    assert [(row["coming"], row["person"]) for row in board["labels"]] == [(2, 0)]
    assert floor.get(BOARD).status_code == 200
    assert floor.get(f"/stations/waves/{wave['id']}/").status_code == 200


def test_plan_with_nothing_waiting_says_so(floor: Client, acme: Merchant) -> None:
    assert plan(floor).json() == {"wave": None}


@pytest.mark.parametrize(
    ("fields", "field", "status"),
    [
        ({"merchant": "nobody"}, "merchant", 404),
        ({"merchant": ""}, "merchant", 400),
        ({"merchant": "a\x00"}, "merchant", 400),
        ({"warehouse": "hkg9"}, "warehouse", 404),
        ({"cap": 0}, "cap", 400),
        ({"cap": 10**12}, "cap", 400),
        ({"cap": "many"}, "cap", 400),
    ],
)
def test_bad_plan_names_the_field(
    floor: Client, acme: Merchant, fields: dict[str, Any], field: str, status: int
) -> None:
    response = plan(floor, **fields)
    assert response.status_code == status
    assert response.json()["errors"][0]["field"] == field


def test_form_on_the_board_plans_and_releases(
    floor: Client, supervisor: Client, acme: Merchant
) -> None:
    allocated_orders(acme, 1)
    planned = supervisor.post(PLAN, {"merchant": "acme", "warehouse": "szx1", "cap": "5"})
    assert planned.status_code == 302
    assert supervisor.post(f"{planned['Location']}release/").status_code == 302
    with merchant(acme):
        assert Wave.objects.get().status == "released"
    assert floor.post(PLAN, {"merchant": "nobody", "warehouse": "szx1"}).status_code == 404


def test_failed_booking_stands_on_the_board_and_is_tried_again(
    floor: Client, elsewhere: Client, acme: Merchant, house: Warehouse
) -> None:
    a_released_wave(acme, house)
    with merchant(acme):
        failed = Job.objects.filter(kind="booking.book")
        failed.update(status="failed", last_error="postal_code: not served")
        job_id = failed.get().pk
    problem = house_of(floor)["problems"][0]
    assert (problem["job_id"], problem["reason"]) == (job_id, "postal_code: not served")
    assert "postal_code: not served" in floor.get(BOARD).content.decode()
    assert ask(elsewhere, f"/stations/problems/{job_id}/retry/", {}).status_code == 404
    assert ask(floor, f"/stations/problems/{job_id}/retry/", {}).json()["status"] == "queued"
    with merchant(acme):
        assert Job.objects.get(pk=job_id).status == "queued"


def test_scan_of_location_or_product_confirms_a_pick_once(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house, orders=3)
    with merchant(acme):
        place = PickTask.objects.select_related("location").first().location.code  # type: ignore[union-attr]
    path = f"/stations/pick/{wave.pk}/scans/"
    batch = {"scans": [a_scan(1, place), a_scan(3, "BOWL-RED"), a_scan(5, "4006381333931")]}
    answer = ask(floor, path, batch).json()
    assert [each["verdict"] for each in answer["results"]] == ["accepted", "wrong", "accepted"]
    assert answer["results"][1]["expected"] == [f"{place}: 2 × MUG-BLUE"]
    assert ask(floor, path, batch).json()["results"][0] == answer["results"][0]
    with merchant(acme):
        assert PickTask.objects.filter(picked_at__isnull=False).count() == 2
    last = ask(floor, path, {"scans": [a_scan(7, "MUG-BLUE")]}).json()
    assert last["results"][0]["verdict"] == "done"
    assert last["state"]["status"] == "picked"
    assert ask(floor, path, {"scans": [a_scan(9, "MUG-BLUE")]}).json()["results"][0]["verdict"] == (
        "duplicate"
    )
    page = floor.get(f"/stations/pick/{wave.pk}/")
    assert page.status_code == 200
    assert "All picked" in page.content.decode()


def test_program_confirms_tasks_and_all(floor: Client, acme: Merchant, house: Warehouse) -> None:
    wave = a_released_wave(acme, house, orders=3)
    with merchant(acme):
        task_id = PickTask.objects.order_by("position").values_list("pk", flat=True)[0]
    picks = {"wave": wave.pk, "picks": [{"client_id": "p1", "task_id": task_id}]}
    first = ask(floor, "/stations/picks/", picks).json()
    assert (first["confirmed"], first["left"]) == (1, 2)
    again = ask(floor, "/stations/picks/", picks).json()
    assert (again["confirmed"], again["left"], again["results"]) == (0, 2, first["results"])
    everything = ask(floor, "/stations/picks/", {"wave": wave.pk, "all": True}).json()
    assert (everything["confirmed"], everything["left"]) == (2, 0)
    assert everything["status"] == "picked"


def test_wave_that_is_not_released_cannot_be_picked(floor: Client, acme: Merchant) -> None:
    allocated_orders(acme, 1)
    wave_id = plan(floor).json()["wave"]["id"]
    response = ask(floor, "/stations/picks/", {"wave": wave_id, "all": True})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (409, "wave")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"wave": 10**30, "all": True}, "wave"),
        ({"wave": 987654321, "all": True}, "wave"),
        ({"all": True}, "wave"),
        ({"wave": "x", "all": True}, "wave"),
    ],
)
def test_bad_picks_name_the_field(
    floor: Client, acme: Merchant, body: dict[str, Any], field: str
) -> None:
    response = ask(floor, "/stations/picks/", body)
    assert 400 <= response.status_code < 500
    assert response.json()["errors"][0]["field"] == field


def test_hand_over_lists_signs_and_goes_once(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    ready_parcel(acme, house)
    rows = ask(floor, HAND_OVER).json()["ready"]
    assert rows == [
        {"merchant": "acme", "warehouse": "szx1", "carrier": "postal", "parcels": 1,
         "weight_g": 812}
    ]  # fmt: skip
    assert "Post" in floor.get(HAND_OVER).content.decode()
    signing = {"merchant": "acme", "warehouse": "szx1", "carrier": "postal", "signed_by": "Li"}
    done = ask(floor, HAND_OVER, signing)
    assert done.status_code == 201
    handover = done.json()["handover"]
    assert (handover["parcels"], handover["weight_g"], handover["signed_by"]) == (1, 812, "Li")
    assert ask(floor, HAND_OVER, signing).status_code == 409
    assert ask(floor, handover["url"]).json()["handover"]["manifest_url"] is None
    assert floor.get(handover["url"]).status_code == 200
    with merchant(acme):
        assert Handover.objects.get().parcel_count == 1


def test_the_manifests_page_looks_again_by_itself_until_it_is_there(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    ready_parcel(acme, house)
    form = {"merchant": "acme", "warehouse": "szx1", "carrier": "postal", "signed_by": "Wu"}
    page = floor.post(HAND_OVER, form)["Location"]
    assert 'http-equiv="refresh"' in floor.get(page).content.decode()
    with merchant(acme):
        Handover.objects.update(handed_over_at=NOW - timedelta(hours=1))
    assert 'http-equiv="refresh"' not in floor.get(page).content.decode()


def test_a_problem_is_told_in_the_readers_language(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    error = Refused("recipient.city", "required", "empty", partner="dhl_express")
    with merchant(acme):
        Job.objects.filter(kind="booking.book").update(
            status="failed", last_error="empty", said=stored(sentences_of(error))
        )
    for path in (BOARD, f"/stations/waves/{wave.pk}/"):
        said = floor.get(path, headers={"accept-language": "es"}).content.decode()
        assert "DHL Express exige este dato y falta: ciudad." in said


def test_hand_over_needs_a_name(floor: Client, acme: Merchant, house: Warehouse) -> None:
    ready_parcel(acme, house)
    response = ask(floor, HAND_OVER, {"merchant": "acme", "warehouse": "szx1", "carrier": "postal"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "signed_by")


def test_staff_see_only_their_warehouses(
    floor: Client, elsewhere: Client, acme: Merchant, house: Warehouse
) -> None:
    parcel = ready_parcel(acme, house)
    with merchant(acme):
        label_id = Booking.objects.get().label_id
    wave_id = parcel.wave_id
    assert ask(elsewhere, BOARD).json()["warehouses"] == []
    assert ask(elsewhere, HAND_OVER).json() == {"ready": []}
    for path in (
        f"/stations/waves/{wave_id}/", f"/stations/pick/{wave_id}/",
        f"/stations/documents/{label_id}/",
    ):  # fmt: skip
        assert floor.get(path).status_code == 200, path
        assert elsewhere.get(path).status_code == 404, path
    boss = logged_in(a_staff_member("admin"))
    assert ask(boss, BOARD).json()["warehouses"][0]["warehouse"] == "szx1"


def test_paper_whose_bytes_were_changed_is_not_printed(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    ready_parcel(acme, house)
    with merchant(acme):
        label = Booking.objects.select_related("label").get().label
    assert label is not None
    stored = Path(default_storage.path(label.storage_name))
    sound = stored.read_bytes()
    stored.write_bytes(b"%PDF-1.7 another")
    try:
        assert floor.get(f"/stations/documents/{label.pk}/").status_code == 410
    finally:
        stored.write_bytes(sound)
