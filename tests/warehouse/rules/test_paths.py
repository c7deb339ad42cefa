"""The walk through a measured warehouse: complete, never longer than by sequence, repeatable."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.paths import instance, shortest
from warehouse.rules.paths import Spot, bench_mm, distances, improved, lay_way, length_of, walk_mm
from warehouse.rules.pick_path import PickStop


def spot(x_mm: int, y_mm: int, aisle: str = "A", zone: str = "Z") -> Spot:
    return Spot(zone=zone, aisle=aisle, x_mm=x_mm, y_mm=y_mm, front_mm=1_000, back_mm=11_000)


def stop(location: str, sequence: int, task: int = 0) -> PickStop[int]:
    return PickStop(location=location, pick_sequence=sequence, aisle=location[0], task=task)


def test_within_an_aisle_one_walks_straight_and_between_aisles_around_the_nearer_end() -> None:
    assert walk_mm(spot(0, 3_000), spot(0, 8_000)) == 5_000
    assert walk_mm(spot(0, 3_000), spot(4_000, 3_000, "B")) == 8_000
    assert walk_mm(spot(0, 10_000), spot(4_000, 9_000, "B")) == 7_000
    assert bench_mm(spot(4_000, 3_000)) == 7_000


def test_an_aisle_with_one_near_bin_is_not_walked_through() -> None:
    stops = [stop("A1", 1), stop("A2", 2), stop("B1", 11), stop("C1", 21), stop("C2", 22)]
    spots = {
        "A1": spot(0, 2_000), "A2": spot(0, 10_000), "B1": spot(4_000, 2_000, "B"),
        "C1": spot(8_000, 9_000, "C"), "C2": spot(8_000, 10_000, "C"),
    }  # fmt: skip
    way = lay_way(stops, spots)
    # Up A, along the back, down C, and B in and out of its front on the way home.
    assert way.length_mm == 11_000 + 8_000 + 10_000 + 4_000 + 2 * 1_000 + 4_000 + 1_000
    assert (
        way.serpentine_mm == 11_000 + 4_000 + 9_000 + 1_000 + 4_000 + 9_000 + 9_000 + 8_000 + 1_000
    )


def test_a_bin_without_a_position_leaves_the_serpentine_and_no_length() -> None:
    way = lay_way([stop("B1", 11), stop("A1", 1)], {"A1": spot(0, 2_000)})
    assert [one.location for one in way.stops] == ["A1", "B1"]
    assert (way.length_mm, way.serpentine_mm) == (None, None)
    assert lay_way([], {}).stops == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 25))
def test_every_stop_comes_once_never_longer_than_by_sequence(seed: int, bins: int) -> None:
    stops, spots = instance(Random(seed), bins=bins)
    way = lay_way(stops, spots)
    assert sorted(one.task for one in way.stops) == list(range(bins))
    assert way.length_mm is not None
    assert way.serpentine_mm is not None
    assert way.length_mm <= way.serpentine_mm
    Random(seed).shuffle(stops)
    assert lay_way(stops, spots).length_mm == way.length_mm


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_the_exact_solver_of_the_bench_agrees_with_trying_everything(seed: int) -> None:
    _stops, spots = instance(Random(seed), bins=5)
    bins = list(spots.values())
    distance = distances(bins)
    ways = permutations(range(1, len(bins) + 1))
    assert shortest(bins) == min(length_of(way, distance) for way in ways)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, max_size=14))
def test_improving_keeps_every_stop_and_never_lengthens(points: list[tuple[int, int]]) -> None:
    places = [(0, 0), *points]

    def distance(one: int, other: int) -> int:
        return sum(abs(a - b) for a, b in zip(places[one], places[other], strict=True))

    before = list(range(1, len(places)))
    after = improved(before, distance)
    assert sorted(after) == before
    assert length_of(after, distance) <= length_of(before, distance)
    assert improved(before, distance, most_steps=0) == before
