"""Phone numbers by the numbering plan of the destination (package ``phonenumbers``)."""

import re
from dataclasses import dataclass

import phonenumbers

from orders.rules.reasons import HoldFinding, found

INTERNATIONAL_PREFIX = re.compile(r"^\s*(?:00|011)")
LONGEST = 60


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """``e164`` is empty where the number could not be read."""

    e164: str
    extension: str
    findings: tuple[HoldFinding, ...]


def check_phone(phone: str, *, country: str) -> PhoneCheck:
    """Read ``phone`` as dialled in ``country`` (ISO code; empty if unknown)."""
    if not phone.strip():
        return PhoneCheck("", "", (found("phone_missing", country=country),))
    text = phone[:LONGEST]
    number = _parse(text, country)
    is_valid = number is not None and phonenumbers.is_valid_number(number)
    if not is_valid:
        # "0049…" is only read as international where 00 is the country's own prefix.
        other = _parse(INTERNATIONAL_PREFIX.sub("+", text), country)
        if other is not None and phonenumbers.is_valid_number(other):
            number, is_valid = other, True
    if number is None:
        return PhoneCheck("", "", (_fault("phone_unreadable", text, country),))
    if not is_valid:
        return PhoneCheck("", "", (_fault("phone_invalid", text, country),))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneCheck(e164, number.extension or "", ())


def _parse(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None


def _fault(reason: str, text: str, country: str) -> HoldFinding:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    shown = (
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        if example
        else "+49 1512 3456789"
    )
    return found(reason, value=text, country=country, example=shown)
