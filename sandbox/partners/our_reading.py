"""What the partners without a vendor contract share: a bearer key and one shape of errors.

These protocols are our reading of how such partners usually work, not a vendor's contract.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from sandbox.validation import Many, Number, Path, Problem, Rule, Shape, Text
from sandbox.web import Answer, Operation

KEY = "stand-in"
"""The only bearer key these stand-ins know; it protects nothing and is no secret."""

COUNTRY = Text(2, 2, pattern="^[A-Z]{2}$")
CURRENCY = Text(3, 3, pattern="^[A-Z]{3}$")
MONEY = Number(least=0, as_text=True)
GRAMS = Number(least=1, most=1_000_000, whole=True)

_PARTY_SHAPE = Shape(
    needs={
        "name": Text(0, 200),
        "street_lines": Many(Text(0, 200), least=1, most=6),
        "city": Text(1, 100),
        "country": COUNTRY,
    },
    may={
        "company": Text(0, 200),
        "region": Text(0, 100),
        "postal_code": Text(0, 20),
        "phone": Text(0, 50),
        "email": Text(0, 254),
        "tax_id": Text(0, 50),
    },
)


class _Party(Rule):
    def check(self, value: Any, path: Path) -> Iterator[Problem]:
        yield from _PARTY_SHAPE.check(value, path)
        if isinstance(value, dict) and not (value.get("name") or value.get("company")):
            yield Problem((*path, "name"), "required", "a name or a company is required")


PARTY = _Party()
"""A sender or a recipient."""


@dataclass(frozen=True, slots=True)
class OurReading:
    """A partner of our own reading. Errors: `{"errors": [{"field", "code", "message"}]}`."""

    name: str
    prefix: str
    operations: tuple[Operation, ...]

    def is_authorised(self, request: Request) -> bool:
        """Whether the bearer key is the known one."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(key.encode(), KEY.encode())

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:  # noqa: ARG002
        """Put problems into this family's shape."""
        errors = [
            {"field": problem.field, "code": problem.code, "message": problem.message}
            for problem in problems
        ]
        return Answer(status, {"errors": errors})
