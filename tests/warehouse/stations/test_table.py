"""Which parcel a scan is for, when scans are sent again, and when a browser counts anew."""

from __future__ import annotations

import pytest

from warehouse.rules.weights import read_weight
from warehouse.stations.table import KEPT, Table


def table(*selections: tuple[int, str]) -> Table:
    made = Table()
    for sequence, reference in selections:
        made.put(sequence=sequence, merchant_id=1, reference=reference)
    return made


def named(made: Table, sequence: int) -> str:
    here = made.at(sequence)
    return here.reference if here else ""


def test_scan_belongs_to_the_parcel_that_lay_there_when_it_was_pressed() -> None:
    made = table((5, "P1"), (8, "P2"))
    assert [named(made, number) for number in (5, 6, 8, 9)] == ["", "P1", "P1", "P2"]


def test_selection_sent_again_changes_nothing() -> None:
    made = table((5, "P1"), (8, "P2"), (5, "P1"), (8, "P2"))
    assert named(made, 7) == "P1"
    assert len(made.selections) == 2


def test_browser_that_counts_anew_starts_with_its_next_parcel() -> None:
    made = table((50, "P1"), (1, "P2"))
    assert named(made, 2) == "P2"
    assert named(made, 60) == "P2"


def test_cleared_table_is_empty_but_remembers_what_to_show() -> None:
    made = table((5, "P1"))
    made.clear(sequence=9)
    assert named(made, 9) == "P1"
    assert named(made, 10) == ""
    assert made.latest is not None
    assert made.latest.reference == "P1"


def test_session_keeps_it_bounded() -> None:
    made = table(*((number, f"P{number}") for number in range(100)))
    assert len(made.as_list()) == KEPT
    assert Table.restore(made.as_list()) == made
    assert Table.restore("damaged") == Table()


@pytest.mark.parametrize(
    ("raw", "grams"),
    [
        ("812", 812), ("812 g", 812), ("812g", 812), ("1.25 kg", 1250), ("1,250kg", 1250),
        ("0.5 KG", 500), ("99999", 99999), ("0", None), ("4006381333931", None), ("-5", None),
        ("1.5", None), ("200 kg", None), ("", None), ("MUG", None), ("100001 g", None),
    ],
)  # fmt: skip
def test_weight_is_grams_unless_it_says_otherwise(raw: str, grams: int | None) -> None:
    assert read_weight(raw) == grams
