"""Short picks and other lots at the pick station."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from shipping.models import Booking
from tests.factories import ACTOR, NOW
from tests.floor import a_released_wave, a_scan, ask, label_for, parcels_of
from warehouse.models import (
    PickTask,
    Reservation,
    ShortPick,
    StockBalance,
    Warehouse,
    Wave,
)
from warehouse.services import Goods, transfer
from warehouse.services.differences import find_differences

GTIN = "04006381333931"


def scan(client: Client, wave: Wave, raw: str, number: int = 1) -> Any:
    answer = ask(client, f"/stations/pick/{wave.pk}/scans/", {"scans": [a_scan(number, raw)]})
    assert answer.status_code == 200
    return answer.json()


def task_of(owner: Merchant) -> PickTask:
    with merchant(owner):
        return PickTask.objects.filter(picked_at=None).order_by("position")[0]


def lots(owner: Merchant, *others: tuple[str, date], quantity: int = 3) -> None:
    """Give the promised goods a lot, and lay other lots beside them."""
    with merchant(owner):
        balance = StockBalance.objects.get(reserved__gt=0)
        free = balance.on_hand - balance.reserved
        transfer(
            goods=[Goods(balance.product_id, free)], from_location=balance.location,
            to_location=balance.location.warehouse.locations.get(kind="adjustment"),
            reason="test", reference="out", actor=ACTOR, now=NOW,
        )  # fmt: skip
        StockBalance.objects.filter(pk=balance.pk).update(lot="L1", expires_on=date(2027, 6, 30))
        for number, (lot, expires_on) in enumerate(others):
            transfer(
                goods=[Goods(balance.product_id, quantity, lot, expires_on)],
                from_location=balance.location.warehouse.locations.get(kind="supplier"),
                to_location=balance.location, reason="test", reference=f"in {number}",
                actor=ACTOR, now=NOW,
            )  # fmt: skip


def test_a_short_pick_is_pressed_and_repeated(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    page = floor.get(f"/stations/pick/{wave.pk}/").content.decode()
    raw = f"WB:C:SHORT:{task_of(acme).pk}:0"
    assert raw in page
    first = scan(floor, wave, raw)
    assert first["results"][0]["verdict"] == "noted"
    assert "waits for stock" in first["results"][0]["message"]
    assert (first["state"]["lines"], first["state"]["status"]) == ([], "closed")
    # The answer was lost and the tablet sends it again.
    assert scan(floor, wave, raw)["results"] == first["results"]
    assert scan(floor, wave, raw, 2)["results"][0]["verdict"] == "wrong"
    with merchant(acme):
        assert ShortPick.objects.count() == 1
        assert find_differences().rows == ()


def test_scans_before_a_short_in_one_batch_stand(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house, orders=2)
    with merchant(acme):
        _first, second = PickTask.objects.order_by("position")
    raws = ["MUG-BLUE", f"WB:C:SHORT:{second.pk}:1"]
    body = {"scans": [a_scan(number, raw) for number, raw in enumerate(raws)]}
    answer = ask(floor, f"/stations/pick/{wave.pk}/scans/", body).json()
    assert [each["verdict"] for each in answer["results"]] == ["accepted", "noted"]
    assert answer["state"]["status"] == "picked"
    assert [link["url"] for link in answer["state"]["links"]] == ["/stations/pack/"]
    with merchant(acme):
        assert Reservation.objects.get().status == "picked"


def test_it_must_wait_while_the_label_is_being_booked(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    label_for(acme, parcels_of(acme, wave)[0])
    with merchant(acme):
        Booking.objects.update(status="sending")
    (result,) = scan(floor, wave, f"WB:C:SHORT:{task_of(acme).pk}:0")["results"]
    assert result["verdict"] == "waiting"
    assert "try again in a minute" in result["message"]
    with merchant(acme):
        assert not ShortPick.objects.exists()


def test_other_waves_tasks_are_not_short_here(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    first = a_released_wave(acme, house)
    task = task_of(acme)
    second = a_released_wave(acme, house)
    (result,) = scan(floor, second, f"WB:C:SHORT:{task.pk}:0")["results"]
    assert result["verdict"] == "wrong"
    assert first.pk != second.pk


def test_many_pieces_are_typed_on_a_page(floor: Client, acme: Merchant, house: Warehouse) -> None:
    wave = a_released_wave(acme, house)
    path = f"/stations/pick/{wave.pk}/short/"
    assert b"How many of 2 are there?" in floor.get(path).content
    assert floor.post(path, {"task": task_of(acme).pk, "found": "x"}).status_code == 400
    said = floor.post(path, {"task": task_of(acme).pk, "found": "1"}, follow=True)
    assert "to be brought back" in said.content.decode()
    assert b"All picked" in floor.get(path).content


def test_another_lot_is_taken_where_it_is_free_and_expires_no_later(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    lots(acme, ("L0", date(2027, 1, 31)), ("L9", date(2028, 1, 31)))
    assert b"Lot L1" in floor.get(f"/stations/pick/{wave.pk}/").content
    later = scan(floor, wave, f"]C101{GTIN}10L9", 1)["results"][0]
    assert (later["verdict"], later["message"]) == (
        "wrong", "Lot L9 was scanned. Take lot L1. Lot L9.",
    )  # fmt: skip
    sooner = scan(floor, wave, f"]C101{GTIN}10L0", 2)["results"][0]
    assert sooner["verdict"] == "done"
    assert "Lot L0 instead of L1 is noted." in sooner["message"]
    with merchant(acme):
        assert Reservation.objects.get().balance.lot == "L0"
        reserved = dict(StockBalance.objects.values_list("lot", "reserved"))
        assert reserved["L0"] == 2
        assert reserved["L1"] == 0


def test_another_lot_that_is_promised_stays(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    lots(acme, ("L0", date(2027, 1, 31)), quantity=1)
    assert scan(floor, wave, f"]C101{GTIN}10L0")["results"][0]["verdict"] == "wrong"
    with merchant(acme):
        assert Reservation.objects.get().balance.lot == "L1"
