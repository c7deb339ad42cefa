"""The stages of the journey in their order. Each may be run again and does only what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from config.embedded.journey.merchant import MerchantDoor
from config.embedded.journey.progress import Stage, Stages, StillOpen
from config.embedded.journey.staff import StaffDoor

HANDS = 4
"""Pack stations, and downloads, at once."""
LOOK_AGAIN_S = 0.5
CHANNEL = "upload"
"""The channel of uploaded files."""
ROUNDS_OF_PATIENCE = 40
T = TypeVar("T")
R = TypeVar("R")


class FileNotTaken(RuntimeError):
    """The product refused a file as a whole; the message is its own sentence."""


@dataclass
class Journey:
    """One run: the doors, the merchant's code, and the file's order numbers."""

    merchant: str
    api: MerchantDoor
    floor: StaffDoor
    support: StaffDoor
    stages: Stages
    numbers: tuple[str, ...]
    run: str
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The file's orders by external number, as the list showed them last."""
    imports: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Claims for loss by order reference."""
    advices: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Payout advices of paid claims by order reference."""
    waves: list[int] = field(default_factory=list)
    handovers: list[str] = field(default_factory=list)
    """Waves released and handovers made in this run, by id and by address."""
    floor_papers: dict[str, str] = field(default_factory=dict)
    """Pick lists and manifests: path below `documents/` and address at the staff's door."""

    @cached_property
    def mine(self) -> frozenset[str]:
        """The external numbers of the file."""
        return frozenset(self.numbers)

    def is_ours(self, order: Mapping[str, Any]) -> bool:
        """Tell whether an order is of the file, and not one of that number from elsewhere."""
        return order["channel"] == CHANNEL and order["external_order"] in self.mine

    def look(self, **filters: str) -> list[dict[str, Any]]:
        """Return the file's orders among those the list shows for `filters`."""
        found = [order for order in self.api.orders(**filters) if self.is_ours(order)]
        self.seen.update({order["external_order"]: order for order in found})
        return found


def at_once(work: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """Do `work` for each of `things`, a few at a time; return the results in their order."""
    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(work, things))


def send_file(journey: Journey, kind: str, path: Path, total: int) -> None:
    """Upload a file and wait until it was read. Raises `FileNotTaken`."""
    with journey.stages.stage(kind, total) as stage:
        sent = journey.api.upload(kind, path, run=journey.run)
        while True:
            state = journey.api.progress(sent["id"])
            stage.at(state["entries_in_file"])
            if state["status"] == "refused":
                raise FileNotTaken(str(state["refusal"]))
            if state["status"] == "done":
                break
            stage.wait(LOOK_AGAIN_S, f"import {sent['id']} is {state['status']}")
    journey.imports[kind] = state


def find_orders(journey: Journey) -> None:
    """Find every order of the file in the merchant's list, newest first, then one by one."""
    mine = journey.mine
    far_enough = 3 * len(mine) + 1000
    for position, order in enumerate(journey.api.orders()):
        if journey.is_ours(order):
            journey.seen[order["external_order"]] = order
        if len(journey.seen) == len(mine) or position > far_enough:
            break
    for number in sorted(mine - journey.seen.keys()):
        journey.look(external_order=number)


def allocate(journey: Journey) -> None:
    """Wait until every accepted order has its stock or is a backorder."""
    with journey.stages.stage("allocation", len(journey.numbers)) as stage:
        find_orders(journey)
        while waiting := journey.look(status="accepted"):
            stage.at(len(journey.numbers) - len(waiting))
            stage.wait(LOOK_AGAIN_S, f"{len(waiting)} orders are accepted and not allocated")
        stage.at(len(journey.numbers))


def release_waves(journey: Journey) -> None:
    """Plan waves until nobody waits; release and pick them all."""
    with journey.stages.stage("waves", 0) as stage:
        for house in journey.floor.board():
            while journey.floor.plan_wave(merchant=journey.merchant, warehouse=house["warehouse"]):
                stage.add()
        for wave in _waves(journey):
            if wave["status"] == "planned":
                journey.floor.release_wave(wave["id"])
            journey.waves.append(wave["id"])
            journey.floor.pick_all(wave["id"])


def _waves(journey: Journey) -> list[dict[str, Any]]:
    """Return the merchant's waves that have parcels to pack, in every warehouse."""
    return [
        wave
        for house in journey.floor.board()
        for wave in house["waves"]
        if wave["merchant"] == journey.merchant
    ]


def pack(journey: Journey) -> None:
    """Pack every parcel whose label has come, until none is left that can be packed."""
    waves = [journey.floor.wave(wave["id"]) for wave in _waves(journey)]
    total = sum(parcel["status"] == "planned" for wave in waves for parcel in wave["parcels"])
    with journey.stages.stage("packing", total) as stage:
        while waves:
            left = []
            for wave in waves:
                fresh = journey.floor.wave(wave["id"])
                open_parcels = [p for p in fresh["parcels"] if p["status"] == "planned"]
                ready = [p for p in open_parcels if p["label"] == "ready"]
                at_once(lambda parcel: _pack_one(journey, stage, parcel), ready)
                coming = [p for p in open_parcels if p["label"] == "coming"]
                if ready or coming:
                    left.append(wave)
                    if not ready:
                        stage.wait(LOOK_AGAIN_S, f"{len(coming)} labels are coming")
            waves = left


