"""The binary form of IPP/1.1 messages (RFC 8010), as far as printing a file needs it."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

OPERATION, JOB, END, PRINTER = 0x01, 0x02, 0x03, 0x04
INTEGER, ENUM, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = (
    0x21, 0x23, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49,
)  # fmt: skip
PRINT_JOB, GET_JOB, GET_JOBS, GET_PRINTER = 0x0002, 0x0009, 0x000A, 0x000B
VERSION = (1, 1)

Value = str | int
Attribute = tuple[int, str, Value | tuple[Value, ...]]


class NotIpp(ValueError):
    """The bytes are no IPP message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer. `code` is the operation, or the status; groups in their order."""

    code: int
    request_id: int
    groups: tuple[tuple[int, dict[str, list[Value]]], ...]
    rest: bytes = field(default=b"", repr=False)

    def group(self, tag: int) -> dict[str, list[Value]]:
        """Return the first group of a kind; empty when there is none."""
        return next((values for found, values in self.groups if found == tag), {})

    def groups_of(self, tag: int) -> list[dict[str, list[Value]]]:
        """Return every group of a kind."""
        return [values for found, values in self.groups if found == tag]


def request(operation: int, request_id: int, attributes: Iterable[Attribute]) -> bytes:
    """Return a request of one operation group; what is to be printed follows it."""
    head = struct.pack(">BBHI", *VERSION, operation, request_id) + bytes([OPERATION])
    return head + b"".join(map(_attribute, attributes)) + bytes([END])


def _attribute(attribute: Attribute) -> bytes:
    tag, name, given = attribute
    out = b""
    for place, value in enumerate(given if isinstance(given, tuple) else (given,)):
        key = name.encode() if place == 0 else b""
        content = struct.pack(">i", value) if isinstance(value, int) else value.encode()
        out += struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(content)) + content
    return out


def parse(content: bytes) -> Message:
    """Read a message; raise `NotIpp`."""
    try:
        _major, _minor, code, request_id = struct.unpack_from(">BBHI", content)
        place = 8
        groups: list[tuple[int, dict[str, list[Value]]]] = []
        last = ""
        while (tag := content[place]) != END:
            place += 1
            if tag < 0x10:
                groups.append((tag, {}))
                continue
            name, place = _part(content, place)
            value, place = _part(content, place)
            last = name.decode() or last
            groups[-1][1].setdefault(last, []).append(_value(tag, value))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise NotIpp(str(error)) from error
    return Message(code, request_id, tuple(groups), content[place + 1 :])


def _part(content: bytes, place: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", content, place)
    part = content[place + 2 : place + 2 + length]
    if len(part) != length:
        raise NotIpp("it ends in the middle of a value")
    return part, place + 2 + length


def _value(tag: int, value: bytes) -> Value:
    if tag in (INTEGER, ENUM):
        number: int = struct.unpack(">i", value)[0]
        return number
    return value.decode("utf-8", "replace")
