"""The weigh station: scan a closed parcel, put it on the scale again before it is handed over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import Body, read_body
from core.spoken import say
from core.tenancy import merchant
from flows.closing import (
    IN_UNIT,
    Closing,
    LabelNotReady,
    NotReweighable,
    NotWithdrawable,
    TooLight,
    WeighingIdUsed,
    reweigh_parcel,
)
from flows.floor import find_parcels
from flows.fulfilment import PackState, pack_state
from warehouse.models import Parcel
from warehouse.rules.barcodes import parse_scan
from warehouse.rules.packing import ID_USED
from warehouse.rules.presses import Press
from warehouse.rules.weights import read_weight
from warehouse.screens import StationState
from warehouse.stations.common import (
    LARGEST,
    MOST_SCANS,
    client_id_of,
    raw_of,
    result_json,
    state_json,
    station_page,
    warehouse_ids,
)
from warehouse.stations.memory import in_hand, keep_in_hand
from warehouse.stations.pack_state import lines_of, papers
from warehouse.stations.table import OnTable, Table
from warehouse.stations.weighing_words import asks_again_words, is_label_coming, new_label_words

IN_HAND = "weigh_table"


@dataclass(slots=True)
class WeighTable:
    """The presses of one request in their order."""

    table: Table
    warehouse_ids: Collection[int]
    actor: str
    now: datetime
    results: list[dict[str, Any]] = field(default_factory=list)

    def take(self, press: Press) -> None:
        """Judge one press: a parcel's code, or the weight of the parcel on the scale."""
        here = self.table.at(press.sequence)
        weight_g = read_weight(press.raw)
        if weight_g is not None and here is not None:
            verdict, message = self._weigh(here, weight_g, press.client_id)
        elif weight_g is not None:
            verdict, message = "wrong", _("Scan the parcel first, then weigh it.")
        else:
            verdict, message = self._select(press)
        self.results.append(result_json(press.client_id, verdict, message))

    def _select(self, press: Press) -> tuple[str, str]:
        code = parse_scan(press.raw).value.upper()
        found = find_parcels(code, warehouse_ids=self.warehouse_ids)
        if len(found) > 1:
            return "wrong", _("{code} names parcels of several merchants.").format(code=code[:60])
        if not found:
            said = _("No parcel in your warehouses has the code {code}.")
            return "wrong", said.format(code=code[:60])
        [parcel] = found
        self.table.put(
            sequence=press.sequence, merchant_id=parcel.merchant_id, reference=parcel.reference
        )
        return "accepted", _("On the scale: {parcel}.").format(parcel=parcel.reference)

    def _weigh(self, here: OnTable, weight_g: int, client_id: str) -> tuple[str, str]:
        try:
            closing = reweigh_parcel(
                merchant_id=here.merchant_id,
                parcel_reference=here.reference,
                weight_g=weight_g,
                client_id=client_id,
                actor=self.actor,
                now=self.now,
            )
        except NotReweighable as refused:
            return "wrong", _refusal(refused.status)
        except NotWithdrawable:
            return "wrong", _refusal(Parcel.Status.HANDED_OVER)
        except LabelNotReady:
            said = _("Its new label is still coming. Weigh it again when it is there.")
            return "waiting", said
        except WeighingIdUsed:
            return "error", say(ID_USED.as_dict())
        except TooLight as light:
            said = _("{weight} g is less than the goods weigh, {goods} g. Weigh it again; if the"
                     " scale is right, have the products' weights corrected first.")  # fmt: skip
            return "wrong", said.format(weight=weight_g, goods=light.goods_g)
        return _outcome(closing)


def _outcome(closing: Closing) -> tuple[str, str]:
    if closing.weighed is not None and closing.weighed.asks_again:
        return "again", asks_again_words(closing.weighed)
    if closing.why or is_label_coming(closing.state):
        return "waiting", new_label_words(closing)
    if closing.is_amended:
        said = _("{weight} g. The label holds; the export is declared anew with this weight.")
        return "done", said.format(weight=closing.state.parcel.weight_g)
    said = _("{weight} g. The label holds.")
    return "done", said.format(weight=closing.state.parcel.weight_g)


def _refusal(status: str) -> str:
    if status == Parcel.Status.HANDED_OVER:
        return _("The carrier has it already: its weight cannot be changed here any more.")
    if status == Parcel.Status.CANCELLED:
        return _("This parcel is cancelled: put the goods back.")
    if status == IN_UNIT:
        return _("It lies in a bag or on a pallet: take it out there first.")
    return _("It is not closed yet: weigh it at the pack station.")


@staff_page("staff.floor", "GET")
def show(request: StaffRequest) -> HttpResponse:
    """Show the weigh station with the parcel that was scanned last in this browser."""
    table = Table.restore(in_hand(request, IN_HAND))
    page = station_page(
        request,
        title=_("Weigh"),
        key="weigh",
        scan_url=reverse("station_weigh_scans"),
        state=_state(table.latest, warehouse_ids(request)),
    )
    return render(request, "stations/weigh.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest) -> JsonResponse:
    """Take parcels' codes and weights; the protocol stands at the top of station.js."""
    entries = read_body(request).objects("scans", most=MOST_SCANS)
    presses = [_press(entry, index) for index, entry in enumerate(entries)]
    desk = WeighTable(
        table=Table.restore(in_hand(request, IN_HAND)),
        warehouse_ids=warehouse_ids(request),
        actor=request.actor,
        now=timezone.now(),
    )
    for press in presses:
        desk.take(press)
    state = _state(desk.table.latest, desk.warehouse_ids)
    response = JsonResponse({"results": desk.results, "state": state_json(state)})
    keep_in_hand(request, response, IN_HAND, desk.table.as_list())
    return response


def _press(entry: Body, index: int) -> Press:
    return Press(
        client_id=client_id_of(entry),
        sequence=entry.whole("seq", least=0, most=LARGEST, default=index),
        raw=raw_of(entry),
    )


def _state(here: OnTable | None, houses: Collection[int]) -> StationState:
    if here is None:
        return _empty()
    with merchant(here.merchant_id):
        rows = Parcel.objects.filter(reference=here.reference, warehouse_id__in=houses)
        parcel = rows.first()
        if parcel is None:
            return _empty()
        return _shown(pack_state(parcel))


def _empty() -> StationState:
    action = _("Scan a closed parcel, then put it on the scale.")
    return StationState(order="", lines=(), complete=False, next_action=action)


def _shown(state: PackState) -> StationState:
    parcel = state.parcel
    weighed = _("Weight on record: {weight} g.").format(weight=parcel.weight_g or "–")
    is_here = parcel.status == Parcel.Status.PACKED
    action = _("Put it on the scale: grams, then Enter.") if is_here else _refusal(parcel.status)
    if is_here and is_label_coming(state):
        action = _("Its new label is coming: scan the parcel again in a moment to print it.")
    return StationState(
        order=parcel.reference,
        lines=lines_of(state),
        complete=state.is_complete,
        next_action=action,
        documents=papers(state) if is_here else (),
        notes=(weighed,),
        asks="weight" if is_here and not is_label_coming(state) else "scan",
    )
