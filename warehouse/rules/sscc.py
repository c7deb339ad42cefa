"""Serial shipping container codes (SSCC-18): extension digit, company prefix, serial, check digit.

GS1 General Specifications 3.2: the prefix is the operator's own, a row of
``warehouse/data/gs1_prefixes.csv``; a serial is given once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from warehouse.rules.gs1 import DATA, check_digit, has_good_check_digit

LENGTH = 18


class PrefixUsedUp(ValueError):
    """Every serial of the company prefix is given; put another prefix or extension in force."""


@dataclass(frozen=True, slots=True)
class Gs1Prefix:
    """The operator's company prefix (7 to 10 digits) and the extension digit before it."""

    prefix: str
    extension: str

    def __post_init__(self) -> None:
        if not (self.prefix.isascii() and self.prefix.isdigit() and 7 <= len(self.prefix) <= 10):
            raise ValueError(f"prefix: {self.prefix!r} must have 7 to 10 digits")
        if not (self.extension.isascii() and self.extension.isdigit() and len(self.extension) == 1):
            raise ValueError(f"extension: {self.extension!r} must be one digit")

    @property
    def serial_digits(self) -> int:
        """How many digits the serial has."""
        return LENGTH - 2 - len(self.prefix)


def build_sscc(owner: Gs1Prefix, serial: int) -> str:
    """The eighteen digits of a serial; raises PrefixUsedUp beyond the last one."""
    if not 0 <= serial < 10**owner.serial_digits:
        raise PrefixUsedUp(f"{owner.prefix}: {serial} has more than {owner.serial_digits} digits")
    body = f"{owner.extension}{owner.prefix}{serial:0{owner.serial_digits}d}"
    return f"{body}{check_digit(body)}"


def is_sscc(text: str) -> bool:
    """True for eighteen digits with the right check digit."""
    return len(text) == LENGTH and text.isascii() and has_good_check_digit(text)


def prefix_on(on: date) -> Gs1Prefix:
    """The operator's prefix in force on that day; raises LookupError when there is none."""
    for found in in_force(_prefixes(), on):
        return found
    raise LookupError(f"gs1_prefixes.csv: no prefix in force on {on.isoformat()}")


@lru_cache(maxsize=1)
def _prefixes() -> tuple[Dated[Gs1Prefix], ...]:
    def prefix(columns: Mapping[str, str]) -> Gs1Prefix:
        return Gs1Prefix(columns["prefix"], columns["extension"])

    return read_dated(DATA / "gs1_prefixes.csv", prefix)
