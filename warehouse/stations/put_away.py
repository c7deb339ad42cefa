"""The put-away station: scan the product, bring it to the bin that is named, scan the bin."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import read_body
from flows.putting_away import PutAwayState, put_away_by_scan, put_away_state
from warehouse.models import Condition, Inbound, InboundGoods
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.common import MOST_SCANS, refuse_suspended, station_page
from warehouse.stations.inbounds import inbound_of
from warehouse.stations.presses import answered, presses_of


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Show the station for what an inbound left at the dock."""
    inbound = inbound_of(request, inbound_id)
    state = put_away_state(
        merchant_id=inbound.merchant_id, inbound_id=inbound.pk, actor=request.actor
    )
    page = station_page(
        request,
        title=_("Put away {number}").format(number=inbound.number),
        key=f"put-away-{inbound.pk}",
        scan_url=reverse("station_put_away_scans", args=[inbound.pk]),
        state=_station_state(inbound, state),
    )
    return render(request, "stations/put_away.html", {"page": page})


@staff_page("staff.floor", "POST")
def scans(request: StaffRequest, inbound_id: int) -> JsonResponse:
    """Take scans; the protocol stands at the top of station.js."""
    inbound = inbound_of(request, inbound_id)
    refuse_suspended(inbound.merchant)
    taken = presses_of(read_body(request).objects("scans", most=MOST_SCANS))
    state = put_away_by_scan(
        merchant_id=inbound.merchant_id,
        inbound_id=inbound.pk,
        scans=taken,
        actor=request.actor,
        now=timezone.now(),
    )
    shown = _station_state(inbound, state)
    return answered(taken, state.answers, shown, inbound=inbound.pk, status=state.inbound.status)


def _station_state(inbound: Inbound, state: PutAwayState) -> StationState:
    in_hand = next((row for row in state.goods if row.pk == state.desk.get("goods_id")), None)
    # What is in hand stands first: the page's task is the first line that is not complete.
    goods = sorted(state.goods, key=lambda row: row is not in_hand)
    is_empty = all(row.put_away >= row.quantity for row in goods)
    is_done = state.inbound.status == Inbound.Status.PUT_AWAY
    return StationState(
        order=f"{inbound.number} · {inbound.merchant.name}",
        lines=tuple(_line(row, state, is_in_hand=row is in_hand) for row in goods),
        complete=is_done,
        next_action=_next_words(state, in_hand, is_empty=is_empty, is_done=is_done),
        links=_links(state, is_done=is_done),
        presses=() if is_empty else _presses(state),
    )


def _line(row: InboundGoods, state: PutAwayState, *, is_in_hand: bool) -> StationLine:
    title = row.product.title
    if row.lot:
        title = f"{title} · {_('Lot {lot}').format(lot=row.lot)}"
    if row.condition != Condition.GOOD:
        title = f"{title} · {row.get_condition_display()}"
    return StationLine(
        sku=row.product.sku,
        title=title,
        expected=row.quantity,
        scanned=row.put_away,
        location=state.desk.get("place", "") if is_in_hand else "",
    )


def _next_words(
    state: PutAwayState, in_hand: InboundGoods | None, *, is_empty: bool, is_done: bool
) -> str:
    if is_done:
        return _("All of it is put away.")
    if is_empty:
        return _("Nothing of it lies at the dock. Receive it first.")
    if in_hand is None:
        return _("Take goods from the dock and scan the product.")
    count = state.desk.get("quantity", 0)
    if not state.desk.get("place"):
        return _("No bin fits. Scan a bin that you know has room.")
    words = ngettext(
        "Bring {count} piece there and scan the bin, or type a smaller number first.",
        "Bring {count} pieces there and scan the bin, or type a smaller number first.",
        count,
    )
    return words.format(count=count)


def _links(state: PutAwayState, *, is_done: bool) -> tuple[StationDocument, ...]:
    found = []
    if any(not row.product.gtin for row in state.goods):
        url = reverse("station_inbound_labels", args=[state.inbound.pk])
        found.append(StationDocument(label=_("Product labels"), url=url))
    if is_done:
        url = reverse("station_inbounds")
        found.append(StationDocument(label=_("Next inbound"), url=url))
    return tuple(found)


def _presses(state: PutAwayState) -> tuple[StationPress, ...]:
    conditions = {row.condition for row in state.goods if row.put_away < row.quantity}
    if not conditions - {Condition.GOOD}:
        return ()
    is_damaged = state.desk.get("condition") == Condition.DAMAGED
    return (
        StationPress(raw="WB:C:GOOD", label=_("Good"), pressed=not is_damaged),
        StationPress(raw="WB:C:DAMAGED", label=_("Damaged"), pressed=is_damaged),
    )
