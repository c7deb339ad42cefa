"""The picker's way: serpentine, complete, and the same from any order of tasks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from warehouse.rules.pick_path import PickStop, aisle_of, serpentine


def stop(location: str, sequence: int, task: int = 0) -> PickStop[int]:
    return PickStop(location=location, pick_sequence=sequence, aisle=aisle_of(location), task=task)


def walked(*stops: PickStop[int]) -> list[str]:
    return [one.location for one in serpentine(stops)]


def test_up_one_aisle_and_down_the_next() -> None:
    assert walked(
        stop("A-02-1-1", 21), stop("A-01-1-1", 11), stop("A-02-2-1", 22), stop("A-01-2-1", 12),
        stop("A-03-1-1", 31), stop("A-03-2-1", 32),
    ) == ["A-01-1-1", "A-01-2-1", "A-02-2-1", "A-02-1-1", "A-03-1-1", "A-03-2-1"]  # fmt: skip


def test_an_aisle_without_a_stop_does_not_turn_the_walk() -> None:
    assert walked(
        stop("A-01-1-1", 11), stop("A-03-1-1", 31), stop("A-03-2-1", 32),
    ) == ["A-01-1-1", "A-03-2-1", "A-03-1-1"]  # fmt: skip


def test_tasks_at_one_bin_keep_their_order_in_both_directions() -> None:
    tasks = [("A-01-1-1", 11, 1), ("A-01-1-1", 11, 2), ("A-02-1-1", 21, 3), ("A-02-1-1", 21, 4)]
    path = serpentine(stop(*task) for task in tasks)
    assert [one.task for one in path] == [1, 2, 3, 4]


def test_the_aisle_is_the_code_without_rack_and_bin() -> None:
    assert aisle_of("A-03-12-2") == "A-03"
    assert aisle_of("A-03-12") == "A"
    assert aisle_of("B7") == ""


stops = st.builds(
    stop,
    st.builds("A-{:02}-{}-1".format, st.integers(1, 4), st.integers(1, 4)),
    st.just(0),
).map(lambda one: stop(one.location, int(one.location[2:4]) * 10 + int(one.location[5])))


@given(st.lists(stops, max_size=12).flatmap(lambda some: st.tuples(
    st.just(some), st.permutations(some)
)))  # fmt: skip
def test_every_stop_comes_once_and_the_order_given_does_not_matter(
    both: tuple[list[PickStop[int]], list[PickStop[int]]],
) -> None:
    some, shuffled = both
    assert serpentine(shuffled) == serpentine(some)
    assert sorted(walked(*some)) == sorted(one.location for one in some)