def _pack_one(journey: Journey, stage: Stage, parcel: Mapping[str, Any]) -> None:
    codes = [
        item["gtin"] or item["sku"] for item in parcel["items"] for _ in range(item["quantity"])
    ]
    answer = journey.floor.pack(
        merchant=journey.merchant,
        parcel=parcel["reference"],
        codes=codes,
        weight_g=parcel["expected_weight_g"],
    )
    closed = answer["close"]
    if closed["verdict"] == "done":
        stage.add()
    elif closed["verdict"] != "waiting":
        raise StillOpen(f"Parcel {parcel['reference']} cannot be closed: {closed['message']}")


def hand_over(journey: Journey) -> None:
    """Hand every packed parcel to its carrier once customs has released what is coming.

    A carrier comes once: only what customs lets wait for long is left for a second round.
    """
    with journey.stages.stage("hand over", 0) as stage:
        patience = ROUNDS_OF_PATIENCE
        while True:
            houses = journey.floor.board()
            exporting = sum(
                row["coming"] for house in houses for row in _rows(journey, house["exporting"])
            )
            if exporting and patience:
                patience -= 1
                stage.wait(LOOK_AGAIN_S, f"{exporting} packed parcels wait for their export")
                continue
            handed_over = sum(_hand_over_in(journey, house) for house in houses)
            stage.add(handed_over)
            if not handed_over and not exporting:
                return
            patience = ROUNDS_OF_PATIENCE
            if not handed_over:
                stage.wait(LOOK_AGAIN_S, f"{exporting} packed parcels wait for their export")


def _hand_over_in(journey: Journey, house: Mapping[str, Any]) -> int:
    parcels = 0
    for row in _rows(journey, house["ready"]):
        done = journey.floor.hand_over(
            merchant=journey.merchant, warehouse=house["warehouse"], carrier=row["carrier_code"]
        )
        if done:
            journey.handovers.append(done["url"])
            parcels += int(done["parcels"])
    return parcels


def _rows(journey: Journey, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["merchant"] == journey.merchant]


def arrive(journey: Journey) -> None:
    """Wait until every shipped order is delivered or lost."""
    under_way = journey.look(status="shipped")
    with journey.stages.stage("transit", len(under_way)) as stage:
        total = len(under_way)
        while under_way:
            stage.at(total - len(under_way))
            some = ", ".join(order["reference"] for order in under_way[:5])
            stage.wait(1.0, f"{len(under_way)} orders are under way, among them {some}")
            under_way = journey.look(status="shipped")
        stage.at(total)


def claim(journey: Journey) -> None:
    """Claim for every lost parcel, let the staff decide, and wait for the payout advices."""
    lost = {order["reference"] for order in journey.look(status="lost")}
    with journey.stages.stage("claims", len(lost)) as stage:
        if not lost:
            return
        known = {claim["order"] for claim in journey.api.claims(kind="loss")}
        for reference in sorted(lost - known):
            for shipment in journey.api.shipments(order=reference):
                journey.api.file_claim(shipment["tracking_number"])
        _decide(journey, lost)
        while (done := _decided(journey, lost)) < len(lost):
            stage.at(done)
            stage.wait(LOOK_AGAIN_S, f"{len(lost) - done} payout advices are being made")
        stage.at(done)


def _decide(journey: Journey, lost: set[str]) -> None:
    """Let the staff decide what is not decided yet."""
    undecided = {
        row["number"]
        for row in journey.api.claims(kind="loss")
        if row["order"] in lost and row["decided_at"] is None
    }
    if not undecided:
        return
    for row in list(journey.support.waiting_claims()):
        if row["merchant"] == journey.merchant and row["number"] in undecided:
            journey.support.decide_claim(row["decide_url"])


def _decided(journey: Journey, lost: set[str]) -> int:
    """Read the claims of lost orders; count those decided, with their advice when paid."""
    done = 0
    for row in journey.api.claims(kind="loss"):
        if row["order"] not in lost:
            continue
        claim = journey.api.claim(row["number"])
        journey.claims[row["order"]] = claim
        if claim["payout_advice"]:
            journey.advices[row["order"]] = claim["payout_advice"]
        done += claim["decided_at"] is not None and (
            claim["status"] != "paid" or claim["payout_advice"] is not None
        )
    return done


def find_floor_papers(journey: Journey) -> None:
    """Wait for the pick lists and manifests of this run's waves and handovers."""
    wanted = [*journey.waves, *journey.handovers]
    with journey.stages.stage("floor papers", len(wanted)) as stage:
        while True:
            for wave_id in journey.waves:
                wave = journey.floor.wave(wave_id)
                if wave["pick_list_url"]:
                    name = f"waves/{wave['warehouse']}-{wave['number']}.pdf"
                    journey.floor_papers[name] = wave["pick_list_url"]
            for url in journey.handovers:
                handover = journey.floor.handover(url)
                if handover["manifest_url"]:
                    name = f"handovers/{handover['warehouse']}-{handover['number']}.pdf"
                    journey.floor_papers[name] = handover["manifest_url"]
            stage.at(len(journey.floor_papers))
            if len(journey.floor_papers) == len(wanted):
                return
            stage.wait(LOOK_AGAIN_S, "pick lists and manifests are being made")
