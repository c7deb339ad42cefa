"""How an attempt to print ended, by what may be done next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["confirmed", "delivered", "not_sent", "refused", "unclear"]
"""`confirmed`: the printer says it is on paper. `delivered`: it took every byte and says no more.
`not_sent`: nothing can have been printed, try again by itself. `refused`: nothing was printed, and
trying again would not help. `unclear`: it may be on paper; only a person can look."""

Code = Literal[
    "", "unreachable", "no_paper", "open", "paused", "stopped", "lost", "format", "aborted",
    "address", "damaged", "restarted", "busy",
]  # fmt: skip
"""Why, for the sentence a person reads (warehouse/rules/printing.py)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`detail` is the printer's or the system's own word, for a person who mends it."""

    kind: Kind
    code: Code = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A printer as the agent is told of it."""

    kind: str
    accepts: str
    address: str
    port: int
    path: str = ""


class Send(Protocol):
    """Print `content` under `name`, our own word for this attempt. Never raises for a printer."""

    def __call__(self, target: Target, *, name: str, content: bytes) -> Outcome: ...
