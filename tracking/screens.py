"""What the buyer's page is given (template tracking/parcel.html, variable `page`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Literal

from core.journey_line import JourneyLine
from tracking.rules.geo import VIEW_BOX
from tracking.rules.map_labels import Box, Side, Spot, place_labels

WORLD_WIDTH, WORLD_HEIGHT = float(VIEW_BOX[2]), float(VIEW_BOX[3])
LETTERS_ACROSS = 32
PlaceState = Literal["done", "current", "todo"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MapPoint:
    """A place in the map's own units; `side` is where its words stand, "" where none fit."""

    x: float
    y: float
    label: str
    state: PlaceState
    side: Side | Literal[""] = "right"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingMap:
    """The part of the world shown, in the units of tracking/_world.svg, and the way through it.

    `words` says in one sentence what the picture shows, for those who do not see it.
    """

    x: float
    y: float
    width: float
    height: float
    points: tuple[MapPoint, ...]
    words: str

    @property
    def view_box(self) -> str:
        return f"{self.x:g} {self.y:g} {self.width:g} {self.height:g}"

    @property
    def label_size(self) -> str:
        """Letters stay equally large however much of the world is shown."""
        return f"{self.width / LETTERS_ACROSS:.2f}"

    @property
    def way_done(self) -> str:
        """SVG path from the first place to where the parcel is."""
        return _curve([point for point in self.points if point.state != "todo"])

    @property
    def way_ahead(self) -> str:
        """SVG path from where the parcel is to the last place."""
        passed = [point for point in self.points if point.state != "todo"]
        return _curve(passed[-1:] + [point for point in self.points if point.state == "todo"])


def map_around(*, places: list[tuple[str, float, float, PlaceState]], words: str) -> TrackingMap:
    """The part of the world that holds these places (label, x, y, state) with room for words.

    Two and a half times as wide as high, as the page shows it, and never less than a continent, so
    that a parcel within one country still shows where on earth it is.
    """
    left, right = min(x for _l, x, _y, _s in places), max(x for _l, x, _y, _s in places)
    top, bottom = min(y for _l, _x, y, _s in places), max(y for _l, _x, y, _s in places)
    lift = 0.08 * (right - left)
    width = max(280.0, (right - left) * 1.4, (bottom - top + lift) * 2.5 * 1.35)
    width = min(width, WORLD_WIDTH)
    height = width / 2.5
    x = min(max((left + right - width) / 2, 0), WORLD_WIDTH - width)
    y = min(max((top - lift + bottom - height) / 2, 0), max(WORLD_HEIGHT - height, 0))
    sides = place_labels(
        [Spot(px, py, label, is_wanted=state != "done") for label, px, py, state in places],
        frame=Box(x, y, x + width, y + height),
        letter=width / LETTERS_ACROSS,
    )
    points = tuple(
        MapPoint(x=px, y=py, label=label, state=state, side=side)
        for (label, px, py, state), side in zip(places, sides, strict=True)
    )
    return TrackingMap(x=x, y=y, width=width, height=height, points=points, words=words)


def _curve(points: list[MapPoint]) -> str:
    """Arcs through the points, bent towards the pole as a flight path looks on a flat map."""
    if len(points) < 2:
        return ""
    path = f"M{points[0].x:.1f} {points[0].y:.1f}"
    for start, end in pairwise(points):
        lift = 0.16 * ((end.x - start.x) ** 2 + (end.y - start.y) ** 2) ** 0.5
        middle_x, middle_y = (start.x + end.x) / 2, (start.y + end.y) / 2 - lift
        path += f"Q{middle_x:.1f} {middle_y:.1f} {end.x:.1f} {end.y:.1f}"
    return path


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedArrival:
    """A local day (`last` None) or a window of days at the buyer's place; `note` says how sure."""

    first: date
    last: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuyerEvent:
    """One fact; `local_at` aware in the zone of its place, `day_only` where no clock is known."""

    local_at: datetime
    place: str
    words: str
    day_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Todo:
    """What the buyer must do now; `url` may be empty when it is done elsewhere."""

    words: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RevealedDetails:
    """Shown only after the right postcode."""

    recipient: str
    address: tuple[str, ...]
    contents: tuple[str, ...]
    signed_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingPage:
    """`address_hint` is the partly hidden address; `details` None until the postcode was given.

    `postcode_error` is a sentence after a wrong postcode; `reveal_url` takes a POST of `postcode`.
    `feedback_url` (empty until delivered) takes `rating` 1 to 5 and `comment`.
    """

    tracking_number: str
    seller: str
    headline: str
    since: datetime | None
    line: JourneyLine
    expected: ExpectedArrival | None
    holder: str
    holder_contact: str
    todo: Todo | None
    address_hint: str
    reveal_url: str
    events: tuple[BuyerEvent, ...]
    languages: tuple[tuple[str, str, bool], ...]
    map: TrackingMap | None = None
    details: RevealedDetails | None = None
    postcode_error: str = ""
    problem_url: str = ""
    feedback_url: str = ""
    feedback_given: bool = False
