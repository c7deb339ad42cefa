"""Stage 6, export: a driver's visit. Parcels and bags are scanned out, compared, and signed for.

A driver takes the parcels of many merchants at once. Each merchant gets a manifest of its own over
its parcels, with the same signature; all are closed in one transaction. The pickup's row is locked
first, then parcels, then bookings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum

from core.models import Merchant
from core.sentences import Sentence, gettext_noop
from core.tenancy import across_merchants, merchant
from customs.models import Declaration
from flows.export import hand_over_bookings, hold_parcels, ready_bookings
from flows.floor import find_parcels
from flows.units import Verdict, service_called, sscc_of
from shipping.models import Booking, Handover, Pickup, PickupParcel
from shipping.rules.signatures import NoSignature, Strokes, path_of, read_strokes
from shipping.services.pickups import (
    cancel_pickup,
    open_pickup,
    scan_out,
    sign_pickup,
    take_back,
)
from tracking.words import CARRIERS
from warehouse.models import HandlingUnit, Parcel, UnitParcel, UnitScan, Warehouse
from warehouse.rules.barcodes import parse_scan
from warehouse.services.units import hand_over_units, keep_answer, known_answer

BACK = "BACK-"
SHOWN = 200
UNKNOWN = "unknown"


class UnknownCarrier(LookupError):
    """No carrier has this code."""


class AlreadySigned(Exception):
    """Somebody has signed or ended the visit."""


class NothingScanned(Exception):
    """Nothing was scanned out: there is nothing to sign for."""


class NoLongerReady(Exception):
    """Parcels that were scanned out may not leave any more; they were taken back from the visit."""

    def __init__(self, references: Sequence[str]) -> None:
        self.references = tuple(references)
        super().__init__(", ".join(references))


@dataclass(frozen=True, slots=True)
class PickupPicture:
    """A visit: what was scanned out, what should go and was not scanned, what nobody knew."""

    pickup: Pickup
    scanned: tuple[PickupParcel, ...]
    scanned_count: int
    weight_g: int
    missing: tuple[Booking, ...]
    unknown: tuple[str, ...]
    handovers: tuple[Handover, ...]

    @property
    def is_open(self) -> bool:
        """Whether the driver is still here."""
        return self.pickup.status == Pickup.Status.OPEN

    @property
    def is_signed(self) -> bool:
        """Whether the driver has signed."""
        return self.pickup.status == Pickup.Status.SIGNED

    @property
    def drawn(self) -> str:
        """The signature as the ``d`` of an SVG path in a field of 1000 × 400."""
        return path_of(self.pickup.signature or [])


def begin_pickup(*, warehouse: Warehouse, carrier_code: str, actor: str, now: datetime) -> Pickup:
    """Begin a carrier's visit, or go on with the open one. Raises `UnknownCarrier`."""
    if carrier_code not in CARRIERS:
        raise UnknownCarrier(carrier_code)
    with across_merchants("A driver takes the parcels of every merchant."):
        return open_pickup(warehouse=warehouse, carrier_code=carrier_code, actor=actor, now=now)


def find_pickup(pickup_id: int, *, warehouse_ids: Collection[int]) -> Pickup | None:
    """One visit in the warehouses."""
    with across_merchants("A driver's visit is nobody's own."):
        rows = Pickup.objects.filter(pk=pickup_id, warehouse_id__in=warehouse_ids)
        return rows.select_related("warehouse").first()


def pickup_picture(pickup_id: int, *, warehouse_ids: Collection[int]) -> PickupPicture | None:
    """One visit in the warehouses with its differences."""
    pickup = find_pickup(pickup_id, warehouse_ids=warehouse_ids)
    if pickup is None:
        return None
    with across_merchants("A pickup's number does not say whose parcels leave with it."):
        # Asked after every scan: a visit of thousands is counted by the database.
        out = PickupParcel.objects.filter(pickup=pickup)
        sums = out.aggregate(parcels=Count("pk"), weight_g=Sum("booking__parcel__weight_g"))
        newest = out.select_related("booking__parcel", "booking__merchant").order_by("-id")
        missing: list[Booking] = []
        if pickup.status == Pickup.Status.OPEN:
            ready = _ready(pickup).exclude(Exists(out.filter(booking=OuterRef("pk"))))
            missing = list(ready.select_related("merchant")[:SHOWN])
        unknown = UnitScan.objects.filter(station=_station(pickup), answer__code=UNKNOWN)
        return PickupPicture(
            pickup=pickup,
            scanned=tuple(newest[:SHOWN]),
            scanned_count=sums["parcels"],
            weight_g=sums["weight_g"] or 0,
            missing=tuple(missing),
            unknown=tuple(dict.fromkeys(unknown.order_by("at").values_list("raw", flat=True))),
            handovers=tuple(
                Handover.objects.filter(pickup=pickup).select_related("merchant").order_by("id")
            ),
        )


