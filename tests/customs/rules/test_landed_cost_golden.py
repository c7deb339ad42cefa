"""The worked examples the facts came with: to the cent where we quote, an honest no elsewhere."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customs.rules.landed_cost import LandedCostInput, LandedCostLine, landed_cost

GOLDEN = Path(__file__).parents[1] / "golden" / "landed_cost_examples.json"
EXAMPLES: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))["examples"]
COVERED = [e for e in EXAMPLES if e["id"].split("-")[0] in {"EU", "GB", "AU"}]
FORMAL = [e for e in EXAMPLES if e["expected"].get("status") == "formal_declaration_required"]
UNCOVERED = [e for e in EXAMPLES if e not in COVERED and e not in FORMAL]


def question(example: dict[str, Any]) -> LandedCostInput:
    inputs = example["inputs"]
    return LandedCostInput(
        destination=example["destination"],
        on=date.fromisoformat(example["as_of"]),
        currency=example["currency"],
        scheme=inputs.get("scheme", ""),
        incoterm=inputs["incoterm"],
        shipping=Decimal(inputs.get("shipping", "0")),
        lines=tuple(
            LandedCostLine(
                hs_code=line["hs6"],
                quantity=line["qty"],
                unit_price=Decimal(line["unit_price"]),
                origin_country=line["origin"],
                duty_rate=Decimal(line["duty_rate"]) if "duty_rate" in line else None,
            )
            for line in inputs["lines"]
        ),
    )


@pytest.mark.parametrize("example", COVERED, ids=lambda e: e["id"])
def test_covered_example_is_met_to_the_cent(example: dict[str, Any]) -> None:
    answer = landed_cost(question(example)).as_dict()
    expected = example["expected"]
    assert answer["status"] == "quoted"
    assert {
        name: answer[name] for name in ("duty", "tax", "fees", "total_charges", "buyer_total")
    } == {name: expected[name] for name in ("duty", "tax", "fees", "total_charges", "buyer_total")}
    assert answer["currency"] == example["currency"]
    assert answer["fees_other_currency"] == [
        {"kind": fee["kind"], "amount": fee["amount"], "currency": fee["currency"]}
        for fee in expected.get("fees_other_currency", [])
    ]


def test_every_covered_example_is_tried() -> None:
    assert {e["id"] for e in COVERED} >= {"EU-DE-IOSS-1", "EU-IT-H1-4", "GB-SUPPLY-8", "AU-LVG-20"}
    assert len(COVERED) == 7


@pytest.mark.parametrize("example", UNCOVERED, ids=lambda e: e["id"])
def test_other_destinations_are_not_covered_and_carry_no_amount(example: dict[str, Any]) -> None:
    answer = landed_cost(question(example))
    assert answer.status == "not_covered"
    assert (answer.duty, answer.tax, answer.total_charges, answer.buyer_total) == (None,) * 4
    assert [gap.code for gap in answer.missing] == ["not_covered"]


@pytest.mark.parametrize("example", FORMAL, ids=lambda e: e["id"])
def test_where_no_parcel_channel_is_left_a_formal_declaration_is_asked(
    example: dict[str, Any],
) -> None:
    answer = landed_cost(question(example))
    assert answer.status == "formal_declaration_required"
    assert (answer.duty, answer.tax, answer.fees, answer.total_charges) == (None,) * 4
