"""An IPP printer over HTTP: Print-Job, Get-Jobs, Get-Job-Attributes, Get-Printer-Attributes.

The binary form is RFC 8010's, written here anew: the stand-ins share nothing with the product.
"""

from __future__ import annotations

import struct
from typing import Any

from werkzeug.wrappers import Request

from sandbox import faults
from sandbox.printers.paper import put_out
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation

NAMES = {0x0002: "print_job", 0x0009: "get_job", 0x000A: "get_jobs", 0x000B: "get_printer"}
OK, BAD, NOT_FOUND, BAD_FORMAT = 0x0000, 0x0400, 0x0406, 0x040A
PRINT_S = 0.3
TEXTS = range(0x30, 0x50)
_END, _OPERATION, _JOB, _PRINTER = 0x03, 0x01, 0x02, 0x04
Values = dict[str, list[Any]]


def _parse(content: bytes) -> tuple[int, int, Values, bytes]:
    """Return operation, request id, the attributes of the request, and what follows them."""
    _version, operation, number = struct.unpack_from(">HHI", content)
    place, last = 8, ""
    values: Values = {}
    while content[place] != _END:
        tag = content[place]
        place += 1
        if tag < 0x10:
            continue
        parts = []
        for _ in range(2):
            (length,) = struct.unpack_from(">H", content, place)
            parts.append(content[place + 2 : place + 2 + length])
            place += 2 + length
        last = parts[0].decode() or last
        is_text = tag in TEXTS
        value = parts[1].decode() if is_text else struct.unpack(">i", parts[1])[0]
        values.setdefault(last, []).append(value)
    return operation, number, values, content[place + 1 :]


def _build(
    status: int, number: int, groups: list[tuple[int, list[tuple[int, str, Any]]]]
) -> Answer:
    base = [(0x47, "attributes-charset", "utf-8"), (0x48, "attributes-natural-language", "en")]
    out = struct.pack(">BBHI", 1, 1, status, number)
    for group, attributes in [(_OPERATION, base), *groups]:
        out += bytes([group])
        for tag, name, value in attributes:
            raw = value.encode() if isinstance(value, str) else struct.pack(">i", value)
            out += struct.pack(">BH", tag, len(name)) + name.encode()
            out += struct.pack(">H", len(raw)) + raw
    return Answer(200, headers={"Content-Type": "application/ipp"}, content=out + bytes([_END]))


class Ipp:
    """The printer `ipp` of the stand-ins, at `/printer/ipp/print`."""

    name = "printer"
    prefix = "/printer"

    def __init__(self) -> None:
        self.operations = (Operation("ipp", "POST", "/ipp/print", _print, called=_called),)

    def is_authorised(self, request: Request) -> bool:  # noqa: ARG002
        """A printer asks nobody who he is."""
        return True

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:  # noqa: ARG002
        """Speak HTTP where IPP has no words."""
        return Answer(status, content=problems[0].message.encode())


def _called(request: Request) -> str:
    content = request.get_data(cache=True)
    if len(content) < 8:
        return "ipp"
    return NAMES.get(struct.unpack_from(">H", content, 2)[0], "ipp")


def _print(call: Call) -> Answer:
    try:
        operation, number, values, rest = _parse(call.raw())
    except (struct.error, IndexError, UnicodeDecodeError):
        return Answer(400, content=b"not IPP")
    state = call.world.state
    if operation == 0x0002:
        if values.get("document-format", [""])[0] != "application/pdf":
            return _build(BAD_FORMAT, number, [])
        name = values.get("job-name", [""])[0]
        job = put_out(state, printer="ipp", name=name, content=rest, now=call.now)
        return _build(OK, number, [_job(job, name, call.now, call.now)])
    if operation == 0x000B:
        fault = faults.take(
            state, partner="printer", operation="ipp", kinds=("out_of_paper", "open", "paused")
        )
        reasons = {"out_of_paper": "media-empty-error", "open": "cover-open", "paused": "paused"}
        said = [
            (0x23, "printer-state", 5 if fault else 3),
            (0x44, "printer-state-reasons", reasons[fault.kind] if fault else "none"),
        ]
        return _build(OK, number, [(_PRINTER, said)])
    if operation == 0x000A:
        rows = state.rows("SELECT * FROM print WHERE printer = 'ipp' ORDER BY id DESC LIMIT 50")
        is_done = values.get("which-jobs", ["not-completed"])[0] == "completed"
        jobs = [_job(row["id"], row["name"], row["printed_at"], call.now) for row in rows]
        shown = [job for job, row in zip(jobs, rows, strict=True)
                 if (call.now - row["printed_at"] >= PRINT_S) == is_done]  # fmt: skip
        return _build(OK, number, shown)
    if operation == 0x0009:
        row = state.one("SELECT * FROM print WHERE id = ?", values.get("job-id", [0])[0])
        if row is None:
            return _build(NOT_FOUND, number, [])
        return _build(OK, number, [_job(row["id"], row["name"], row["printed_at"], call.now)])
    return _build(BAD, number, [])


def _job(
    number: int, name: str, printed_at: float, now: float
) -> tuple[int, list[tuple[int, str, Any]]]:
    state = 9 if now - printed_at >= PRINT_S else 5
    reasons = "job-completed-successfully" if state == 9 else "job-printing"
    return _JOB, [
        (0x21, "job-id", number),
        (0x42, "job-name", name),
        (0x23, "job-state", state),
        (0x44, "job-state-reasons", reasons),
    ]


PARTNER = Ipp()
