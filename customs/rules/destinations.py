"""Countries the operator does not ship to at all, with the days the policy is in force.

``closed_destinations.csv`` is the operator's own policy, not legal advice, and says so on every
row. What goods may not go to an open country is ``restricted.py``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.sentences import Sentence, gettext_noop
from customs.rules.facts import Dated, InvalidFacts, read_rows

FILE = "closed_destinations.csv"
WHYS = {
    "sanctions": gettext_noop("sanctions forbid or hinder nearly every shipment there."),
    "no carrier": gettext_noop("no carrier on offer delivers there."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDestination(Dated):
    """A row of the policy."""

    id: str
    country: str
    why: str

    @property
    def reason(self) -> Sentence:
        """Why an order there is held."""
        return Sentence(self.why.replace(" ", "_"), WHYS[self.why])


@lru_cache(maxsize=1)
def closed_destinations() -> tuple[ClosedDestination, ...]:
    """The whole policy."""
    found = []
    for row in read_rows(FILE):
        if row["why"] not in WHYS:
            raise InvalidFacts(FILE, row["id"], f"why {row['why']!r}", "use " + str(list(WHYS)))
        until = row["effective_to"]
        found.append(
            ClosedDestination(
                id=row["id"],
                country=row["country"],
                why=row["why"],
                effective_from=date.fromisoformat(row["effective_from"]),
                effective_to=date.fromisoformat(until) if until else None,
                source=row["source"],
                confidence=row["confidence"],
            )
        )
    return tuple(found)


def closed_destination(country: str, on: date) -> ClosedDestination | None:
    """The row that closes this country on that day, if any."""
    for row in closed_destinations():
        if row.country == country and row.in_force(on):
            return row
    return None
