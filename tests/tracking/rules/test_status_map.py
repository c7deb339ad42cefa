"""Vendors' codes become canonical ones; the carried facts are whole."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tracking.rules.status_map import DATA, canonical, canonical_codes, vendors
from tracking.rules.vocabulary import MILESTONES, meaning

FACTS = Path(__file__).parents[4] / "shared" / "facts" / "tracking" / "status_map.csv"


@pytest.mark.parametrize(
    ("vendor", "code", "expected"),
    [
        ("DHL_EXPRESS", "OK", ("delivered.confirmed", "", "", "stop")),
        ("DHL_EXPRESS", "CD", ("in_transit.customs_held", "docs_missing", "shipper", "pause")),
        ("UPU_EMSEVT", "EMC", ("in_transit.departed_origin", "", "", "run")),
        ("17TRACK", "Exception_Lost", ("terminated.lost", "lost", "carrier", "stop")),
        ("17track", " exception_lost ", ("terminated.lost", "lost", "carrier", "stop")),
        ("CITYDROP", "delivered", ("delivered.signed", "", "", "stop")),
        ("WAYBRIDGE", "handed_over", ("accepted.handed_over", "", "", "run")),
    ],
)
def test_a_known_code_has_one_meaning(
    vendor: str, code: str, expected: tuple[str, str, str, str]
) -> None:
    status = canonical(vendor, code)
    assert (status.code, status.reason, status.party, status.sla_clock) == expected
    assert status.is_mapped


@pytest.mark.parametrize(("vendor", "code"), [("DHL_EXPRESS", "??"), ("NOBODY", "OK"), ("", "")])
def test_an_unknown_code_is_unmapped_and_no_error(vendor: str, code: str) -> None:
    status = canonical(vendor, code)
    assert status.code == "unknown.unmapped"
    assert status.vendor_code == code
    assert not status.is_mapped


def test_a_postal_customs_hold_stops_the_clock_only_with_a_reason_code() -> None:
    assert canonical("UPU_EMSEVT", "EME").sla_clock == "run"
    assert canonical("UPU_EMSEVT", "EME", has_reason_code=True).sla_clock == "pause"


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not beside the project")
def test_every_fact_was_carried_over_with_source_and_confidence() -> None:
    with FACTS.open(encoding="utf-8", newline="") as file:
        facts = {(row["vendor"], row["code"]): row for row in csv.DictReader(file)}
    with (DATA / "status_map.csv").open(encoding="utf-8", newline="") as file:
        ours = {(row["vendor"], row["code"]): row for row in csv.DictReader(file)}
    for key, fact in facts.items():
        assert {name: ours[key][name] for name in fact} == {
            name: value.strip() for name, value in fact.items()
        }


def test_every_canonical_code_has_a_meaning_row() -> None:
    with (DATA / "milestones.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["canonical"] for row in csv.DictReader(file)}
    assert canonical_codes() <= listed
    assert {meaning(code).milestone for code in listed} == {*MILESTONES, ""}


def test_the_vendors_of_our_carriers_are_known() -> None:
    assert {"DHL_EXPRESS", "UPU_EMSEVT", "17TRACK", "CITYDROP", "WAYBRIDGE"} <= vendors()
