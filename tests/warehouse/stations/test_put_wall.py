"""The put wall: each piece has its slot, the last one prints the label, packing frees the slot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.closing import close_parcel
from orders.files.orders import ParsedLine
from tests.factories import ACTOR, NOW
from tests.floor import (
    a_released_wave,
    a_scan,
    a_staff_member,
    ask,
    label_for,
    logged_in,
    parcels_of,
)
from warehouse.models import Parcel, ParcelItem, PrintJob, PutWall, SlotUse, Warehouse, Wave
from warehouse.services.equipment import make_wall

MUG, BOWL = "MUG-BLUE", "BOWL-RED"
BOTH = (
    ParsedLine(1, "1", MUG, "", 1, Decimal("9.50")),
    ParsedLine(2, "2", BOWL, "", 1, Decimal("7.50")),
)


@pytest.fixture
def wall(house: Warehouse) -> PutWall:
    return make_wall(warehouse=house, code="A", slots=["A-01", "A-02"])


@pytest.fixture
def wave(acme: Merchant, house: Warehouse) -> Wave:
    """Two orders of a mug and a bowl each, labels there."""
    wave = a_released_wave(acme, house, orders=2, lines=BOTH)
    for parcel in parcels_of(acme, wave):
        label_for(acme, parcel)
    return wave


def send(client: Client, wall: PutWall, wave: Wave, *scans: dict[str, Any]) -> Any:
    response = ask(client, f"/stations/walls/{wall.pk}/{wave.pk}/scans/", {"scans": list(scans)})
    assert response.status_code == 200, response.content
    return response.json()


def told(answer: Any) -> list[tuple[str, str]]:
    return [(each["verdict"], each.get("big", "")) for each in answer["results"]]


def test_each_piece_has_its_slot_and_the_last_prints_the_label(
    floor: Client, acme: Merchant, wall: PutWall, wave: Wave
) -> None:
    answer = send(floor, wall, wave, *(a_scan(n, MUG) for n in (1, 3)))
    assert told(answer) == [("accepted", "A-01"), ("accepted", "A-02")]
    answer = send(floor, wall, wave, a_scan(5, BOWL))
    assert told(answer) == [("done", "A-01")]
    assert "Slot A-01 is complete" in answer["results"][0]["message"]
    with merchant(acme):
        (job,) = PrintJob.objects.all()
        first = Parcel.objects.order_by("id")[0]
        assert (job.parcel_id, job.status) == (first.pk, "queued")
    assert answer["state"]["documents"][0]["label"] == "Print the label"
    assert [line["location"] for line in answer["state"]["lines"]] == ["A-01", "A-02"]


def test_packing_frees_the_slot(floor: Client, acme: Merchant, wall: PutWall, wave: Wave) -> None:
    send(floor, wall, wave, a_scan(1, MUG), a_scan(2, BOWL))
    with merchant(acme):
        parcel = Parcel.objects.order_by("id")[0]
    close_parcel(
        merchant_id=acme.pk, parcel_reference=parcel.reference,
        weight_g=parcel.expected_weight_g, actor=ACTOR, now=NOW,
    )  # fmt: skip
    with merchant(acme):
        assert not SlotUse.objects.filter(freed_at__isnull=True).exists()
    assert told(send(floor, wall, wave, a_scan(4, MUG))) == [("accepted", "A-01")]


def test_full_wall_names_the_slots_to_pack(
    floor: Client, acme: Merchant, house: Warehouse, wave: Wave
) -> None:
    small = make_wall(warehouse=house, code="S", slots=["S-01"])
    send(floor, small, wave, a_scan(1, MUG), a_scan(2, BOWL))
    answer = send(floor, small, wave, a_scan(4, MUG))
    assert told(answer) == [("wrong", "")]
    assert answer["results"][0]["expected"] == ["S-01"]
    with merchant(acme):
        assert sum(ParcelItem.objects.values_list("scanned", flat=True)) == 2


def test_lost_answer_and_double_press_count_once(
    floor: Client, acme: Merchant, wall: PutWall, wave: Wave
) -> None:
    press = a_scan(1, MUG)
    first, again = send(floor, wall, wave, press), send(floor, wall, wave, press)
    assert again["results"] == first["results"]
    echo = {**a_scan(2, MUG), "at": "2026-11-20T09:00:01.100Z"}
    assert told(send(floor, wall, wave, echo)) == [("duplicate", "")]
    with merchant(acme):
        assert sum(ParcelItem.objects.values_list("scanned", flat=True)) == 1


def test_two_tablets_never_share_a_slot_or_a_piece(
    floor: Client, house: Warehouse, acme: Merchant, wall: PutWall, wave: Wave
) -> None:
    other = logged_in(a_staff_member("floor", house, email="two@operator.example"))
    mine = send(floor, wall, wave, a_scan(1, MUG, "one"))
    theirs = send(other, wall, wave, a_scan(1, MUG, "two"))
    assert told(mine) + told(theirs) == [("accepted", "A-01"), ("accepted", "A-02")]
    answer = send(other, wall, wave, a_scan(2, MUG, "two"))
    assert [each["verdict"] for each in answer["results"]] == ["surplus"]


def test_wrong_scan_says_what_is_still_wanted(floor: Client, wall: PutWall, wave: Wave) -> None:
    answer = send(floor, wall, wave, a_scan(1, "NOPE-1"), a_scan(2, "A-02"))
    wrong, slot = answer["results"]
    assert (wrong["verdict"], wrong["expected"]) == ("wrong", [MUG, BOWL])
    assert "empty" in slot["message"]


def test_goods_of_a_cancelled_order_are_put_back_and_the_slot_is_scanned_free(
    floor: Client, acme: Merchant, wall: PutWall, wave: Wave
) -> None:
    send(floor, wall, wave, a_scan(1, MUG))
    with merchant(acme):
        first = Parcel.objects.order_by("id")[0].pk
        ParcelItem.objects.filter(parcel_id=first).delete()
        Parcel.objects.filter(pk=first).update(status="cancelled")
    answer = send(floor, wall, wave, a_scan(2, BOWL))
    assert told(answer) == [("accepted", "A-02")]
    assert "A-01" in answer["state"]["next_action"]
    answer = send(floor, wall, wave, a_scan(3, "a-01"))
    assert told(answer) == [("accepted", "A-01")]
    with across_merchants("The test looks at the slots."):
        assert SlotUse.objects.filter(freed_at__isnull=True).count() == 1


def test_wave_of_single_pieces_is_not_offered_and_others_are(
    floor: Client, acme: Merchant, house: Warehouse, wall: PutWall, wave: Wave
) -> None:
    single = a_released_wave(acme, house, lines=BOTH[:1])
    listed = ask(floor, "/stations/walls/").json()["walls"]
    assert [each["wave"] for each in listed] == [wave.pk]
    answer = send(floor, wall, single, a_scan(1, MUG))
    assert told(answer) == [("wrong", "")]


def test_another_warehouses_person_sees_no_wall(
    elsewhere: Client, wall: PutWall, wave: Wave
) -> None:
    assert elsewhere.get(f"/stations/walls/{wall.pk}/{wave.pk}/").status_code == 404