def scan_pickup(
    *, pickup_id: int, raw: str, client_id: str, actor: str, now: datetime
) -> dict[str, object]:
    """Take one scan at an open visit: a parcel, a bag or a pallet. The same id again says the same.

    Raises `IntegrityError` when another request used the id at the same moment.
    """
    with across_merchants("A driver takes the parcels of any merchant."):
        known = known_answer(client_id)
        if known is not None:
            return dict(known)
        pickup = Pickup.objects.select_for_update().get(pk=pickup_id)
        answer = _judge(pickup, raw, actor, now).as_dict()
        keep_answer(
            client_id=client_id, station=_station(pickup), raw=raw, answer=answer, actor=actor,
            now=now,
        )  # fmt: skip
        return answer


def sign(
    *, pickup_id: int, signed_by: str, signature: Strokes, actor: str, now: datetime
) -> list[Handover]:
    """Close the visit: a manifest for each merchant over what was scanned out to the driver.

    Raises `AlreadySigned`, `NothingScanned`, or `NoLongerReady` with the parcels that may not leave
    any more; these are off the list then, and the driver gives them back.
    """
    with across_merchants("A driver signs once for the parcels of every merchant."):
        pickup = Pickup.objects.select_for_update().select_related("warehouse").get(pk=pickup_id)
        if pickup.status != Pickup.Status.OPEN:
            raise AlreadySigned(pickup.number)
        out = list(PickupParcel.objects.filter(pickup=pickup).order_by("booking_id"))
        if not out:
            raise NothingScanned(pickup.number)
        hold_parcels(booking_ids=[each.booking_id for each in out])
        rows = _ready(pickup).filter(pk__in=[each.booking_id for each in out])
        bookings = list(rows.select_for_update(of=("self",)))
        gone = {each.booking_id for each in out} - {each.pk for each in bookings}
        if not gone:
            return _close(
                pickup, out, bookings, signed_by=signed_by, signature=signature, actor=actor,
                now=now,
            )  # fmt: skip
        names = Booking.objects.filter(pk__in=gone).values_list("parcel__reference", flat=True)
        lost = sorted(names)
        take_back(pickup=pickup, booking_ids=gone)
    raise NoLongerReady(lost)


def end_without(*, pickup_id: int) -> bool:
    """The driver leaves with nothing; False when the visit was over."""
    with across_merchants("A driver's visit is nobody's own."):
        pickup = Pickup.objects.select_for_update().get(pk=pickup_id)
        if pickup.status != Pickup.Status.OPEN:
            return False
        cancel_pickup(pickup=pickup)
        return True


def _close(
    pickup: Pickup,
    out: Sequence[PickupParcel],
    bookings: Sequence[Booking],
    *,
    signed_by: str,
    signature: Strokes,
    actor: str,
    now: datetime,
) -> list[Handover]:
    by_merchant: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        by_merchant[booking.merchant_id].append(booking)
    weight_g = sum(booking.parcel.weight_g or 0 for booking in bookings)
    sign_pickup(
        pickup=pickup, parcel_count=len(bookings), weight_g=weight_g, signed_by=signed_by,
        signature=signature, now=now,
    )  # fmt: skip
    hand_over_units(sscc={each.unit_sscc for each in out if each.unit_sscc}, now=now)
    handovers = []
    for merchant_id in sorted(by_merchant):
        with merchant(merchant_id):
            handovers.append(
                hand_over_bookings(
                    bookings=by_merchant[merchant_id],
                    warehouse=pickup.warehouse,
                    carrier_code=pickup.carrier_code,
                    signed_by=signed_by,
                    actor=actor,
                    now=now,
                    pickup=pickup,
                )
            )
    return handovers


def _ready(pickup: Pickup) -> Any:
    """What may leave with the driver: of active merchants only."""
    rows = ready_bookings(warehouse_id=pickup.warehouse_id, carrier_code=pickup.carrier_code)
    return rows.filter(merchant__is_active=True)


def _station(pickup: Pickup) -> str:
    return f"pickup-{pickup.pk}"


def _judge(pickup: Pickup, raw: str, actor: str, now: datetime) -> Verdict:
    parsed = parse_scan(raw)
    if pickup.status != Pickup.Status.OPEN:
        return _no(gettext_noop("This visit is over: begin a new one."))
    if parsed.kind == "command" and parsed.value.startswith(BACK):
        return _back(pickup, parsed.value.removeprefix(BACK))
    if sscc := sscc_of(raw):
        return _unit(pickup, sscc, actor, now)
    return _parcel(pickup, parsed.value.upper(), actor, now)


