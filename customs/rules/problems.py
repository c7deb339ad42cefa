"""What is wrong with something a customs rule looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and its remedy, tied to one data element.

    ``level`` is the element's level in the document (header, item, line, party); ``line`` counts
    from 1 and is 0 where the element belongs to no line.
    """

    element: str
    level: str
    line: int
    fault: Sentence
    remedy: Sentence

    @property
    def code(self) -> str:
        """Stable code of the fault."""
        return self.fault.code

    @property
    def text(self) -> str:
        """One English sentence naming element, fault and remedy."""
        where = f"{self.element}, line {self.line}" if self.line else self.element
        return f"{where}: {self.fault.text}; {self.remedy.text}"

    def as_dict(self) -> Mapping[str, Any]:
        """Plain data for a JSON column."""
        return {
            "element": self.element,
            "level": self.level,
            "line": self.line,
            "fault": self.fault.as_dict(),
            "remedy": self.remedy.as_dict(),
        }


def problem(
    element: str, *, level: str, line: int, code: str, fault: str, remedy: str, **params: object
) -> Problem:
    """Build a Problem whose fault and remedy share their values."""
    values = {name: str(value) for name, value in params.items()}
    return Problem(
        element=element,
        level=level,
        line=line,
        fault=Sentence(code, fault, values),
        remedy=Sentence(code, remedy, values),
    )
