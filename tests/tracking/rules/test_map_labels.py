"""No label of the map lies on another one or on a place, and what matters is always named."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.rules.geo import find_place, places
from tracking.rules.map_labels import MERGED, Box, Spot, dot_box, label_box, place_labels
from tracking.screens import LETTERS_ACROSS, PlaceState, TrackingMap, map_around

KNOWN = [place for place in places() if place.kind == "city"]


def a_map(*stops: tuple[str, str]) -> TrackingMap:
    """The map of a way through cities (name, country); the last is where it goes."""
    found = [find_place(name, country) for name, country in stops]
    states: list[PlaceState] = ["done"] * len(stops)
    states[-2:] = ["current", "todo"]
    return map_around(
        places=[
            (name, *place.xy, state)
            for (name, _), place, state in zip(stops, found, states, strict=True)
            if place is not None
        ],
        words="",
    )


def collisions(drawn: TrackingMap) -> list[str]:
    """Labels that lie on another label, over the frame or, unless wanted, on another's mark."""
    letter = drawn.width / LETTERS_ACROSS
    frame = Box(drawn.x, drawn.y, drawn.x + drawn.width, drawn.y + drawn.height)
    spots = [Spot(p.x, p.y, p.label, is_wanted=p.state != "done") for p in drawn.points]
    boxes = {
        index: label_box(spots[index], point.side, letter=letter)
        for index, point in enumerate(drawn.points)
        if point.side
    }
    wrong = [
        f"{spots[one].label} on {spots[other].label}"
        for one, other in combinations(boxes, 2)
        if boxes[one].overlaps(boxes[other])
    ]
    wrong += [f"{spots[one].label} off the map" for one in boxes if not frame.holds(boxes[one])]
    for one, box in boxes.items():
        for spot in spots:
            is_near = max(abs(spot.x - spots[one].x), abs(spot.y - spots[one].y)) <= MERGED * letter
            if (
                not is_near
                and not spots[one].is_wanted
                and box.overlaps(dot_box(spot, letter=letter))
            ):
                wrong.append(f"{spots[one].label} on the mark of {spot.label}")
    return wrong


@pytest.mark.parametrize(
    "stops",
    [
        (("Shenzhen", "CN"), ("Hong Kong", "HK"), ("Frankfurt", "DE"), ("Germany", "DE")),
        (("Shenzhen", "CN"), ("Hong Kong", "HK"), ("Macau", "MO"), ("Japan", "JP")),
        (("Leipzig", "DE"), ("Frankfurt", "DE"), ("Amsterdam", "NL"), ("Belgium", "BE")),
        (("深圳", "CN"), ("Hong Kong", "HK"), ("Singapore", "SG"), ("Australia", "AU")),
    ],
)
def test_near_places_are_named_side_by_side(stops: tuple[tuple[str, str], ...]) -> None:
    drawn = a_map(*stops)
    assert collisions(drawn) == []
    assert [point.side != "" for point in drawn.points[-2:]] == [True, True]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(KNOWN), min_size=2, max_size=8, unique=True))
def test_no_way_through_known_places_has_labels_that_collide(way: list[object]) -> None:
    drawn = a_map(*((place.name, place.country) for place in way))  # type: ignore[attr-defined]
    assert collisions(drawn) == []
    assert any(point.side for point in drawn.points if point.state != "done")


def test_a_name_is_written_once_and_the_last_place_first() -> None:
    spots = [Spot(50, 50, "China"), Spot(50.1, 50, "China", is_wanted=True)]
    frame = Box(0, 0, 100, 100)
    assert place_labels(spots, frame=frame, letter=2) == ("", "right")


def test_words_near_the_right_edge_stand_on_the_left() -> None:
    spots = [Spot(95, 50, "Auckland", is_wanted=True)]
    assert place_labels(spots, frame=Box(0, 0, 100, 100), letter=3) == ("left",)
