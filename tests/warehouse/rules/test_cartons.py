"""The suggested carton: the smallest that fits by sides, volume and weight."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.rules.cartons import Carton, PackItem, ServiceLimits, cartons_on, suggest_carton
from warehouse.rules.fitting import Box, Placed, lay
from warehouse.rules.natures import nature_rules_on

SHELF = cartons_on(date(2026, 9, 1))
RULES = nature_rules_on(date(2026, 9, 1))


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


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(sides, st.integers(1, 4)), min_size=1, max_size=4))
def test_the_goods_can_be_laid_into_what_is_suggested_and_into_nothing_smaller(
    goods: list[tuple[tuple[int, int, int], int]],
) -> None:
    items = [item(size, quantity) for size, quantity in goods]
    found = suggest_carton(items, SHELF)
    boxes = [Box(size) for size, quantity in goods for _unit in range(quantity)]
    weight = sum(one.quantity * one.weight_g for one in items)

    def takes(carton: Carton) -> bool:
        return (
            sum(box.volume for box in boxes) <= carton.usable_mm3
            and weight + carton.tare_g <= carton.max_gross_g
            and lay(boxes, carton.inner) is not None
        )

    smallest = min((one.outer_mm3 for one in SHELF if takes(one)), default=None)
    assert {one.code: one.outer_mm3 for one in SHELF}.get(found.carton_code) == smallest
    assert found.length_mm >= found.width_mm >= found.height_mm
    assert found.length_mm * found.width_mm * found.height_mm >= sum(o.volume_mm3 for o in items)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.builds(Box, st.tuples(*[st.integers(1, 60)] * 3), st.booleans()), max_size=14),
    st.tuples(*[st.integers(20, 160)] * 3),
)
def test_what_is_laid_lies_inside_apart_and_as_it_may_stand(
    boxes: list[Box], inner: tuple[int, int, int]
) -> None:
    placed = lay(boxes, inner) or ()
    for one, other in combinations(placed, 2):
        apart = [
            one.at[n] + one.sides[n] <= other.at[n] or other.at[n] + other.sides[n] <= one.at[n]
            for n in range(3)
        ]
        assert any(apart)
    assert all(0 <= one.at[n] <= inner[n] - one.sides[n] for one in placed for n in range(3))
    left = Counter(one.sides for one in placed)
    kinds = [set(box.orientations) for box in boxes] if placed else []
    assert sum(left.values()) == len(kinds)
    upright = Counter(b.sides[2] for b in boxes if b.is_upright) if placed else Counter()
    heights = Counter(one.sides[2] for one in placed)
    assert all(heights[height] >= count for height, count in upright.items())


def test_eight_cubes_fill_a_cube_and_nine_do_not_fit() -> None:
    assert len(lay([Box((50, 50, 50))] * 8, (100, 100, 100)) or ()) == 8
    assert lay([Box((50, 50, 50))] * 9, (100, 100, 100)) is None
    # By volume and longest side alone a third of these would go in.
    assert lay([Box((60, 60, 60))] * 2, (100, 100, 100)) is None


def test_an_upright_thing_is_not_laid_down() -> None:
    bottle = (80, 80, 300)
    assert lay([Box(bottle)], (310, 90, 90)) is not None
    assert lay([Box(bottle, is_upright=True)], (310, 90, 90)) is None
    assert lay([Box(bottle, is_upright=True)], (90, 90, 310)) is not None


def test_too_many_pieces_are_estimated_and_it_is_said() -> None:
    found = suggest_carton([item((20, 20, 20), 400, weight_g=5)], SHELF)
    assert found.carton_code
    assert "estimated" in {note.code for note in found.notes}


def test_nature_asks_for_padding_a_carton_and_says_how_to_pack() -> None:
    glass = replace(item((190, 130, 30)), nature="fragile")
    assert suggest_carton([item((190, 130, 30))], SHELF).carton_code == "M1"
    found = suggest_carton([glass], SHELF, natures=RULES)
    assert found.carton_code == "C2"
    assert [note.code for note in found.notes] == ["bubble_wrap", "upright", "mark_fragile"]


def test_a_heavy_fragile_piece_is_boxed_twice() -> None:
    vase = replace(item((150, 150, 100), weight_g=2500), nature="fragile")
    found = suggest_carton([vase], SHELF, natures=RULES)
    first = found.notes[0]
    assert (first.code, found.carton_code) == ("double_box", "C4")
    assert found.gross_weight_g == 2500 + 230 + 340
    assert "Carton 350 × 250 × 150 inside Carton 400 × 300 × 200" in first.text


def test_a_carton_no_service_takes_is_passed_over_and_the_size_is_counted() -> None:
    goods = [item((380, 280, 20))]
    small = ServiceLimits(
        name="Post", max_weight_g=2000, sides=(600, 600, 600), max_sum_mm=900, divisor=None
    )
    large = ServiceLimits(
        name="Line", max_weight_g=20_000, sides=(1000, 600, 600), max_sum_mm=None, divisor=8000
    )
    found = suggest_carton(goods, SHELF, limits=[small, large])
    assert found.carton_code == "C4"
    volumetric = -(-408 * 308 * 216 // 8000)
    assert found.notes[0].text == (f"Its size counts for {volumetric} g with Line (8000 cm³/kg).")
    beyond = suggest_carton(goods, SHELF, limits=[small])
    assert (beyond.carton_code, beyond.notes[0].code) == ("C4", "beyond_limits")


def is_over(upper: Placed, lower: Placed) -> bool:
    return upper.at[2] >= lower.at[2] + lower.sides[2] and all(
        upper.at[n] < lower.at[n] + lower.sides[n] and lower.at[n] < upper.at[n] + upper.sides[n]
        for n in (0, 1)
    )


@given(
    st.lists(
        st.tuples(
            st.integers(40, 160), st.integers(40, 160), st.integers(40, 160),
            st.integers(50, 3000), st.booleans(),
        ),
        min_size=2, max_size=7,
    )
)  # fmt: skip
def test_nothing_heavy_ever_lies_above_a_delicate_piece(
    pieces: list[tuple[int, int, int, int, bool]],
) -> None:
    boxes = [
        Box((a, b, c), weight_g=grams, bears_g=500 if is_delicate else None)
        for a, b, c, grams, is_delicate in pieces
    ]
    for lower in lay(boxes, (300, 300, 300)) or ():
        if lower.box.bears_g is None:
            continue
        placed = lay(boxes, (300, 300, 300)) or ()
        load = sum(upper.box.weight_g for upper in placed if is_over(upper, lower))
        assert load <= lower.box.bears_g


def test_a_heavy_piece_goes_under_a_fragile_one() -> None:
    glass = Box((180, 130, 40), is_upright=True, weight_g=200, bears_g=500)
    iron = Box((180, 130, 30), weight_g=3000)
    placed = lay([glass, iron], (185, 135, 75))
    assert placed is not None
    assert [each.box for each in sorted(placed, key=lambda each: each.at[2])] == [iron, glass]


def test_two_heavy_fragile_pieces_get_a_wider_carton_or_it_is_left_to_the_packer() -> None:
    vases = replace(item((150, 120, 100), 2, weight_g=1500), nature="fragile")
    found = suggest_carton([vases], SHELF, natures=RULES)
    assert "bears" in {note.code for note in found.notes}
    assert "fragile_below" not in {note.code for note in found.notes}
    only = [each for each in SHELF if each.code == "C2"]
    narrow = replace(only[0], inner=(185, 155, 245), outer=(190, 160, 250))
    forced = suggest_carton([vases], [narrow], natures=RULES)
    assert "fragile_below" in {note.code for note in forced.notes}
