"""What a figure is, and how it is told: one JSON line each, then a table."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `target` is a comparison such as `<= 10`, or empty: told, not judged."""

    name: str
    value: float
    unit: str
    target: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether the value, unrounded, meets the target."""
        if not self.target:
            return True
        word, limit = self.target.split()
        return COMPARE[word](self.value, float(limit))

    def as_json(self) -> str:
        """Return the line `make bench` prints."""
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 3),
                "unit": self.unit,
                "target": self.target or None,
                "ok": self.ok,
            }
        )


def table(lines: Iterable[str]) -> str:
    """Return JSON lines as a table, what is not met marked."""
    rows = [json.loads(line) for line in lines]
    wide = max((len(row["name"]) for row in rows), default=0)
    return "\n".join(
        f"{'  ' if row['ok'] else '! '}{row['name']:<{wide}}  {row['value']:>10,.2f} "
        f"{row['unit']:<8} {row['target'] or ''}".rstrip()
        for row in rows
    )
