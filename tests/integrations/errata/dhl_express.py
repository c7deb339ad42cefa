"""Errors in the vendor's contract file, each with its reason. Reviewed by hand; nothing else is
changed when our requests are held to the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Erratum:
    title: str
    reason: str
    count: int
    """How many places it cures; another number means that the contract file has changed."""


DUPLICATED_CHA = Erratum(
    title="the enum of customs documents lists CHA twice",
    reason="JSON Schema wants unique enum values; some validators then skip the whole body",
    count=4,
)
MULTIPLE_OF = Erratum(
    title="multipleOf 0.001 / 0.00001 on numbers",
    reason="0.7 is no multiple of 0.001 in binary floats, so right requests are refused; "
    "decimals are checked on our side (carriers/fit.py) and by a test of their own",
    count=55,
)
NORWEGIAN_NO = Erratum(
    title="the unit of measurement NO (number) reads as false",
    reason="YAML 1.1 reads an unquoted NO as a boolean",
    count=2,
)


def cure(contract: dict[str, Any]) -> dict[Erratum, int]:
    """Apply the errata in place; how often each one applied."""
    counts = {DUPLICATED_CHA: 0, MULTIPLE_OF: 0, NORWEGIAN_NO: 0}
    pending: list[Any] = [contract]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        if not isinstance(node, dict):
            continue
        pending.extend(node.values())
        enum = node.get("enum")
        if isinstance(enum, list) and enum.count("CHA") > 1:
            node["enum"] = list(dict.fromkeys(enum))
            counts[DUPLICATED_CHA] += 1
        if isinstance(enum, list) and node.get("type") == "string" and False in enum:
            node["enum"] = ["NO" if value is False else value for value in enum]
            counts[NORWEGIAN_NO] += 1
        if isinstance(node.get("multipleOf"), int | float) and not isinstance(
            node.get("properties"), dict
        ):
            del node["multipleOf"]
            counts[MULTIPLE_OF] += 1
    return counts
