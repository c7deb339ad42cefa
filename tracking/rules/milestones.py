"""Where a parcel stands, folded from everything anyone ever said about it.

Events come twice, late and out of order, so the fold looks only at what they say and when it
happened: any order and any repetition of the same events gives the same standing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tracking.rules.vocabulary import RANK, exception_kind, meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEvent:
    """One fact: a canonical code and its reason, an aware instant, the carrier's own estimate."""

    canonical: str
    happened_at: datetime
    reason: str = ""
    party: str = ""
    estimated_on: date | None = None

    def __post_init__(self) -> None:
        if self.happened_at.tzinfo is None:
            raise ValueError(f"happened_at: {self.happened_at.isoformat()} has no time zone")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong: ``kind`` of ``exceptions.csv``, since when, why and whose it is."""

    kind: str
    since: datetime
    reason: str
    party: str

    @property
    def is_final(self) -> bool:
        """True when the journey has ended with it (lost, returned, destroyed, cancelled)."""
        return exception_kind(self.kind).is_final


@dataclass(frozen=True, slots=True)
class ParcelStanding:
    """Where a parcel stands.

    ``milestone`` is the furthest stage any event proves (None before the first) and ``since`` when
    it was first reached; ``reached`` holds the first instant of each proved stage in journey
    order; ``exception`` is what is wrong now; ``last_scan_at`` is the newest event that says
    anything of the parcel itself; ``eta`` the carrier's newest estimate, None once it has ended.
    """

    milestone: str | None
    since: datetime | None
    reached: dict[str, datetime]
    exception: Trouble | None
    delivered_at: datetime | None
    last_scan_at: datetime | None
    eta: date | None

    @property
    def is_final(self) -> bool:
        """True when nothing more is expected of the carrier: stop asking."""
        ended = self.exception is not None and self.exception.is_final
        return ended or self.delivered_at is not None


def fold(events: Iterable[TrackEvent]) -> ParcelStanding:
    """Fold events in any order, with any repetition, into one standing.

    The stage never moves back: a late older event only fills its own place. Delivery, return and
    destruction are final, the newest of them wins. Lost and cancelled end as soon as a later scan
    proves that the parcel is there after all.
    """
    ordered = sorted(set(events), key=_by_time)
    reached: dict[str, datetime] = {}
    trouble: Trouble | None = None
    delivered_at: datetime | None = None
    last_scan_at: datetime | None = None
    eta: date | None = None
    for event in ordered:
        said = meaning(event.canonical, event.reason)
        if said.milestone:
            reached.setdefault(said.milestone, event.happened_at)
        if said.milestone or said.exception:
            last_scan_at = event.happened_at
        eta = event.estimated_on or eta
        if said.milestone == "delivered":
            delivered_at = delivered_at or event.happened_at
        trouble = _trouble_after(trouble, event, was_delivered=delivered_at is not None)
    stages = sorted(reached, key=RANK.__getitem__)
    furthest = stages[-1] if stages else None
    has_ended = delivered_at is not None or (trouble is not None and trouble.is_final)
    return ParcelStanding(
        milestone=furthest,
        since=reached[furthest] if furthest else None,
        reached={stage: reached[stage] for stage in stages},
        exception=trouble,
        delivered_at=delivered_at,
        last_scan_at=last_scan_at,
        eta=None if has_ended else eta,
    )


def _by_time(event: TrackEvent) -> tuple[datetime, int, str, str, str, date]:
    """Same instant: the further stage counts as later; the rest only makes the order total."""
    said = meaning(event.canonical, event.reason)
    return (
        event.happened_at,
        RANK.get(said.milestone, -1),
        event.canonical,
        event.reason,
        event.party,
        event.estimated_on or date.min,
    )


def _trouble_after(
    trouble: Trouble | None, event: TrackEvent, *, was_delivered: bool
) -> Trouble | None:
    """What is wrong once this event, the newest so far, is known."""
    said = meaning(event.canonical, event.reason)
    if _is_settled(trouble) and not _settles(said.milestone, said.exception):
        return trouble
    if said.exception:
        # What a delivered parcel can still meet: broken, incomplete, sent back or destroyed.
        if was_delivered and said.milestone != "delivered" and not _settles("", said.exception):
            return trouble
        if trouble is not None and trouble.kind == said.exception:
            return Trouble(trouble.kind, trouble.since, event.reason, event.party)
        if trouble is not None and _is_minor_after(trouble.kind, said.exception):
            return trouble
        return Trouble(said.exception, event.happened_at, event.reason, event.party)
    if trouble is None or _is_settled(trouble):
        return None
    return None if exception_kind(trouble.kind).is_ended_by(said.milestone) else trouble


def _settles(milestone: str, exception: str) -> bool:
    """Delivery, return and destruction are seen with eyes; lost and cancelled are not."""
    if exception:
        kind = exception_kind(exception)
        if kind.is_final and kind.ended_by == "never":
            return True
    return milestone == "delivered"


def _is_settled(trouble: Trouble | None) -> bool:
    return trouble is not None and _settles("", trouble.kind)


def _is_minor_after(kind: str, later: str) -> bool:
    """A hold or delay said of a broken or returning parcel does not hide what matters more."""
    return kind in ("damaged", "returning") and later in ("held", "delayed")
