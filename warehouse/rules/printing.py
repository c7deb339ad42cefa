"""Why a label did not come out, with what mends it; how long a printer is left alone."""

from __future__ import annotations

from datetime import timedelta

from core.sentences import Sentence, gettext_noop

PAUSES_S = (2, 5, 10, 20, 30)
"""A printer that is switched on again prints within half a minute."""

LEASE = timedelta(seconds=30)
"""How long an agent may take to fetch a paper before another one may."""
SENDING = timedelta(seconds=120)
"""How long sending may take before nobody knows what became of it: longer than any attempt."""

FAULTS = {
    "unreachable": gettext_noop(
        "The printer does not answer. Switch it on, and check its cable and its address; what waits"
        " is printed by itself."
    ),
    "no_paper": gettext_noop("No labels left. Put in a new roll; what waits is printed by itself."),
    "open": gettext_noop("The printer is open. Close it; what waits is printed by itself."),
    "paused": gettext_noop(
        "The printer is paused. Press its pause button; what waits is printed by itself."
    ),
    "stopped": gettext_noop(
        "The printer has stopped. Read what its display says; what waits is printed by itself."
    ),
    "busy": gettext_noop("The printer is busy. What waits is printed by itself."),
    "lost": gettext_noop(
        "The connection broke while the label was sent: it may have come out. Look at the printer."
    ),
    "restarted": gettext_noop(
        "The print agent was stopped while the label was sent: it may have come out. Look at the"
        " printer."
    ),
    "silent": gettext_noop(
        "The print agent never said what became of it: the label may have come out. Look at the"
        " printer."
    ),
    "aborted": gettext_noop("The printer gave the label up. Look at the printer."),
    "format": gettext_noop(
        "The printer does not take this kind of file. Choose another printer for the station."
    ),
    "address": gettext_noop(
        "The printer's address is none of this building's. An administrator sets it right."
    ),
    "damaged": gettext_noop("The stored label is damaged. Have it booked again."),
}
BY_A_PERSON = Sentence(
    "not_out", gettext_noop("A person looked: this one did not come out, or not as it should.")
)


def fault_sentences(code: str, detail: str) -> list[Sentence]:
    """What a person reads of a fault: why and what to do, then the printer's own word."""
    text = FAULTS.get(code, FAULTS["stopped"])
    said = [Sentence(code, text)]
    if detail:
        said.append(
            Sentence("detail", gettext_noop("It said: {detail}."), {"detail": detail[:200]})
        )
    return said


def pause_after(faults_in_row: int) -> timedelta:
    """How long a printer that failed so often in a row is left alone."""
    return timedelta(seconds=PAUSES_S[min(max(faults_in_row, 1), len(PAUSES_S)) - 1])
