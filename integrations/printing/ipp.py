"""IPP (RFC 8011): a printer that has numbers for its jobs, and says what became of them.

A lost answer is looked up: the job's name is our own word for this attempt, so a printer that has
it took it. What it does not know and may still be swallowing is unclear, never sent again blindly.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterable
from http import HTTPStatus
from itertools import count

from integrations.printing import ipp_codec as codec
from integrations.printing.addresses import (
    NotAPrintersPort,
    NotInTheBuilding,
    check_address,
    check_port,
)
from integrations.printing.outcomes import Outcome, Target

CONNECT_S = 3.0
ANSWER_S = 20.0
PRINT_S = 30.0
LOOK_EVERY_S = 0.3
CANCELED, ABORTED, COMPLETED = 7, 8, 9
STOPPED = 5
LARGEST = 1024 * 1024
PAPER = ("media-empty", "media-needed", "media-jam")
OPEN = ("cover-open", "door-open", "interlock-open")
FORMATS = {"pdf": "application/pdf", "zpl": "application/vnd.zebra-zpl"}
NOT_NOW = (0x0505, 0x0507, 0x0506)
"""Temporary error, busy, not accepting jobs: nothing was taken."""
_numbers = count(1)


class NoAnswer(OSError):
    """The printer did not answer as an IPP printer does."""


def send_ipp(target: Target, *, name: str, content: bytes) -> Outcome:
    """Print a file by Print-Job and follow the job to its end."""
    try:
        printer = _printer(target)
    except (NotInTheBuilding, NotAPrintersPort) as error:
        return Outcome("refused", "address", str(error))
    try:
        before = printer.trouble()
    except OSError as error:
        return Outcome("not_sent", "unreachable", str(error))
    if before is not None:
        return before
    try:
        answer = printer.ask(codec.PRINT_JOB, printer.naming(name), content)
    except ConnectionRefusedError as error:
        return Outcome("not_sent", "unreachable", str(error))
    except OSError as error:
        return _look_up(printer, name, error)
    if answer.code in NOT_NOW:
        return Outcome("not_sent", "busy", f"IPP status {answer.code:#06x}")
    if answer.code >= 0x0400:
        said = f"IPP status {answer.code:#06x}"
        return Outcome("refused", "format" if answer.code == 0x040A else "aborted", said)
    return _follow(printer, _number(answer.group(codec.JOB)))


def resume_ipp(target: Target, *, name: str) -> Outcome:
    """Say what became of an attempt whose end was never heard, by looking its name up."""
    try:
        printer = _printer(target)
    except (NotInTheBuilding, NotAPrintersPort) as error:
        return Outcome("unclear", "address", str(error))
    return _look_up(printer, name, OSError("the agent was started anew"))


def _printer(target: Target) -> _Printer:
    address = check_address(target.address)
    check_port(address, target.port)
    return _Printer(address, target)


class _Printer:
    """One printer's queue."""

    def __init__(self, address: str, target: Target) -> None:
        self._address, self._target = address, target
        host = f"[{address}]" if ":" in address else address
        self._uri = f"ipp://{host}:{target.port}{target.path}"

    def ask(
        self, operation: int, more: Iterable[codec.Attribute] = (), content: bytes = b""
    ) -> codec.Message:
        """Ask one thing; raise `OSError` when no answer came."""
        attributes: list[codec.Attribute] = [
            (codec.CHARSET, "attributes-charset", "utf-8"),
            (codec.LANGUAGE, "attributes-natural-language", "en"),
            (codec.URI, "printer-uri", self._uri),
            *more,
        ]
        body = codec.request(operation, next(_numbers), attributes) + content
        line = http.client.HTTPConnection(self._address, self._target.port, timeout=CONNECT_S)
        try:
            line.connect()
            line.sock.settimeout(ANSWER_S)
            headers = {"Content-Type": "application/ipp"}
            line.request("POST", self._target.path or "/", body=body, headers=headers)
            response = line.getresponse()
            answer = response.read(LARGEST)
            if response.status != HTTPStatus.OK:
                raise NoAnswer(f"HTTP status {response.status}")
            return codec.parse(answer)
        except (http.client.HTTPException, UnicodeError, codec.NotIpp) as error:
            raise NoAnswer(repr(error)) from error
        finally:
            line.close()

    def naming(self, name: str) -> list[codec.Attribute]:
        """What Print-Job carries."""
        return [
            (codec.NAME, "requesting-user-name", "waybridge"),
            (codec.NAME, "job-name", name),
            (codec.MIME, "document-format", FORMATS[self._target.accepts]),
        ]

    def trouble(self) -> Outcome | None:
        """Why nothing would come out now."""
        wanted = (codec.KEYWORD, "requested-attributes", ("printer-state", "printer-state-reasons"))
        said = self.ask(codec.GET_PRINTER, [wanted]).group(codec.PRINTER)
        reasons = ",".join(map(str, said.get("printer-state-reasons", ())))
        if any(word in reasons for word in PAPER):
            return Outcome("not_sent", "no_paper", reasons)
        if any(word in reasons for word in OPEN):
            return Outcome("not_sent", "open", reasons)
        if said.get("printer-state", [0])[0] == STOPPED:
            return Outcome("not_sent", "stopped", reasons)
        return None

    def find(self, name: str) -> int:
        """Return the number of the job of this name, 0 when the printer knows none."""
        for which in ("not-completed", "completed"):
            more: list[codec.Attribute] = [
                (codec.NAME, "requesting-user-name", "waybridge"),
                (codec.INTEGER, "limit", 50),
                (codec.KEYWORD, "which-jobs", which),
                (codec.KEYWORD, "requested-attributes", ("job-id", "job-name")),
            ]
            for job in self.ask(codec.GET_JOBS, more).groups_of(codec.JOB):
                if name in job.get("job-name", ()):
                    return _number(job)
        return 0

    def state(self, number: int) -> tuple[int, str]:
        """Return a job's state and the printer's reasons for it."""
        said = self.ask(codec.GET_JOB, [(codec.INTEGER, "job-id", number)]).group(codec.JOB)
        state = said.get("job-state", [0])[0]
        return state if isinstance(state, int) else 0, ",".join(
            map(str, said.get("job-state-reasons", ()))
        )


def _number(job: dict[str, list[codec.Value]]) -> int:
    """The job's number; 0 where the printer names none, or something else."""
    number = job.get("job-id", [0])[0]
    return number if isinstance(number, int) else 0


def _look_up(printer: _Printer, name: str, error: OSError) -> Outcome:
    try:
        number = printer.find(name)
    except OSError:
        number = 0
    if number:
        return _follow(printer, number)
    return Outcome("unclear", "lost", str(error))


def _follow(printer: _Printer, number: int) -> Outcome:
    if not number:
        return Outcome("delivered")
    end = time.monotonic() + PRINT_S
    reasons = ""
    while time.monotonic() < end:
        try:
            state, reasons = printer.state(number)
        except OSError as error:
            return Outcome("unclear", "lost", str(error))
        if state == COMPLETED:
            return Outcome("confirmed")
        if state in (CANCELED, ABORTED):
            return Outcome("unclear", "aborted", reasons)
        time.sleep(LOOK_EVERY_S)
    return Outcome("unclear", "stopped", reasons)
