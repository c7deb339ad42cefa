"""What the stations that add to something have in common: answered once, kept with the effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.sentences import Sentence, stored
from warehouse.models import Scan
from warehouse.rules.packing import ID_USED
from warehouse.rules.presses import Press
from warehouse.services import NewScan
from warehouse.services.station_scans import desk_of, keep_desk, keep_scan, known_scans

Verdict = Literal["accepted", "done", "wrong", "surplus", "duplicate", "error", "noted", "waiting"]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one scan; `read` is what else stood in the code, `expected` what was right."""

    verdict: Verdict
    sentence: Sentence
    read: tuple[Sentence, ...] = ()
    expected: tuple[str, ...] = ()


Judge = Callable[[Press, dict[str, Any]], Answered]


def run_scans(
    *,
    station: str,
    subject_id: int,
    scans: Sequence[Press],
    judge: Judge,
    actor: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Answer scans in their order, in the active block; the caller holds the subject's row locked.

    A known id gets its stored answer and has no effect; `judge` has the effect of a new one and
    may change the desk it is given. Scan, effect and desk are one transaction.
    """
    known = known_scans(scan.client_id for scan in scans)
    answers: dict[str, dict[str, Any]] = {
        client_id: _known(scan, station, subject_id) for client_id, scan in known.items()
    }
    desk: dict[str, Any] | None = None
    for scan in scans:
        if scan.client_id in answers:
            continue
        if desk is None:
            desk = desk_of(station=station, subject_id=subject_id, actor=actor)
        answered = judge(scan, desk)
        answer = _answer(answered, subject_id)
        answers[scan.client_id] = answer
        keep_scan(
            station=station,
            scan=NewScan.of(scan, verdict=answered.verdict, answer=answer),
            actor=actor,
            now=now,
        )
    if desk is not None:
        keep_desk(station=station, subject_id=subject_id, actor=actor, said=desk, now=now)
    return [answers[scan.client_id] for scan in scans]


def _answer(answered: Answered, subject_id: int) -> dict[str, Any]:
    return {
        "code": answered.sentence.code,
        "verdict": answered.verdict,
        "subject": subject_id,
        "sentence": answered.sentence.as_dict(),
        "read": stored(answered.read),
        "expected": list(answered.expected),
    }


def _known(scan: Scan, station: str, subject_id: int) -> dict[str, Any]:
    """A known scan's first answer; an id used elsewhere is no answer here."""
    if scan.station == station and scan.answer.get("subject") == subject_id:
        return dict(scan.answer)
    return {"code": ID_USED.code, "verdict": "error", "subject": subject_id,
            "sentence": ID_USED.as_dict(), "read": [], "expected": []}  # fmt: skip
