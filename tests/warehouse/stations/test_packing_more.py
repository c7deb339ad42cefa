"""Besides the goods: extras to confirm, another carton, photos, and a parcel weighed again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.documents import read
from core.models import Merchant
from core.tenancy import merchant
from flows.aftersales import file_claim
from orders.models import Order, Product
from tests.factories import ACTOR, NOW
from tests.floor import a_released_wave, a_scan, ask, label_for, parcels_of
from tests.warehouse.stations.test_pack import SCANS, send, verdicts
from tracking.models import TrackedParcel
from warehouse.models import Parcel, ParcelExtra, ParcelPhoto, Scan, Warehouse, Weighing
from warehouse.services.extras import retire_extra, save_extra

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PHOTOS, CARTONS, WEIGH = "/stations/pack/photos/", "/stations/pack/cartons/", "/stations/weigh/"


@pytest.fixture
def parcel(acme: Merchant, house: Warehouse) -> Parcel:
    """Two mugs."""
    return parcels_of(acme, a_released_wave(acme, house))[0]


def wish(owner: Merchant, **fields: Any) -> int:
    values: dict[str, Any] = {"kind": "insert", "name": "Thank-you card", "code": "",
                              "product_id": None, "tag": "", "weight_g": 6, **fields}  # fmt: skip
    with merchant(owner):
        return save_extra(**values, actor=ACTOR, now=NOW).pk


def test_extras_are_confirmed_by_scan_and_press_before_the_parcel_closes(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    card = wish(acme)
    wish(acme, name="Tissue", kind="packaging", code="TISSUE-1", weight_g=12)
    wish(acme, name="For the rich", tag="vip")
    with merchant(acme):
        Order.objects.update(note="Happy birthday, Erika!")
    label_for(acme, parcel)
    first = send(floor, a_scan(1, parcel.reference))
    lines = {line["title"]: line["scanned"] for line in first["state"]["lines"]}
    assert lines["Happy birthday, Erika!"] == 0
    assert {"Thank-you card", "Tissue"} <= set(lines)
    assert "For the rich" not in lines
    presses = [press["raw"] for press in first["state"]["presses"]]
    assert presses == [f"WB:C:EXTRA-{card}", "TISSUE-1", "WB:C:NOTE"]
    with merchant(acme):
        assert Parcel.objects.get().expected_weight_g == parcel.expected_weight_g + 18
    full = send(floor, a_scan(2, "MUG-BLUE"), a_scan(4, "MUG-BLUE"), a_scan(6, "TISSUE-1"))
    assert verdicts(full) == ["accepted", "accepted", "accepted"]
    assert not full["state"]["complete"]
    assert full["state"]["asks"] == "scan"
    early = send(floor, a_scan(8, f"{parcel.expected_weight_g + 18} g"))
    assert verdicts(early) == ["wrong"]
    assert "Thank-you card" in early["results"][0]["message"]
    done = send(floor, a_scan(9, f"WB:C:EXTRA-{card}"), a_scan(10, "WB:C:NOTE"))
    assert done["state"]["complete"]
    assert done["state"]["presses"] == []
    # Sent again after a lost answer, or pressed twice: nothing changes.
    again = send(floor, a_scan(9, f"WB:C:EXTRA-{card}"), a_scan(11, "TISSUE-1"))
    assert verdicts(again) == ["accepted", "done"]
    closed = send(floor, a_scan(12, f"{parcel.expected_weight_g + 18}"))
    assert verdicts(closed) == ["done"]
    with merchant(acme):
        assert ParcelExtra.objects.filter(confirmed_at__isnull=False).count() == 3
        assert Scan.objects.filter(raw="TISSUE-1").count() == 2


def test_an_extra_of_one_product_is_asked_for_with_it_only(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    with merchant(acme):
        bowl = Product.objects.get(sku="BOWL-RED").pk
        mug = Product.objects.get(sku="MUG-BLUE").pk
    wish(acme, name="Bowl stand", product_id=bowl)
    gone = wish(acme, name="Old leaflet", product_id=mug)
    wish(acme, name="Mug sleeve", product_id=mug)
    with merchant(acme):
        assert retire_extra(extra_id=gone, actor=ACTOR, now=NOW)
    state = send(floor, a_scan(1, parcel.reference))["state"]
    assert [line["title"] for line in state["lines"][1:]] == ["Mug sleeve"]


def test_another_carton_is_scanned_and_the_size_follows(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    label_for(acme, parcel)
    with merchant(acme):
        goods_g = 2 * Product.objects.get(sku="MUG-BLUE").weight_g
    answer = send(floor, a_scan(1, parcel.reference), a_scan(2, "WB:C:CARTON-C5"))
    assert verdicts(answer) == ["accepted", "accepted"]
    with merchant(acme):
        taken = Parcel.objects.get()
    assert (taken.carton_code, taken.length_mm, taken.width_mm, taken.height_mm) == (
        "C5", 508, 408, 316,
    )  # fmt: skip
    assert taken.expected_weight_g == goods_g + 620
    assert verdicts(send(floor, a_scan(3, "WB:C:CARTON-NONE"))) == ["wrong"]
    refused = send(floor, a_scan(4, "WB:C:CARTON-M1"))
    assert verdicts(refused) == ["accepted"]
    # The label was booked for the first carton: weighed as expected, it is made anew.
    send(floor, a_scan(5, "WB:C:CARTON-C5"), a_scan(6, "MUG-BLUE"), a_scan(8, "MUG-BLUE"))
    closed = send(floor, a_scan(10, str(goods_g + 620)))
    assert verdicts(closed) == ["waiting"]
    assert "takes 900 mm" in closed["results"][0]["message"]


def test_a_carton_beyond_every_service_is_refused(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    send(floor, a_scan(1, parcel.reference))
    page = floor.get(CARTONS, {"parcel": parcel.reference})
    assert page.status_code == 200
    assert b"C5" in page.content
    taken = floor.post(CARTONS, {"parcel": parcel.reference, "carton": "C3"})
    assert (taken.status_code, taken["Location"]) == (302, "/stations/pack/")
    with merchant(acme):
        Product.objects.update(weight_g=16_000)
    heavy = floor.post(CARTONS, {"parcel": parcel.reference, "carton": "C4"})
    assert heavy.status_code == 409
    with merchant(acme):
        assert Parcel.objects.get().carton_code == "C3"
    assert floor.get(CARTONS, {"parcel": "WB999999999-1"}).status_code == 404


def test_photos_are_kept_once_shown_to_both_and_lie_with_the_claim(
    floor: Client, elsewhere: Client, acme: Merchant, parcel: Parcel
) -> None:
    booking = label_for(acme, parcel)
    for _ in range(2):
        kept = floor.post(PHOTOS, {"parcel": parcel.reference, "photo": file("p.png", PNG)})
        assert kept.status_code == 302
    for content, status in ((b"GIF89a", 415), (PNG + b"\0" * 10 * 1024 * 1024, 413), (b"", 400)):
        sent = floor.post(PHOTOS, {"parcel": parcel.reference, "photo": file("x.png", content)})
        assert sent.status_code == status
    with merchant(acme):
        photo = ParcelPhoto.objects.select_related("document").get()
        assert read(photo.document) == PNG
    page = floor.get(PHOTOS, {"parcel": parcel.reference}).content.decode()
    assert f"/stations/documents/{photo.document_id}/" in page
    assert floor.get(f"/stations/documents/{photo.document_id}/")["Content-Type"] == "image/png"
    assert elsewhere.get(PHOTOS, {"parcel": parcel.reference}).status_code == 404
    with merchant(acme):
        Parcel.objects.update(status="handed_over", handed_over_at=NOW)
        number = TrackedParcel.objects.get(booking=booking).tracking_number
    claim = file_claim(
        merchant_id=acme.pk, tracking_number=number, kind="damage", amount=None, statement="broken",
        actor=ACTOR, now=NOW,
    )  # fmt: skip
    with merchant(acme):
        assert [each.code for each in claim.evidence.all()] == ["photo_at_packing"]


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_the_weigh_station_explains_what_it_will_not_weigh(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    def weigh(*scans: dict[str, Any]) -> Any:
        return ask(floor, f"{WEIGH}scans/", {"scans": list(scans)}).json()

    label_for(acme, parcel)
    assert verdicts(weigh(a_scan(1, "900"))) == ["wrong"]
    open_one = weigh(a_scan(2, parcel.reference), a_scan(3, "900"))
    assert verdicts(open_one) == ["accepted", "wrong"]
    assert "not closed yet" in open_one["results"][1]["message"]
    send(floor, a_scan(1, parcel.reference, "p"), a_scan(2, "MUG-BLUE", "p"),
         a_scan(4, "MUG-BLUE", "p"), a_scan(6, str(parcel.expected_weight_g), "p"))  # fmt: skip
    same = weigh(a_scan(4, str(parcel.expected_weight_g + 4)))
    assert verdicts(same) == ["done"]
    doubted = weigh(a_scan(5, str(parcel.expected_weight_g + 400)))
    assert verdicts(doubted) == ["again"]
    # The same press again is no second reading.
    assert verdicts(weigh(a_scan(5, str(parcel.expected_weight_g + 400)))) == ["again"]
    new_label = weigh(a_scan(6, str(parcel.expected_weight_g + 400)))
    assert verdicts(new_label) == ["waiting"]
    assert new_label["state"]["documents"] == []
    assert verdicts(weigh(a_scan(7, "900"))) == ["waiting"]
    with merchant(acme):
        assert Weighing.objects.count() == 4
        Parcel.objects.update(status="handed_over")
    gone = weigh(a_scan(8, "900"))
    assert verdicts(gone) == ["wrong"]
    assert "carrier has it" in gone["results"][0]["message"]
    assert floor.get(WEIGH).status_code == 200


def test_a_program_confirms_with_another_id_only(
    floor: Client, acme: Merchant, parcel: Parcel
) -> None:
    label_for(acme, parcel)
    heavy = parcel.expected_weight_g + 500
    body = {
        "parcel": parcel.reference, "scans": [a_scan(2, "MUG-BLUE"), a_scan(4, "MUG-BLUE")],
        "close": {"weight_g": heavy},
    }  # fmt: skip
    for _ in range(2):
        assert ask(floor, SCANS, body).json()["close"]["verdict"] == "again"
    second = {**body, "close": {"weight_g": heavy, "client_id": "scale-2"}}
    assert ask(floor, SCANS, second).json()["close"]["verdict"] == "waiting"
