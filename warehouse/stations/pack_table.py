"""One request of the pack station, scan by scan: a parcel code, a product, or a weight."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from core.bodies import BadBody
from core.spoken import say
from flows.closing import (
    Closing,
    LabelNotReady,
    NotPackable,
    TooLight,
    WeighingIdUsed,
    close_parcel,
)
from flows.floor import find_parcels
from flows.fulfilment import PackState, scan_parcel
from flows.labels import label_of
from warehouse.models import Parcel
from warehouse.rules.barcodes import parse_scan
from warehouse.rules.packing import ID_USED
from warehouse.rules.presses import Press
from warehouse.rules.weights import has_unit, read_weight
from warehouse.stations.cartons import CARTON_COMMAND, take_carton
from warehouse.stations.common import result_json, say_answer
from warehouse.stations.pack_state import CLOSED, VERDICTS, close_json, wanted
from warehouse.stations.table import OnTable, Table
from warehouse.stations.weighing_words import asks_again_words, is_label_coming, new_label_words

REFERENCE = re.compile(r"WB[0-9A-Z]{9}(-[0-9]{1,3})?")
"""Our own references: nothing else at a station reads so."""


@dataclass(slots=True)
class PackTable:
    """The scans of one request, judged in their order. Call `take` for each, then `finish`."""

    table: Table
    warehouse_ids: Collection[int]
    merchant_code: str
    actor: str
    now: datetime
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: PackState | None = None
    _run: list[Press] = field(default_factory=list)
    _parcel: OnTable | None = None
    _chosen: dict[str, list[str]] = field(default_factory=dict)

    def take(self, scan: Press) -> None:
        """Judge one scan, or keep it until the parcel's run of products is judged together."""
        here = self.table.at(scan.sequence)
        parsed = parse_scan(scan.raw)
        is_code = parsed.kind in ("order", "parcel") or REFERENCE.fullmatch(parsed.value.upper())
        if is_code or here is None:
            self._select(scan, parsed.value.upper() if is_code else parsed.value)
            return
        if here != self._parcel:
            self.finish()
            self._parcel = here
        if parsed.kind == "command" and parsed.value.startswith(CARTON_COMMAND):
            self.finish()
            self._repack(scan, here, parsed.value.removeprefix(CARTON_COMMAND))
            return
        weight_g = read_weight(scan.raw)
        if weight_g is not None and self._is_weight(scan, here):
            self._weigh(scan, here, weight_g)
        else:
            self._run.append(scan)

    def finish(self) -> None:
        """Judge the products scanned since the last parcel code, in one transaction."""
        if self._parcel is None or not self._run:
            return
        run, self._run = self._run, []
        self._judge(self._parcel, run)

    def load(self, here: OnTable) -> PackState:
        """Return a parcel's state after everything taken so far."""
        self.finish()
        known = self.state
        if known is not None and known.parcel.reference == here.reference:
            return known
        return self._judge(here, [])

    def close(
        self, here: OnTable, weight_g: int | None, client_id: str = ""
    ) -> tuple[str, str, dict[str, Any] | None]:
        """Close a parcel; return (verdict, words, papers). Closing again says the same."""
        self.finish()
        try:
            closing = close_parcel(
                merchant_id=here.merchant_id,
                parcel_reference=here.reference,
                weight_g=weight_g,
                client_id=client_id,
                actor=self.actor,
                now=self.now,
            )
        except LabelNotReady:
            state, reason = label_of(merchant_id=here.merchant_id, reference=here.reference)
            if state == "person":
                return "wrong", _("No label: {reason}").format(reason=reason), None
            return "waiting", _("The label is coming. Enter the weight again in a moment."), None
        except WeighingIdUsed:
            return "error", say(ID_USED.as_dict()), None
        except TooLight as light:
            said = _("{weight} g is less than the goods weigh, {goods} g. Weigh it again; if the"
                     " scale is right, have the products' weights corrected first.")  # fmt: skip
            return "wrong", said.format(weight=weight_g, goods=light.goods_g), None
        except NotPackable as error:
            state_now = self.load(here)
            if state_now.parcel.status == Parcel.Status.CANCELLED:
                return "wrong", _("This parcel is cancelled: put the goods back."), None
            if not wanted(state_now):
                raise BadBody(
                    field="parcel", fault=str(error), remedy=_("Ask your supervisor."), status=409
                ) from error
            left = ", ".join(wanted(state_now))
            return "wrong", _("Still to scan: {wanted}.").format(wanted=left), None
        self.state = closing.state
        return self._closed(closing)

    def _closed(self, closing: Closing) -> tuple[str, str, dict[str, Any] | None]:
        weighed = closing.weighed
        if weighed is not None and weighed.asks_again:
            return "again", asks_again_words(weighed), None
        if is_label_coming(closing.state):
            return "waiting", new_label_words(closing), close_json(closing.state)
        return "done", _("Packed. Print the label."), close_json(closing.state)

    def settle(self, state: PackState) -> None:
        """Say of a parcel that was put on the table closed that it is."""
        if state.parcel.status not in CLOSED:
            return
        for client_id in self._chosen.get(state.parcel.reference, ()):
            said = _("{parcel} is packed already.").format(parcel=state.parcel.reference)
            self.results[client_id]["message"] = said

    def _select(self, scan: Press, code: str) -> None:
        self.finish()
        here = self.table.at(scan.sequence)
        if here is not None and here.reference == code:
            self._chose(scan, code)
            return
        found = find_parcels(
            code, warehouse_ids=self.warehouse_ids, merchant_code=self.merchant_code
        )
        if len(found) == 1:
            parcel = found[0]
            self.table.put(
                sequence=scan.sequence, merchant_id=parcel.merchant_id, reference=parcel.reference
            )
            self._chose(scan, parcel.reference)
        elif found:
            codes = ", ".join(sorted({each.merchant_code for each in found}))
            said = _("{code} names parcels of several merchants ({merchants}).")
            words = said.format(code=code[:60], merchants=codes)
            self._answer(scan, "wrong", words, [_("the parcel's label")])
        else:
            said = _("No parcel in your warehouses has the code {code}.").format(code=code[:60])
            self._answer(scan, "wrong", said, [_("a parcel from the pick list")])

    def _chose(self, scan: Press, reference: str) -> None:
        self._chosen.setdefault(reference, []).append(scan.client_id)
        self._answer(scan, "accepted", _("Now packing {parcel}.").format(parcel=reference))

    def _is_weight(self, scan: Press, here: OnTable) -> bool:
        """Bare digits are a weight only when the parcel is full and no product of it reads so."""
        if has_unit(scan.raw):
            return True
        state = self.load(here)
        skus = {line["sku"] for line in state.lines}
        return state.is_complete and scan.raw.strip() not in skus

    def _weigh(self, scan: Press, here: OnTable, weight_g: int) -> None:
        verdict, message, closed = self.close(here, weight_g, scan.client_id)
        state = self.load(here)
        self._answer(scan, verdict, message, wanted(state) if verdict == "wrong" else ())
        if closed is not None:
            self.table.clear(sequence=scan.sequence)

    def _repack(self, scan: Press, here: OnTable, carton_code: str) -> None:
        self.state = None
        self._answer(
            scan,
            *take_carton(
                merchant_id=here.merchant_id,
                parcel_reference=here.reference,
                carton_code=carton_code,
                actor=self.actor,
                now=self.now,
            ),
        )

    def _judge(self, here: OnTable, run: Sequence[Press]) -> PackState:
        try:
            answers, state = self._ask(here, run)
        except IntegrityError:
            # Another station used one of the ids at the same moment; now it is seen and answered.
            answers, state = self._ask(here, run)
        self.state = state
        if state.parcel.status == Parcel.Status.CANCELLED:
            for scan in run:
                said = _("This parcel is cancelled: put the goods back.")
                self._answer(scan, "wrong", said)
            return state
        left = wanted(state)
        for scan, answer in zip(run, answers, strict=True):
            verdict = VERDICTS.get(answer["code"], "error")
            expected = left if verdict in ("wrong", "surplus") else ()
            self._answer(scan, verdict, say_answer(answer), expected)
        right = [each for each in answers if each["code"] == "accepted"]
        if state.is_complete and right:
            self.results[right[-1]["client_id"]]["verdict"] = "done"
        return state

    def _ask(self, here: OnTable, run: Sequence[Press]) -> tuple[list[dict[str, Any]], PackState]:
        return scan_parcel(
            merchant_id=here.merchant_id,
            parcel_reference=here.reference,
            scans=run,
            actor=self.actor,
            now=self.now,
        )

    def _answer(
        self, scan: Press, verdict: str, message: str, expected: Collection[str] = ()
    ) -> None:
        self.results[scan.client_id] = result_json(scan.client_id, verdict, message, list(expected))
