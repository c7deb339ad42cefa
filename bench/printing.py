"""How many of our own documents two cores print in a second."""

from __future__ import annotations

from collections.abc import Iterator

from bench.documents import measure
from bench.figures import Figure


def figures() -> Iterator[Figure]:
    """Yield documents per second, warm, by the CPU they took."""
    result = measure()
    yield Figure("journey.documents_per_s", result["documents_per_s"], "1/s", ">= 30")
    for name, value in result.items():
        if name.endswith("_ms"):
            yield Figure(f"journey.documents_per_s_{name}", value, "ms CPU")
