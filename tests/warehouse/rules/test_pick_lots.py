"""Lots and expiry held against what is promised; a picker who says that goods are missing."""

from __future__ import annotations

from datetime import date

from warehouse.rules.picking import OpenTask, judge_pick, short_said

GTIN = "04006381333931"


def a_task(task_id: int = 1, **fields: object) -> OpenTask:
    values: dict[str, object] = {
        "task_id": task_id, "location": "A-01", "sku": "SYRUP", "gtin": "4006381333931",
        "title": "Syrup", "quantity": 2, "lot": "L1", "expires_on": date(2026, 12, 31),
    }  # fmt: skip
    return OpenTask(**{**values, **fields})  # type: ignore[arg-type]


def code(lot: str, expiry: str = "261231") -> str:
    return f"]C101{GTIN}17{expiry}10{lot}"


def test_the_promised_lot_confirms() -> None:
    verdict = judge_pick(code("L1"), [a_task()])
    assert (verdict.code, verdict.task_id) == ("accepted", 1)


def test_another_lot_says_which_is_wanted() -> None:
    verdict = judge_pick(code("L9"), [a_task()])
    assert (verdict.code, verdict.task_id, verdict.asks_for) == ("other_lot", 0, 1)
    assert verdict.sentence.text == "Lot L9 was scanned. Take lot L1."


def test_another_expiry_of_the_lot_is_another_lot() -> None:
    verdict = judge_pick(code("L1", "270101"), [a_task()])
    assert verdict.sentence.text == "Lot 2027-01-01 was scanned. Take lot 2026-12-31."


def test_a_code_finds_the_task_of_its_lot() -> None:
    tasks = [a_task(1), a_task(2, lot="L2", expires_on=None)]
    assert judge_pick(code("L2"), tasks).task_id == 2


def test_a_code_without_a_lot_and_goods_without_one_are_taken() -> None:
    assert judge_pick("SYRUP", [a_task()]).code == "accepted"
    assert judge_pick(code("L9"), [a_task(lot="", expires_on=None)]).code == "accepted"


def test_a_short_is_read() -> None:
    assert short_said("WB:C:SHORT:12:0") == (12, 0)
    for other in ("WB:C:SHORT:12", "WB:C:SHORT:12:x", "SHORT:12:0", "WB:L:SHORT:12:0", "MUG"):
        assert short_said(other) is None
