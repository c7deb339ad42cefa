"""Parcels that wait for a carrier, and what the stand-ins and our tables say about them after."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils import timezone

from billing.models import Charge, LedgerEntry
from config.embedded.roles import APP
from core.models import Document, Job, Merchant
from core.tenancy import merchant
from flows.allocation import allocate_order
from flows.fulfilment import plan_next_wave, release
from orders.files.orders import ParsedLine
from shipping.models import Booking, S10Range
from tests.factories import a_merchant, a_product, a_warehouse, an_order
from tests.sandbox.program import Program
from tracking.models import ParcelLookup, TrackedParcel
from warehouse.models import Parcel, Warehouse

_ranges = count(1000)
"""The stand-ins outlive a test's rows, and the post never sees a number twice."""
CARRIERS = ("dhl_express", "line", "postal")
LEVELS = {"dhl_express": "Expedited", "line": "Standard", "postal": "Standard"}
BOOKING = {"dhl_express": "book", "line": "book", "postal": "announce"}
"""What the stand-ins call the operation."""
SKUS = {"dhl_express": "MUG-BLUE", "line": "MUG-HEAVY", "postal": "MUG-BLUE"}
SWISS: dict[str, Any] = {
    "country": "CH", "city": "Zürich", "postal_code": "8001", "phone": "+41 44 668 18 00",
    "street_lines": ("Bahnhofstrasse 12",),
}  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {"postal": SWISS}
"""The dedicated line does not go to Switzerland."""


def a_house() -> Merchant:
    """A merchant with stock for orders that go by each of the three carriers."""
    a_warehouse()
    serial = next(_ranges) * 10_000
    S10Range.objects.create(
        service_indicator="LX", country="CN", next_serial=serial, last_serial=serial + 9999
    )
    owner = a_merchant("acme", eori="DE123456789012345", ioss_number="IM2760000007")
    a_product(owner, "MUG-BLUE", stock=1000)
    a_product(owner, "MUG-HEAVY", stock=1000, weight_g=2500)
    return owner


def parcels_for(owner: Merchant, carrier_code: str, number: int = 1) -> list[int]:
    """Release a wave of parcels that the service rule gives to the carrier; return their ids."""
    orders = [
        an_order(
            owner,
            service_level=LEVELS[carrier_code],
            lines=(ParsedLine(1, "1", SKUS[carrier_code], "", 1, None),),
            **PLACES.get(carrier_code, {}),
        )
        for _ in range(number)
    ]
    for order in orders:
        allocate_order(owner.pk, {"order_id": order.pk})
    house = Warehouse.objects.get(priority=10)
    now = timezone.now()
    wave = plan_next_wave(merchant_id=owner.pk, warehouse=house, cap=number, actor="test", now=now)
    assert wave is not None, "the orders were held"
    release(merchant_id=owner.pk, wave_id=wave.pk, actor="test", now=now)
    with merchant(owner):
        return list(Parcel.objects.filter(wave=wave).order_by("id").values_list("id", flat=True))


@dataclass(frozen=True, slots=True)
class Booked:
    """How often each thing stands that must stand once per parcel, seen from both sides."""

    at_carriers: Counter[str]
    bookings: Counter[str]
    labels: int
    charges: int
    ledger_rows: int
    tracked: int
    lookups: int


def booked(owner: Merchant, stand_ins: Program) -> Booked:
    """Count what this merchant's parcels came to, here and at the carriers."""
    partners = stand_ins.state()["partners"]
    with merchant(owner):
        rows = list(Booking.objects.values_list("reference", "tracking_number", "status"))
        at_carriers: Counter[str] = Counter()
        for code in CARRIERS:
            known: dict[str, list[str]] = partners.get(code, {}).get("bookings_by_reference", {})
            for reference, number, _ in rows:
                # The post knows an item by its number.
                for key in {reference, number} & set(known):
                    at_carriers[reference] += len(known[key])
        return Booked(
            at_carriers=at_carriers,
            bookings=Counter(status for *_, status in rows),
            labels=Document.objects.filter(kind="label").count(),
            charges=Charge.objects.count(),
            ledger_rows=LedgerEntry.objects.count(),
            tracked=TrackedParcel.objects.count(),
            lookups=ParcelLookup.objects.filter(merchant_id=owner.pk).count(),
        )


def open_jobs(owner: Merchant) -> list[tuple[str, str, str]]:
    """Return the jobs that are not done: kind, status and what went wrong last."""
    with merchant(owner):
        jobs = Job.objects.exclude(status=Job.Status.DONE)
        return list(jobs.values_list("kind", "status", "last_error"))


def worker_environment(stand_ins: Program, **more: str) -> dict[str, str]:
    """The environment of a worker on our database: the app role's address, nothing of the owner."""
    place = connection.settings_dict
    socket_dir = quote(str(place["HOST"]), safe="")
    secrets = {name: os.environ.get(name, "") for name in ("SECRET_KEY", "KEY_PEPPER", "FIELD_KEY")}
    return {
        **{name: value for name, value in secrets.items() if value},
        "DATABASE_URL": f"postgresql://{APP}@/{place['NAME']}?host={socket_dir}",
        "OWNER_DATABASE_URL": "",
        "TENANT_DB_ROLES": "",
        "REDIS_URL": settings.REDIS_URL,
        "DATA_DIR": str(settings.DATA_DIR),
        "SANDBOX_URL": stand_ins.url,
        "LOG_LEVEL": "ERROR",
        **more,
    }
