"""Stage 5, fulfilment: the scan that prints. Any piece of a product claims its most urgent order.

One short transaction claims the order, counts the piece and queues the stored label. What is sent
twice is answered twice and done once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef

from core.prepared import Prepared
from core.sentences import Sentence, gettext_noop, stored
from core.tenancy import across_merchants, merchant
from flows.closing import NotPackable, close_parcel, lock_state
from flows.fulfilment import PackState, items_of, pack_state, put_extras_down
from shipping.models import Booking
from warehouse.models import Parcel, PrintJob, SinglePiece
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.master_weights import takes_master_weight
from warehouse.rules.presses import Press
from warehouse.services import NewScan, record_scans
from warehouse.services.extras import confirm_extras, extras_of
from warehouse.services.printing import ask_for_label, confirm_label
from warehouse.services.singles import (
    Claimed,
    Code,
    OwnerSuspended,
    SeveralOwners,
    claim_single,
)
from warehouse.services.stations import answer_of, begin_scan

STATION = "single"
NOT_AN_ITEM = ("order", "tote", "location", "shipping_unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a scan is made: the station, its warehouse and printer, and who stands there."""

    warehouse_id: int
    station: str
    printer_id: int | None
    merchant_id: int | None
    """Whose goods are on the table, where a person has said so."""
    actor: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SingleState:
    """A claimed parcel: its goods, its booking, and how far its label is."""

    pack: PackState
    job: PrintJob | None


def kept_answer(client_id: str) -> Mapping[str, Any] | None:
    """Return the answer an earlier press of this id had."""
    with across_merchants("A press at a station is known by its id alone."):
        return answer_of(client_id)


