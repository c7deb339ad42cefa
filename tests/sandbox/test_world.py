"""The rules of the world, by the clock: who is lost, who is held, nothing ahead of time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import faults, moves
from sandbox.partners import customs
from sandbox.state import State
from sandbox.world import World

START = 1_790_000_000.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    state = State(tmp_path)
    yield World(state, 100.0)
    state.close()


def _book(world: World, number: str, *, partner: str = "dhl_express", to: str = "DE") -> None:
    world.book(
        partner=partner, tracking_number=number, reference=number, body="{}", body_hash="",
        label=b"", origin="CN", destination=to, city="", now=START,
    )  # fmt: skip


def _advance(world: World, at: float) -> None:
    with world.state.change():
        moves.advance(world, at)


def _codes(world: World, number: str, partner: str = "dhl_express") -> list[str]:
    return [told.code for told in world.told(partner=partner, tracking_number=number)]


def _declare(world: World, document: str, *, status: str, at: float, then: str = "") -> None:
    world.state.insert(
        "declaration", lrn=document + status, mrn="", body_hash="", direction="import",
        country="DE", dataset="EU_H7", transport_document=document, status="accepted", at=at,
        way=f'[["{status}", "H1", 10.0]' + (f', ["{then}", "", 0.0]]' if then else "]"),
        next_due=at,
    )  # fmt: skip


def test_nothing_happens_before_handover_nor_ahead_of_the_clock(world: World) -> None:
    _book(world, "1")
    _advance(world, START + 500)
    assert _codes(world, "1") == []
    with world.state.change():
        world.hand_over(partner="dhl_express", tracking_number="1", now=START + 500)
    for seconds in (0, 3, 15, 40, 60):
        _advance(world, START + 500 + seconds)
        told = world.told(partner="dhl_express", tracking_number="1")
        assert all(each.at <= START + 500 + seconds for each in told)
    assert _codes(world, "1") == ["PU", "PL", "DF", "AF", "DF", "AF", "IC"]


@pytest.mark.parametrize(
    ("partner", "codes"),
    [
        ("dhl_express", ["PU", "PL", "TI"]),
        ("postal", ["EMA", "EMB"]),
        ("line", ["InfoReceived", "InTransit_PickedUp", "Exception_Lost"]),
    ],
)
def test_every_fiftieth_parcel_handed_over_is_lost(
    world: World, partner: str, codes: list[str]
) -> None:
    numbers = [f"{place:03d}" for place in range(1, 101)]
    for number in numbers:
        _book(world, number, partner=partner, to="CN")
    with world.state.change():
        for number in numbers:
            assert world.hand_over(partner=partner, tracking_number=number, now=START)
            assert not world.hand_over(partner=partner, tracking_number=number, now=START)
    _advance(world, START + 1000)
    lost = world.state.rows("SELECT tracking_number FROM parcel WHERE status = 'lost'")
    told_lost = [n for n in numbers if _codes(world, n, partner) == codes]
    assert told_lost == ["050", "100"]
    assert {row["tracking_number"] for row in lost} == {"050", "100"}


def test_a_held_parcel_is_told_once_and_goes_on_after_release(world: World) -> None:
    _book(world, "1", partner="postal")
    with world.state.change():
        world.hand_over(partner="postal", tracking_number="1", now=START)
        _declare(world, "1", status="held", at=START + 5, then="released")
    _advance(world, START + 14)
    statuses = [row["status"] for row in world.state.rows("SELECT status FROM declaration")]
    assert statuses == ["held"]
    with world.state.change():
        world.state.run("UPDATE declaration SET next_due = ?", START + 200)
    _advance(world, START + 190)
    assert _codes(world, "1", "postal")[-2:] == ["EDB", "EME"]
    assert world.told(partner="postal", tracking_number="1")[-1].reason == "H1"
    _advance(world, START + 1000)
    assert _codes(world, "1", "postal")[-7:] == ["EDB", "EME", "EDC", "EMF", "EMG", "EDG", "EMI"]


def test_a_parcel_without_import_declaration_waits_for_ever(world: World) -> None:
    _book(world, "1")
    _declare(world, "another", status="released", at=START)
    with world.state.change():
        world.hand_over(partner="dhl_express", tracking_number="1", now=START)
    _advance(world, START + 10_000)
    assert _codes(world, "1")[-1] == "IC"


def test_one_import_in_twenty_is_held_first(world: World) -> None:
    with world.state.change():
        ways = [customs._way(world, "import")[0] for _ in range(40)]
    held = [place for place, way in enumerate(ways, start=1) if way[0][0] == "held"]
    assert held == [20, 40]
    assert all(way[-1][0] == "released" for way in ways)


def test_late_event_is_told_after_the_newer_one(world: World) -> None:
    _book(world, "1")
    with world.state.change():
        world.hand_over(partner="dhl_express", tracking_number="1", now=START)
    faults.add(
        world.state, partner="dhl_express", operation="events", kind="late_events", times=1,
        seconds=0,
    )  # fmt: skip
    _advance(world, START + 60)
    told = world.told(partner="dhl_express", tracking_number="1")
    assert [each.code for each in told][-1] == "PU"
    assert told[-1].at < told[0].at
    assert len(told) == 7


def test_duplicate_event_keeps_its_id(world: World) -> None:
    _book(world, "1")
    with world.state.change():
        world.hand_over(partner="dhl_express", tracking_number="1", now=START)
    faults.add(
        world.state, partner="dhl_express", operation="*", kind="duplicate_events", times=1,
        seconds=0,
    )  # fmt: skip
    _advance(world, START + 5)
    told = world.told(partner="dhl_express", tracking_number="1")
    assert [each.code for each in told] == ["PU", "PU"]
    assert told[0].event_id == told[1].event_id


def test_silent_parcel_tells_nothing_more(world: World) -> None:
    _book(world, "1")
    faults.add(world.state, partner="dhl_express", operation="*", kind="silent", times=1, seconds=0)
    with world.state.change():
        world.hand_over(partner="dhl_express", tracking_number="1", now=START)
    _advance(world, START + 1000)
    assert _codes(world, "1") == []
