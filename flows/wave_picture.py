"""One wave as the floor sees it: how far it is, and each parcel with its label."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from core.models import Job
from core.spoken import say_all
from core.tenancy import merchant
from shipping.models import Booking
from warehouse.models import Parcel, ParcelItem, PickTask, Wave

READY, COMING, PERSON = "ready", "coming", "person"


@dataclass(frozen=True, slots=True)
class ParcelPicture:
    """A parcel of a wave. `label_state` is ready, coming or person, the last with a reason.

    `items` are (sku, gtin, quantity).
    """

    id: int
    reference: str
    order_reference: str
    external_order: str
    status: str
    service_code: str
    tracking_number: str
    label_state: str
    label_reason: str
    expected_weight_g: int
    items: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class WavePicture:
    """A wave (merchant and warehouse loaded), its tasks, and its parcels in their order."""

    wave: Wave
    tasks: int
    tasks_open: int
    parcels: tuple[ParcelPicture, ...]

    @property
    def to_ship(self) -> int:
        """Parcels that were not taken out."""
        return sum(parcel.status != "cancelled" for parcel in self.parcels)

    @property
    def packed(self) -> int:
        """Parcels that are packed or gone."""
        return sum(parcel.status in ("packed", "handed_over") for parcel in self.parcels)


def wave_picture(*, merchant_id: int, wave_id: int) -> WavePicture:
    """Read a wave with all its parcels in five statements, whatever their number."""
    with merchant(merchant_id):
        wave = Wave.objects.select_related("merchant", "warehouse").get(pk=wave_id)
        tasks = PickTask.objects.filter(wave=wave).aggregate(
            all=Count("pk"), open=Count("pk", filter=Q(picked_at__isnull=True))
        )
        parcels = list(Parcel.objects.filter(wave=wave).select_related("order").order_by("id"))
        items: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
        rows = ParcelItem.objects.filter(parcel__wave=wave).order_by("id")
        for parcel_id, sku, gtin, quantity in rows.values_list(
            "parcel_id", "product__sku", "product__gtin", "quantity"
        ):
            items[parcel_id].append((sku, gtin, quantity))
        bookings = {
            booking.parcel_id: booking
            for booking in Booking.objects.filter(parcel__wave=wave).order_by("id")
        }
        failures = failed_bookings([parcel.pk for parcel in parcels])
        return WavePicture(
            wave,
            tasks["all"],
            tasks["open"],
            tuple(
                _parcel(parcel, bookings.get(parcel.pk), failures, tuple(items[parcel.pk]))
                for parcel in parcels
            ),
        )


def failed_bookings(parcel_ids: list[int]) -> dict[int, str]:
    """Return why bookings failed for good, in the reader's language, inside the caller's block."""
    keys = [str(parcel_id) for parcel_id in parcel_ids]
    failed = Job.objects.filter(kind="booking.book", key__in=keys, status=Job.Status.FAILED)
    rows = failed.values_list("key", "said", "last_error")
    return {int(key): say_all(said, otherwise=error) for key, said, error in rows}


def label_state(booking: Booking | None, failure: str) -> tuple[str, str]:
    """Return where a parcel's label is: ready, coming, or with a person and why."""
    if booking is not None and booking.label_id is not None:
        return READY, ""
    stuck = (Booking.Status.REFUSED, Booking.Status.UNCLEAR)
    if booking is not None and booking.status in stuck:
        why = say_all(booking.refusal_said, otherwise=booking.refusal)
        return PERSON, why or failure or str(booking.get_status_display())
    return (PERSON, failure) if failure else (COMING, "")


def _parcel(
    parcel: Parcel,
    booking: Booking | None,
    failures: dict[int, str],
    items: tuple[tuple[str, str, int], ...],
) -> ParcelPicture:
    state, reason = label_state(booking, failures.get(parcel.pk, ""))
    return ParcelPicture(
        id=parcel.pk,
        reference=parcel.reference,
        order_reference=parcel.order.reference,
        external_order=parcel.order.external_order,
        status=parcel.status,
        service_code=parcel.service_code,
        tracking_number=booking.tracking_number if booking else "",
        label_state=state,
        label_reason=reason,
        expected_weight_g=parcel.expected_weight_g,
        items=items,
    )
