"""Photos of a parcel as it was packed, taken with the tablet's camera."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import staff_page
from core.bodies import BadBody
from flows.photos import MAX_BYTES, MOST_PHOTOS, BadPhoto, TooManyPhotos, add_photo, photos_of
from warehouse.stations.cartons import parcel_named
from warehouse.stations.waves import document_url


@staff_page("staff.floor", "GET", "POST")
def photos(request: StaffRequest) -> HttpResponse:
    """Show a parcel's pictures; take another: {parcel} with the file `photo`."""
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and not asked.get("parcel"):
        return redirect("station_pack")
    found = parcel_named(request, str(asked.get("parcel", "")))
    here = f"{reverse('station_photos')}?parcel={found.reference}"
    if request.method == "POST":
        _take(request, found.merchant_id, found.reference)
        messages.success(request, _("The photo is kept with the parcel."))
        return HttpResponseRedirect(here)
    rows = photos_of(merchant_id=found.merchant_id, parcel_reference=found.reference)
    context = {
        "parcel": found.reference,
        "photos": [(document_url(row.document_id), row.at) for row in rows],
        "is_full": len(rows) >= MOST_PHOTOS,
    }
    return render(request, "stations/photos.html", context)


def _take(request: StaffRequest, merchant_id: int, reference: str) -> None:
    file = request.FILES.get("photo")
    if not isinstance(file, UploadedFile) or not file.size:
        raise BadBody(field="photo", fault=_("It is missing."), remedy=_("Take a photo."))
    if file.size > MAX_BYTES:
        raise BadBody(
            field="photo", fault=_("It is larger than 10 MB."),
            remedy=_("Set the camera to a smaller picture."), status=413,
        )  # fmt: skip
    try:
        add_photo(
            merchant_id=merchant_id,
            parcel_reference=reference,
            content=file.read(),
            actor=request.actor,
            now=timezone.now(),
        )
    except BadPhoto as error:
        raise BadBody(
            field="photo", fault=_("It is neither a JPEG nor a PNG picture."),
            remedy=_("Take the photo with the tablet's camera."), status=415,
        ) from error  # fmt: skip
    except TooManyPhotos as error:
        raise BadBody(
            field="photo", fault=_("The parcel has {most} photos.").format(most=MOST_PHOTOS),
            remedy=_("No more are kept."), status=409,
        ) from error  # fmt: skip
