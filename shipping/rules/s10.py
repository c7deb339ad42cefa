"""UPU S10 item numbers: two letters, eight digits, a check digit, the issuing country.

Rule source: UPU standard S10 (weights 8 6 4 2 3 5 9 7; the check digit is 11 minus the weighted
sum modulo 11, where 10 becomes 0 and 11 becomes 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
LAST_SERIAL = 99_999_999
_SHAPE = re.compile(r"(?P<indicator>[A-Z]{2})(?P<serial>\d{8})(?P<check>\d)(?P<country>[A-Z]{2})")


class BadS10(ValueError):
    """Not an S10 number; the message names the part, the fault and what would be right."""


@dataclass(frozen=True, slots=True)
class S10:
    """One item number in its parts. ``str()`` gives the 13 characters."""

    service_indicator: str
    serial: int
    check_digit: int
    country: str

    def __str__(self) -> str:
        return f"{self.service_indicator}{self.serial:08d}{self.check_digit}{self.country}"

    @property
    def for_people(self) -> str:
        """Grouped as printed under the barcode: ``RR 473 124 829 CN``."""
        digits = f"{self.serial:08d}{self.check_digit}"
        return f"{self.service_indicator} {digits[:3]} {digits[3:6]} {digits[6:]} {self.country}"


def check_digit(serial: int) -> int:
    """The check digit of an eight-digit serial number (0 to 99,999,999)."""
    if not 0 <= serial <= LAST_SERIAL:
        raise BadS10(f"serial: {serial} is outside 0 to {LAST_SERIAL}; S10 has eight digits")
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, f"{serial:08d}", strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def build(*, service_indicator: str, serial: int, country: str) -> S10:
    """Number an item. ``service_indicator`` such as ``RR`` or ``LX``, ``country`` ISO 3166-1."""
    if not re.fullmatch(r"[A-Z]{2}", service_indicator):
        raise BadS10(
            f"service_indicator: {service_indicator!r} must be two capital letters, such as RR"
        )
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise BadS10(f"country: {country!r} must be two capital letters, such as CN")
    return S10(service_indicator, serial, check_digit(serial), country)


def parse(number: str) -> S10:
    """Read an item number, spaces and lower case allowed; raises BadS10."""
    compact = "".join(number.split()).upper()
    found = _SHAPE.fullmatch(compact) if compact.isascii() else None
    if found is None:
        raise BadS10(
            f"number: {number!r} is not two letters, nine digits and a country, "
            "such as RR473124829CN"
        )
    serial, given = int(found["serial"]), int(found["check"])
    if given != check_digit(serial):
        raise BadS10(
            f"number: check digit {given} of {compact} does not fit; "
            f"{found['serial']} takes {check_digit(serial)}"
        )
    return S10(found["indicator"], serial, given, found["country"])


def is_valid(number: str) -> bool:
    """True when ``parse`` would accept the number."""
    try:
        parse(number)
    except BadS10:
        return False
    return True
