"""Looking at what the stand-in printers put out: `/_printers`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.printers.raw import RawPrinter
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

SHOWN = 200


class PrinterAdmin:
    """`printers` says which listen: they are opened after this is made."""

    def __init__(self, printers: Callable[[], list[RawPrinter]]) -> None:
        self._printers = printers
        self.operations = (
            Operation("printers", "GET", "/_printers", self._all),
            Operation("prints", "GET", "/_printers/<name>/prints", _prints),
            Operation("picture", "GET", "/_printers/<name>/prints/<number>/picture", _picture),
            Operation("bytes", "GET", "/_printers/<name>/prints/<number>/content", _content),
        )

    def _all(self, call: Call) -> Answer:  # noqa: ARG002
        raw = [
            {"name": each.name, "kind": "raw9100", "address": "127.0.0.1", "port": each.port,
             "accepts": "zpl" if each.name == "zebra" else "pdf"}
            for each in self._printers()
        ]  # fmt: skip
        ipp = {"name": "ipp", "kind": "ipp", "accepts": "pdf", "path": "/printer/ipp/print"}
        return Answer(200, {"printers": [*raw, ipp]})


def _prints(call: Call) -> Answer:
    """Show what came out of a printer, oldest first: barcodes and texts as they were read."""
    rows = call.world.state.rows(
        "SELECT id, name, read, printed_at, length(content) AS bytes FROM print"
        " WHERE printer = ? ORDER BY id DESC LIMIT ?",
        call.args["name"],
        SHOWN,
    )
    return Answer(200, {"prints": [_row(row) for row in reversed(rows)]})


def _row(row: Any) -> dict[str, Any]:
    read = json.loads(row["read"])
    return {"id": row["id"], "name": row["name"], "bytes": row["bytes"], **read}


def _picture(call: Call) -> Answer:
    return Answer(200, headers={"Content-Type": "image/png"}, content=_one(call)["picture"])


def _content(call: Call) -> Answer:
    headers = {"Content-Type": "application/octet-stream"}
    return Answer(200, headers=headers, content=_one(call)["content"])


def _one(call: Call) -> Any:
    number = call.args["number"]
    row = call.world.state.one(
        "SELECT * FROM print WHERE printer = ? AND id = ?",
        call.args["name"],
        int(number) if number.isdecimal() and len(number) < 15 else 0,
    )
    if row is None:
        raise Refused(404, [Problem((), "not_found", "nothing like that came out")])
    return row
