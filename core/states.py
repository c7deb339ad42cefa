"""Moving a status by a table of allowed moves and a conditional update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

Moves = Mapping[str, frozenset[str]]


class MoveNotAllowed(Exception):
    """The table of moves has no such move: a programming error, or a request that came too late."""


def move(rows: QuerySet[Any], *, moves: Moves, to: str, **changes: Any) -> int:
    """Move every row that may go to `to`; return how many moved.

    Zero is an answer, not an accident: somebody else was first, or the row stands elsewhere.
    """
    return rows.filter(status__in=sources(moves, to)).update(status=to, **changes)


def sources(moves: Moves, to: str) -> list[str]:
    """Return the states that lead to `to`; raise `MoveNotAllowed` where none does."""
    found = sorted(source for source, targets in moves.items() if to in targets)
    if not found:
        raise MoveNotAllowed(f"No state leads to {to!r}.")
    return found