def _unit(pickup: Pickup, sscc: str, actor: str, now: datetime) -> Verdict:
    rows = HandlingUnit.objects.filter(sscc=sscc, warehouse_id=pickup.warehouse_id)
    unit = rows.select_related("parent").first()
    if unit is None:
        return _no(gettext_noop("No bag or pallet here has the number {sscc}."), UNKNOWN, sscc=sscc)
    if unit.status != HandlingUnit.Status.CLOSED:
        return _no(gettext_noop("{sscc} is not closed, or has left."), sscc=sscc)
    if unit.parent is not None:
        text = gettext_noop("It stands on pallet {pallet}: scan that.")
        return _no(text, pallet=unit.parent.sscc)
    if unit.carrier_code != pickup.carrier_code:
        return _no(gettext_noop("{sscc} goes with another carrier."), sscc=sscc)
    inside = UnitParcel.objects.filter(unit__in=[unit, *unit.units.all()])
    parcel_ids = list(inside.values_list("parcel_id", flat=True))
    ready = list(_ready(pickup).filter(parcel__in=parcel_ids))
    if len(ready) < len(parcel_ids):
        there = {booking.parcel_id for booking in ready}
        others = Parcel.objects.filter(pk__in=set(parcel_ids) - there)
        names = ", ".join(others.order_by("id").values_list("reference", flat=True)[:5])
        text = gettext_noop("It may not leave yet: {parcels} in it wait for customs or a label.")
        return _no(text, parcels=names)
    new = scan_out(pickup=pickup, bookings=ready, unit_sscc=sscc, actor=actor, now=now)
    said = Sentence("unit", gettext_noop("Out: {sscc}, parcels in it: {parcels}."),
                    {"sscc": sscc, "parcels": str(len(ready))})  # fmt: skip
    return Verdict("accepted" if new else "duplicate", said)


def _parcel(pickup: Pickup, code: str, actor: str, now: datetime) -> Verdict:
    found = find_parcels(code, warehouse_ids=[pickup.warehouse_id])
    if len(found) != 1:
        text = gettext_noop("No parcel here has the code {scanned}.")
        return _no(text, UNKNOWN, scanned=code[:60])
    parcel = Parcel.objects.get(merchant_id=found[0].merchant_id, reference=found[0].reference)
    lies = UnitParcel.objects.filter(parcel=parcel).select_related("unit").first()
    if lies is not None and lies.unit.status == HandlingUnit.Status.CLOSED:
        text = gettext_noop("{parcel} lies in {unit}: scan that.")
        return _no(text, parcel=parcel.reference, unit=lies.unit.sscc)
    booking = _ready(pickup).filter(parcel=parcel).first()
    if booking is None:
        return _why_not(pickup, parcel)
    new = scan_out(pickup=pickup, bookings=[booking], unit_sscc="", actor=actor, now=now)
    said = Sentence("out", gettext_noop("Out: {parcel}."), {"parcel": parcel.reference})
    return Verdict("accepted" if new else "duplicate", said)


def _why_not(pickup: Pickup, parcel: Parcel) -> Verdict:
    """Why a parcel of the warehouse may not leave with this driver."""
    name = parcel.reference
    booking = Booking.objects.filter(parcel=parcel, status=Booking.Status.BOOKED).first()
    if parcel.status == Parcel.Status.HANDED_OVER:
        return _no(gettext_noop("{parcel} has left already."), parcel=name)
    if parcel.status != Parcel.Status.PACKED:
        return _no(gettext_noop("{parcel} is not packed yet."), parcel=name)
    if booking is None:
        return _no(gettext_noop("{parcel} has no label: it is booked anew."), parcel=name)
    if booking.carrier_code != pickup.carrier_code:
        text = gettext_noop("{parcel} goes by {service}, not with this driver.")
        return _no(
            text,
            parcel=name,
            service=service_called(booking.service_code, booking.created_at.date()),
        )
    if not Merchant.objects.filter(pk=parcel.merchant_id, is_active=True).exists():
        return _no(gettext_noop("{parcel}: its merchant is suspended, it stays here."), parcel=name)
    export = Declaration.objects.filter(
        booking=booking, direction=Declaration.Direction.EXPORT, superseded_at__isnull=True
    ).first()
    text = gettext_noop("{parcel} waits for its export release by customs.")
    if export is not None and export.status in (
        Declaration.Status.REFUSED,
        Declaration.Status.INCOMPLETE,
    ):
        text = gettext_noop("{parcel} may not leave: its export declaration needs a person.")
    return _no(text, parcel=name)


def _back(pickup: Pickup, what: str) -> Verdict:
    rows = PickupParcel.objects.filter(pickup=pickup)
    mine = rows.filter(unit_sscc=what) if sscc_of(what) else rows.filter(
        booking__parcel__reference=what, unit_sscc=""
    )  # fmt: skip
    if take_back(pickup=pickup, booking_ids=list(mine.values_list("booking_id", flat=True))):
        said = Sentence("back", gettext_noop("Taken back: {what}."), {"what": what})
        return Verdict("accepted", said)
    return _no(gettext_noop("{what} was not scanned out by itself."), what=what[:40])


def _no(template: str, code: str = "wrong", **params: str) -> Verdict:
    return Verdict(code, Sentence("refused", template, params))


__all__ = [
    "BACK", "UNKNOWN", "AlreadySigned", "NoLongerReady", "NoSignature", "NothingScanned",
    "PickupPicture", "UnknownCarrier", "begin_pickup", "end_without", "find_pickup",
    "pickup_picture", "read_strokes", "scan_pickup", "sign",
]  # fmt: skip
