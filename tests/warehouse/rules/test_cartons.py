"""The suggested carton: the smallest that fits by sides, volume and weight."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.cartons import Carton, PackItem, cartons_on, suggest_carton

SHELF = cartons_on(date(2026, 9, 1))


def item(sides: tuple[int, int, int], quantity: int = 1, weight_g: int = 100) -> PackItem:
    return PackItem(
        sku="X", quantity=quantity, weight_g=weight_g,
        length_mm=sides[0], width_mm=sides[1], height_mm=sides[2],
    )  # fmt: skip


def test_a_small_thing_goes_in_the_smallest_and_the_tare_is_added() -> None:
    found = suggest_carton([item((100, 80, 30), weight_g=150)], SHELF)
    assert (found.carton_code, found.gross_weight_g) == ("M1", 170)
    assert (found.length_mm, found.width_mm, found.height_mm) == (220, 165, 45)


def test_a_thing_may_be_turned_to_fit() -> None:
    assert suggest_carton([item((30, 200, 140))], SHELF).carton_code == "M1"


def test_a_long_thing_needs_a_long_carton_whatever_its_volume() -> None:
    assert suggest_carton([item((700, 20, 20))], SHELF).carton_code == "C7"


def test_volume_beyond_the_filling_limit_takes_the_next_carton() -> None:
    unit = (100, 100, 100)  # C1 holds 3,000 cm³ of which 2,550 may be filled
    assert suggest_carton([item(unit, 2)], SHELF).carton_code == "C1"
    assert suggest_carton([item(unit, 3)], SHELF).carton_code != "C1"


def test_weight_beyond_the_cartons_limit_takes_a_stronger_one() -> None:
    assert suggest_carton([item((100, 80, 30), weight_g=1200)], SHELF).carton_code != "M1"


def test_what_fits_nowhere_is_said_and_keeps_its_own_size() -> None:
    found = suggest_carton([item((1500, 200, 100), weight_g=4000)], SHELF)
    assert (found.carton_code, found.reason.code) == ("", "no_carton_fits")
    assert (found.length_mm, found.width_mm, found.height_mm) == (1500, 200, 100)
    assert found.gross_weight_g == 4000


def test_missing_master_data_is_named() -> None:
    with pytest.raises(ValueError, match="master data"):
        item((0, 10, 10))
    with pytest.raises(ValueError, match="nothing to pack"):
        suggest_carton([], SHELF)


sides = st.tuples(*[st.integers(5, 700)] * 3)


@given(st.lists(st.tuples(sides, st.integers(1, 4)), min_size=1, max_size=4))
def test_the_goods_fit_what_is_suggested_and_nothing_smaller_would_do(
    goods: list[tuple[tuple[int, int, int], int]],
) -> None:
    items = [item(size, quantity) for size, quantity in goods]
    found = suggest_carton(items, SHELF)

    def takes(carton: Carton) -> bool:
        weight = sum(one.quantity * one.weight_g for one in items) + carton.tare_g
        return (
            all(one.sides[n] <= carton.inner[n] for one in items for n in range(3))
            and sum(one.volume_mm3 for one in items) <= carton.usable_mm3
            and weight <= carton.max_gross_g
        )

    fitting = [carton for carton in SHELF if takes(carton)]
    volumes = {c.code: c.outer[0] * c.outer[1] * c.outer[2] for c in SHELF}
    smallest = min((volumes[carton.code] for carton in fitting), default=None)
    assert volumes.get(found.carton_code) == smallest
    assert found.length_mm >= found.width_mm >= found.height_mm
    assert found.length_mm * found.width_mm * found.height_mm >= sum(o.volume_mm3 for o in items)
