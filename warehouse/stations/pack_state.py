"""What the pack station shows: the parcel's lines, what to do next, what to print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.spoken import say
from flows.fulfilment import PackState
from warehouse.models import Parcel, ParcelExtra
from warehouse.screens import StationDocument, StationLine, StationPress, StationState
from warehouse.stations.waves import document_url

CLOSED = (Parcel.Status.PACKED, Parcel.Status.HANDED_OVER)
VERDICTS = {
    "accepted": "accepted",
    "wrong_item": "wrong",
    "not_an_item": "wrong",
    "surplus": "surplus",
    "double_press": "duplicate",
    "unreadable": "error",
}


def empty_state() -> StationState:
    """Return the state of an empty table."""
    action = _(
        "Scan the parcel: its number on the pick list, the tracking number on its label, or the "
        "packing list's code."
    )
    return StationState(order="", lines=(), complete=False, next_action=action)


def lines_of(state: PackState) -> tuple[StationLine, ...]:
    """Return what belongs into a parcel, line by line."""
    return tuple(
        StationLine(
            sku=line["sku"],
            title=line["title"],
            expected=line["expected"],
            scanned=line["scanned"],
        )
        for line in state.lines
    )


def station_state(state: PackState) -> StationState:
    """Return a parcel's state as the station shows it."""
    parcel = state.parcel
    is_closed = parcel.status in CLOSED
    to_put_in = [] if is_closed else [each for each in state.extras if each.confirmed_at is None]
    return StationState(
        order=parcel.reference,
        lines=(*lines_of(state), *map(_extra_line, state.extras)),
        complete=state.is_complete,
        next_action=_next_action(state, is_closed=is_closed),
        documents=papers(state) if is_closed else (),
        notes=() if is_closed else tuple(map(say, parcel.carton_said or ())),
        asks="weight" if state.is_complete and _is_open(parcel) else "scan",
        presses=tuple(StationPress(label=_press_words(each), raw=each.code) for each in to_put_in),
        links=_links(parcel),
    )


def _extra_line(extra: ParcelExtra) -> StationLine:
    return StationLine(
        sku=str(extra.get_kind_display()),
        title=extra.words or extra.name,
        expected=1,
        scanned=1 if extra.confirmed_at else 0,
    )


def _press_words(extra: ParcelExtra) -> str:
    if extra.kind == ParcelExtra.Kind.MESSAGE:
        return _("Message to the buyer: seen")
    return _("Put in: {name}").format(name=extra.name)


def _links(parcel: Parcel) -> tuple[StationDocument, ...]:
    """What else can be done with the parcel on the table."""
    asked = f"?parcel={parcel.reference}"
    links = []
    if _is_open(parcel):
        url = reverse("station_cartons") + asked
        links.append(StationDocument(label=_("Another carton"), url=url))
    if parcel.status in (Parcel.Status.PLANNED, Parcel.Status.PACKED):
        links.append(StationDocument(label=_("Photo"), url=reverse("station_photos") + asked))
    return tuple(links)


def _is_open(parcel: Parcel) -> bool:
    return parcel.status == Parcel.Status.PLANNED


def _next_action(state: PackState, *, is_closed: bool) -> str:
    parcel = state.parcel
    if parcel.status == Parcel.Status.CANCELLED:
        return _("This parcel is cancelled: put the goods back.")
    if is_closed and (state.booking is None or state.booking.label_id is None):
        return _(
            "Its new label is coming. Take the old one off; scan the parcel again for the new."
        )
    if is_closed:
        return _("Print the label, put the papers in, then scan the next parcel.")
    if state.is_complete:
        return _("Weigh it: type the grams (about {weight}), then Enter.").format(
            weight=parcel.expected_weight_g
        )
    return _("Scan each product. Still to scan: {wanted}.").format(wanted=", ".join(wanted(state)))


def wanted(state: PackState) -> list[str]:
    """Return what is still to scan, as `2 × MUG-1`."""
    goods = [
        f"{line['expected'] - line['scanned']} × {line['sku']}"
        for line in state.lines
        if line["scanned"] < line["expected"]
    ]
    extras = [each for each in state.extras if each.confirmed_at is None]
    return goods + [each.name or str(each.get_kind_display()) for each in extras]


def papers(state: PackState) -> tuple[StationDocument, ...]:
    """Return the papers of a closed parcel that are made: label first."""
    booking = state.booking
    found: list[tuple[str, int | None]] = [
        (_("Print the label"), booking.label_id if booking else None),
        (_("Commercial invoice"), booking.invoice_id if booking else None),
        (_("Packing list"), state.parcel.packing_list_id),
    ]
    return tuple(
        StationDocument(label=label, url=url)
        for label, document_id in found
        if (url := document_url(document_id)) is not None
    )


def close_json(state: PackState) -> dict[str, Any]:
    """Return a closed parcel as programs read it: addresses of its papers by kind."""
    booking = state.booking
    documents: Mapping[str, int | None] = {
        "label": booking.label_id if booking else None,
        "commercial_invoice": booking.invoice_id if booking else None,
        "packing_list": state.parcel.packing_list_id,
    }
    return {
        "parcel": state.parcel.reference,
        "status": state.parcel.status,
        "weight_g": state.parcel.weight_g,
        "tracking_number": booking.tracking_number if booking else "",
        "documents": {kind: document_url(number) for kind, number in documents.items()},
    }
