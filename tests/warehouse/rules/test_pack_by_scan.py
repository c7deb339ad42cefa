"""Packing by scan: right, wrong and surplus units, retries and double presses."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.packing import ExpectedItem, PackState, fold_pack
from warehouse.rules.presses import Press
from warehouse.rules.station_rules import double_press_within

MUG = ExpectedItem(sku="MUG-1", quantity=2, title="Mug", gtins=frozenset({"4006381333931"}))
CAP = ExpectedItem(sku="CAP-9", quantity=1, title="Cap")
CODES = ["4006381333931", "mug-1", "CAP-9", "HAT-3", "WB:O:1", "(01)04006381333931(10)L1", ""]


def presses(*raws: str) -> list[Press]:
    return [Press(client_id=f"c{n}", sequence=n, raw=raw) for n, raw in enumerate(raws)]


def packed(*raws: str) -> PackState:
    return fold_pack([MUG, CAP], presses(*raws))


def codes(state: PackState) -> list[str]:
    return [verdict.code for verdict in state.verdicts]


def test_every_name_of_a_product_counts_and_the_last_unit_completes() -> None:
    state = packed("4006381333931", "CAP-9", "mug-1")
    assert codes(state) == ["accepted"] * 3
    assert state.is_complete
    assert [verdict.sentence.text for verdict in state.verdicts] == [
        "Mug: 1 of 2.", "Cap: 1 of 1.", "Mug: 2 of 2.",
    ]  # fmt: skip


def test_a_gs1_code_counts_as_its_product() -> None:
    assert codes(packed("(01)04006381333931(10)L1")) == ["accepted"]


def test_a_code_for_several_units_counts_them_at_once() -> None:
    assert fold_pack([MUG], presses("(02)04006381333931(37)2")).is_complete
    assert codes(fold_pack([MUG], presses("(02)04006381333931(37)3"))) == ["surplus"]


def test_a_wrong_item_is_told_what_is_still_expected() -> None:
    state = packed("MUG-1", "HAT-3")
    assert codes(state) == ["accepted", "wrong_item"]
    assert state.verdicts[1].sentence.text == (
        "HAT-3 does not belong in this parcel. Still expected: 1 × MUG-1, 1 × CAP-9."
    )
    assert "misread" in packed("4006381333930").verdicts[0].sentence.text
    assert "complete" in fold_pack([CAP], presses("CAP-9", "HAT-3")).verdicts[1].sentence.text


def test_a_surplus_unit_is_refused_and_not_counted() -> None:
    state = packed("CAP-9", "CAP-9")
    assert codes(state) == ["accepted", "surplus"]
    assert state.packed == {"MUG-1": 0, "CAP-9": 1}
    assert state.missing == {"MUG-1": 2}


def test_other_codes_and_noise_are_answered_and_change_nothing() -> None:
    state = packed("WB:O:17", "")
    assert codes(state) == ["not_an_item", "unreadable"]
    assert not any(state.packed.values())


def test_the_same_press_read_twice_by_the_scanner_counts_once() -> None:
    limit = double_press_within(date(2026, 9, 1))
    near, far = (
        [
            Press(client_id=f"c{ms}", sequence=ms, raw="MUG-1", station="P1", pressed_ms=ms)
            for ms in (1000, 1000 + apart)
        ]
        for apart in (limit - 1, limit)
    )
    assert codes(fold_pack([MUG], near, double_press_ms=limit)) == ["accepted", "double_press"]
    assert codes(fold_pack([MUG], far, double_press_ms=limit)) == ["accepted", "accepted"]


def test_two_stations_at_the_same_moment_are_two_presses() -> None:
    scans = [
        Press(client_id=station, sequence=1, raw="MUG-1", station=station, pressed_ms=5)
        for station in ("P1", "P2")
    ]
    assert fold_pack([MUG], scans, double_press_ms=250).packed == {"MUG-1": 2}


def test_an_answer_is_plain_data() -> None:
    answer = json.loads(json.dumps(packed("CAP-9").verdicts[0].as_dict()))
    assert (answer["code"], answer["packed"], answer["expected"]) == ("accepted", 1, 1)


def test_bad_expectations_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="CAP-9"):
        fold_pack([CAP, CAP, ExpectedItem(sku="CAP-9", quantity=4)], [])
    with pytest.raises(ValueError, match="quantity"):
        ExpectedItem(sku="X", quantity=0)


@given(st.lists(st.sampled_from(CODES), max_size=9), st.data())
def test_a_retry_at_any_later_moment_gets_its_first_answer_and_changes_nothing(
    raws: list[str], data: st.DataObject
) -> None:
    scans = presses(*raws)
    retried = list(scans)
    for scan in data.draw(st.lists(st.sampled_from(scans), max_size=4) if scans else st.just([])):
        earliest = retried.index(scan) + 1
        retried.insert(data.draw(st.integers(earliest, len(retried))), scan)
    plain, noisy = fold_pack([MUG, CAP], scans), fold_pack([MUG, CAP], retried)
    assert noisy.packed == plain.packed
    assert [one for one in noisy.verdicts if not one.is_repeat] == list(plain.verdicts)
    first = {one.client_id: one.as_dict() for one in plain.verdicts}
    assert all(one.as_dict() == first[one.client_id] for one in noisy.verdicts)


@given(st.permutations(["MUG-1", "MUG-1", "MUG-1", "CAP-9", "HAT-3"]))
def test_the_order_of_the_scans_does_not_change_what_is_packed(raws: list[str]) -> None:
    state = packed(*raws)
    assert state.packed == {"MUG-1": 2, "CAP-9": 1}
    assert sorted(codes(state)) == ["accepted"] * 3 + ["surplus", "wrong_item"]
