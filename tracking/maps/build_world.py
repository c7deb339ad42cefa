"""Draw ``templates/tracking/_world.svg``: the world's coasts in at most 15 kB.

Run it only to draw the map anew; the file is committed and nothing at run time needs this::

    npm install --prefix SOME_FOLDER world-atlas
    python -m tracking.maps.build_world SOME_FOLDER/node_modules/world-atlas/countries-50m.json

Outlines: Natural Earth 1:50m (public domain), as packed into TopoJSON by the npm package
``world-atlas`` (ISC). Coasts only, no borders: nobody's parcel page is the place to draw one.
Places too small to survive the simplification but served by us get a small diamond.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tracking.rules.geo import CENTRE_LONGITUDE, NORTH, SOUTH, project, project_from_centre

OUTPUT = Path(__file__).parents[2] / "templates" / "tracking" / "_world.svg"
MOST_BYTES = 15_000
# In the map's units: the smallest island drawn, and the triangle a coast may lose.
SMALLEST_AREA = 1.5
SMALLEST_TRIANGLE = 1.1
DIAMOND = 1.6
DIAMONDS = {"SG": (1.35, 103.82), "HK": (22.32, 114.17), "MT": (35.9, 14.45)}

Point = tuple[float, float]
Ring = list[Point]


def decode_land(topology: dict[str, Any]) -> list[Ring]:
    """Every coast in degrees (longitude, latitude): land one way round, the Caspian the other."""
    (scale_x, scale_y), (move_x, move_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs: list[Ring] = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(points)
    rings = []
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for line in polygon:
                ring: Ring = []
                for index in line:
                    points = arcs[index] if index >= 0 else arcs[~index][::-1]
                    ring.extend(points[1:] if ring else points)
                rings.append(ring)
    return rings


def project_ring(ring: Ring) -> Ring:
    """Onto the map. A ring that ends on the seam keeps to the side where most of it lies."""
    east = [(longitude - CENTRE_LONGITUDE + 180) % 360 - 180 for longitude, _latitude in ring]
    side = sum(east)
    turned = []
    for degrees, _point in zip(east, ring, strict=True):
        crossed = abs(degrees) > 150 and (degrees > 0) != (side > 0)
        turned.append((degrees - 360 if side < 0 else degrees + 360) if crossed else degrees)
    return [
        project_from_centre(latitude, degrees)
        for degrees, (_longitude, latitude) in zip(turned, ring, strict=True)
    ]


def area(ring: Sequence[Point]) -> float:
    """Twice-signed shoelace area, halved and without its sign."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def simplify(ring: Ring, smallest: float) -> Ring:
    """Visvalingam: drop the point of the smallest triangle until none is below ``smallest``."""
    before = {i: i - 1 for i in range(len(ring))}
    after = {i: i + 1 for i in range(len(ring))}
    before[0], after[len(ring) - 1] = len(ring) - 1, 0

    def triangle(i: int) -> float:
        return area([ring[before[i]], ring[i], ring[after[i]]])

    current = {i: triangle(i) for i in range(len(ring))}
    queue = [(size, i) for i, size in current.items()]
    heapq.heapify(queue)
    while queue and len(current) > 3:
        size, i = heapq.heappop(queue)
        if current.get(i) != size:
            continue
        if size >= smallest:
            break
        del current[i]
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for neighbour in (left, right):
            # A neighbour may not become cheaper than what was just dropped, or spikes collapse.
            current[neighbour] = max(triangle(neighbour), size)
            heapq.heappush(queue, (current[neighbour], neighbour))
    return [ring[i] for i in sorted(current)]


def path_of(rings: Iterable[Sequence[Point]]) -> str:
    """SVG path data on a grid of half units, in whole numbers: draw it with ``scale(.5)``."""
    parts = []
    for ring in rings:
        grid = [(round(x * 2), round(y * 2)) for x, y in ring]
        steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(grid)]
        moves = [step for step in steps if step != (0, 0)]
        if len(moves) < 2:
            continue
        numbers = [number for move in moves for number in move]
        parts.append(f"M{_joined(grid[0])}l{_joined(numbers)}z")
    return "".join(parts)


def _joined(numbers: Sequence[int]) -> str:
    """Numbers apart by a space, or by the minus sign alone."""
    return " ".join(map(str, numbers)).replace(" -", "-")


def draw(topology: dict[str, Any]) -> str:
    """The whole file: one path of the coasts and one for each small place."""
    coasts = []
    for ring in decode_land(topology):
        if all(latitude < SOUTH or latitude > NORTH for _longitude, latitude in ring):
            continue
        projected = project_ring(ring)
        if area(projected) >= SMALLEST_AREA:
            coasts.append(simplify(projected, SMALLEST_TRIANGLE))
    coasts = [ring for ring in coasts if area(ring) >= SMALLEST_AREA]
    coasts.sort(key=area, reverse=True)
    lines = [f'<path transform="scale(.5)" d="{path_of(coasts)}"/>']
    for country, (latitude, longitude) in DIAMONDS.items():
        x, y = project(latitude, longitude)
        around = [(x - DIAMOND, y), (x, y - DIAMOND), (x + DIAMOND, y), (x, y + DIAMOND)]
        lines.append(f'<path class="{country}" transform="scale(.5)" d="{path_of([around])}"/>')
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the file; says how large it is and refuses to write one over the limit."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tracking.maps.build_world COUNTRIES_50M_JSON\n")
        return 2
    topology = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    svg = draw(topology)
    if len(svg.encode()) > MOST_BYTES:
        sys.stderr.write(f"{len(svg.encode())} bytes is over {MOST_BYTES}: raise SMALLEST_AREA\n")
        return 1
    OUTPUT.write_text(svg, encoding="utf-8")
    sys.stdout.write(f"{OUTPUT.name}: {len(svg.encode())} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
