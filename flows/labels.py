"""Why a parcel's label is not there: on its way, or waiting for a person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.tenancy import merchant
from flows.wave_picture import failed_bookings, label_state
from shipping.models import Booking
from warehouse.models import Parcel, Wave

PERSON = "person"


def label_of(*, merchant_id: int, reference: str) -> tuple[str, str]:
    """Return where a parcel's label is (ready, coming, person), and the reason with a person."""
    with merchant(merchant_id):
        parcel = Parcel.objects.select_related("wave").get(reference=reference)
        if parcel.wave is not None and parcel.wave.status == Wave.Status.PLANNED:
            return PERSON, _("wave {number} is not released").format(number=parcel.wave.number)
        booking = Booking.objects.filter(parcel=parcel).order_by("-id").first()
        return label_state(booking, failed_bookings([parcel.pk]).get(parcel.pk, ""))
