"""The print agent's way to our own server. It asks, and is never asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from integrations.printing.outcomes import Outcome, Target

TIMEOUT_S = (3.05, 15.0)
REFUSED = (401, 403)


class ServerAway(OSError):
    """No usable answer: ask again later."""


class KeyRefused(Exception):
    """The key is unknown or was revoked."""


@dataclass(frozen=True, slots=True)
class Job:
    """A label to print, and where. `name` is the same for the same attempt, whoever asks."""

    number: int
    attempt: int
    sha256: str
    printer: str
    target: Target

    @property
    def name(self) -> str:
        return f"waybridge-{self.number}-{self.attempt}"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the journal; `job_of` reads it again."""
        target = self.target
        return {
            "id": self.number, "attempt": self.attempt, "sha256": self.sha256,
            "printer": {
                "name": self.printer, "kind": target.kind, "accepts": target.accepts,
                "address": target.address, "port": target.port, "path": target.path,
            },
        }  # fmt: skip


def job_of(row: dict[str, Any]) -> Job:
    """Read a job as the server tells it."""
    printer = row["printer"]
    names = ("kind", "accepts", "address", "port", "path")
    return Job(
        number=int(row["id"]),
        attempt=int(row["attempt"]),
        sha256=str(row["sha256"]),
        printer=str(printer["name"]),
        target=Target(**{name: printer[name] for name in names}),
    )


class Server:
    """Our server at `url`, asked with the agent's own key. Safe for one thread at a time."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key}"

    def jobs(self) -> list[Job]:
        """Ask for the next job of each idle printer."""
        return [job_of(row) for row in self._ask("POST", "").json()["jobs"]]

    def document(self, job: Job) -> bytes | None:
        """Fetch the stored label; None when it is gone or damaged."""
        answer = self._ask("GET", f"{job.number}/document/", also=(404, 410))
        return answer.content if answer.ok else None

    def begin(self, job: Job) -> bool:
        """Say that sending begins; False when it must not."""
        told = {"attempt": job.attempt}
        return self._ask("POST", f"{job.number}/begin/", told, also=(409,)).ok

    def report(self, job: Job, outcome: Outcome) -> None:
        """Say how it ended."""
        told = {
            "attempt": job.attempt, "outcome": outcome.kind, "code": outcome.code,
            "detail": outcome.detail[:200].replace("\x00", ""),
        }  # fmt: skip
        self._ask("POST", f"{job.number}/report/", told)

    def _ask(
        self, method: str, path: str, told: Any = None, also: tuple[int, ...] = ()
    ) -> requests.Response:
        try:
            answer = self._session.request(
                method, f"{self._url}/print-agent/jobs/{path}", json=told or {},
                timeout=TIMEOUT_S, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise ServerAway(str(error)) from error
        if answer.status_code in REFUSED:
            raise KeyRefused("The server does not accept the agent's key.")
        if not answer.ok and answer.status_code not in also:
            raise ServerAway(f"{method} {path or 'jobs'}: status {answer.status_code}")
        return answer
