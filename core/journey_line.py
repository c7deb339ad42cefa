"""The journey line: one row of stages with where a parcel stands, since when, and what is wrong.

Pure data. Labels are passed in already translated, so core holds no business words; every door
(dashboard, admin, tracking page) draws it with the same `{% journey_line %}` tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

StageState = Literal["done", "current", "todo", "problem"]


class JourneyLineError(ValueError):
    """The stages cannot be drawn as one line: the message names the stage and the fault."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stop on the line. `at` is the aware instant it was reached, None when not yet."""

    code: str
    label: str
    state: StageState
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyLine:
    """The whole line in order. `problem` is one translated sentence on what is wrong, or None."""

    stages: tuple[Stage, ...]
    problem: str | None = None

    def __post_init__(self) -> None:
        if not self.stages:
            raise JourneyLineError("stages: empty; a journey line needs at least one stage.")
        here = [stage.code for stage in self.stages if stage.state in ("current", "problem")]
        if len(here) > 1:
            raise JourneyLineError(
                f"stages: {', '.join(here)} are all where the parcel stands; mark one of them."
            )

    @property
    def here(self) -> Stage:
        """The current or troubled stage, else the last one done, else the first."""
        for stage in self.stages:
            if stage.state in ("current", "problem"):
                return stage
        done = [stage for stage in self.stages if stage.state == "done"]
        return done[-1] if done else self.stages[0]

    @property
    def position(self) -> int:
        """1-based place of `here`, for "stage 5 of 8"."""
        return self.stages.index(self.here) + 1

    @property
    def states(self) -> tuple[StageState, ...]:
        return tuple(stage.state for stage in self.stages)

    @property
    def is_finished(self) -> bool:
        return all(state == "done" for state in self.states)

    @property
    def has_problem(self) -> bool:
        return self.problem is not None or "problem" in self.states


def line_up_to(
    *,
    labels: Sequence[tuple[str, str]],
    reached: dict[str, datetime],
    problem: str | None = None,
) -> JourneyLine:
    """Build a line from ordered (code, label) pairs and the instants reached so far.

    Every stage up to the furthest one reached is done, even when its own instant is unknown (a
    carrier may report "in transit" without ever reporting the handover). The furthest is where the
    parcel stands; the last stage, once reached, is done and nothing is current.
    """
    codes = [code for code, _label in labels]
    unknown = sorted(set(reached) - set(codes))
    if unknown:
        raise JourneyLineError(f"reached: {unknown[0]} is not one of {', '.join(codes)}.")
    furthest = max((codes.index(code) for code in reached), default=-1)
    stages = []
    for index, (code, label) in enumerate(labels):
        state: StageState = "done" if index < furthest else "todo"
        if index == furthest:
            finished = furthest == len(codes) - 1 and problem is None
            state = "problem" if problem else "done" if finished else "current"
        stages.append(Stage(code=code, label=label, state=state, at=reached.get(code)))
    return JourneyLine(stages=tuple(stages), problem=problem)
