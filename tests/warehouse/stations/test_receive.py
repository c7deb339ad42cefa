"""The receive station: blind, by scan, every piece a row of the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from core.models import Document, Event, Job, Merchant
from core.tenancy import merchant
from flows.inbound_papers import product_labels
from flows.inbounds import SaidLine
from tests.factories import a_product
from tests.floor import a_scan, ask
from tests.inbounds import Dock, an_inbound
from tests.warehouse.stations.conftest import BOWL
from warehouse.models import (
    Inbound,
    InboundGoods,
    InboundUnknown,
    Scan,
    StockBalance,
    StockMove,
    Warehouse,
)

pytestmark = pytest.mark.django_db
GS1 = "(01)04006381333931(17)270531(10)L-7(37)6"


def at(inbound: Inbound, client: Client, prefix: str = "dock") -> Dock:
    return Dock(client, f"/stations/receive/{inbound.pk}/scans/", prefix)


def counted(owner: Merchant, inbound: Inbound) -> dict[tuple[str, str, str], int]:
    with merchant(owner):
        return {
            (row.product.sku, row.lot, row.condition): row.quantity
            for row in InboundGoods.objects.filter(inbound=inbound, quantity__gt=0).select_related(
                "product"
            )
        }


def at_dock(owner: Merchant) -> dict[tuple[str, str], int]:
    with merchant(owner):
        rows = StockBalance.objects.filter(location__kind="receiving", on_hand__gt=0)
        return {(row.product.sku, row.condition): row.on_hand for row in rows}


def test_scans_count_and_lie_at_the_dock(acme: Merchant, house: Warehouse, floor: Client) -> None:
    inbound = an_inbound(acme, house)
    dock = at(inbound, floor)
    assert dock.said("4006381333931") == ("accepted", "1 × MUG-BLUE. 1 so far.")
    assert dock.said("mug-blue") == ("accepted", "1 × MUG-BLUE. 2 so far.")
    assert dock.said("24") == ("accepted", "24 × MUG-BLUE. 25 so far.")
    assert dock.said("20") == ("accepted", "20 × MUG-BLUE. 21 so far.")
    dock.scan("WB:C:DAMAGED", "MUG-BLUE", "WB:C:GOOD")
    assert counted(acme, inbound) == {
        ("MUG-BLUE", "", "good"): 21, ("MUG-BLUE", "", "damaged"): 1,
    }  # fmt: skip
    assert at_dock(acme) == {("MUG-BLUE", "good"): 21, ("MUG-BLUE", "damaged"): 1}
    with merchant(acme):
        moves = StockMove.objects.filter(reason__in=["received", "receipt_undone"])
        assert [(m.reason, m.quantity) for m in moves.order_by("id")] == [
            ("received", 1), ("received", 1), ("received", 23), ("receipt_undone", 4),
            ("received", 1),
        ]  # fmt: skip
        assert Inbound.objects.get().status == "receiving"


def test_a_code_that_says_a_hundred_million_pieces_counts_nothing(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    verdict, said = at(inbound, floor).said("(02)04006381333931(37)99999999")
    assert (verdict, "99999999 pieces" in said) == ("wrong", True)
    assert counted(acme, inbound) == {}


def test_nobody_at_the_dock_is_told_what_was_announced(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house, SaidLine("MUG-BLUE", 4321), SaidLine(BOWL, 8765))
    answer = at(inbound, floor).scan("MUG-BLUE")
    page = floor.get(f"/stations/receive/{inbound.pk}/").content.decode()
    listed = floor.get("/stations/inbounds/").content.decode()
    for text in (str(answer), page, listed):
        assert "4321" not in text
        assert "8765" not in text
        assert BOWL not in text
    assert answer["state"]["lines"][0]["expected"] is None


def test_gs1_code_brings_lot_expiry_and_pieces(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    verdict, message = at(inbound, floor).said(GS1)
    assert verdict == "accepted"
    assert message == "6 × MUG-BLUE. 6 so far. Lot L-7. Expires 2027-05-31."
    with merchant(acme):
        row = InboundGoods.objects.get()
        assert (row.lot, row.expires_on, row.quantity) == ("L-7", date(2027, 5, 31), 6)
        assert StockBalance.objects.get(lot="L-7").expires_on == date(2027, 5, 31)


def test_expired_goods_are_kept_apart(acme: Merchant, house: Warehouse, floor: Client) -> None:
    inbound = an_inbound(acme, house)
    _verdict, message = at(inbound, floor).said("(01)04006381333931(17)200131(10)OLD")
    assert "kept apart" in message
    assert counted(acme, inbound) == {("MUG-BLUE", "OLD", "expired"): 1}


def test_lot_is_typed_or_the_only_one_announced(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(
        acme, house, SaidLine("MUG-BLUE", 5, "A", date(2027, 5, 31)), SaidLine(BOWL, 5)
    )
    dock = at(inbound, floor)
    dock.scan("MUG-BLUE")
    dock.scan("LOT B", "EXP 2028-01-31", "MUG-BLUE", BOWL)
    with merchant(acme):
        rows = InboundGoods.objects.select_related("product").order_by("id")
        assert [(r.product.sku, r.lot, str(r.expires_on)) for r in rows] == [
            ("MUG-BLUE", "A", "2027-05-31"), ("MUG-BLUE", "B", "2028-01-31"), (BOWL, "", "None"),
        ]  # fmt: skip


def test_repeated_and_lost_requests_change_nothing(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    path = f"/stations/receive/{inbound.pk}/scans/"
    scans = [a_scan(1, "WB:C:DAMAGED"), a_scan(2, "MUG-BLUE"), a_scan(3, "7"), a_scan(4, "NOPE")]
    first = ask(floor, path, {"scans": scans}).json()
    again = ask(floor, path, {"scans": scans}).json()
    assert again == first
    assert counted(acme, inbound) == {("MUG-BLUE", "", "damaged"): 7}
    more = ask(floor, path, {"scans": [scans[3], a_scan(5, "MUG-BLUE")]}).json()
    assert [each["verdict"] for each in more["results"]] == ["wrong", "accepted"]
    assert counted(acme, inbound) == {("MUG-BLUE", "", "damaged"): 8}
    with merchant(acme):
        assert Scan.objects.filter(station="receive").count() == 5


def test_id_of_another_inbound_is_no_answer_here(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    one, two = an_inbound(acme, house), an_inbound(acme, house)
    at(one, floor).scan("MUG-BLUE")
    assert at(two, floor).said("MUG-BLUE")[0] == "error"
    assert counted(acme, two) == {}


def test_two_people_have_their_own_condition_in_hand(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    from tests.floor import a_staff_member, logged_in

    inbound = an_inbound(acme, house)
    other = logged_in(a_staff_member("floor", house, email="second@operator.example"))
    at(inbound, floor, "a").scan("WB:C:DAMAGED")
    at(inbound, other, "b").scan("MUG-BLUE")
    assert counted(acme, inbound) == {("MUG-BLUE", "", "good"): 1}


def test_last_scan_is_taken_back_with_a_row_of_its_own(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    dock = at(inbound, floor)
    assert dock.said("WB:C:UNDO")[0] == "wrong"
    dock.scan("MUG-BLUE", "12")
    assert dock.said("WB:C:UNDO") == ("accepted", "Taken back: 12 × MUG-BLUE.")
    assert dock.said("WB:C:UNDO")[0] == "wrong"
    assert counted(acme, inbound) == {}
    assert at_dock(acme) == {}


def test_unknown_code_explains_itself_and_is_set_aside_with_a_note(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    dock = at(inbound, floor)
    assert dock.said("WB:C:ASIDE")[0] == "wrong"
    verdict, message = dock.said("9999999999994")
    assert verdict == "wrong"
    assert "No product of this merchant has the code 9999999999994" in message
    answer = dock.scan("WB:C:ASIDE")
    assert "few words" in answer["results"][0]["message"]
    assert dock.said("A pink teapot 茶壶") == ("accepted", "Noted. Scan on.")
    with merchant(acme):
        row = InboundUnknown.objects.get()
        assert (row.code, row.note, row.quantity) == ("9999999999994", "A pink teapot 茶壶", 1)


def test_another_merchants_product_is_unknown_here(
    acme: Merchant, rival: Merchant, house: Warehouse, floor: Client
) -> None:
    a_product(rival, "RIVAL-ONLY")
    inbound = an_inbound(acme, house)
    assert at(inbound, floor).said("RIVAL-ONLY")[0] == "wrong"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("WB:C:DANCE", "error"), ("WB:X:1", "error"), ("WB:L:A-01", "wrong"), ("5", "wrong")],
)
def test_what_is_no_product_says_so(
    acme: Merchant, house: Warehouse, floor: Client, code: str, verdict: str
) -> None:
    assert at(an_inbound(acme, house), floor).said(code)[0] == verdict


def test_closing_shows_over_short_and_damaged_apart_and_tells_the_merchant(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house, SaidLine("MUG-BLUE", 10), SaidLine(BOWL, 5))
    dock = at(inbound, floor)
    dock.scan("MUG-BLUE", "12", "WB:C:DAMAGED", BOWL, "2")
    answer = dock.scan("WB:C:CLOSE")
    state = answer["state"]
    assert answer["results"][0]["verdict"] == "done"
    assert state["notes"] == [
        "MUG-BLUE: 2 pieces over",
        f"{BOWL}: 3 pieces short",
        f"{BOWL}: 2 pieces damaged or expired",
    ]
    assert [(line["expected"], line["scanned"]) for line in state["lines"]] == [(10, 12), (5, 2)]
    assert [each["raw"] for each in state["presses"]] == ["WB:C:REOPEN"]
    with merchant(acme):
        found = Inbound.objects.get()
        assert (found.status, found.has_differences) == ("received", True)
        event = Event.objects.get(kind="inbound.received")
        assert event.data == {
            "expected": 15, "good": 12, "damaged": 2, "over": 2, "short": 3, "unknown": 0,
        }  # fmt: skip
    assert dock.said("MUG-BLUE")[0] == "wrong"
    assert dock.said("WB:C:REOPEN")[0] == "accepted"
    assert dock.said("MUG-BLUE")[0] == "accepted"


def test_nothing_came_and_it_is_closed_for_good(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    at(inbound, floor).scan("WB:C:CLOSE")
    with merchant(acme):
        assert Inbound.objects.get().status == "put_away"


def test_goods_without_a_barcode_get_labels_when_closed(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house, SaidLine("MUG-BLUE", 3), SaidLine(BOWL, 2))
    at(inbound, floor).scan("MUG-BLUE", BOWL, "2", "WB:C:CLOSE")
    with merchant(acme):
        job = Job.objects.get(kind="papers.product_labels")
    assert [(each["copies"]) for each in job.payload["labels"]] == [2]
    product_labels(acme.pk, job.payload)
    with merchant(acme):
        paper = Document.objects.get(kind="product_labels")
    page = floor.get(f"/stations/inbounds/{inbound.pk}/labels/").content.decode()
    assert paper.number in page
    assert floor.get(f"/stations/documents/{paper.pk}/").status_code == 200


def test_labels_are_made_on_a_persons_word(
    acme: Merchant, house: Warehouse, floor: Client, elsewhere: Client
) -> None:
    inbound = an_inbound(acme, house)
    path = f"/stations/inbounds/{inbound.pk}/labels/make/"
    assert ask(elsewhere, path, {"sku": "MUG-BLUE", "copies": 3}).status_code == 404
    assert ask(floor, path, {"sku": "NOPE", "copies": 3}).status_code == 404
    assert ask(floor, path, {"sku": "MUG-BLUE", "copies": 0}).status_code == 400
    assert ask(floor, path, {"sku": "MUG-BLUE", "copies": 3}).json() == {"number": "PLB00001"}


def test_dock_of_another_warehouse_sees_nothing_of_it(
    acme: Merchant, house: Warehouse, elsewhere: Client
) -> None:
    inbound = an_inbound(acme, house, reference="PO-77")
    for path in (f"/stations/receive/{inbound.pk}/", f"/stations/put-away/{inbound.pk}/"):
        assert elsewhere.get(path).status_code == 404
        scans = {"scans": [a_scan(1, "MUG-BLUE")]}
        assert ask(elsewhere, f"{path}scans/", scans).status_code == 404
    assert "PO-77" not in elsewhere.get("/stations/inbounds/").content.decode()
    assert counted(acme, inbound) == {}


def test_cartons_barcode_number_or_reference_opens_the_inbound(
    acme: Merchant, rival: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house, reference="PO-77")
    other = an_inbound(rival, house)
    here = f"/stations/receive/{inbound.pk}/"
    for code in (f"WB:I:acme/{inbound.number}", "PO-77"):
        assert floor.get("/stations/inbounds/", {"code": code})["Location"] == here
    assert other.number == inbound.number
    both = floor.get("/stations/inbounds/", {"code": inbound.number}).content.decode()
    assert "Several merchants have an inbound" in both
    none = floor.get("/stations/inbounds/", {"code": "IB99999"}).content.decode()
    assert "No inbound of your warehouses" in none


def test_list_as_programs_read_it(acme: Merchant, house: Warehouse, floor: Client) -> None:
    inbound = an_inbound(acme, house, reference="PO-77", cartons=3)
    (row,) = ask(floor, "/stations/inbounds/").json()["inbounds"]
    assert (row["merchant"], row["warehouse"], row["number"], row["cartons"]) == (
        "acme", "szx1", inbound.number, 3,
    )  # fmt: skip


def test_suspended_merchants_goods_are_not_received(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    inbound = an_inbound(acme, house)
    with_suspended(acme)
    path = f"/stations/receive/{inbound.pk}/scans/"
    assert ask(floor, path, {"scans": [a_scan(1, "MUG-BLUE")]}).status_code == 409
    assert counted(acme, inbound) == {}


def with_suspended(owner: Merchant) -> None:
    from core.tenancy import across_merchants

    with across_merchants("A test suspends a merchant."):
        Merchant.objects.filter(pk=owner.pk).update(is_active=False)
