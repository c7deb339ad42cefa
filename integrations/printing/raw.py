"""Raw TCP, port 9100: bytes go in, paper comes out, and mostly nobody says so.

A printer of labels that speaks ZPL answers `~HS` with what it is doing; asked before and after, it
tells whether the label came out. Any other printer takes the bytes and is silent: what it was given
is `delivered`, and only a look (or the scan of the label) says more.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from integrations.printing.addresses import (
    NotAPrintersPort,
    NotInTheBuilding,
    check_address,
    check_port,
)
from integrations.printing.outcomes import Outcome, Target

CONNECT_S = 3.0
SEND_S = 20.0
STATUS_S = 2.0
PRINT_S = 15.0
"""How long a label may take to come out before nobody knows."""
LOOK_EVERY_S = 0.2
LONGEST_STATUS = 4096
"""The answer to `~HS` has some eighty bytes; what goes on and on is no printer."""
STX, ETX = b"\x02", b"\x03"


@dataclass(frozen=True, slots=True)
class HostStatus:
    """The answer to `~HS` (Zebra, ZPL II): what keeps it from printing, and what is left."""

    is_paper_out: bool
    is_paused: bool
    is_open: bool
    formats_waiting: int
    labels_left: int

    @property
    def trouble(self) -> Outcome | None:
        """Why nothing would come out now; None when it would."""
        if self.is_paper_out:
            return Outcome("not_sent", "no_paper")
        if self.is_open:
            return Outcome("not_sent", "open")
        if self.is_paused:
            return Outcome("not_sent", "paused")
        return None

    @property
    def is_idle(self) -> bool:
        return not self.formats_waiting and not self.labels_left


def parse_host_status(answer: bytes) -> HostStatus | None:
    """Read the three lines of `~HS`; None for anything else."""
    lines = [part.split(STX)[-1].decode("ascii", "replace") for part in answer.split(ETX)[:-1]]
    if len(lines) < 2:
        return None
    first, second = lines[0].split(","), lines[1].split(",")
    try:
        return HostStatus(
            is_paper_out=first[1] == "1",
            is_paused=first[2] == "1",
            formats_waiting=int(first[4]),
            is_open=second[2] == "1",
            labels_left=int(second[8]),
        )
    except (IndexError, ValueError):
        return None


def send_raw(target: Target, *, name: str, content: bytes) -> Outcome:  # noqa: ARG001
    """Send the bytes to port 9100. See `Outcome` for what is known afterwards."""
    try:
        address = check_address(target.address)
        check_port(address, target.port)
    except (NotInTheBuilding, NotAPrintersPort) as error:
        return Outcome("refused", "address", str(error))
    try:
        line = socket.create_connection((address, target.port), timeout=CONNECT_S)
    except OSError as error:
        return Outcome("not_sent", "unreachable", str(error))
    with line:
        asks = target.accepts == "zpl"
        if asks:
            before = _ask(line)
            if before is None:
                return Outcome("not_sent", "stopped", "no answer to ~HS")
            if before.trouble is not None:
                return before.trouble
        try:
            line.settimeout(SEND_S)
            line.sendall(content)
        except OSError as error:
            return Outcome("unclear", "lost", str(error))
        return _watch(line) if asks else _hang_up(line)


def _ask(line: socket.socket) -> HostStatus | None:
    """Ask a ZPL printer how it is."""
    try:
        line.settimeout(STATUS_S)
        line.sendall(b"~HS")
        answer = b""
        while answer.count(ETX) < 3:
            more = line.recv(1024)
            if not more or len(answer) > LONGEST_STATUS:
                return None
            answer += more
    except OSError:
        return None
    return parse_host_status(answer)


def _watch(line: socket.socket) -> Outcome:
    """Look until everything it was given came out."""
    end = time.monotonic() + PRINT_S
    status = None
    while time.monotonic() < end:
        status = _ask(line)
        if status is None:
            return Outcome("unclear", "lost", "no answer to ~HS after the label was sent")
        if status.is_idle:
            return Outcome("confirmed")
        time.sleep(LOOK_EVERY_S)
    trouble = status.trouble if status is not None else None
    return Outcome("unclear", trouble.code if trouble else "stopped", f"after {PRINT_S:.0f} s")


def _hang_up(line: socket.socket) -> Outcome:
    """Say that this was all, and wait for the printer to hang up: then it had taken every byte."""
    try:
        line.shutdown(socket.SHUT_WR)
        line.settimeout(SEND_S)
        end = time.monotonic() + SEND_S
        while line.recv(1024):
            if time.monotonic() > end:
                return Outcome("unclear", "lost", "it keeps talking and does not hang up")
    except OSError as error:
        return Outcome("unclear", "lost", str(error))
    return Outcome("delivered")
