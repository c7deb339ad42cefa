"""Pick paths against the optimum, on seeded warehouses small enough to solve exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from time import perf_counter

from bench.figures import Figure
from warehouse.rules.paths import Spot, Way, distances, lay_way
from warehouse.rules.pick_path import PickStop

INSTANCES, SEED = 200, 20_261_126
LONG_BINS = 300
Instance = tuple[list[PickStop[int]], dict[str, Spot]]


def instance(random: Random, *, bins: int) -> Instance:
    """One to two zones of 2 to 12 aisles, 10 to 40 bins long; the bench anywhere before them."""
    stops, spots = [], {}
    bench_x = random.randint(0, 20_000)
    zones = random.choice((1, 1, 1, 2))
    aisles, depth = random.randint(2, 12), random.randint(10, 40)
    for task in range(bins):
        zone, aisle, place = (
            random.randrange(zones),
            random.randrange(aisles),
            random.randrange(depth),
        )
        code = f"Z{zone}-A{aisle:02d}-{place:02d}-1"
        sequence = (zone * aisles + aisle) * depth + place
        stops.append(
            PickStop(
                location=code, pick_sequence=sequence, aisle=f"Z{zone}-A{aisle:02d}", task=task
            )
        )
        front = 3_000 + zone * (depth * 1_200 + 6_000)
        spots[code] = Spot(
            zone=str(zone), aisle=str(aisle), x_mm=aisle * 3_500 - bench_x,
            y_mm=front + 1_500 + place * 1_200, front_mm=front,
            back_mm=front + 3_000 + (depth - 1) * 1_200,
        )  # fmt: skip
    return stops, spots


def shortest(bins: Sequence[Spot]) -> int:
    """The optimum by Held and Karp's dynamic programme: at most a dozen bins."""
    distance, count = distances(bins), len(bins)
    best = {(1 << n, n): distance(0, n + 1) for n in range(count)}
    for seen in range(1, 1 << count):
        for last in range(count):
            cost = best.get((seen, last))
            if cost is None:
                continue
            for following in range(count):
                if not seen >> following & 1:
                    key = (seen | 1 << following, following)
                    longer = cost + distance(last + 1, following + 1)
                    if longer < best.get(key, longer + 1):
                        best[key] = longer
    everything = (1 << count) - 1
    return min(best[everything, last] + distance(last + 1, 0) for last in range(count))


def measured(way: Way[int]) -> tuple[int, int]:
    """The lengths of a way all of whose bins have a position."""
    if way.length_mm is None or way.serpentine_mm is None:
        raise ValueError("a bin has no position")
    return way.length_mm, way.serpentine_mm


def saved_percent(way: Way[int]) -> float:
    """How much shorter it is than by pick sequence."""
    length, serpentine = measured(way)
    return 100 * (serpentine - length) / serpentine


def figures() -> Iterator[Figure]:
    """Compare 200 ways with their optimum, then time a long one."""
    random = Random(SEED)  # noqa: S311 - drawn for a measurement
    over, saved, spent = [], [], 0.0
    for _number in range(INSTANCES):
        stops, spots = instance(random, bins=random.randint(4, 10))
        started = perf_counter()
        way = lay_way(stops, spots)
        spent += perf_counter() - started
        optimum = shortest(list(spots.values()))
        over.append(100 * (measured(way)[0] - optimum) / optimum)
        saved.append(saved_percent(way))
    yield Figure("warehouse.pick_path_over_optimum_percent", sum(over) / len(over), "%", "<= 5")
    yield Figure("warehouse.pick_path_worst_over_optimum_percent", max(over), "%")
    yield Figure("warehouse.pick_path_saved_percent", sum(saved) / len(saved), "%")
    yield Figure("warehouse.pick_path_ms", 1000 * spent / INSTANCES, "ms")
    stops, spots = instance(random, bins=LONG_BINS)
    started = perf_counter()
    way = lay_way(stops, spots)
    yield Figure("warehouse.pick_path_300_bins_ms", 1000 * (perf_counter() - started), "ms")
    yield Figure("warehouse.pick_path_300_bins_saved_percent", saved_percent(way), "%")
