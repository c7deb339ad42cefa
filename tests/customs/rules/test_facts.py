from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from customs.rules.facts import (
    AmbiguousRegime,
    InvalidFacts,
    all_regimes,
    eu_members,
    parse_regimes,
    read_rows,
    regime,
    regimes,
)

ROW = {
    "id": "DE-x-open",
    "destination": "DE",
    "rule_kind": "x",
    "effective_from": "2026-01-01",
    "effective_to": "",
    "currency": "EUR",
    "threshold": "",
    "rate": "0.19",
    "method": "",
    "unit": "",
    "basis": "",
    "applies_to": "",
    "source": "somewhere",
    "confidence": "unverified",
}


def test_every_fact_has_a_source_and_a_confidence() -> None:
    assert len(all_regimes()) > 180
    assert all(row.source and row.confidence for row in all_regimes())


def test_no_two_covered_regimes_of_one_kind_overlap() -> None:
    days = {row.effective_from for row in all_regimes() if row.effective_from}
    kinds = ["vat_standard", "duty_de_minimis", "prepaid_scheme", "flat_duty_per_item"]
    counts = [
        len(regimes(country, kind, day))
        for country in eu_members() | {"EU", "GB", "AU"}
        for kind in [*kinds, "national_parcel_fee", "charge_waiver", "valuation_basis"]
        for day in days
    ]
    assert max(counts) == 1


def test_a_member_state_takes_the_unions_row_where_it_has_none() -> None:
    found = regime("DE", "duty_de_minimis", date(2026, 6, 30))
    assert found is not None
    assert found.id == "EU-duty_de_minimis-2008-12-01"


def test_a_superseded_rate_holds_until_its_last_day() -> None:
    before = regime("EE", "vat_standard", date(2025, 6, 30))
    after = regime("EE", "vat_standard", date(2025, 7, 1))
    assert before is not None
    assert after is not None
    assert (str(before.rate), str(after.rate)) == ("0.2200", "0.2400")


def test_several_rows_at_once_are_never_picked_silently() -> None:
    with pytest.raises(AmbiguousRegime, match="US-postal_specific_duty"):
        regime("US", "postal_specific_duty", date(2025, 12, 1))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"rate": "a fifth"}, "rate 'a fifth' is no number"),
        ({"threshold": "-1"}, "threshold is negative"),
        ({"effective_from": "1.1.2026"}, "is no date"),
        ({"effective_to": "2025-01-01"}, "effective_to before effective_from"),
        ({"confidence": ""}, "no source or confidence"),
        ({"destination": "Germany"}, "destination"),
    ],
)
def test_a_broken_row_is_named(change: dict[str, str], fault: str) -> None:
    with pytest.raises(InvalidFacts, match=fault):
        parse_regimes([ROW | change])


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(InvalidFacts, match="used twice"):
        parse_regimes([ROW, ROW])


def test_a_line_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2,3\n")
    with pytest.raises(InvalidFacts, match="wrong number of cells"):
        read_rows("x.csv", folder=tmp_path)
