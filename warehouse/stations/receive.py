"""The receive station: blind. Scan the goods of an inbound; what was announced is not told."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import read_body
from flows.receiving import CLOSED, ReceiveState, receive_by_scan, receive_state
from warehouse.models import Condition, Inbound, InboundGoods
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import MOST_SCANS, refuse_suspended, station_page
from warehouse.stations.inbounds import inbound_of
from warehouse.stations.presses import answered, presses_of


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Show the station for one inbound."""
    inbound = inbound_of(request, inbound_id)
    state = receive_state(
        merchant_id=inbound.merchant_id, inbound_id=inbound.pk, actor=request.actor
    )
    page = station_page(
        request,
        title=_("Receive {number}").format(number=inbound.number),
        key=f"receive-{inbound.pk}",
        scan_url=reverse("station_receive_scans", args=[inbound.pk]),
        state=_station_state(inbound, state),
    )
    return render(request, "stations/receive.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, inbound_id: int) -> JsonResponse:
    """Take scans; the protocol stands at the top of station.js."""
    inbound = inbound_of(request, inbound_id)
    refuse_suspended(inbound.merchant)
    taken = presses_of(read_body(request).objects("scans", most=MOST_SCANS))
    state = receive_by_scan(
        merchant_id=inbound.merchant_id,
        inbound_id=inbound.pk,
        scans=taken,
        actor=request.actor,
        now=timezone.now(),
    )
    shown = _station_state(inbound, state)
    return answered(taken, state.answers, shown, inbound=inbound.pk, status=state.inbound.status)


def _station_state(inbound: Inbound, state: ReceiveState) -> StationState:
    is_closed = state.inbound.status in CLOSED
    return StationState(
        order=f"{inbound.number} · {inbound.merchant.name}",
        lines=_result_lines(state) if is_closed else tuple(map(_line, state.goods)),
        complete=is_closed,
        next_action=_closed_words(state) if is_closed else _next_words(state),
        links=_links(state, is_closed=is_closed),
        notes=tuple(_closed_notes(state) if is_closed else _open_notes(state)),
        presses=tuple(_presses(state, is_closed=is_closed)),
    )


def _line(row: InboundGoods) -> StationLine:
    """One kind of goods as counted; the condition stands where a bin stands elsewhere."""
    return StationLine(
        sku=row.product.sku,
        title=_with_lot(row.product.title, row.lot, row.expires_on),
        expected=None,
        scanned=row.quantity,
        location="" if row.condition == Condition.GOOD else str(row.get_condition_display()),
    )


def _with_lot(title: str, lot: str, expires_on: Any) -> str:
    parts = [title]
    if lot:
        parts.append(_("Lot {lot}").format(lot=lot))
    if expires_on:
        parts.append(_("until {day}").format(day=expires_on.isoformat()))
    return " · ".join(parts)


def _result_lines(state: ReceiveState) -> tuple[StationLine, ...]:
    return tuple(
        StationLine(
            sku=product.sku,
            title=_with_lot(product.title, row.lot, row.expires_on),
            expected=row.expected,
            scanned=row.good + row.damaged,
        )
        for row, product in state.result
    )


def _next_words(state: ReceiveState) -> str:
    if "noting" in state.desk:
        return _("Say what the unknown thing is, then Enter.")
    if state.desk.get("unknown"):
        return _("Scan another code of it, or set it aside.")
    if state.desk.get("last"):
        return _("Scan the next piece, or type how many of the last there are.")
    return _("Open the cartons and scan every piece.")


def _closed_words(state: ReceiveState) -> str:
    if state.inbound.status == Inbound.Status.PUT_AWAY:
        return _("All of it is put away.")
    return _("Received. Put the goods away.")


def _open_notes(state: ReceiveState) -> list[str]:
    notes = []
    if state.desk.get("condition") == Condition.DAMAGED:
        notes.append(_("What you scan now counts as damaged."))
    if state.desk.get("lot"):
        notes.append(_("Lot {lot}").format(lot=state.desk["lot"]))
    if state.desk.get("expires_on"):
        notes.append(_("until {day}").format(day=state.desk["expires_on"]))
    notes += _unknown_notes(state)
    bare = {row.product.sku for row in state.goods if not row.product.gtin}
    if bare:
        text = _("Without a barcode, to be labelled: {skus}")
        notes.append(text.format(skus=", ".join(sorted(bare))))
    return notes


def _unknown_notes(state: ReceiveState) -> list[str]:
    return [
        _("Set aside: {code} {note}").format(code=each.code, note=each.note).strip()
        for each in state.unknown
    ]


def _closed_notes(state: ReceiveState) -> list[str]:
    """Over, short and damaged, each apart."""
    notes = []
    for row, product in state.result:
        if row.over:
            words = ngettext("{sku}: {count} piece over", "{sku}: {count} pieces over", row.over)
            notes.append(words.format(sku=product.sku, count=row.over))
        if row.short:
            words = ngettext("{sku}: {count} piece short", "{sku}: {count} pieces short", row.short)
            notes.append(words.format(sku=product.sku, count=row.short))
        if row.damaged:
            words = ngettext("{sku}: {count} piece damaged or expired",
                             "{sku}: {count} pieces damaged or expired", row.damaged)  # fmt: skip
            notes.append(words.format(sku=product.sku, count=row.damaged))
    notes += _unknown_notes(state)
    return notes or [_("Everything came as announced.")]


def _links(state: ReceiveState, *, is_closed: bool) -> tuple[StationDocument, ...]:
    """Where to go on: the labels of what has no barcode, and the station for putting it away."""
    inbound_id = state.inbound.pk
    found = []
    if is_closed and state.inbound.status != Inbound.Status.PUT_AWAY:
        url = reverse("station_put_away", args=[inbound_id])
        found.append(StationDocument(label=_("Put away"), url=url))
    if any(not row.product.gtin for row in state.goods):
        url = reverse("station_inbound_labels", args=[inbound_id])
        found.append(StationDocument(label=_("Product labels"), url=url))
    return tuple(found)


def _presses(state: ReceiveState, *, is_closed: bool) -> list[StationPress]:
    if is_closed:
        if state.inbound.status == Inbound.Status.PUT_AWAY:
            return []
        return [StationPress(raw="WB:C:REOPEN", label=_("More came: open again"))]
    is_damaged = state.desk.get("condition") == Condition.DAMAGED
    found = [
        StationPress(raw="WB:C:GOOD", label=_("Good"), pressed=not is_damaged),
        StationPress(raw="WB:C:DAMAGED", label=_("Damaged"), pressed=is_damaged),
    ]
    if state.desk.get("last"):
        found.append(StationPress(raw="WB:C:UNDO", label=_("Take the last back")))
    if state.desk.get("unknown"):
        found.append(StationPress(raw="WB:C:ASIDE", label=_("Set aside as unknown")))
    found.append(StationPress(raw="WB:C:CLOSE", label=_("Everything is received")))
    return found