def keep_answer(*, scan: Press, desk: Desk, answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep the answer to a press that was not a claim: a weight, a label, a mistake.

    Returns the answer that was kept for the press before, None when this is its first.
    """
    with across_merchants("A press at a station is kept before anybody knows whose goods it is."):
        return _keep(scan, desk, answer)


class _KnownPress(Exception):
    """The press was answered before, with `answer`: what was done for it now is undone."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.answer = answer


def _keep(scan: Press, desk: Desk, answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return begin_scan(
        client_id=scan.client_id,
        station=STATION,
        warehouse_id=desk.warehouse_id,
        sequence=scan.sequence,
        raw=scan.raw,
        answer=answer,
        actor=desk.actor,
        now=desk.now,
    )


def claim_by_scan(*, scan: Press, desk: Desk) -> tuple[Mapping[str, Any], SingleState | None]:
    """Claim the most urgent order for a piece; return the answer, and the state after a new claim.

    `code` is `claimed`, `none` (no order waits for it), `owners`, `suspended` or `not_an_item`. The
    same press again gets the first answer.
    """
    parsed = parse_scan(scan.raw)
    try:
        with across_merchants("One scan claims the order that is due first, whichever merchant's."):
            answer, state = _claim(scan, parsed, desk)
            # Last, with its answer: of two requests with one id the second waits here for the
            # first, and what it claimed itself is rolled back.
            known = _keep(scan, desk, answer)
            if known is not None:
                raise _KnownPress(known)
    except _KnownPress as press:
        return press.answer, None
    except IntegrityError:
        # The piece of another press, that of this id, is counted already; else it is a fault.
        known = kept_answer(scan.client_id)
        if known is None:
            raise
        return known, None
    return answer, state


def _claim(
    scan: Press, parsed: ParsedScan, desk: Desk
) -> tuple[dict[str, Any], SingleState | None]:
    about = {"code": parsed.value[:60] or scan.raw[:60]}
    if parsed.kind == "unreadable" and parsed.problem is not None:
        return _say("unreadable", parsed.problem), None
    if parsed.kind in NOT_AN_ITEM:
        text = gettext_noop("{code} is not a product; scan the product's own code.")
        return _say("not_an_item", Sentence("not_an_item", text, about)), None
    try:
        claimed = claim_single(
            warehouse_id=desk.warehouse_id,
            codes=_codes(parsed),
            merchant_id=desk.merchant_id,
            actor=desk.actor,
            now=desk.now,
        )
    except SeveralOwners:
        text = gettext_noop(
            "Several merchants have orders for {code}: type the code of the merchant whose goods"
            " these are, then scan again."
        )
        return _say("owners", Sentence("owners", text, about)), None
    except OwnerSuspended:
        text = gettext_noop("The merchant of {code} is suspended; its goods stay here.")
        return _say("suspended", Sentence("suspended", text, about)), None
    if claimed is None:
        text = gettext_noop("No single-item order of a released wave waits for {code}.")
        return _say("none", Sentence("none", text, about)), None
    with merchant(claimed.merchant_id):
        return _count_and_queue(scan, parsed, desk, claimed)


def _codes(parsed: ParsedScan) -> list[Code]:
    """The ways to read a scan, likeliest first."""
    codes: list[Code] = []
    if parsed.gtin:
        codes.append(("gtin", parsed.gtin))
    codes += [("sku", each) for each in (parsed.sku, parsed.value) if each]
    if not parsed.gtin and parsed.value.isdigit() and len(parsed.value) <= 14:
        # A merchant's product number with a wrong check digit still names the product.
        codes.append(("gtin", parsed.value))
    return list(dict.fromkeys(codes))


def _count_and_queue(
    scan: Press, parsed: ParsedScan, desk: Desk, claimed: Claimed
) -> tuple[dict[str, Any], SingleState]:
    (parcel,) = CLAIMED.rows(parcel_id=claimed.parcel_id)
    items = items_of(parcel)
    items[0].scanned = 1
    # Read under the parcel's lock, which whoever brings a label takes first.
    state = pack_state(parcel, items, put_extras_down(parcel, items))
    booking = state.booking
    is_booked = booking is not None and booking.status == Booking.Status.BOOKED
    job = ask_for_label(
        parcel=parcel,
        label_id=booking.label_id if booking is not None and is_booked else None,
        printer_id=desk.printer_id,
        station=desk.station,
        actor=desk.actor,
        now=desk.now,
    )
    sentence = Sentence(
        "claimed",
        gettext_noop("{title}: order {parcel}."),
        {"title": items[0].product.title, "parcel": parcel.reference},
    )
    answer = {
        **_say("claimed", sentence),
        "read": stored(parsed.read),
        "merchant_id": claimed.merchant_id,
        "parcel": parcel.reference,
        "has_label": job.document_id is not None,
    }
    kept = NewScan.of(scan, verdict="accepted", answer=answer)
    record_scans(
        parcel=parcel, scans=[kept], counts={items[0].pk: 1}, actor=desk.actor, now=desk.now
    )
    return answer, SingleState(state, job)


def _say(code: str, sentence: Sentence) -> dict[str, Any]:
    return {"code": code, "sentence": sentence.as_dict()}


def single_state(*, merchant_id: int, reference: str) -> SingleState | None:
    """Return a claimed parcel; None for one that no scan of this station claimed."""
    with merchant(merchant_id):
        mine = SinglePiece.objects.filter(parcel=OuterRef("pk"), claimed_at__isnull=False)
        parcel = Parcel.objects.filter(Exists(mine), reference=reference).first()
        return None if parcel is None else SingleState(pack_state(parcel), _job_of(parcel))


def _job_of(parcel: Parcel) -> PrintJob | None:
    return JOBS.first(parcel_id=parcel.pk)


JOBS = Prepared(
    PrintJob,
    lambda rows, parcel_id: (
        rows.filter(parcel=parcel_id).exclude(status=PrintJob.Status.WITHDRAWN).order_by("-id")[:1]
    ),
    "parcel_id",
)
CLAIMED = Prepared(
    Parcel,
    lambda rows, parcel_id: rows.filter(pk=parcel_id).select_related("order"),
    "parcel_id",
)


def close_by_label(
    *, merchant_id: int, reference: str, scan: Press, desk: Desk, answer: Mapping[str, Any]
) -> SingleState | None:
    """Close a claimed parcel by the scan of its label, the usual end, in one transaction with its
    kept `answer`; return the packed parcel.

    None, and nothing is done, when there is more to it: another label, a service that wants the
    scale, something still to be put in, no label, a new one needed, a press answered before.
    """
    try:
        with across_merchants("A press at a station is kept with what it did."):
            with merchant(merchant_id):
                state = _closed_by_label(reference, scan, desk)
            if state is None or _keep(scan, desk, answer) is not None:
                raise _MoreToIt
    except (_MoreToIt, NotPackable):
        return None
    return state


class _MoreToIt(Exception):
    """A label's scan does not simply close its parcel: what was done is undone."""


def _closed_by_label(reference: str, scan: Press, desk: Desk) -> SingleState | None:
    held = lock_state(reference)
    parcel, booking = held.parcel, held.booking
    if parcel.status != Parcel.Status.PLANNED or booking is None or booking.label_id is None:
        return None
    is_label = scan.raw in (parcel.reference, booking.tracking_number)
    if not (is_label and held.is_complete):
        return None
    if not takes_master_weight(booking.service_code, desk.now.date()):
        return None
    job = _job_of(parcel)
    if job is not None and job.status == PrintJob.Status.SENT and scan.raw != parcel.reference:
        confirm_label(parcel_id=parcel.pk, now=desk.now)
        job.status = PrintJob.Status.CONFIRMED
    closing = close_parcel(
        merchant_id=parcel.merchant_id,
        parcel_reference=reference,
        weight_g=None,
        client_id=scan.client_id,
        actor=desk.actor,
        now=desk.now,
        held=held,
    )
    return None if closing.why else SingleState(closing.state, job)


def confirm_extra(*, state: SingleState, code: str, actor: str, now: datetime) -> bool:
    """Note that an insert or another extra of the parcel was put in; False for any other code."""
    with merchant(state.pack.parcel.merchant_id):
        extras = extras_of(state.pack.parcel)
        mine = [each for each in extras if each.code == code and each.confirmed_at is None]
        confirm_extras(extras=mine, actor=actor, now=now)
    return bool(mine)


def label_seen(*, merchant_id: int, parcel_id: int, now: datetime) -> bool:
    """Note that a parcel's label was scanned, so it came out."""
    with merchant(merchant_id):
        return confirm_label(parcel_id=parcel_id, now=now)


def owner_named(code: str, *, warehouse_id: int) -> tuple[int, str] | None:
    """Return (id, name) of the merchant of a code that has pieces waiting in the warehouse."""
    with across_merchants("A person says by its code whose goods are on the table."):
        return (
            SinglePiece.objects.filter(
                warehouse_id=warehouse_id, claimed_at__isnull=True, merchant__code=code.lower()
            )
            .values_list("merchant_id", "merchant__name")
            .first()
        )
