"""Goods the operator does not carry, or only with a licence, by HS code and destination.

``restricted_goods.csv`` is the operator's own policy, not legal advice, and says so on every row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.sentences import Sentence, gettext_noop
from customs.rules.facts import Dated, InvalidFacts, is_eu_member, read_rows

ACTIONS = ("prohibited", "licence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction(Dated):
    """A row of the policy: ``destination`` is ``*``, ``EU`` or a country."""

    id: str
    hs_prefix: str
    destination: str
    action: str
    goods: str

    @property
    def reason(self) -> Sentence:
        """Why the order is held."""
        params = {"goods": self.goods, "hs_prefix": self.hs_prefix}
        if self.action == "licence":
            return Sentence(
                "licence_needed",
                gettext_noop("HS {hs_prefix} ({goods}) needs a licence; attach it or remove it."),
                params,
            )
        return Sentence(
            "prohibited", gettext_noop("HS {hs_prefix} ({goods}) is not carried there."), params
        )


@lru_cache(maxsize=1)
def restrictions() -> tuple[Restriction, ...]:
    """The policy, longest HS prefix first and prohibitions before licences."""
    name, found = "restricted_goods.csv", []
    for row in read_rows(name):
        if row["action"] not in ACTIONS:
            raise InvalidFacts(name, row["id"], f"action {row['action']!r}", "use " + str(ACTIONS))
        found.append(
            Restriction(
                id=row["id"],
                hs_prefix=row["hs_prefix"],
                destination=row["destination"],
                action=row["action"],
                goods=row["goods"],
                effective_from=date.fromisoformat(row["effective_from"]),
                effective_to=date.fromisoformat(row["effective_to"])
                if row["effective_to"]
                else None,
                source=row["source"],
                confidence=row["confidence"],
            )
        )
    return tuple(sorted(found, key=lambda r: (-len(r.hs_prefix), ACTIONS.index(r.action))))


def check_restricted(hs_code: str, destination: str, on: date) -> Restriction | None:
    """The restriction that holds for these goods into this country on that day, if any."""
    code = hs_code.replace(".", "").replace(" ", "")
    places = {"*", destination} | ({"EU"} if is_eu_member(destination) else set())
    for row in restrictions():
        if row.in_force(on) and row.destination in places and code.startswith(row.hs_prefix):
            return row
    return None
