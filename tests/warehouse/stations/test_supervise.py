"""The supervisor's board counts what is there, for those who supervise, and says what is behind."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.models import Job, Merchant
from core.tenancy import merchant
from flows.supervision import MOST, Counted
from orders.models import Order
from tests.factories import a_warehouse
from tests.floor import (
    a_released_wave,
    a_staff_member,
    allocated_orders,
    ask,
    label_for,
    logged_in,
    parcels_of,
)
from warehouse.models import (
    Allocation,
    Location,
    Parcel,
    PickTask,
    Printer,
    Scan,
    StaffAssignment,
    Warehouse,
    Wave,
    WaveTemplate,
)

BOARD = "/stations/supervise/"
FLOOR = "staff:floor@operator.example"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def seen(client: Client) -> dict[str, Any]:
    answer: list[dict[str, Any]] = ask(client, BOARD).json()["warehouses"]
    assert len(answer) == 1
    return answer[0]


def numbers(row: dict[str, Any]) -> list[int]:
    return [row[due]["number"] for due in ("overdue", "today", "later", "undated")]


def names(client: Client, path: str) -> list[str]:
    return [row["name"] for row in ask(client, path).json()["rows"]]


def due(owner: Merchant, order: Order, at: datetime | None) -> None:
    with merchant(owner):
        Allocation.objects.filter(order=order).update(ship_by=at)


def test_orders_are_counted_by_stage_and_by_when_they_are_due(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    now = timezone.now()
    wave = a_released_wave(acme, house, orders=3)
    with merchant(acme):
        parcels = list(Parcel.objects.filter(wave=wave).order_by("id"))
        Parcel.objects.filter(pk=parcels[0].pk).update(ship_by=now - timedelta(hours=1))
        Parcel.objects.filter(pk=parcels[1].pk).update(ship_by=now + timedelta(days=3))
        Parcel.objects.filter(pk=parcels[2].pk).update(
            status="packed", ship_by=None, packed_at=now, packed_by=FLOOR
        )
    orders = allocated_orders(acme, 4)
    for order, at in zip(orders, (now - timedelta(days=1), now + timedelta(seconds=1),
                                  now + timedelta(days=2), None), strict=True):  # fmt: skip
        due(acme, order, at)
    stages = seen(supervisor)["stages"]
    # The one a second ahead is due or, when the test is slow, overdue by now.
    waiting = numbers(stages["waiting"])
    assert (waiting[0] + waiting[1], waiting[2], waiting[3]) == (2, 1, 1)
    assert numbers(stages["released"]) == [1, 0, 1, 0]
    assert numbers(stages["packed"]) == [0, 0, 0, 1]
    assert numbers(stages["planned"]) == numbers(stages["picked"]) == [0, 0, 0, 0]
    overdue = f"{BOARD}szx1/released/?due=overdue"
    assert names(supervisor, overdue) == [parcels[0].reference]
    assert names(supervisor, f"{BOARD}szx1/waiting/?due=undated") == [orders[3].reference]
    assert names(supervisor, f"{BOARD}szx1/packed/") == [parcels[2].reference]
    page = supervisor.get(BOARD)
    assert overdue.replace("&", "&amp;") in page.content.decode()
    assert supervisor.get(overdue).status_code == 200


def test_lists_go_on_behind_their_page_to_the_last_row(
    supervisor: Client, acme: Merchant, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.supervision_lists.PAGE", 2)
    now = timezone.now()
    wave = a_released_wave(acme, house, orders=3)
    orders = allocated_orders(acme, 5)
    days = (None, now - timedelta(1), now - timedelta(1), None, now + timedelta(1))
    for order, at in zip(orders, days, strict=True):
        due(acme, order, at)
    expected = {
        "waiting": [orders[number].reference for number in (1, 2, 4, 0, 3)],
        "released": [each.reference for each in parcels_of(acme, wave)],
    }
    for what, wanted in expected.items():
        found: list[str] = []
        after = ""
        for _ in range(10):
            answer = supervisor.get(
                f"{BOARD}szx1/{what}/", {"after": after}, headers={"accept": "application/json"}
            ).json()
            found += [row["name"] for row in answer["rows"]]
            after = answer["after"]
            if not after:
                break
        assert found == wanted
    for nonsense in ("x", "|", "9|9|9", "2026-99-99|4", "2026-01-01|4", "\x00|7", "|" + "9" * 30):
        answer = supervisor.get(f"{BOARD}szx1/waiting/", {"after": nonsense})
        assert answer.status_code == 200


def test_work_by_the_hour_and_by_person_with_wrong_scans(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    staff = a_staff_member("floor", house)
    now = timezone.now()
    wave = a_released_wave(acme, house, orders=2)
    first, second = parcels_of(acme, wave)
    with merchant(acme):
        PickTask.objects.filter(wave=wave).update(picked_at=now, picked_by=FLOOR)
        Parcel.objects.filter(pk=first.pk).update(status="packed", packed_at=now, packed_by=FLOOR)
        Parcel.objects.filter(pk=second.pk).update(
            status="handed_over", packed_at=now - timedelta(days=3), packed_by=FLOOR,
            handed_over_at=now,
        )  # fmt: skip
        for number, verdict in enumerate(("accepted", "accepted", "wrong_item", "double_press")):
            Scan.objects.create(
                client_id=f"s{number}", sequence=number, station="pack", raw="X", verdict=verdict,
                answer={}, actor=FLOOR, at=now,
            )  # fmt: skip
    house_seen = seen(supervisor)
    hours = house_seen["hours"]
    assert len(hours) == 24
    assert [sum(hour[name] for hour in hours) for name in ("picked", "packed", "handed_over")] == [
        2, 1, 1,
    ]  # fmt: skip
    person = next(each for each in house_seen["people"] if each["actor"] == FLOOR)
    assert person["name"] == staff.user.full_name
    assert (person["picks"], person["packs"], person["scans"], person["wrong"]) == (2, 1, 4, 1)
    assert person["last_hour"] == {"picks": 2, "packs": 1}
    assert house_seen["others"]["handed_over"]["number"] == 1
    assert names(supervisor, f"{BOARD}szx1/packs/?person={FLOOR}") == [first.reference]
    assert names(supervisor, f"{BOARD}szx1/wrong/?person={FLOOR}") == ["X"]
    assert len(names(supervisor, f"{BOARD}szx1/picks/?person={FLOOR}")) == 2
    page = supervisor.get(BOARD).content.decode()
    assert "<polyline" in page
    assert house.time_zone == "Asia/Shanghai"
    here = now.astimezone(ZoneInfo(house.time_zone))
    assert f'<th scope="row">{here:%m-%d %H}:00</th>' in page
    assert "25.0" in page


def test_an_hour_that_is_over_is_read_once_and_the_present_one_again(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    now = timezone.now()
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]

    def packed(at: datetime) -> int:
        with merchant(acme):
            Parcel.objects.filter(pk=parcel.pk).update(packed_at=at, packed_by=FLOOR)
        return sum(hour["packed"] for hour in seen(supervisor)["hours"])

    assert packed(now - timedelta(hours=5)) == 1
    # Both hours were read before: the old one is kept as it was, the present one is read again.
    assert packed(now) == 2
    cache.clear()
    assert packed(now) == 1


def test_problems_stand_there_with_their_lists(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    parcel = parcels_of(acme, wave)[0]
    label_for(acme, parcel)
    with merchant(acme):
        Wave.objects.filter(pk=wave.pk).update(status="picked")
        Parcel.objects.filter(pk=parcel.pk).update(ship_by=timezone.now() - timedelta(hours=2))
        Job.objects.filter(kind="booking.book").update(status="failed", last_error="no")
        parcel.bookings.update(label=None)
    Printer.objects.create(
        warehouse=house, name="Bench 1", kind="raw9100", accepts="zpl", address="127.0.0.1",
        port=9100, fault_since=timezone.now(), fault_said=[],
    )  # fmt: skip
    house_seen = seen(supervisor)
    assert house_seen["printers_down"] == ["Bench 1"]
    assert [each["about"] for each in house_seen["failed"]] == [parcel.reference]
    assert house_seen["others"]["no_label"]["number"] == 1
    assert names(supervisor, f"{BOARD}szx1/no_label/") == [parcel.reference]
    page = supervisor.get(BOARD).content.decode()
    assert "1 picked parcel at the packing stations is overdue" in page
    assert "Bench 1" in page


def test_every_list_opens(supervisor: Client, acme: Merchant, house: Warehouse) -> None:
    from flows.supervision_lists import LISTS

    for what in LISTS:
        assert supervisor.get(f"{BOARD}szx1/{what}/?person={FLOOR}").status_code == 200
    assert supervisor.get(f"{BOARD}szx1/nothing/").status_code == 404
    assert supervisor.get(f"{BOARD}szx1/waiting/?due=never").status_code == 404


def test_only_those_who_supervise_a_warehouse_see_it(
    floor: Client, supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    other = a_warehouse("hkg1")
    StaffAssignment.objects.create(
        staff=a_staff_member("supervisor", other, email="two@operator.example"), warehouse=house
    )
    client = Client()
    client.force_login(StaffAssignment.objects.get(warehouse=house, role="floor",
                       staff__user__email="two@operator.example").staff.user)  # fmt: skip
    assert seen(client)["warehouse"] == "hkg1"
    assert client.get(f"{BOARD}szx1/waiting/").status_code == 403
    assert supervisor.get(f"{BOARD}hkg1/waiting/").status_code == 404
    assert floor.get(BOARD).status_code == 403


def test_a_cut_off_to_come_parts_what_is_due_from_later(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    now = timezone.now()
    Warehouse.objects.filter(pk=house.pk).update(time_zone="UTC")
    ahead = now + timedelta(minutes=1)
    WaveTemplate.objects.create(
        warehouse=house, name="Evening", kind="any", carrier_code="postal", cut_off=ahead.time(),
        weekdays=list(range(7)), lead_minutes=60, every_minutes=30, max_orders=100,
        changed_by="t", changed_at=now, created_at=now,
    )  # fmt: skip
    allocated_orders(acme, 1)
    cut_offs = seen(supervisor)["cut_offs"]
    wanted = [ahead.isoformat()] if ahead.date() == now.date() else []
    assert [each["at"] for each in cut_offs] == wanted
    assert supervisor.get(BOARD).status_code == 200


def test_the_refreshed_part_is_no_whole_page(supervisor: Client, house: Warehouse) -> None:
    part = supervisor.get(f"{BOARD}?part=1").content.decode()
    assert "<html" not in part
    assert 'data-refresh="20"' in part
    assert "style=" not in part
    assert "<script" not in part


def test_beyond_the_cap_a_number_says_more_than() -> None:
    assert (Counted(MOST).is_more, Counted(MOST + 1).is_more, Counted(MOST + 1).shown) == (
        False, True, MOST,
    )  # fmt: skip
    assert json.dumps(Counted(3).shown) == "3"


def test_administrators_supervise_everywhere(house: Warehouse) -> None:
    a_warehouse("hkg1")
    admin = logged_in(a_staff_member("admin"))
    assert len(ask(admin, BOARD).json()["warehouses"]) == Warehouse.objects.count()
    assert Location.objects.filter(warehouse=house).exists()
