"""Two printers on raw TCP: `pdf` takes PDF and says nothing, `zebra` takes ZPL and `~HS`."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from sandbox import faults
from sandbox.printers.paper import put_out
from sandbox.world import World

log = logging.getLogger("sandbox")

HOST = "127.0.0.1"
PARTNER = "printer"
PRINT_S = 0.2
STATES = ("out_of_paper", "paused", "open")
IDLE_S = 60


@dataclass(slots=True)
class RawPrinter:
    """One listening printer. `name` is what faults call its operation."""

    name: str
    world: World
    listener: socket.socket
    busy_until: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(cls, name: str, world: World, port: int) -> RawPrinter:
        """Listen on loopback; port 0 is any that is free."""
        listener = socket.create_server((HOST, port))
        listener.settimeout(0.5)
        printer = cls(name, world, listener)
        threading.Thread(target=printer._serve, name=f"printer-{name}", daemon=True).start()
        return printer

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def close(self) -> None:
        """Listen no longer."""
        self._stop.set()
        self.listener.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                line, _address = self.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=self._talk, args=[line], daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        line.settimeout(IDLE_S)
        try:
            with line:
                self._zebra(line) if self.name == "zebra" else self._silent(line)
        except OSError as error:
            log.debug("%s: %s", self.name, error)

    def _fault(self, *kinds: str) -> faults.Fault | None:
        return faults.take(self.world.state, partner=PARTNER, operation=self.name, kinds=kinds)

    def _silent(self, line: socket.socket) -> None:
        """Take bytes until the other side is done, print them, hang up."""
        if self._fault("out_of_paper") is not None:
            # It swallows what fits into its memory and then stands still.
            line.recv(4096)
            _reset(line)
            return
        content = self._receive(line, until_end=True)
        if content:
            put_out(self.world.state, printer=self.name, name="", content=content, now=time.time())

    def _receive(self, line: socket.socket, *, until_end: bool) -> bytes:
        """Read all; with the fault `drop` the line is cut when the first bytes are there."""
        content = b""
        fault = self._fault("drop", "slow")
        while more := line.recv(65536):
            content += more
            if fault is not None and fault.kind == "drop":
                _reset(line)
                return b""
            if fault is not None:
                time.sleep(fault.seconds)
                fault = None
            if not until_end:
                break
        return content

    def _zebra(self, line: socket.socket) -> None:
        """Answer `~HS`, print every complete format."""
        waiting = b""
        while more := line.recv(65536):
            waiting += more
            while True:
                if waiting.startswith(b"~HS"):
                    waiting = waiting[3:]
                    line.sendall(self._status())
                    continue
                end = waiting.find(b"^XZ")
                if end < 0:
                    break
                fault = self._fault("drop", "slow")
                if fault is not None and fault.kind == "drop":
                    _reset(line)
                    return
                wait = fault.seconds if fault is not None else PRINT_S
                content, waiting = waiting[: end + 3], waiting[end + 3 :].lstrip(b"\r\n")
                now = time.time()
                self.busy_until = max(self.busy_until, now) + wait
                put_out(self.world.state, printer=self.name, name="", content=content, now=now)

    def _status(self) -> bytes:
        fault = self._fault(*STATES)
        kind = fault.kind if fault else ""
        left = int(time.time() < self.busy_until)
        is_out, is_paused, is_open = (int(kind == each) for each in STATES)
        lines = (
            f"030,{is_out},{is_paused},1218,{left:03d},0,0,0,000,0,0,0",
            f"000,0,{is_open},0,0,2,4,0,{left:08d},1,000",
            "1234,0",
        )
        return b"".join(b"\x02" + each.encode() + b"\x03\r\n" for each in lines)


def _reset(line: socket.socket) -> None:
    """Hang up so that the other side notices at once."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
