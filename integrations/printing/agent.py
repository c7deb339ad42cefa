"""The print agent: asks our server for labels and puts them on paper, each once.

The order of steps is what keeps a kill or a lost answer harmless: fetch, say at the server that
sending begins, send, say how it ended. Before each step the journal has it on disk.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping

from integrations.printing.ipp import resume_ipp, send_ipp
from integrations.printing.journal import Journal, Step
from integrations.printing.outcomes import Outcome, Send
from integrations.printing.raw import send_raw
from integrations.printing.server import Job, KeyRefused, Server, ServerAway

IDLE_S, AWAY_S, REFUSED_S = 0.4, 3.0, 30.0
LEAVE_S = 60.0
"""Longer than any printer is given."""
SENDERS: Mapping[str, Send] = {"raw9100": send_raw, "ipp": send_ipp}
MEDIA = {b"%PDF-": "pdf", b"^XA": "zpl"}
NOTHING_SENT = Outcome("not_sent")


class Agent:
    """One agent with its key. `open_server` makes a connection for each thread."""

    def __init__(
        self, open_server: Callable[[], Server], journal: Journal, say: Callable[[str], None]
    ) -> None:
        self._open_server, self._journal, self._say = open_server, journal, say
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def stop(self) -> None:
        """End after what is being sent."""
        self._stop.set()

    def run(self) -> None:
        """Work until `stop`; first settle what an earlier run left behind."""
        server = self._open_server()
        for job, step, outcome in list(self._journal.left()):
            self._settle(server, job, step, outcome)
        while not self._stop.is_set():
            self._stop.wait(self._round(server))
        for thread in self._threads:
            thread.join(LEAVE_S)

    def _round(self, server: Server) -> float:
        """Start what there is to print; return how long to wait before asking again."""
        try:
            jobs = server.jobs()
        except ServerAway as error:
            self._say(f"server away: {error}")
            return AWAY_S
        except KeyRefused as error:
            self._say(str(error))
            return REFUSED_S
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for job in jobs:
            thread = threading.Thread(target=self._print, args=[job], name=job.name, daemon=True)
            self._threads.append(thread)
            thread.start()
        return IDLE_S

    def _print(self, job: Job) -> None:
        """Print one label. Each printer has a thread of its own: a dead one holds up nobody."""
        server = self._open_server()
        try:
            content = server.document(job)
            trouble = self._trouble(job, content)
            if trouble is not None or content is None:
                self._report(server, job, trouble or NOTHING_SENT)
                return
            self._journal.write(job, "asked")
            if not server.begin(job):
                self._journal.drop(job)
                return
        except (ServerAway, KeyRefused) as error:
            # Whether it was begun is not known: `asked` says that no byte has left.
            self._say(f"{job.name} at {job.printer}: {error}")
            self._report(server, job, NOTHING_SENT)
            return
        self._journal.write(job, "sending")
        outcome = self._send(job, content)
        self._journal.write(job, "ended", outcome)
        self._say(f"{job.name} at {job.printer}: {outcome.kind} {outcome.code} {outcome.detail}")
        self._report(server, job, outcome)

    def _send(self, job: Job, content: bytes) -> Outcome:
        """Send, whatever the printer says: a fault of ours is told as well, and not retried."""
        try:
            return SENDERS[job.target.kind](job.target, name=job.name, content=content)
        except Exception as error:  # noqa: BLE001 - a person has to look, and is told why
            return Outcome("unclear", "lost", repr(error))

    def _trouble(self, job: Job, content: bytes | None) -> Outcome | None:
        if content is None or hashlib.sha256(content).hexdigest() != job.sha256:
            return Outcome("refused", "damaged")
        found = next((kind for start, kind in MEDIA.items() if content.startswith(start)), "")
        if found != job.target.accepts:
            return Outcome("refused", "format", f"{found or '?'} for {job.target.accepts}")
        return None

    def _settle(self, server: Server, job: Job, step: Step, outcome: Outcome | None) -> None:
        """Say of a job that an earlier run left behind what can be known of it."""
        if step == "asked":
            outcome = NOTHING_SENT
        elif outcome is None and job.target.kind == "ipp":
            outcome = resume_ipp(job.target, name=job.name)
        self._report(server, job, outcome or Outcome("unclear", "restarted"))

    def _report(self, server: Server, job: Job, outcome: Outcome) -> None:
        """Say how it ended until the server has heard it, or the agent is stopped."""
        while True:
            try:
                server.report(job, outcome)
            except (ServerAway, KeyRefused) as error:
                self._say(f"{job.name} cannot be reported yet: {error}")
                if self._stop.wait(AWAY_S):
                    return
            else:
                self._journal.drop(job)
                return
