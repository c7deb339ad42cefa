"""How parcels move: only after handover, never ahead of the clock, through customs by release.

Movement is lazy. A parcel knows when its next step is due; whoever looks first (a reader or the
background thread) makes all steps that are due by then, each dated at its own due instant.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sandbox import faults
from sandbox.places import Place, from_json, hub, town
from sandbox.state import State
from sandbox.ways import WAYS, Step, needs_import, steps_of

LOST_EVERY = 50
"""Every fiftieth parcel handed over, over all partners and for ever, is lost."""

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One event as its partner tells it: `at` is a Unix instant, never in the future."""

    seq: int
    event_id: str
    tracking_number: str
    code: str
    at: float
    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class World:
    """The one world all partners share: their memory and the length of a way in seconds."""

    state: State
    way_seconds: float

    def book(
        self,
        *,
        partner: str,
        tracking_number: str,
        reference: str,
        body: str,
        body_hash: str,
        label: bytes,
        origin: str,
        destination: str,
        city: str,
        now: float,
    ) -> None:
        """Remember a promise to carry. Nothing moves yet."""
        self.state.insert(
            "parcel",
            tracking_number=tracking_number,
            partner=partner,
            reference=reference,
            body=body,
            body_hash=body_hash,
            label=label,
            origin=hub(origin).to_json(),
            destination=town(destination, city).to_json(),
            created_at=now,
        )
        if WAYS[partner].booked_code:
            self._tell(
                partner=partner,
                tracking_number=tracking_number,
                event_id=f"{tracking_number}-B",
                code=WAYS[partner].booked_code,
                place=hub(origin),
                at=now,
            )

    def parcel(self, partner: str, tracking_number: str) -> sqlite3.Row | None:
        """Return the parcel's row, or None when this partner never promised it."""
        return self.state.one(
            "SELECT * FROM parcel WHERE tracking_number = ? AND partner = ?",
            tracking_number,
            partner,
        )

    def void(self, *, partner: str, tracking_number: str) -> None:
        """Take a promise back: the parcel is never taken over under this number."""
        self.state.run(
            "UPDATE parcel SET status = 'voided' WHERE tracking_number = ? AND partner = ?",
            tracking_number,
            partner,
        )

    def hand_over(self, *, partner: str, tracking_number: str, now: float) -> bool:
        """Start the parcel's way. False when it is on its way already."""
        if not self.state.run(
            "UPDATE parcel SET handed_over_at = ?, status = 'moving'"
            " WHERE tracking_number = ? AND partner = ? AND handed_over_at IS NULL",
            now,
            tracking_number,
            partner,
        ):
            return False
        is_lost = self.state.next_number("handed over") % LOST_EVERY == 0
        silent = faults.take(self.state, partner=partner, operation="events", kinds=("silent",))
        first = WAYS[partner].steps[0]
        self.state.run(
            "UPDATE parcel SET is_lost = ?, is_silent = ?, next_due = ? WHERE tracking_number = ?",
            is_lost,
            silent is not None,
            None if silent else now + first.delay * self.way_seconds,
            tracking_number,
        )
        return True

    def advance(self, now: float) -> bool:
        """Make the steps due by `now`. True when something moved and more may be due."""
        state = self.state
        due = state.rows(
            "SELECT * FROM parcel WHERE next_due <= ? ORDER BY next_due LIMIT ?", now, _BATCH
        )
        for parcel in due:
            self._step(parcel)
        if due:
            return True
        # Held-back events come last, so that they are older than what was told before them.
        late = state.rows("SELECT * FROM event WHERE visible_at <= ? LIMIT ?", now, _BATCH)
        for event in late:
            state.run("UPDATE event SET visible_at = NULL WHERE event_id = ?", event["event_id"])
            self._publish(event, now)
        return bool(late)

    def _steps(self, parcel: sqlite3.Row) -> tuple[Step, ...]:
        origin, destination = from_json(parcel["origin"]), from_json(parcel["destination"])
        has_gate = needs_import(origin.country, destination.country)
        return steps_of(WAYS[parcel["partner"]], is_lost=bool(parcel["is_lost"]), has_gate=has_gate)

    def _step(self, parcel: sqlite3.Row) -> None:
        steps, number, at = self._steps(parcel), parcel["step"], parcel["next_due"]
        step = steps[number]
        self._tell(
            partner=parcel["partner"],
            tracking_number=parcel["tracking_number"],
            event_id=f"{parcel['tracking_number']}-{number:02d}",
            code=step.code,
            place=_place(parcel, step),
            at=at,
        )
        if number + 1 == len(steps):
            last = "lost" if parcel["is_lost"] else WAYS[parcel["partner"]].last_status
            self._move(parcel, step=number + 1, status=last, next_due=None)
            return
        following = steps[number + 1]
        due = at + following.delay * self.way_seconds
        status: str = "moving"
        next_due: float | None = due
        if following.is_gate:
            status, next_due = self._at_gate(parcel, arrived=at, due=due)
        self._move(parcel, step=number + 1, status=status, next_due=next_due)

    def _at_gate(
        self, parcel: sqlite3.Row, *, arrived: float, due: float
    ) -> tuple[str, float | None]:
        declaration = self.state.one(
            "SELECT status, reason_code, at FROM declaration WHERE transport_document = ?"
            " AND direction = 'import' ORDER BY status = 'released' DESC, at DESC LIMIT 1",
            parcel["tracking_number"],
        )
        if declaration is None:
            return "at_customs", None
        if declaration["status"] == "released":
            return "moving", max(due, declaration["at"])
        if declaration["status"] == "held":
            self._tell_held(parcel, reason=declaration["reason_code"], at=arrived)
        return "at_customs", None

    def _move(self, parcel: sqlite3.Row, *, step: int, status: str, next_due: float | None) -> None:
        self.state.run(
            "UPDATE parcel SET step = ?, status = ?, next_due = ? WHERE tracking_number = ?",
            step,
            status,
            next_due,
            parcel["tracking_number"],
        )

    def customs_decided(
        self, *, transport_document: str, status: str, reason: str, at: float
    ) -> None:
        """Let a parcel waiting at the gate go on, or tell that it is held."""
        parcel = self.state.one(
            "SELECT * FROM parcel WHERE tracking_number = ? AND status = 'at_customs'",
            transport_document,
        )
        if parcel is None:
            return
        if status == "released":
            self._move(parcel, step=parcel["step"], status="moving", next_due=at)
        elif status == "held":
            self._tell_held(parcel, reason=reason, at=at)

    def _tell_held(self, parcel: sqlite3.Row, *, reason: str, at: float) -> None:
        event_id = f"{parcel['tracking_number']}-H"
        if self.state.one("SELECT 1 FROM event WHERE event_id = ?", event_id):
            return
        self._tell(
            partner=parcel["partner"],
            tracking_number=parcel["tracking_number"],
            event_id=event_id,
            code=WAYS[parcel["partner"]].held_code,
            place=hub(from_json(parcel["destination"]).country),
            at=at,
            reason=reason,
        )

    def _tell(
        self,
        *,
        partner: str,
        tracking_number: str,
        event_id: str,
        code: str,
        place: Place,
        at: float,
        reason: str = "",
    ) -> None:
        state = self.state
        late = faults.take(state, partner=partner, operation="events", kinds=("late_events",))
        twice = faults.take(state, partner=partner, operation="events", kinds=("duplicate_events",))
        visible_at = None if late is None else at + (late.seconds or self.way_seconds / 3)
        state.insert(
            "event",
            event_id=event_id,
            partner=partner,
            tracking_number=tracking_number,
            code=code,
            at=at,
            place=place.to_json(),
            reason=reason,
            visible_at=visible_at,
            copies=1 if twice is None else 2,
        )
        event = state.one("SELECT * FROM event WHERE event_id = ?", event_id)
        if visible_at is None and event is not None:
            self._publish(event, at)

    def _publish(self, event: sqlite3.Row, now: float) -> None:
        for _ in range(event["copies"]):
            self.state.insert(
                "feed",
                partner=event["partner"],
                tracking_number=event["tracking_number"],
                event_id=event["event_id"],
                push_due=now if event["partner"] == "line" else None,
            )

    def told(
        self, *, partner: str, tracking_number: str = "", after: int = 0, limit: int = 1000
    ) -> list[Told]:
        """Return what the partner has told, in the order it told it (faults included)."""
        which, key = (
            ("tracking_number", tracking_number) if tracking_number else ("partner", partner)
        )
        rows = self.state.rows(
            f"SELECT * FROM feed JOIN event USING (event_id) WHERE feed.{which} = ?"  # noqa: S608
            " AND seq > ? ORDER BY seq LIMIT ?",
            key,
            after,
            limit,
        )
        return [told_from(row) for row in rows]


def told_from(row: sqlite3.Row) -> Told:
    """Read one row of feed joined with event."""
    return Told(
        seq=row["seq"],
        event_id=row["event_id"],
        tracking_number=row["tracking_number"],
        code=row["code"],
        at=row["at"],
        place=from_json(row["place"]),
        reason=row["reason"],
    )


def _place(parcel: sqlite3.Row, step: Step) -> Place:
    origin, destination = from_json(parcel["origin"]), from_json(parcel["destination"])
    if step.where == "origin":
        return origin
    if step.where == "town":
        return destination
    if step.where == "transit":
        return hub("HK" if origin.country in {"CN", "TW", "VN"} else "DE")
    return hub(destination.country)
