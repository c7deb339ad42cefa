"""Putting goods away: which bin is proposed, and why another one is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from core.sentences import Sentence, gettext_noop
from warehouse.rules.gs1 import DATA

MANY = 10**9
MM3_IN_CM3 = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """So many pieces of one owner's product in a bin; sizes of one piece, 0 where unknown."""

    owner_id: int
    product_id: int
    quantity: int
    lot: str = ""
    expires_on: date | None = None
    condition: str = "good"
    volume_mm3: int = 0
    weight_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bin with what lies in it; a capacity is None where nobody has said one."""

    location_id: int
    code: str
    zone: str = ""
    sequence: int = 0
    capacity_units: int | None = None
    capacity_volume_cm3: int | None = None
    capacity_weight_g: int | None = None
    contents: tuple[Content, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.contents


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where to bring how many pieces, and why there."""

    place: Place
    quantity: int
    reason: Sentence


def room_for(goods: Content, place: Place) -> int:
    """How many pieces still fit by every capacity that is known; a product without a size takes
    no room of a volume, as nothing better is known."""
    taken_units = sum(each.quantity for each in place.contents)
    room = MANY
    if place.capacity_units is not None:
        room = min(room, place.capacity_units - taken_units)
    if place.capacity_volume_cm3 is not None and goods.volume_mm3:
        taken = sum(each.quantity * each.volume_mm3 for each in place.contents)
        free = place.capacity_volume_cm3 * MM3_IN_CM3 - taken
        room = min(room, free // goods.volume_mm3)
    if place.capacity_weight_g is not None and goods.weight_g:
        taken = sum(each.quantity * each.weight_g for each in place.contents)
        room = min(room, (place.capacity_weight_g - taken) // goods.weight_g)
    return max(0, room)


def zone_refusal(goods: Content, place: Place, zones: Mapping[str, str]) -> Sentence | None:
    """Why goods of this condition may not lie in the bin's zone; ``zones`` by condition."""
    own = zones.get(goods.condition)
    if own is not None and place.zone != own:
        text = gettext_noop("{place} is not in zone {area}, where goods of this condition lie.")
        return Sentence("wrong_zone", text, {"place": place.code, "area": own})
    if own is None and place.zone and place.zone in zones.values():
        text = gettext_noop("{place} is in zone {area}, which is kept for damaged goods and the"
                            " like.")  # fmt: skip
        return Sentence("kept_zone", text, {"place": place.code, "area": place.zone})
    return None


def refusal(goods: Content, place: Place, zones: Mapping[str, str]) -> Sentence | None:
    """Why not one piece may go into a bin; None when it may."""
    if fault := zone_refusal(goods, place, zones):
        return fault
    named = {"place": place.code}
    if any(each.owner_id != goods.owner_id for each in place.contents):
        text = gettext_noop("{place} holds another merchant's goods; owners are not mixed.")
        return Sentence("other_owner", text, named)
    same = [each for each in place.contents if each.product_id == goods.product_id]
    if any((each.lot, each.expires_on) != (goods.lot, goods.expires_on) for each in same):
        text = gettext_noop("{place} holds another lot of this product; lots are not mixed.")
        return Sentence("other_lot", text, named)
    if any(each.condition != goods.condition for each in place.contents):
        text = gettext_noop("{place} holds goods of another condition; conditions are not mixed.")
        return Sentence("other_condition", text, named)
    if room_for(goods, place) < 1:
        return Sentence("full", gettext_noop("{place} is full."), named)
    return None


def propose(
    goods: Content, places: Iterable[Place], *, zones: Mapping[str, str], home_zone: str = ""
) -> Proposal | None:
    """Propose a bin: one that holds the same product and lot already, else an empty one in the
    product's zone, else the nearest by pick sequence, empty ones first. None where nothing fits.
    """
    fitting = [place for place in places if refusal(goods, place, zones) is None]
    if not fitting:
        return None
    place = min(fitting, key=lambda each: _rank(goods, each, home_zone))
    return Proposal(
        place, min(goods.quantity, room_for(goods, place)), _why(goods, place, home_zone)
    )


def _holds_same(goods: Content, place: Place) -> bool:
    return any(each.product_id == goods.product_id for each in place.contents)


def _rank(goods: Content, place: Place, home_zone: str) -> tuple[int, int, int, int]:
    takes_all = 0 if room_for(goods, place) >= goods.quantity else 1
    if _holds_same(goods, place):
        return (0, takes_all, place.sequence, place.location_id)
    in_zone = bool(home_zone) and place.zone == home_zone
    if place.is_empty:
        return (1 if in_zone else 2, takes_all, place.sequence, place.location_id)
    return (3 if in_zone else 4, takes_all, place.sequence, place.location_id)


def _why(goods: Content, place: Place, home_zone: str) -> Sentence:
    if _holds_same(goods, place):
        text = gettext_noop("The same product and lot lie there.")
        return Sentence("same_product", text, {})
    if place.is_empty and home_zone and place.zone == home_zone:
        text = gettext_noop("It is empty and in zone {area}, as the product's other bins.")
        return Sentence("empty_in_zone", text, {"area": home_zone})
    if place.is_empty:
        return Sentence("empty", gettext_noop("It is the nearest empty bin."), {})
    return Sentence("nearest", gettext_noop("No bin is empty; it is the nearest with room."), {})


def accept(
    goods: Content, place: Place, *, zones: Mapping[str, str]
) -> tuple[int, Sentence | None]:
    """How many of the pieces may go into a bin that somebody scanned, or 0 and why not."""
    fault = refusal(goods, place, zones)
    return (0, fault) if fault else (min(goods.quantity, room_for(goods, place)), None)


def home_zone_of(zones_of_bins: Sequence[str]) -> str:
    """The zone in which most bins of a product are; the first by name of equals, "" for none."""
    counted = {zone: zones_of_bins.count(zone) for zone in zones_of_bins if zone}
    return min(counted, key=lambda zone: (-counted[zone], zone), default="")


def condition_zones(on: date) -> dict[str, str]:
    """The zones of goods that are not good, by condition: ``warehouse/data/put_away_zones.csv``."""
    return dict(in_force(_zones(), on))


@lru_cache(maxsize=1)
def _zones() -> tuple[Dated[tuple[str, str]], ...]:
    return read_dated(
        DATA / "put_away_zones.csv", lambda columns: (columns["condition"], columns["zone"])
    )
