"""Which bin is proposed for goods at the dock, and why another is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.put_away import (
    Content,
    Place,
    accept,
    condition_zones,
    home_zone_of,
    propose,
    refusal,
    room_for,
)

ZONES = {"damaged": "DAMAGED", "quarantine": "QUARANTINE"}
MAY = date(2027, 5, 31)


def goods(quantity: int = 10, **fields: Any) -> Content:
    return Content(**{"owner_id": 1, "product_id": 1, "quantity": quantity, **fields})


def place(number: int, *contents: Content, **fields: Any) -> Place:
    return Place(
        location_id=number, code=f"A-{number:02d}", sequence=number, contents=contents, **fields
    )


def proposed(what: Content, *places: Place, home_zone: str = "") -> tuple[str, int, str]:
    found = propose(what, places, zones=ZONES, home_zone=home_zone)
    return (found.place.code, found.quantity, found.reason.code) if found else ("", 0, "")


def test_bin_of_the_same_product_comes_first_even_when_farther() -> None:
    assert proposed(goods(), place(1), place(9, goods(3))) == ("A-09", 10, "same_product")


def test_full_bin_of_the_same_product_is_passed_over() -> None:
    full = place(1, goods(5), capacity_units=5)
    assert proposed(goods(), full, place(2)) == ("A-02", 10, "empty")


def test_same_bin_takes_as_many_as_fit() -> None:
    nearly = place(1, goods(5), capacity_units=9)
    assert proposed(goods(), nearly, place(2)) == ("A-01", 4, "same_product")


def test_empty_bin_in_the_products_zone_is_nearer_than_the_nearest() -> None:
    near, own = place(1, zone="X"), place(7, zone="B")
    assert proposed(goods(), near, own, home_zone="B") == ("A-07", 10, "empty_in_zone")


def test_nearest_with_room_when_nothing_is_empty() -> None:
    others = [place(n, goods(1, product_id=2)) for n in (3, 2)]
    assert proposed(goods(), *others) == ("A-02", 10, "nearest")


def test_nothing_fits() -> None:
    assert proposed(goods(), place(1, capacity_units=0)) == ("", 0, "")


def test_damaged_goods_go_to_their_zone_and_nothing_else_does() -> None:
    normal, kept = place(1, zone="A"), place(8, zone="DAMAGED")
    assert proposed(goods(condition="damaged"), normal, kept)[0] == "A-08"
    assert proposed(goods(), normal, kept)[0] == "A-01"
    assert accept(goods(condition="damaged"), normal, zones=ZONES)[1].code == "wrong_zone"  # type: ignore[union-attr]
    assert accept(goods(), kept, zones=ZONES)[1].code == "kept_zone"  # type: ignore[union-attr]


def refused(what: Content, where: Place) -> str:
    fault = refusal(what, where, ZONES)
    return fault.code if fault else ""


def test_owners_lots_and_conditions_are_not_mixed() -> None:
    assert refused(goods(), place(1, goods(1, owner_id=2, product_id=5))) == "other_owner"
    assert refused(goods(lot="A"), place(1, goods(1, lot="B"))) == "other_lot"
    assert refused(goods(expires_on=MAY), place(1, goods(1))) == "other_lot"
    assert refused(goods(), place(1, goods(1, product_id=2, condition="damaged"))) == (
        "other_condition"
    )
    assert refused(goods(lot="A"), place(1, goods(1, product_id=2, lot="B"))) == ""
    assert refused(goods(), place(1, goods(5), capacity_units=5)) == "full"


def test_room_is_the_narrowest_of_units_volume_and_weight() -> None:
    what = goods(volume_mm3=500_000, weight_g=300)
    inside = goods(2, volume_mm3=500_000, weight_g=300)
    assert room_for(what, place(1, inside, capacity_units=10)) == 8
    assert room_for(what, place(1, inside, capacity_volume_cm3=2600)) == 3
    assert room_for(what, place(1, inside, capacity_weight_g=1000)) == 1
    assert room_for(goods(), place(1, inside, capacity_volume_cm3=1)) > 0


def test_zone_of_most_bins_is_home() -> None:
    assert home_zone_of(["B", "A", "B", ""]) == "B"
    assert home_zone_of(["B", "A"]) == "A"
    assert home_zone_of([]) == ""


def test_zones_of_conditions_are_dated_data() -> None:
    assert condition_zones(date(2026, 11, 26))["damaged"] == "DAMAGED"
    assert condition_zones(date(2020, 1, 1)) == {}


CONTENT = st.builds(
    Content, owner_id=st.integers(1, 2), product_id=st.integers(1, 2),
    quantity=st.integers(1, 20), lot=st.sampled_from(["", "A"]),
    condition=st.sampled_from(["good", "damaged"]), volume_mm3=st.sampled_from([0, 900_000]),
    weight_g=st.sampled_from([0, 250]),
)  # fmt: skip
PLACE = st.builds(
    Place, location_id=st.integers(1, 9), code=st.just("X"),
    zone=st.sampled_from(["", "A", "DAMAGED"]), sequence=st.integers(0, 9),
    capacity_units=st.none() | st.integers(0, 30),
    capacity_volume_cm3=st.none() | st.integers(0, 30_000),
    capacity_weight_g=st.none() | st.integers(0, 8_000),
    contents=st.lists(CONTENT, max_size=3).map(tuple),
)  # fmt: skip


@given(CONTENT, st.lists(PLACE, max_size=5))
def test_what_is_proposed_is_also_accepted_and_fits(what: Content, places: list[Place]) -> None:
    found = propose(what, places, zones=ZONES, home_zone="A")
    allowed = [each for each in places if refusal(what, each, ZONES) is None]
    assert (found is None) == (not allowed)
    for proposal in [found] if found else []:
        assert accept(what, proposal.place, zones=ZONES) == (proposal.quantity, None)
        assert 1 <= proposal.quantity <= min(what.quantity, room_for(what, proposal.place))
