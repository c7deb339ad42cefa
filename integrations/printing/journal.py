"""What the agent was doing, one small file a job: a killed agent knows it when it comes back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from integrations.printing.outcomes import Outcome
from integrations.printing.server import Job, job_of

Step = Literal["asked", "sending", "ended"]
"""`asked`: it may have been begun at the server, and no byte has left. `sending`: bytes may have
left. `ended`: how it ended is known, and the server may not know it yet."""


class Journal:
    """A folder. Every word is on the disk before what it announces happens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, job: Job, step: Step, outcome: Outcome | None = None) -> None:
        """Write down how far a job is."""
        row = {"job": job.as_dict(), "step": step, "outcome": outcome and asdict(outcome)}
        fresh = self._path(job).with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(row, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._path(job))

    def drop(self, job: Job) -> None:
        """Forget a job of which the server knows the end."""
        self._path(job).unlink(missing_ok=True)

    def left(self) -> Iterator[tuple[Job, Step, Outcome | None]]:
        """Yield what an earlier run left behind."""
        for path in sorted(self._folder.glob("*.json")):
            row = json.loads(path.read_text(encoding="utf-8"))
            outcome = Outcome(**row["outcome"]) if row["outcome"] else None
            yield job_of(row["job"]), row["step"], outcome

    def _path(self, job: Job) -> Path:
        return self._folder / f"{job.number}-{job.attempt}.json"
