"""The pack station over HTTP: right and wrong scans, weights, and nothing lost or doubled."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from flows import fulfilment
from tests.floor import (
    a_released_wave,
    a_scan,
    a_staff_member,
    ask,
    label_for,
    logged_in,
    parcels_of,
)
from warehouse.models import Parcel, ParcelItem, Scan, StockMove, Warehouse

SCANS, CLOSE = "/stations/pack/scans/", "/stations/pack/close/"


@pytest.fixture
def parcel(acme: Merchant, house: Warehouse) -> Parcel:
    """Two mugs, label not there yet."""
    return parcels_of(acme, a_released_wave(acme, house))[0]


def send(client: Client, *scans: dict[str, Any], **more: Any) -> Any:
    response = ask(client, SCANS, {"scans": list(scans), **more})
    assert response.status_code == 200, response.content
    return response.json()


def verdicts(answer: Any) -> list[str]:
    return [result["verdict"] for result in answer["results"]]


def packed_count(owner: Merchant) -> tuple[int, int]:
    """Ledger rows of packing, and pieces on record as scanned."""
    with merchant(owner):
        moves = StockMove.objects.filter(reason="packed").count()
        return moves, sum(item.scanned for item in Parcel.objects.get().items.all())


def test_browser_selects_scans_weighs_and_gets_the_papers(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    label_for(acme, parcel)
    answer = send(floor, a_scan(1, parcel.reference))
    assert answer["state"]["order"] == parcel.reference
    answer = send(floor, a_scan(2, "MUG-BLUE"))
    assert verdicts(answer) == ["accepted"]
    answer = send(floor, a_scan(3, "4006381333931"))
    assert verdicts(answer) == ["done"]
    assert answer["state"]["complete"]
    answer = send(floor, a_scan(4, "812"))
    assert verdicts(answer) == ["done"]
    assert [paper["label"] for paper in answer["state"]["documents"]] == ["Print the label"]
    label = floor.get(answer["state"]["documents"][0]["url"])
    assert (label.status_code, label["Content-Type"]) == (200, "application/pdf")
    with merchant(acme):
        closed = Parcel.objects.get()
    assert (closed.status, closed.weight_g) == ("packed", 812)


def test_wrong_scan_says_what_was_expected(floor: Client, parcel: Parcel) -> None:
    answer = send(floor, a_scan(1, parcel.reference), a_scan(2, "BOWL-RED"))
    wrong = answer["results"][1]
    assert wrong["verdict"] == "wrong"
    assert wrong["expected"] == ["2 × MUG-BLUE"]
    assert "BOWL-RED" in wrong["message"]


def test_one_too_many_is_surplus_and_a_double_press_counts_once(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    press = a_scan(2, "MUG-BLUE")
    echo = {**press, "client_id": "echo", "seq": 3, "at": "2026-11-20T09:00:02.100Z"}
    answer = send(floor, a_scan(1, parcel.reference), press, echo, a_scan(5, "MUG-BLUE"),
                  a_scan(8, "MUG-BLUE"))  # fmt: skip
    assert verdicts(answer) == ["accepted", "accepted", "duplicate", "done", "surplus"]
    assert packed_count(acme) == (0, 2)


def test_batch_sent_again_after_a_lost_answer_changes_nothing(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    first, second = parcels_of(acme, a_released_wave(acme, house, orders=2))
    batch = [
        a_scan(1, first.reference), a_scan(2, "MUG-BLUE"), a_scan(4, "MUG-BLUE"),
        a_scan(5, second.reference), a_scan(6, "MUG-BLUE"),
    ]  # fmt: skip
    before = send(floor, *batch)
    assert send(floor, *batch) == before
    with merchant(acme):
        counts = [sum(item.scanned for item in parcel.items.all()) for parcel in (first, second)]
        assert counts == [2, 1]
        assert Scan.objects.count() == 3


def test_scan_pressed_before_any_parcel_does_not_slip_into_a_later_one(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    early = a_scan(1, "MUG-BLUE")
    answer = send(floor, early, a_scan(2, parcel.reference))
    assert verdicts(answer) == ["wrong", "accepted"]
    assert verdicts(send(floor, early)) == ["wrong"]
    assert packed_count(acme) == (0, 0)


def test_two_tablets_on_one_parcel_fill_it_once(
    floor: Client, acme: Merchant, house: Warehouse, parcel: Parcel
) -> None:
    other = logged_in(a_staff_member("floor", house, email="second@operator.example"))
    send(floor, a_scan(1, parcel.reference), a_scan(2, "MUG-BLUE"))
    answer = send(other, a_scan(1, parcel.reference, "b"), a_scan(3, "MUG-BLUE", "b"))
    assert verdicts(answer) == ["accepted", "done"]
    assert verdicts(send(floor, a_scan(5, "MUG-BLUE"))) == ["surplus"]
    assert packed_count(acme) == (0, 2)


def test_the_field_says_when_it_wants_grams(floor: Client, acme: Merchant, parcel: Parcel) -> None:
    assert "tracking number" in floor.get("/stations/pack/").content.decode()
    booking = label_for(acme, parcel)
    begun = send(floor, a_scan(1, booking.tracking_number), a_scan(2, "MUG-BLUE"))
    assert begun["state"]["asks"] == "scan"
    full = send(floor, a_scan(4, "MUG-BLUE"))
    assert full["state"]["asks"] == "weight"
    page = floor.get("/stations/pack/").content.decode()
    assert re.search(r'<label for="scan"[^>]*>Weight in grams, then Enter', page)
    closed = send(floor, a_scan(6, "812"))
    assert closed["state"]["asks"] == "scan"


def test_label_not_there_keeps_the_scans_and_closes_when_it_comes(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    scans = [a_scan(1, "MUG-BLUE"), a_scan(3, "MUG-BLUE")]
    request = {"parcel": parcel.reference, "scans": scans, "close": {"weight_g": 812}}
    answer = ask(floor, SCANS, request).json()
    assert verdicts(answer) == ["accepted", "done"]
    assert answer["close"]["verdict"] == "waiting"
    label_for(acme, parcel)
    again = ask(floor, SCANS, request).json()
    assert again["close"]["verdict"] == "done"
    assert again["close"]["documents"]["label"].startswith("/stations/documents/")
    assert ask(floor, SCANS, request).json()["close"] == again["close"]
    assert packed_count(acme) == (1, 2)


def test_whole_parcel_in_one_request_takes_few_queries(
    floor: Client, acme: Merchant, parcel: Parcel, django_assert_max_num_queries: Any
) -> None:
    label_for(acme, parcel)
    request = {
        "parcel": parcel.reference,
        "merchant": "acme",
        "scans": [a_scan(1, parcel.reference), a_scan(2, "MUG-BLUE"), a_scan(4, "MUG-BLUE")],
        "close": {"weight_g": 812},
    }
    with django_assert_max_num_queries(60):
        answer = ask(floor, SCANS, request).json()
    assert verdicts(answer) == ["accepted", "accepted", "done"]
    assert answer["close"]["verdict"] == "done"


def test_parcel_with_something_missing_is_not_closed(floor: Client, parcel: Parcel) -> None:
    answer = ask(floor, CLOSE, {"parcel": parcel.reference, "weight_g": 100})
    assert answer.status_code == 200
    assert answer.json()["verdict"] in {"wrong", "waiting"}


def test_close_again_says_the_same(floor: Client, acme: Merchant, parcel: Parcel) -> None:
    label_for(acme, parcel)
    send(floor, a_scan(1, "MUG-BLUE"), a_scan(3, "MUG-BLUE"), parcel=parcel.reference)
    closing = {"parcel": parcel.reference, "weight_g": 812, "client_id": "close-1"}
    first = ask(floor, CLOSE, closing).json()
    assert first["verdict"] == "done"
    assert ask(floor, CLOSE, {**closing, "weight_g": 999}).json() == first
    assert packed_count(acme) == (1, 2)


def test_weight_below_that_of_the_goods_is_refused_and_can_be_entered_again(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    label_for(acme, parcel)
    with merchant(acme):
        items = ParcelItem.objects.filter(parcel=parcel).select_related("product")
        goods_g = sum(item.quantity * item.product.weight_g for item in items)
    light = send(
        floor,
        a_scan(1, parcel.reference), a_scan(2, "MUG-BLUE"), a_scan(4, "MUG-BLUE"),
        a_scan(6, str(goods_g - 1)),
    )  # fmt: skip
    assert verdicts(light)[-1] == "wrong"
    assert f"the goods weigh, {goods_g} g" in light["results"][-1]["message"]
    assert light["state"]["asks"] == "weight"
    # That is still less than goods and carton: a second reading has to agree.
    doubted = send(floor, a_scan(8, str(goods_g)))
    assert verdicts(doubted) == ["again"]
    assert verdicts(send(floor, a_scan(8, str(goods_g)))) == ["again"]
    closed = send(floor, a_scan(10, str(goods_g)))
    assert verdicts(closed) == ["waiting"]
    assert packed_count(acme) == (1, 2)


def test_parcel_of_a_refused_booking_names_the_reason(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    from core.models import Job

    with merchant(acme):
        Job.objects.filter(kind="booking.book").update(
            status="failed", last_error="postal_code: not served"
        )
    send(floor, a_scan(1, "MUG-BLUE"), a_scan(3, "MUG-BLUE"), parcel=parcel.reference)
    answer = ask(floor, CLOSE, {"parcel": parcel.reference, "weight_g": 100}).json()
    assert answer["verdict"] == "wrong"
    assert "postal_code: not served" in answer["message"]


def test_parcels_of_other_warehouses_are_not_found(
    elsewhere: Client, acme: Merchant, parcel: Parcel
) -> None:
    answer = ask(elsewhere, CLOSE, {"parcel": parcel.reference, "weight_g": 812})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "parcel"
    assert verdicts(send(elsewhere, a_scan(1, parcel.reference))) == ["wrong"]


def test_id_used_for_another_parcel_is_answered_and_holds_up_no_other_scan(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    first, second = parcels_of(acme, a_released_wave(acme, house, orders=2))
    send(floor, a_scan(1, "MUG-BLUE"), parcel=first.reference)
    both = [a_scan(1, "MUG-BLUE"), a_scan(2, "MUG-BLUE")]
    answer = ask(floor, SCANS, {"parcel": second.reference, "scans": both})
    assert answer.status_code == 200
    told = answer.json()["results"]
    assert [each["verdict"] for each in told] == ["error", "accepted"]
    assert "Scan again" in told[0]["message"]
    assert answer.json()["state"]["lines"][0]["scanned"] == 1


def test_id_used_by_another_station_at_the_same_moment_is_answered(
    floor: Client, acme: Merchant, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = parcels_of(acme, a_released_wave(acme, house, orders=2))
    send(floor, a_scan(1, "MUG-BLUE"), parcel=first.reference)
    look, looks = fulfilment._used_elsewhere, count()
    too_early = lambda *a: look(*a) if next(looks) else set()  # noqa: E731
    monkeypatch.setattr(fulfilment, "_used_elsewhere", too_early)
    scans = [a_scan(1, "MUG-BLUE")]
    answer = ask(floor, SCANS, {"parcel": second.reference, "scans": scans})
    assert [each["verdict"] for each in answer.json()["results"]] == ["error"]


def test_id_used_at_the_pack_table_is_answered_at_the_pick_station(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    send(floor, a_scan(1, "MUG-BLUE"), parcel=parcels_of(acme, wave)[0].reference)
    answer = ask(floor, f"/stations/pick/{wave.pk}/scans/", {"scans": [a_scan(1, "A-01")]})
    assert [each["verdict"] for each in answer.json()["results"]] == ["error"]


GOOD = {"client_id": "a", "seq": 1, "raw": "MUG-BLUE"}
BAD_BODIES: list[tuple[Any, str]] = [
    ([], "body"),
    ({"scans": {}}, "scans"),
    ({"scans": [1]}, "scans"),
    ({"scans": [{**GOOD, "raw": 7}]}, "scans[0].raw"),
    ({"scans": [{**GOOD, "raw": "a\x00b"}]}, "scans[0].raw"),
    ({"scans": [{**GOOD, "raw": "x" * 513}]}, "scans[0].raw"),
    ({"scans": [{**GOOD, "client_id": ""}]}, "scans[0].client_id"),
    ({"scans": [{**GOOD, "client_id": "é"}]}, "scans[0].client_id"),
    ({"scans": [{**GOOD, "seq": -1}]}, "scans[0].seq"),
    ({"scans": [{**GOOD, "seq": 10**30}]}, "scans[0].seq"),
    ({"scans": [{**GOOD, "seq": True}]}, "scans[0].seq"),
    ({"scans": [{**GOOD, "at": "yesterday"}]}, "scans[0].at"),
    ({"scans": [{**GOOD, "at": "0001-01-01T00:00:00+14:00"}]}, "scans[0].at"),
    ({"scans": [GOOD] * 201}, "scans"),
    ({"parcel": 7, "scans": []}, "parcel"),
    ({"parcel": "WB-NONE", "scans": []}, "parcel"),
    ({"scans": [], "close": {"weight_g": 5}}, "parcel"),
    ({}, "scans"),
    ({"parcel": "X", "close": {"weight_g": 0}}, "close.weight_g"),
    ({"parcel": "X", "close": {"weight_g": "heavy"}}, "close.weight_g"),
    ({"parcel": "X", "close": 5}, "close"),
]


@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
def test_bad_body_names_field_fault_and_remedy(
    floor: Client, acme: Merchant, body: Any, field: str
) -> None:
    response = ask(floor, SCANS, body)
    assert 400 <= response.status_code < 500
    fault = response.json()["errors"][0]
    assert fault["field"] == field
    assert fault["fault"]
    assert fault["remedy"]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"scans": NaN}', b"[" * 100_000])
def test_body_that_is_no_json_is_refused(floor: Client, acme: Merchant, raw: bytes) -> None:
    response = floor.generic(
        "POST", SCANS, raw, content_type="application/json", headers={"accept": "application/json"}
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] in ("body", "scans")


def test_body_above_the_limit_is_413(floor: Client, acme: Merchant) -> None:
    response = floor.generic("POST", SCANS, b" " * (6 << 20), content_type="application/json")
    assert response.status_code == 413


def test_page_shows_the_parcel_that_lies_on_the_table(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    assert "Scan the parcel" in floor.get("/stations/pack/").content.decode()
    send(floor, a_scan(1, parcel.reference), a_scan(2, "MUG-BLUE"))
    assert parcel.reference in floor.get("/stations/pack/").content.decode()


def test_request_without_the_csrf_token_is_refused(house: Warehouse, parcel: Parcel) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_staff_member("floor", house).user)
    assert ask(client, SCANS, {"scans": []}).status_code == 403
