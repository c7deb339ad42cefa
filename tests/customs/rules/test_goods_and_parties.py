from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from customs.rules.battery import (
    BATTERY_KINDS,
    SERVICE_MODES,
    UnknownBatteryKind,
    check_battery,
)
from customs.rules.facts import InvalidFacts
from customs.rules.parties import load_listed_parties, name_tokens, screen_party
from customs.rules.restricted import check_restricted, restrictions

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("battery", "mode", "allowed", "instruction"),
    [
        ("none", "postal", True, ""),
        ("contained", "express", True, "PI967"),
        ("contained", "postal", True, "PI967"),
        ("contained", "line", True, "PI967"),
        ("packed", "express", False, "PI966"),
        ("packed", "line", True, "PI966"),
        ("packed", "postal", False, "PI966"),
        ("alone", "express", False, "PI965"),
        ("alone", "line", False, "PI965"),
        ("alone", "postal", False, "PI965"),
    ],
)
def test_batteries_go_only_where_the_policy_lets_them(
    battery: str, mode: str, allowed: bool, instruction: str
) -> None:
    verdict = check_battery(battery, mode)
    assert (verdict.is_allowed, verdict.packing_instruction) == (allowed, instruction)
    assert verdict.reason.text
    assert verdict.confidence


@pytest.mark.parametrize("mode", SERVICE_MODES)
@pytest.mark.parametrize("battery", BATTERY_KINDS[1:])
def test_a_big_battery_is_refused_everywhere(battery: str, mode: str) -> None:
    assert not check_battery(battery, mode, watt_hours=Decimal("100.1")).is_allowed


def test_equipment_with_a_lithium_ion_battery_carries_its_number_and_mark() -> None:
    verdict = check_battery("contained", "line", watt_hours=Decimal(100))
    assert (verdict.un_number, verdict.section) == ("UN3481", "II")
    assert "battery mark" in verdict.mark
    assert not verdict.needs_shipper_declaration


def test_lithium_metal_has_a_number_of_its_own() -> None:
    assert check_battery("contained", "line", chemistry="li_metal").un_number == "UN3091"


@pytest.mark.parametrize(
    ("battery", "mode", "chemistry"),
    [("big", "line", "li_ion"), ("packed", "rocket", "li_ion"), ("packed", "line", "lead")],
)
def test_an_unknown_word_names_the_choices(battery: str, mode: str, chemistry: str) -> None:
    with pytest.raises(UnknownBatteryKind, match="use"):
        check_battery(battery, mode, chemistry=chemistry)


@pytest.mark.parametrize(
    ("hs_code", "destination", "action"),
    [
        ("9304.00", "DE", "prohibited"),
        ("220421", "US", "prohibited"),
        ("300490", "GB", "licence"),
        ("440929", "AU", "licence"),
        ("040690", "FR", "prohibited"),
    ],
)
def test_restricted_goods_are_found(hs_code: str, destination: str, action: str) -> None:
    found = check_restricted(hs_code, destination, ON)
    assert found is not None
    assert found.action == action
    assert found.source == "operator policy"
    assert found.reason.text


@pytest.mark.parametrize(
    ("hs_code", "destination"), [("610910", "DE"), ("440929", "DE"), ("", "AU"), ("854370", "US")]
)
def test_other_goods_pass(hs_code: str, destination: str) -> None:
    assert check_restricted(hs_code, destination, ON) is None


def test_a_restriction_holds_from_its_date() -> None:
    assert check_restricted("930400", "DE", date(2025, 12, 31)) is None
    assert all(row.effective_from for row in restrictions())


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("Orlok Trading House LLC", 100),
        ("ORLOK  trading-house", 100),
        ("Fortunato Montresor", 95),
        ("Örlok Trading House (Branch Office)", 90),
        ("Zenda Export", 85),
        ("Professor James M. Moriarty", 80),
        ("Jaime Moriarty", 95),
        ("乌有之乡贸易有限公司", 100),
    ],
)
def test_a_listed_name_is_found_however_it_is_written(name: str, score: int) -> None:
    found = screen_party(name)
    assert [match.score for match in found] == [score]
    assert found[0].reason.text


@pytest.mark.parametrize(
    "name", ["", "James Smith", "Nautilus Books", "Orlok", "Trading House", "李雷", "شركة النور"]
)
def test_an_ordinary_name_passes(name: str) -> None:
    assert screen_party(name) == ()


def test_a_name_that_is_only_a_company_form_keeps_its_words() -> None:
    assert name_tokens("Company Limited") == ("company", "limited")


def test_a_list_of_another_layout_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "sdn.csv"
    broken.write_text("1,Somebody\n")
    with pytest.raises(InvalidFacts, match="2 cells"):
        load_listed_parties(broken)
