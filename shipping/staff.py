"""The staff's unclear bookings: what no machine could find out, and labels that never came."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, page_below, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.spoken import say, say_all
from flows.problems import partner_words
from flows.unclear_bookings import (
    BadLabel,
    BadTrackingNumber,
    NotUnclear,
    NumberTaken,
    TooEarly,
    bring_label,
    find_booking,
    found_at_carrier,
    label_late,
    not_at_carrier,
    unclear_bookings,
)
from shipping.models import Booking


@staff_page("staff.support", "GET")
def bookings(request: StaffRequest) -> HttpResponse:
    """List bookings to be found out at their carriers, and late labels; ?below=ID goes on."""
    below, now = page_below(request), timezone.now()
    found, next_below = unclear_bookings(below=below)
    unclear = [_row(booking) for booking in found]
    late = [_row(booking) for booking in label_late(now=now)] if below is None else []
    if wants_json(request):
        return JsonResponse({"unclear": unclear, "labels": late, "next_below": next_below})
    context = {"unclear": unclear, "late": late, "next_below": next_below, "now": now}
    return render(request, "staff/bookings.html", context)


@staff_page("staff.support", "POST")
def found(request: StaffRequest, booking_id: int) -> HttpResponseBase:
    """It stands at the carrier: {tracking_number}, and its label as the file `label` if at hand."""
    booking = _find(booking_id)
    number = read_body(request).text("tracking_number", most=60)
    upload = request.FILES.get("label")
    try:
        booked = found_at_carrier(
            merchant_id=booking.merchant_id,
            booking_id=booking_id,
            tracking_number=number,
            label=upload.read() if upload else None,
            actor=request.actor,
            now=timezone.now(),
        )
    except BadTrackingNumber as error:
        raise BadBody(
            field="tracking_number", fault=say(error.sentence.as_dict()),
            remedy=_("Copy it from the carrier's own page."),
        ) from error  # fmt: skip
    except NumberTaken as error:
        raise BadBody(
            field="tracking_number", fault=_("Another parcel of ours has this number."),
            remedy=_("Find out which parcel it belongs to."), status=409,
        ) from error  # fmt: skip
    except BadLabel as error:
        raise _bad_label() from error
    except NotUnclear as error:
        raise _was_first() from error
    if wants_json(request):
        told = {"booking": booked.pk, "status": booked.status}
        return JsonResponse({**told, "tracking_number": booked.tracking_number})
    words = _("Booked as {number}. Its papers are made now, and its label comes with them.")
    messages.success(request, words.format(number=booked.tracking_number))
    return redirect("staff_bookings")


@staff_page("staff.support", "POST")
def absent(request: StaffRequest, booking_id: int) -> HttpResponseBase:
    """The carrier knows nothing of it: it is booked again."""
    booking = _find(booking_id)
    try:
        not_at_carrier(
            merchant_id=booking.merchant_id,
            booking_id=booking_id,
            actor=request.actor,
            now=timezone.now(),
        )
    except TooEarly as error:
        seconds = int(error.seconds) + 1
        raise BadBody(
            field="booking", fault=_("The carrier may still be working on it."), status=409,
            remedy=ngettext(
                "Look there again in {seconds} second.", "Look there again in {seconds} seconds.",
                seconds,
            ).format(seconds=seconds),
        ) from error  # fmt: skip
    except NotUnclear as error:
        raise _was_first() from error
    if wants_json(request):
        return JsonResponse({"booking": booking_id, "status": "planned"})
    messages.success(request, _("It is booked again now; its label comes as any other."))
    return redirect("staff_bookings")


@staff_page("staff.support", "POST")
def label(request: StaffRequest, booking_id: int) -> HttpResponseBase:
    """Bring the label of a booked parcel: the file `label`, a PDF."""
    booking, upload = _find(booking_id), request.FILES.get("label")
    if upload is None:
        raise BadBody(
            field="label", fault=_("There is no file."), remedy=_("Choose the label's PDF.")
        )
    try:
        is_new = bring_label(
            merchant_id=booking.merchant_id,
            booking_id=booking_id,
            label=upload.read(),
            actor=request.actor,
            now=timezone.now(),
        )
    except BadLabel as error:
        raise _bad_label() from error
    if not is_new:
        raise _was_first()
    if wants_json(request):
        return JsonResponse({"booking": booking_id, "label": True}, status=201)
    messages.success(request, _("The label is there; the pack station prints it."))
    return redirect("staff_bookings")


def _row(booking: Booking) -> dict[str, Any]:
    """Return what we asked of whom and when, as somebody needs it who asks the carrier."""
    order = booking.parcel.order
    return {
        "id": booking.pk,
        "reference": booking.reference,
        "known_by": booking.tracking_number or booking.reference,
        "merchant": booking.merchant.code,
        "carrier": partner_words(booking.carrier_code),
        "service": booking.service_code,
        "order": order.reference,
        "order_url": reverse("admin:orders_order_change", args=[order.pk]),
        "recipient": order.recipient_name,
        "place": f"{order.postal_code} {order.city}".strip(),
        "country": order.country,
        "weight_g": booking.parcel.weight_g or booking.parcel.expected_weight_g,
        "invoice_number": booking.invoice_number,
        "asked_at": booking.sending_since or booking.created_at,
        "attempts": booking.send_attempts,
        "said": say_all(booking.refusal_said, otherwise=booking.refusal),
        "found_url": reverse("staff_booking_found", args=[booking.pk]),
        "absent_url": reverse("staff_booking_absent", args=[booking.pk]),
        "label_url": reverse("staff_booking_label", args=[booking.pk]),
    }


def _find(booking_id: int) -> Booking:
    booking = find_booking(booking_id)
    if booking is None:
        raise not_found("booking", _("Booking {number}").format(number=booking_id))
    return booking


def _bad_label() -> BadBody:
    return BadBody(
        field="label", fault=_("It is not a PDF of at most 5 MB."),
        remedy=_("Download the label from the carrier's page as PDF."),
    )  # fmt: skip


def _was_first() -> BadBody:
    return BadBody(
        field="booking", fault=_("Somebody was first: nothing is unclear about it any more."),
        remedy=_("Go on to the next one."), status=409,
    )  # fmt: skip
