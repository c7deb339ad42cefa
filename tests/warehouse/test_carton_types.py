"""The merchant's cartons through the API and the settings page, and the parcels planned in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Merchant
from core.tenancy import merchant
from tests.factories import a_merchant, a_product, a_warehouse, an_api_key
from tests.floor import a_released_wave, a_staff_member, ask, logged_in, parcels_of
from warehouse.models import CartonType, Warehouse

pytestmark = pytest.mark.django_db
BODY = {
    "name": "Mug box", "material": "corrugated", "inner_length_mm": 180, "inner_width_mm": 160,
    "inner_height_mm": 160, "outer_length_mm": 186, "outer_width_mm": 166, "outer_height_mm": 172,
    "tare_g": 70, "max_gross_g": 4000,
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are rows; nobody is woken."""
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


@pytest.fixture
def acme() -> Merchant:
    a_warehouse()
    return a_merchant("acme")


def put(owner: Merchant, code: str, body: dict[str, Any]) -> Any:
    headers = {"authorization": f"Bearer {an_api_key(owner)}"}
    address = reverse("api-carton", args=[code])
    return Client().put(address, body, content_type="application/json", headers=headers)


def test_the_api_adds_replaces_lists_and_retires(acme: Merchant) -> None:
    assert put(acme, "MUG", BODY).status_code == 201
    again = put(acme, "MUG", {**BODY, "tare_g": 75})
    assert (again.status_code, again.json()["tare_g"]) == (200, 75)
    headers = {"authorization": f"Bearer {an_api_key(acme)}"}
    listed = Client().get(reverse("api-cartons"), headers=headers).json()["results"]
    assert [(row["code"], row["is_active"]) for row in listed] == [("MUG", True)]
    gone = Client().delete(reverse("api-carton", args=["MUG"]), headers=headers)
    assert gone.status_code == 204
    one = Client().get(reverse("api-carton", args=["MUG"]), headers=headers).json()
    assert one["is_active"] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [("outer_width_mm", 100), ("max_gross_g", 70), ("inner_height_mm", 0), ("material", "silk")],
)
def test_a_carton_that_cannot_be_is_refused_by_its_field(
    acme: Merchant, field: str, value: Any
) -> None:
    answer = put(acme, "MUG", {**BODY, field: value})
    assert answer.status_code == 400
    assert field in answer.content.decode()
    with merchant(acme):
        assert not CartonType.objects.exists()


def test_a_parcel_is_planned_in_the_merchants_own_carton_and_the_station_says_why(
    acme: Merchant,
) -> None:
    a_product(acme, nature="fragile", length_mm=120, width_mm=120, height_mm=60, weight_g=400)
    put(acme, "MUG", BODY)
    house = Warehouse.objects.get()
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    assert (parcel.carton_code, parcel.length_mm) == ("MUG", 186)
    with merchant(acme):
        grams = sum(item.quantity * 400 for item in parcel.items.all())
    assert parcel.expected_weight_g == grams + 70
    packer = logged_in(a_staff_member("floor", house))
    body = {"parcel": parcel.reference, "scans": []}
    notes = ask(packer, reverse("station_pack_scans"), body).json()["state"]["notes"]
    said = " ".join(notes)
    assert notes[0].startswith("Mug box is the smallest that fits")
    for part in ("Its size counts for", "bubble wrap", "Keep the goods upright.", "FRAGILE"):
        assert part in said
