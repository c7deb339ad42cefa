"""One look at the clock for everything that moves: customs decides, parcels go, riders deliver."""

from __future__ import annotations

from sandbox.partners import customs, delivery
from sandbox.world import World


def advance(world: World, now: float) -> None:
    """Make everything happen that is due by the Unix instant `now`. Needs the state's lock."""
    moved = True
    while moved:
        # No short-circuit: each of the three may set off the next one.
        moved = any([customs.advance(world, now), world.advance(now), delivery.advance(world, now)])
