"""Reads what a ZPL printer would put on paper: barcodes and texts, label by label.

Understood are `^XA ^XZ ^FD ^FH ^FS ^BC ^BQ ^BX ^B3 ^BE ^A ^PQ`; other commands change how it looks
and are passed over. Our reading of Zebra's ZPL II programming guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SYMBOLS = {"BC": "Code 128", "BQ": "QR Code", "BX": "Data Matrix", "B3": "Code 39", "BE": "EAN-13"}
_COMMAND = re.compile(r"[\^~]([A-Z@][A-Z0-9@]?)([^\^~]*)", re.DOTALL)
_SUBSET = re.compile(r">[:;9]")
_HEX = re.compile(r"([0-9A-Fa-f]{2})")


@dataclass(slots=True)
class ZplLabel:
    """One label: barcodes as (symbology, text), texts as they stand, and how many copies."""

    barcodes: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    copies: int = 1


def read_zpl(content: bytes) -> list[ZplLabel]:
    """Return the labels of a stream; what stands between two formats is passed over."""
    formats = re.findall(rb"\^XA(.*?)\^XZ", content, re.DOTALL)
    return [_label(body.decode("utf-8", "replace")) for body in formats]


def _label(body: str) -> ZplLabel:
    label, symbol, hex_mark = ZplLabel(), "", ""
    for match in _COMMAND.finditer(body):
        command, rest = match.group(1), match.group(2)
        if command in SYMBOLS:
            symbol = SYMBOLS[command]
        elif command.startswith("A") and command != "AB":
            symbol = ""
        elif command == "FH":
            hex_mark = rest.strip() or "_"
        elif command == "FD":
            _field(label, symbol, _unhex(rest, hex_mark))
        elif command == "FS":
            symbol, hex_mark = "", ""
        elif command == "PQ":
            count = rest.split(",")[0].strip()
            label.copies = int(count) if count.isdigit() else 1
    return label


def _unhex(text: str, mark: str) -> str:
    """Undo `^FH`: a mark and two hex digits are one byte of UTF-8."""
    if not mark:
        return text
    out, place = bytearray(), 0
    while place < len(text):
        digits = _HEX.match(text, place + 1) if text[place] == mark else None
        if digits:
            out.append(int(digits.group(1), 16))
            place += 3
        else:
            out += text[place].encode()
            place += 1
    return out.decode("utf-8", "replace")


def _field(label: ZplLabel, symbol: str, text: str) -> None:
    if symbol == "Code 128":
        text = _SUBSET.sub("", text)
    elif symbol == "QR Code":
        # Error correction and input mode come before the text, as in "MA,".
        text = re.sub(r"^[HQML][AM](\d?),?", "", text, count=1)
    if symbol:
        label.barcodes.append((symbol, text))
    elif text.strip():
        label.texts.append(text)
