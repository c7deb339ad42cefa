"""One request of the single-item station: a product, a label, a weight, a merchant's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from core.spoken import say
from flows.broken import NotOnePiece, report_broken
from flows.floor import find_parcels
from flows.leaving import CannotLeave
from flows.singles import (
    Desk,
    SingleState,
    claim_by_scan,
    close_by_label,
    confirm_extra,
    keep_answer,
    kept_answer,
    label_seen,
    owner_named,
    single_state,
)
from warehouse.models import Parcel, PrintJob
from warehouse.rules.barcodes import parse_scan
from warehouse.rules.master_weights import takes_master_weight
from warehouse.rules.presses import Press
from warehouse.rules.station_rules import double_press_within
from warehouse.rules.weights import has_unit, read_weight
from warehouse.stations.common import result_json
from warehouse.stations.pack_state import wanted
from warehouse.stations.pack_table import PackTable
from warehouse.stations.table import OnTable, Table

BROKEN = "BROKEN"
"""What stands behind ``WB:C:`` on the command's barcode, and what the station's button sends."""
LONGEST_BARE_WEIGHT = 5
"""Digits: a longer number without a unit is a product's code."""


@dataclass(slots=True)
class SingleTable:
    """The scans of one request in their order. `kept` is what the session remembers, changed."""

    desk: Desk
    kept: dict[str, Any]
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: SingleState | None = None
    _is_loaded: bool = False

    def take(self, scan: Press) -> None:
        """Judge one scan."""
        known = kept_answer(scan.client_id) if self._may_be_known(scan) else None
        if known is not None:
            self.results[scan.client_id] = self._answered(scan, known)
            return
        self.results[scan.client_id] = self._judge(scan)
        self.kept["last"] = max(int(self.kept.get("last", -1)), scan.sequence)

    def current(self) -> SingleState | None:
        """Return the parcel that was claimed last, while the station is not done with it."""
        if not self._is_loaded:
            self._is_loaded = True
            here = self.kept.get("parcel")
            self.state = single_state(merchant_id=here[0], reference=here[1]) if here else None
        return self.state

    def _may_be_known(self, scan: Press) -> bool:
        """A browser counts its scans: a higher number than any before was never answered."""
        return scan.sequence <= int(self.kept.get("last", -1))

    def _judge(self, scan: Press) -> dict[str, Any]:
        if self._closes(scan):
            return self.results[scan.client_id]
        # A parcel this station closed is not looked at again: most scans find the table empty.
        now_open = self.current() if self.kept.get("is_open", True) else None
        if now_open is not None and now_open.pack.parcel.status != Parcel.Status.PLANNED:
            now_open = None
        if now_open is not None:
            if _is_broken(scan.raw):
                return self._kept(scan, self._broken(scan, now_open))
            if scan.raw in _codes_of(now_open):
                return self._kept(scan, self._label(scan, now_open))
            codes = {each.code for each in now_open.pack.extras if each.confirmed_at is None}
            if scan.raw in codes and confirm_extra(
                state=now_open, code=scan.raw, actor=self.desk.actor, now=self.desk.now
            ):
                self._is_loaded = False
                said = _("It is in {parcel}.").format(parcel=now_open.pack.parcel.reference)
                return self._kept(scan, result_json(scan.client_id, "accepted", said))
            weight_g = self._weight(scan)
            if weight_g is not None:
                return self._kept(scan, self._close(scan, now_open, weight_g))
            if self._is_echo(scan):
                said = _("The same press was read twice: counted once.")
                return self._kept(scan, result_json(scan.client_id, "duplicate", said))
            if has_label(now_open):
                return self._kept(scan, self._first_finish(scan, now_open))
        return self._claim(scan)

    def _closes(self, scan: Press) -> bool:
        """The scan of the label that was queued for the piece on the table packs it."""
        here = self.kept.get("parcel")
        if not here or not self.kept.get("is_open") or scan.raw not in self.kept.get("labels", ()):
            return False
        said = _("{parcel} is packed. Next piece.").format(parcel=here[1])
        done = result_json(scan.client_id, "done", said)
        state = close_by_label(
            merchant_id=here[0], reference=here[1], scan=scan, desk=self.desk, answer=done
        )
        if state is None:
            return False
        self.state, self._is_loaded, self.kept["is_open"] = state, True, False
        self.results[scan.client_id] = done
        return True

    def _weight(self, scan: Press) -> int | None:
        weight_g = read_weight(scan.raw)
        is_bare = not has_unit(scan.raw)
        if weight_g is None or (is_bare and len(scan.raw.strip()) > LONGEST_BARE_WEIGHT):
            return None
        return weight_g

    def _is_echo(self, scan: Press) -> bool:
        within = double_press_within(self.desk.now.date())
        raw, pressed_ms = self.kept.get("press") or ("", None)
        if raw != scan.raw or pressed_ms is None or scan.pressed_ms is None:
            return False
        return abs(scan.pressed_ms - int(pressed_ms)) < within

    def _claim(self, scan: Press) -> dict[str, Any]:
        answer, state = claim_by_scan(scan=scan, desk=self.desk)
        if state is not None:
            self.state, self._is_loaded = state, True
            self.kept["parcel"] = [answer["merchant_id"], answer["parcel"]]
            self.kept["is_open"] = True
            self.kept["press"] = [scan.raw, scan.pressed_ms]
            self.kept["labels"] = list(_codes_of(state))
        elif "verdict" in answer:
            # Answered before, as something else than a claim.
            return self._answered(scan, answer)
        elif answer["code"] == "claimed":
            # Claimed by this press before, and the browser's session never heard of it.
            self.kept["parcel"], self._is_loaded = [answer["merchant_id"], answer["parcel"]], False
            self.kept["is_open"] = True
        elif answer["code"] in ("none", "not_an_item"):
            other = self._other(scan)
            if other is not None:
                return other
        return self._answered(scan, answer)

    def _other(self, scan: Press) -> dict[str, Any] | None:
        """What a scan is that claims nothing: a label that printed later, or a merchant's code."""
        parsed = parse_scan(scan.raw)
        found = find_parcels(parsed.value, warehouse_ids=[self.desk.warehouse_id])
        if len(found) == 1:
            state = single_state(merchant_id=found[0].merchant_id, reference=found[0].reference)
            if state is not None:
                self.state, self._is_loaded = state, True
                self.kept["parcel"] = [found[0].merchant_id, found[0].reference]
                self.kept["is_open"] = True
                return self._label(scan, state)
        owner = owner_named(parsed.value, warehouse_id=self.desk.warehouse_id)
        if owner is None:
            return None
        self.desk = replace(self.desk, merchant_id=owner[0])
        self.kept["owner"] = list(owner)
        said = _("Goods of {merchant} from now on.").format(merchant=owner[1])
        return result_json(scan.client_id, "accepted", said)

    def _label(self, scan: Press, state: SingleState) -> dict[str, Any]:
        """The label of a claimed parcel was scanned: it is there, and the parcel closes by it."""
        parcel = state.pack.parcel
        if parcel.status != Parcel.Status.PLANNED:
            said = _("{parcel} is packed already.").format(parcel=parcel.reference)
            return result_json(scan.client_id, "duplicate", said)
        booking = state.pack.booking
        is_sent = state.job is not None and state.job.status == PrintJob.Status.SENT
        if is_sent and booking is not None and scan.raw == booking.tracking_number:
            label_seen(merchant_id=parcel.merchant_id, parcel_id=parcel.pk, now=self.desk.now)
        service = booking.service_code if booking else ""
        if booking is not None and not takes_master_weight(service, self.desk.now.date()):
            said = _("{service} wants the true weight: weigh it.").format(
                service=service.replace("_", " ").title()
            )
            return result_json(scan.client_id, "accepted", said)
        return self._close(scan, state, None)

    def _close(self, scan: Press, state: SingleState, weight_g: int | None) -> dict[str, Any]:
        parcel = state.pack.parcel
        packing = PackTable(
            table=Table(),
            warehouse_ids=[self.desk.warehouse_id],
            merchant_code="",
            actor=self.desk.actor,
            now=self.desk.now,
        )
        here = OnTable(-1, parcel.merchant_id, parcel.reference)
        verdict, said, _papers = packing.close(here, weight_g, scan.client_id)
        self.kept["is_open"] = verdict != "done"
        if verdict == "done":
            said = _("{parcel} is packed. Next piece.").format(parcel=parcel.reference)
        if packing.state is not None:
            self.state, self._is_loaded = SingleState(packing.state, state.job), True
        return result_json(scan.client_id, verdict, said)

    def _broken(self, scan: Press, state: SingleState) -> dict[str, Any]:
        """The claimed piece is broken: its order gets another, or waits."""
        parcel = state.pack.parcel
        try:
            told = report_broken(
                merchant_id=parcel.merchant_id, parcel_id=parcel.pk, actor=self.desk.actor,
                now=self.desk.now,
            )  # fmt: skip
        except NotOnePiece:
            said = _("{parcel} is not open here any more.").format(parcel=parcel.reference)
            return result_json(scan.client_id, "wrong", said)
        except CannotLeave as stays:
            return result_json(scan.client_id, "wrong", say(stays.why.as_dict()))
        self.kept.pop("parcel", None)
        self.kept["is_open"] = False
        self.state, self._is_loaded = None, True
        return result_json(scan.client_id, "accepted", " ".join(say(e.as_dict()) for e in told))

    def _first_finish(self, scan: Press, state: SingleState) -> dict[str, Any]:
        said = _("Finish {parcel} first.").format(parcel=state.pack.parcel.reference)
        return result_json(scan.client_id, "wrong", said, finishing(state, self.desk))

    def _answered(self, scan: Press, answer: Mapping[str, Any]) -> dict[str, Any]:
        if "verdict" in answer:
            result: dict[str, Any] = dict(answer)
            return result
        said = " ".join(say(each) for each in (answer["sentence"], *answer.get("read", ())))
        if answer["code"] == "claimed":
            verdict = "accepted" if answer["has_label"] else "waiting"
            return result_json(scan.client_id, verdict, said)
        verdict = "error" if answer["code"] == "unreadable" else "wrong"
        expected = [_("a product of a single-item wave")] if verdict == "wrong" else []
        return result_json(scan.client_id, verdict, said, expected)

    def _kept(self, scan: Press, result: dict[str, Any]) -> dict[str, Any]:
        known = keep_answer(scan=scan, desk=self.desk, answer=result)
        return result if known is None else self._answered(scan, known)


def _is_broken(raw: str) -> bool:
    parsed = parse_scan(raw)
    return parsed.kind == "command" and parsed.value.upper() == BROKEN


def has_label(state: SingleState) -> bool:
    """Tell whether the parcel's label is there to be stuck on."""
    booking = state.pack.booking
    return booking is not None and booking.label_id is not None


def finishing(state: SingleState, desk: Desk) -> list[str]:
    """What closes a parcel: its label where the service allows it, else the scale."""
    booking = state.pack.booking
    besides = wanted(state.pack)
    weight = _("its weight, about {weight} g").format(weight=state.pack.parcel.expected_weight_g)
    if booking is None or not takes_master_weight(booking.service_code, desk.now.date()):
        return [*besides, weight]
    return [*besides, _("the label {number}").format(number=booking.tracking_number), weight]


def _codes_of(state: SingleState) -> Sequence[str]:
    booking = state.pack.booking
    number = booking.tracking_number if booking else ""
    return [each for each in (state.pack.parcel.reference, number) if each]
