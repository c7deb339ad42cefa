"""Waves: planned and released by a person, and one wave with its parcels."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import read_body, wants_json
from flows.fulfilment import WAVE_CAP, plan_next_wave, release
from flows.wave_picture import WavePicture, wave_picture
from warehouse.models import Wave
from warehouse.stations.common import (
    merchant_at_work,
    refuse_suspended,
    refuse_unless_supervisor,
    supervised_ids,
    warehouse_named,
    wave_of,
)

LARGEST_WAVE = 2000


@staff_page("staff.floor", "POST")
def plan(request: StaffRequest) -> HttpResponseBase:
    """Plan a wave over a merchant's waiting orders: {merchant, warehouse, cap}."""
    body = read_body(request)
    code = body.text("merchant", most=40)
    warehouse = warehouse_named(request, body.text("warehouse", most=20))
    cap = body.whole("cap", least=1, most=LARGEST_WAVE, default=WAVE_CAP)
    owner = merchant_at_work(code)
    wave = plan_next_wave(
        merchant_id=owner.pk, warehouse=warehouse, cap=cap, actor=request.actor, now=timezone.now()
    )
    if wants_json(request):
        if wave is None:
            return JsonResponse({"wave": None})
        picture = wave_picture(merchant_id=owner.pk, wave_id=wave.pk)
        return JsonResponse({"wave": wave_json(picture)}, status=201)
    if wave is None:
        messages.info(request, _("No order of {merchant} waits there.").format(merchant=owner.name))
        return redirect("station_board")
    return redirect("station_wave", wave.pk)


@staff_page("staff.supervise", "POST")
def release_wave(request: StaffRequest, wave_id: int) -> HttpResponseBase:
    """Release a wave; again changes nothing. Only for supervisors of its warehouse."""
    wave = wave_of(request, wave_id)
    refuse_unless_supervisor(request, wave.warehouse_id)
    refuse_suspended(wave.merchant)
    released = release(
        merchant_id=wave.merchant_id, wave_id=wave.pk, actor=request.actor, now=timezone.now()
    )
    if wants_json(request):
        picture = wave_picture(merchant_id=wave.merchant_id, wave_id=wave.pk)
        return JsonResponse({"wave": wave_json(picture), "released": released})
    if released:
        messages.success(request, _("Released: labels and the pick list are being made."))
    return redirect("station_wave", wave.pk)


@staff_page("staff.floor", "GET")
def show(request: StaffRequest, wave_id: int) -> HttpResponse:
    """Show one wave: how far it is, each parcel with its label, the pick list to print."""
    wave = wave_of(request, wave_id)
    picture = wave_picture(merchant_id=wave.merchant_id, wave_id=wave.pk)
    if wants_json(request):
        return JsonResponse({"wave": wave_json(picture)})
    pick_list = document_url(picture.wave.pick_list_id)
    context = {
        "picture": picture, "wave": wave, "pick_list_url": pick_list, "now": timezone.now(),
        "may_release": wave.warehouse_id in supervised_ids(request),
        "walk": walk_words(picture.wave.path_mm, picture.wave.serpentine_mm),
        "on": after_picking(picture.wave.kind),
        "look_again": picture.wave.status == Wave.Status.RELEASED and pick_list is None,
    }  # fmt: skip
    return render(request, "stations/wave.html", context)


def after_picking(kind: str) -> list[tuple[str, str]]:
    """Where picked goods of such a wave are packed: words and address, the usual place first."""
    pack = (_("Pack"), reverse("station_pack"))
    if kind == Wave.Kind.SINGLE_ITEM:
        return [(_("Single items"), reverse("station_single")), pack]
    if kind == Wave.Kind.MULTI:
        return [pack, (_("Put wall"), reverse("station_walls"))]
    return [pack]


def document_url(document_id: int | None) -> str | None:
    """Return the address of a paper, None while it is being made."""
    return None if document_id is None else reverse("station_document", args=[document_id])


def walk_words(path_mm: int | None, serpentine_mm: int | None) -> str:
    """Say how long the walk is and what it saves; "" where a bin has no position."""
    if path_mm is None or serpentine_mm is None:
        return ""
    length, saved = -(-path_mm // 1000), (serpentine_mm - path_mm) // 1000
    if not saved:
        return _("Walk: {length} m.").format(length=length)
    said = _("Walk: {length} m, {saved} m less than by pick sequence.")
    return said.format(length=length, saved=saved)


def wave_json(picture: WavePicture) -> dict[str, Any]:
    """Return a wave as programs read it."""
    wave = picture.wave
    return {
        "id": wave.pk,
        "number": wave.number,
        "merchant": wave.merchant.code,
        "warehouse": wave.warehouse.code,
        "status": wave.status,
        "tasks": picture.tasks,
        "tasks_open": picture.tasks_open,
        "path_mm": wave.path_mm,
        "serpentine_mm": wave.serpentine_mm,
        "pick_list_url": document_url(wave.pick_list_id),
        "parcels": [
            {
                "id": parcel.id,
                "reference": parcel.reference,
                "order": parcel.order_reference,
                "external_order": parcel.external_order,
                "status": parcel.status,
                "service": parcel.service_code,
                "tracking_number": parcel.tracking_number,
                "label": parcel.label_state,
                "label_reason": parcel.label_reason,
                "expected_weight_g": parcel.expected_weight_g,
                "items": [
                    {"sku": sku, "gtin": gtin, "quantity": quantity}
                    for sku, gtin, quantity in parcel.items
                ],
            }
            for parcel in picture.parcels
        ],
    }
