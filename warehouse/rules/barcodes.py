"""What a scanner read: a product, one of our own codes, or something to explain.

The raw text is always kept. Our own codes begin with ``WB:`` and a letter: ``O`` an order, ``T`` a
tote, ``L`` a location, ``P`` a parcel, ``I`` an inbound, ``C`` a station's command. What is
none of these is taken for an own SKU.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from core.sentences import Sentence, gettext_noop
from warehouse.rules.gs1 import (
    GROUP_SEPARATOR,
    GTIN_LENGTHS,
    BadGs1,
    date_of,
    gtin14,
    parse_elements,
)

ScanKind = Literal[
    "gtin", "gs1", "sku", "order", "tote", "location", "parcel", "inbound", "command",
    "shipping_unit", "unreadable",
]  # fmt: skip
_OWN_CODES: dict[str, ScanKind] = {
    "O": "order", "T": "tote", "L": "location", "P": "parcel", "I": "inbound", "C": "command",
}  # fmt: skip
_GS1_MARKS = ("]C1", "]d2", "]Q3", "]e0", "]J1")
_SPELT_SEPARATORS = ("<GS>", "{GS}", "\u241d")
"""How scanners type the separator that a keyboard has no key for; set on the scanner."""
_MARK = re.compile(r"\][A-Za-z][0-9A-Za-z]")
LONGEST_SCAN = 200


@dataclass(frozen=True, slots=True)
class ParsedScan:
    """One scan in its parts.

    ``value`` is the code without marks (of an own code, without its prefix). ``gtin`` has fourteen
    digits; ``sku`` is the merchant's own number in a GS1 code (element 240 or 241); ``count`` is
    the number of units the code stands for. ``problem`` says why a code is
    unreadable, or what looks wrong with one taken for an SKU.
    """

    raw: str
    kind: ScanKind
    value: str
    gtin: str = ""
    sku: str = ""
    lot: str = ""
    serial: str = ""
    expiry: date | None = None
    count: int = 1
    elements: dict[str, str] = field(default_factory=dict)
    problem: Sentence | None = None

    @property
    def read(self) -> tuple[Sentence, ...]:
        """What the code says beside the product, to be shown back."""
        said = []
        if self.lot:
            said.append(Sentence("lot", gettext_noop("Lot {lot}."), {"lot": self.lot}))
        if self.serial:
            text = gettext_noop("Serial number {serial}.")
            said.append(Sentence("serial", text, {"serial": self.serial}))
        if self.expiry is not None:
            text = gettext_noop("Expires {expiry}.")
            said.append(Sentence("expiry", text, {"expiry": self.expiry.isoformat()}))
        return tuple(said)


def parse_scan(raw: str) -> ParsedScan:
    """Read what a scanner sent or a person typed. Never raises: a bad code is ``unreadable``."""
    text = raw.strip(" \t\r\n")
    for spelt in _SPELT_SEPARATORS:
        text = text.replace(spelt, GROUP_SEPARATOR)
    if not text:
        return _unreadable(raw, "empty", gettext_noop("Nothing was read; scan again."), {})
    if len(text) > LONGEST_SCAN:
        return _unreadable(
            raw,
            "too_long",
            gettext_noop("{length} characters is more than a code holds; scan one code at a time."),
            {"length": str(len(text))},
        )
    if text.startswith("WB:"):
        return _own_code(raw, text)
    is_gs1 = text.startswith((*_GS1_MARKS, GROUP_SEPARATOR)) or GROUP_SEPARATOR in text
    if _MARK.match(text):
        text = text[3:]
    if is_gs1 or re.match(r"\(\d{2,4}\)", text):
        return _gs1(raw, text)
    if not text.isprintable():
        return _unreadable(
            raw, "control", gettext_noop("The code holds unprintable characters; scan again."), {}
        )
    return _gtin_or_sku(raw, text)


def _own_code(raw: str, text: str) -> ParsedScan:
    letter, _colon, value = text[3:].partition(":")
    kind = _OWN_CODES.get(letter)
    if kind is None or not value or not value.isprintable():
        return _unreadable(
            raw,
            "own_code",
            gettext_noop("{code} is not one of our codes; they read WB:O:… for an order."),
            {"code": text if text.isprintable() else repr(text)},
        )
    return ParsedScan(raw=raw, kind=kind, value=value)


def _gs1(raw: str, text: str) -> ParsedScan:
    try:
        elements = parse_elements(text)
    except BadGs1 as fault:
        return _unreadable(
            raw,
            "gs1",
            gettext_noop("The GS1 code cannot be read: {fault}."),
            {"fault": str(fault)},
        )
    gtin = elements.get("01") or elements.get("02", "")
    sku = elements.get("240") or elements.get("241", "")
    count = int(elements.get("37") or elements.get("30", "1"))
    if count == 0:
        return _unreadable(
            raw, "no_units", gettext_noop("The GS1 code says it holds 0 units; scan another."), {}
        )
    scan = ParsedScan(
        raw=raw,
        kind="gs1",
        value=gtin or sku,
        gtin=gtin,
        sku=sku,
        lot=elements.get("10", ""),
        serial=elements.get("21", ""),
        expiry=date_of(elements["17"]) if "17" in elements else None,
        count=count,
        elements=elements,
    )
    if gtin or sku:
        return scan
    if "00" in elements:
        return replace(scan, kind="shipping_unit", value=elements["00"])
    return _unreadable(
        raw, "no_product", gettext_noop("The GS1 code names no product (no element 01 or 240)."), {}
    )


def _gtin_or_sku(raw: str, text: str) -> ParsedScan:
    if not (text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS):
        return ParsedScan(raw=raw, kind="sku", value=text)
    try:
        return ParsedScan(raw=raw, kind="gtin", value=text, gtin=gtin14(text))
    except BadGs1 as fault:
        # A merchant may number goods in 8 or 12 digits, so it can still be an SKU.
        problem = Sentence(
            "check_digit", gettext_noop("As a product number it is wrong: {fault}."),
            {"fault": str(fault)},
        )  # fmt: skip
        return ParsedScan(raw=raw, kind="sku", value=text, problem=problem)


def _unreadable(raw: str, code: str, template: str, params: dict[str, str]) -> ParsedScan:
    return ParsedScan(
        raw=raw, kind="unreadable", value="", problem=Sentence(code, template, params)
    )
