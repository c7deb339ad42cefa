"""Proposals, templates, orders taken out and goods brought back, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.fulfilment import pick
from flows.wave_proposals import propose_waves
from tests.factories import ACTOR, NOW
from tests.floor import (
    a_released_wave,
    a_scan,
    a_staff_member,
    a_template,
    allocated_orders,
    ask,
    logged_in,
    parcels_of,
)
from warehouse.models import (
    Location,
    Parcel,
    PutBack,
    StockBalance,
    Warehouse,
    Wave,
    WaveTemplate,
)
from warehouse.services.locations import load_of

CUT_OFF = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
FORM: dict[str, Any] = {
    "name": "Late courier", "kind": "single_item", "carrier_code": "dhl_express",
    "cut_off": "19:30", "weekdays": ["0", "4"], "lead_minutes": "90", "every_minutes": "20",
    "ship_within_hours": "", "max_orders": "40", "max_weight_g": "", "max_volume_cm3": "",
    "max_slots": "12",
}  # fmt: skip


@pytest.fixture
def template(house: Warehouse) -> WaveTemplate:
    return a_template(house)


def proposed(owner: Merchant, template: WaveTemplate) -> list[Wave]:
    allocated_orders(owner, 1)
    return propose_waves(merchant_id=owner.pk, template=template, cut_off_at=CUT_OFF, now=NOW)


def on_board(client: Client, section: str) -> Any:
    return ask(client, "/stations/").json()["warehouses"][0][section]


def settle(client: Client, template: WaveTemplate, act: str) -> Any:
    body = {"template": template.pk, "cut_off_at": CUT_OFF.isoformat(), "act": act}
    return ask(client, "/stations/proposals/", body)


def test_waves_of_a_cut_off_stand_together(
    floor: Client,
    supervisor: Client,
    acme: Merchant,
    rival: Merchant,
    template: WaveTemplate,
) -> None:
    for owner in (acme, rival):
        proposed(owner, template)
    (found,) = on_board(floor, "proposed")
    assert found["name"] == "Evening post"
    assert [(wave["merchant"], wave["orders"]) for wave in found["waves"]] == [
        ("acme", 1), ("rival", 1),
    ]  # fmt: skip
    assert on_board(floor, "waves") == []
    page = floor.get("/stations/").content.decode()
    assert "Evening post" in page
    assert "Release all" not in page
    assert "Release all" in supervisor.get("/stations/").content.decode()
    assert settle(floor, template, "release").status_code == 403
    far = logged_in(a_staff_member("supervisor", email="far-too@operator.example"))
    assert settle(far, template, "release").json() == {"done": 0}
    assert settle(supervisor, template, "release").json() == {"done": 2}
    assert on_board(floor, "proposed") == []
    assert [row["status"] for row in on_board(floor, "waves")] == ["released", "released"]


def test_a_proposal_is_dismissed(
    floor: Client, supervisor: Client, acme: Merchant, template: WaveTemplate
) -> None:
    (wave,) = proposed(acme, template)
    path = f"/stations/waves/{wave.pk}/dismiss/"
    assert ask(floor, path, {}).status_code == 403
    assert ask(supervisor, path, {}).json() == {"wave": wave.pk, "dismissed": True}
    assert ask(supervisor, path, {}).json() == {"wave": wave.pk, "dismissed": False}
    assert on_board(floor, "waiting")[0]["orders"] == 1
    assert "Dismissed" in floor.get(f"/stations/waves/{wave.pk}/").content.decode()


def test_suspended_merchants_waves_are_not_released(
    supervisor: Client, acme: Merchant, template: WaveTemplate
) -> None:
    proposed(acme, template)
    acme.is_active = False
    acme.save(update_fields=["is_active"])
    assert settle(supervisor, template, "release").json() == {"done": 0}
    assert settle(supervisor, template, "nonsense").status_code == 400
    assert settle(supervisor, template, "dismiss").json() == {"done": 1}


def test_templates_are_added_changed_and_switched(
    supervisor: Client, floor: Client, house: Warehouse
) -> None:
    new = "/stations/templates/new/?warehouse=szx1"
    assert floor.post(new, FORM).status_code == 403
    assert supervisor.get(new).status_code == 200
    assert supervisor.post(new, {**FORM, "weekdays": []}).status_code == 400
    assert supervisor.post(new, FORM).status_code == 302
    assert supervisor.post(new, FORM).status_code == 400
    made = WaveTemplate.objects.get()
    assert (made.warehouse, made.weekdays, made.max_slots) == (house, [0, 4], 12)
    assert made.max_weight_g is None
    path = f"/stations/templates/{made.pk}/"
    assert b"Late courier" in supervisor.get(path).content
    assert supervisor.post(path, {**FORM, "max_orders": "7"}).status_code == 302
    supervisor.post(f"{path}switch/", {"on": "no"})
    made.refresh_from_db()
    assert (made.max_orders, made.is_active) == (7, False)
    page = floor.get("/stations/templates/").content.decode()
    assert "Late courier" in page
    assert "Switch on" not in page


def test_templates_of_other_warehouses_are_not_there(
    elsewhere: Client, template: WaveTemplate
) -> None:
    admin_path = f"/stations/templates/{template.pk}/"
    assert elsewhere.get(admin_path).status_code == 403
    assert "Evening post" not in elsewhere.get("/stations/templates/").content.decode()


def test_an_order_is_taken_out_and_its_goods_come_back(
    floor: Client, elsewhere: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    parcel = parcels_of(acme, wave)[0]
    pick(merchant_id=acme.pk, wave_id=wave.pk, task_ids=None, actor=ACTOR, now=NOW)
    path = f"/stations/waves/{wave.pk}/take-out/"
    body = {"parcel": parcel.pk, "stock": "release", "reason": "The buyer rang."}
    assert ask(elsewhere, path, body).status_code == 404
    assert ask(floor, path, {**body, "stock": "x"}).status_code == 400
    assert ask(floor, path, {**body, "parcel": parcel.pk + 99}).status_code == 404
    assert ask(floor, path, body).json() == {"parcel": parcel.pk, "taken_out": True}
    assert ask(floor, path, body).json() == {"parcel": parcel.pk, "taken_out": False}
    (row,) = on_board(floor, "put_backs")
    assert (row["sku"], row["quantity"]) == ("MUG-BLUE", 2)
    back = f"/stations/put-backs/{row['id']}/"
    assert ask(elsewhere, back, {}).status_code == 404
    assert ask(floor, back, {"location": row["location"]}).status_code == 400
    mug = {"product": "MUG-BLUE"}
    assert ask(floor, back, {**mug, "location": "NOWHERE"}).status_code == 404
    assert ask(floor, back, {"product": "BOWL-RED", "location": "A-02"}).status_code == 409
    other = "A-02" if row["location"] != "A-02" else "A-01"
    scanned = {"product": "4006381333931", "location": f"WB:L:{other}"}
    assert ask(floor, back, scanned).json()["is_new"]
    assert not ask(floor, back, scanned).json()["is_new"]
    with merchant(acme):
        assert PutBack.objects.get().location.code == other
        there = StockBalance.objects.filter(product__sku="MUG-BLUE", location__code=other)
        assert there.get().on_hand == 2
    assert on_board(floor, "put_backs") == []


def test_goods_that_stay_promised_come_back_to_their_own_bin(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    parcel = parcels_of(acme, wave)[0]
    pick(merchant_id=acme.pk, wave_id=wave.pk, task_ids=None, actor=ACTOR, now=NOW)
    body = {"parcel": parcel.pk, "stock": "keep", "reason": "The buyer rang."}
    ask(floor, f"/stations/waves/{wave.pk}/take-out/", body)
    (row,) = on_board(floor, "put_backs")
    back, own = f"/stations/put-backs/{row['id']}/", row["location"]
    other = "A-02" if own != "A-02" else "A-01"
    refused = ask(floor, back, {"product": "MUG-BLUE", "location": other})
    assert (refused.status_code, own in refused.content.decode()) == (409, True)
    assert ask(floor, back, {"product": "MUG-BLUE", "location": own}).json()["is_new"]


def test_goods_do_not_come_back_to_a_bin_that_another_merchant_fills(
    floor: Client, acme: Merchant, rival: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    parcel = parcels_of(acme, wave)[0]
    pick(merchant_id=acme.pk, wave_id=wave.pk, task_ids=None, actor=ACTOR, now=NOW)
    body = {"parcel": parcel.pk, "stock": "release", "reason": "The buyer rang."}
    ask(floor, f"/stations/waves/{wave.pk}/take-out/", body)
    (row,) = on_board(floor, "put_backs")
    with merchant(rival):
        theirs = StockBalance.objects.select_related("location").get().location
    with across_merchants("A test counts what lies in a bin."):
        there = load_of(location_id=theirs.pk).units
    assert there >= 100
    Location.objects.filter(pk=theirs.pk).update(capacity_units=there + 1)
    back = f"/stations/put-backs/{row['id']}/"
    scanned = {"product": "MUG-BLUE", "location": theirs.code}
    assert ask(floor, back, scanned).status_code == 409
    assert on_board(floor, "put_backs")
    Location.objects.filter(pk=theirs.pk).update(capacity_units=None)
    assert ask(floor, back, scanned).json()["is_new"]


def test_a_packer_is_told_that_the_parcel_was_taken_out(
    floor: Client, acme: Merchant, house: Warehouse
) -> None:
    wave = a_released_wave(acme, house)
    parcel = parcels_of(acme, wave)[0]

    def pack(number: int, raw: str) -> Any:
        body = {"scans": [a_scan(number, raw)]}
        return ask(floor, "/stations/pack/scans/", body).json()["results"][0]

    assert pack(1, parcel.reference)["verdict"] == "accepted"
    assert pack(2, "MUG-BLUE")["verdict"] == "accepted"
    body = {"parcel": parcel.pk, "stock": "keep", "reason": "x"}
    assert ask(floor, f"/stations/waves/{wave.pk}/take-out/", body).status_code == 200
    told = pack(3, "MUG-BLUE")
    assert (told["verdict"], told["message"]) == (
        "wrong", "This parcel is cancelled: put the goods back.",
    )  # fmt: skip
    with merchant(acme):
        assert PutBack.objects.get().quantity == 1


def test_a_packed_parcel_says_why_it_stays(floor: Client, acme: Merchant, house: Warehouse) -> None:
    wave = a_released_wave(acme, house)
    parcel = parcels_of(acme, wave)[0]
    with merchant(acme):
        Parcel.objects.update(status="packed")
    body = {"parcel": parcel.pk, "stock": "keep", "reason": "x"}
    answer = ask(floor, f"/stations/waves/{wave.pk}/take-out/", body)
    assert answer.status_code == 409
    assert "is packed" in answer.json()["errors"][0]["remedy"]
