"""Faults on demand do what they say, once; a killed program forgets nothing; SIGTERM is gentle."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from tests.sandbox.program import (
    Program,
    dhl_body,
    dhl_pickup,
    line_body,
    unique,
    until,
)


def _book(program: Program, reference: str) -> requests.Response:
    return program.dhl("POST", "/shipments", dhl_body(reference))


def _bookings(program: Program, reference: str) -> list[str]:
    known = program.state()["partners"].get("dhl_express", {}).get("bookings_by_reference", {})
    numbers: list[str] = known.get(reference, [])
    return numbers


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("refuse", 422)])
def test_answer_on_demand_comes_once_and_has_no_effect(
    stand_ins: Program, kind: str, status: int
) -> None:
    stand_ins.fault(partner="dhl_express", operation="book", kind=kind, seconds=3)
    reference = unique("ref")
    answer = _book(stand_ins, reference)
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("3" if kind == "429" else None)
    assert _bookings(stand_ins, reference) == []
    assert _book(stand_ins, reference).status_code == 201


def test_reset_has_no_effect(stand_ins: Program) -> None:
    stand_ins.fault(partner="dhl_express", operation="book", kind="reset")
    reference = unique("ref")
    with pytest.raises(requests.ConnectionError, match="reset"):
        _book(stand_ins, reference)
    assert _bookings(stand_ins, reference) == []


def test_lost_answer_has_its_effect_and_can_be_looked_up(stand_ins: Program) -> None:
    stand_ins.fault(partner="dhl_express", operation="book", kind="lost_answer")
    reference = unique("ref")
    with pytest.raises(requests.ConnectionError):
        _book(stand_ins, reference)
    query = f"/tracking?shipmentReference={reference}&shipmentReferenceType=CU"
    found = stand_ins.dhl("GET", query).json()["shipments"]
    assert [each["shipmentTrackingNumber"] for each in found] == _bookings(stand_ins, reference)
    assert len(found) == 1


def test_blind_retry_is_seen_as_a_double(stand_ins: Program) -> None:
    reference = unique("ref")
    numbers = [_book(stand_ins, reference).json()["shipmentTrackingNumber"] for _ in range(2)]
    assert stand_ins.state()["partners"]["dhl_express"]["doubles"][reference] == numbers


def test_slow_call_does_not_hold_up_the_others(stand_ins: Program) -> None:
    stand_ins.fault(partner="dhl_express", operation="book", kind="slow", seconds=2)
    took: list[float] = []

    def slow() -> None:
        start = time.monotonic()
        _book(stand_ins, unique("ref"))
        took.append(time.monotonic() - start)

    caller = threading.Thread(target=slow)
    caller.start()
    until(lambda: not stand_ins.call("GET", "/_faults").json()["faults"])
    start = time.monotonic()
    assert _book(stand_ins, unique("ref")).status_code == 201
    assert time.monotonic() - start < 1
    caller.join()
    assert took[0] >= 2


def test_fault_is_for_its_operation_and_counts_down(stand_ins: Program) -> None:
    stand_ins.fault(partner="dhl_express", operation="book", kind="500", times=2)
    assert stand_ins.dhl("GET", "/tracking?shipmentReference=x").status_code == 404
    statuses = [_book(stand_ins, unique("ref")).status_code for _ in range(3)]
    assert statuses == [500, 500, 201]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"partner": "ups", "kind": "slow"}, "partner"),
        ({"partner": "line", "kind": "explode"}, "kind"),
        ({"partner": "line", "kind": "slow", "times": 0}, "times"),
        ({"partner": "line", "kind": "slow", "time": 1}, "time"),
    ],
)
def test_a_fault_that_is_none_is_refused(
    stand_ins: Program, body: dict[str, object], field: str
) -> None:
    answer = stand_ins.call("POST", "/_faults", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_calls_are_logged_with_their_fault(stand_ins: Program) -> None:
    stand_ins.fault(partner="line", operation="book", kind="429")
    key = unique("K")
    stand_ins.call("POST", "/line/v1/parcels", line_body(), headers={"Idempotency-Key": key})
    last = stand_ins.call("GET", "/_calls?partner=line").json()["calls"][-1]
    assert (last["operation"], last["key"], last["status"]) == ("book", key, 429)
    assert last["fault"] == "429"


def test_killed_program_forgets_nothing(fresh: Program) -> None:
    fresh.start()
    reference = unique("ref")
    number = _book(fresh, reference).json()["shipmentTrackingNumber"]
    fresh.dhl("POST", "/pickups", dhl_pickup(number))
    fresh.fault(partner="line", operation="book", kind="500", times=3)
    fresh.kill()
    fresh.start()
    assert _bookings(fresh, reference) == [number]
    assert fresh.call("GET", "/_faults").json()["faults"][0]["left"] == 3
    until(
        lambda: (
            fresh.dhl("GET", f"/shipments/{number}/tracking").json()["shipments"][0]["events"][-1:]
            and fresh.state()["partners"]["dhl_express"]["parcels"] == {"at_customs": 1}
        )
    )
    assert _book(fresh, unique("ref")).json()["shipmentTrackingNumber"] != number


def test_sigterm_lets_a_running_call_finish(fresh: Program) -> None:
    fresh.start()
    fresh.fault(partner="dhl_express", operation="book", kind="slow", seconds=1.5)
    answers: list[int] = []
    caller = threading.Thread(
        target=lambda: answers.append(_book(fresh, unique("ref")).status_code)
    )
    caller.start()
    until(lambda: not fresh.call("GET", "/_faults").json()["faults"])
    assert fresh.stop() == 0
    caller.join()
    assert answers == [201]
