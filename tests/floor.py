"""A floor to work on: staff of each role, released waves, labels as carriers leave them."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.test import Client

from accounts.models import Staff
from accounts.services import add_staff, create_user
from core.documents import put_bytes, register
from core.models import Merchant
from core.tenancy import merchant
from flows.allocation import allocate_order
from flows.fulfilment import plan_next_wave, release
from orders.models import Order
from shipping.models import Booking
from shipping.services import begin_sending, mark_booked, plan_booking
from tests.factories import ACTOR, NOW, an_order
from tracking.services import start_tracking
from warehouse.models import Parcel, StaffAssignment, Warehouse, Wave, WaveTemplate
from warehouse.services.wave_templates import TemplateFacts, save_template

PDF = b"%PDF-1.7\n%%EOF\n"
JSON = "application/json"


def a_staff_member(role: str, *houses: Warehouse, email: str = "") -> Staff:
    """Make a person of the staff who works in the warehouses, a supervisor as one of each."""
    address = email or f"{role}@operator.example"
    user = create_user(email=address, password="not used here", full_name=f"{role.title()} Person")
    staff = add_staff(user=user, role=role)
    for house in houses:
        here = role if role == "supervisor" else "floor"
        StaffAssignment.objects.create(staff=staff, warehouse=house, role=here)
    return staff


def logged_in(staff: Staff) -> Client:
    """A browser of that person."""
    client = Client()
    client.force_login(staff.user)
    return client


def ask(client: Client, path: str, body: Any = None) -> Any:
    """Call an endpoint as a program does."""
    if body is None:
        return client.get(path, headers={"accept": JSON})
    return client.post(path, body, content_type=JSON, headers={"accept": JSON})


def allocated_orders(owner: Merchant, count: int, **fields: Any) -> list[Order]:
    """Receive orders and reserve their stock."""
    orders = [an_order(owner, **fields) for _ in range(count)]
    for order in orders:
        allocate_order(owner.pk, {"order_id": order.pk})
    return orders


def a_released_wave(owner: Merchant, house: Warehouse, orders: int = 1, **fields: Any) -> Wave:
    """Plan and release a wave of fresh orders."""
    allocated_orders(owner, orders, **fields)
    wave = plan_next_wave(merchant_id=owner.pk, warehouse=house, actor=ACTOR, now=NOW)
    assert wave is not None
    release(merchant_id=owner.pk, wave_id=wave.pk, actor=ACTOR, now=NOW)
    return wave


def parcels_of(owner: Merchant, wave: Wave) -> list[Parcel]:
    with merchant(owner):
        return list(Parcel.objects.filter(wave=wave).order_by("id"))


def label_for(owner: Merchant, parcel: Parcel, *, carrier: str = "postal") -> Booking:
    """Book a parcel as the carrier's answer would have, its label and invoice stored."""
    stored = put_bytes(merchant_id=owner.pk, content=PDF, content_type="application/pdf")
    with merchant(owner):
        parcel = Parcel.objects.select_related("order", "warehouse").get(pk=parcel.pk)
        booking = plan_booking(
            parcel=parcel,
            carrier_code=carrier,
            service_code="POSTAL_SMALL_PACKET",
            choice={"reason": {"text": "The cheapest service that carries it."}},
            invoice_number=f"INV-{parcel.reference}",
            tracking_number="",
            now=NOW,
        )
        begin_sending(booking_id=booking.pk, now=NOW)
        label = register(
            kind="label",
            number=booking.reference,
            subject_kind="order",
            subject_id=parcel.order_id,
            content=PDF,
            content_type="application/pdf",
            stored_as=stored,
            now=NOW,
        )
        number = f"LX{parcel.pk:09d}CN"
        mark_booked(booking_id=booking.pk, tracking_number=number, label=label, now=NOW)
        booking = Booking.objects.select_related("parcel__order", "parcel__warehouse").get(
            pk=booking.pk
        )
        start_tracking(booking=booking, now=NOW)
    return booking


def a_scan(number: int, raw: str, prefix: str = "press") -> dict[str, Any]:
    """One press of a scanner, a second after the one before."""
    at = f"2026-11-20T09:{number // 60:02d}:{number % 60:02d}.000Z"
    return {"client_id": f"{prefix}-{number}", "seq": number, "raw": raw, "at": at}


def a_template(house: Warehouse, **fields: Any) -> WaveTemplate:
    """A template of a warehouse: each kind apart, for the evening's cut-off on workdays."""
    values: dict[str, Any] = {
        "name": "Evening post", "kind": "any", "carrier_code": "", "cut_off": time(18, 0),
        "weekdays": [0, 1, 2, 3, 4], "lead_minutes": 120, "every_minutes": 15,
        "ship_within_hours": None, "max_orders": 50, "max_weight_g": None,
        "max_volume_cm3": None, "max_slots": None,
    }  # fmt: skip
    return save_template(
        template_id=None, warehouse=house, facts=TemplateFacts(**{**values, **fields}),
        actor=ACTOR, now=NOW,
    )  # fmt: skip
