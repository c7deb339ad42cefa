"""Polling: a number the carrier refuses, parcels that are lost, and a pickup nobody answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.jobs import ForAPerson, Later
from core.models import Event, Merchant
from core.tenancy import merchant
from customs.models import Declaration
from flows.export import hand_over, tell_carrier
from flows.transit import poll, tell
from integrations.carriers.base import EventPage, VendorEvent
from integrations.errors import AnswerLost, Refused, Unavailable
from orders.models import Order
from shipping.models import Booking, Handover
from tests.factories import (
    a_booked_parcel,
    a_handed_over_parcel,
    a_merchant,
    a_product,
    a_warehouse,
    an_order,
)
from tracking.models import TrackedParcel, TrackingEvent
from tracking.services import NewEvent, next_poll
from warehouse.models import Parcel, Warehouse

FAULTS = {"down": Unavailable("away"), "refused": Refused("", "x", "no such number")}


class Carrier:
    """Answers what the test wants, as a carrier's client does."""

    events_by = "number"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: dict[str, Exception] = {}
        self.pickups = 0
        self.pickup_fault: Exception | None = None

    def events(self, *, numbers: list[str]) -> EventPage:
        [number] = numbers
        self.asked.append(number)
        if number in self.faults:
            raise self.faults[number]
        event = VendorEvent(
            vendor="17TRACK", code="InTransit_PickedUp", tracking_number=number,
            happened_at=timezone.now() - timedelta(minutes=1), city="", country="",
            description="", vendor_event_id=f"e-{number}", raw={},
        )  # fmt: skip
        return EventPage((event,), "")

    def hand_over(self, _: Any) -> None:
        self.pickups += 1
        if self.pickup_fault is not None:
            raise self.pickup_fault


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    made = Carrier()
    monkeypatch.setattr("flows.transit.carrier", lambda _: made)
    monkeypatch.setattr("flows.export.carrier", lambda _: made)
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    return made


@pytest.fixture
def owner(db: None) -> Merchant:
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=100)
    return found


def under_way(owner: Merchant, count: int) -> list[TrackedParcel]:
    parcels = [a_handed_over_parcel(owner, an_order(owner)) for _ in range(count)]
    due = timezone.now() - timedelta(seconds=10)
    with merchant(owner):
        next_poll(parcel_ids=[parcel.pk for parcel in parcels], at=due)
    return parcels


def test_a_refused_number_silences_no_other_parcel(owner: Merchant, client: Carrier) -> None:
    first, second, third = under_way(owner, 3)
    client.faults[first.tracking_number] = FAULTS["refused"]
    assert poll(merchant_id=owner.pk, carrier_code="postal") == 2
    with merchant(owner):
        heard = {parcel.pk: parcel.polled_at for parcel in TrackedParcel.objects.all()}
    assert heard[second.pk] is not None
    assert heard[third.pk] is not None


def test_an_outage_in_the_middle_keeps_what_was_heard(owner: Merchant, client: Carrier) -> None:
    first, second = under_way(owner, 2)
    client.faults[second.tracking_number] = FAULTS["down"]
    with pytest.raises(Unavailable):
        poll(merchant_id=owner.pk, carrier_code="postal")
    with merchant(owner):
        assert TrackingEvent.objects.filter(parcel=first).count() == 1
        assert TrackedParcel.objects.get(pk=first.pk).polled_at is not None
        assert TrackedParcel.objects.get(pk=second.pk).polled_at is None


def test_lost_parcels_are_asked_about_no_more(owner: Merchant, client: Carrier) -> None:
    parcels = under_way(owner, 3)
    lost = NewEvent(
        source="silence", vendor="WAYBRIDGE", code="lost", happened_at=timezone.now(),
        vendor_event_id="lost",
    )  # fmt: skip
    for parcel in parcels[:2]:
        tell(merchant_id=owner.pk, parcel_id=parcel.pk, events=[lost])
    poll(merchant_id=owner.pk, carrier_code="postal")
    assert client.asked == [parcels[2].tracking_number]


def ready_to_leave(owner: Merchant, count: int) -> None:
    """Parcels packed and released for export, as the hand-over station finds them."""
    for _ in range(count):
        booking = a_booked_parcel(owner, an_order(owner))
        with merchant(owner):
            Declaration.objects.create(
                booking=booking, direction="export", country="CN", dataset="X",
                dataset_reason="", lrn=f"E{booking.pk}", status="released", elements={},
                created_at=timezone.now(),
            )  # fmt: skip
    with merchant(owner):
        Parcel.objects.filter(status="planned").update(status="packed", weight_g=500)
        Order.objects.filter(status="allocated").update(status="packed")


def leave(owner: Merchant) -> Handover:
    return hand_over(
        merchant_id=owner.pk,
        warehouse=Warehouse.objects.get(priority=10),
        carrier_code="postal",
        signed_by="Driver",
        actor="test",
        now=timezone.now(),
    )


def test_a_handover_takes_as_many_statements_for_twelve_parcels_as_for_three(
    owner: Merchant, client: Carrier
) -> None:
    statements = []
    for count in (3, 12):
        ready_to_leave(owner, count)
        with CaptureQueriesContext(connection) as captured:
            assert leave(owner).parcel_count == count
        statements.append(len(captured.captured_queries))
    assert statements[0] == statements[1] < 40
    with merchant(owner):
        assert Order.objects.filter(status="shipped").count() == 15
        assert TrackingEvent.objects.filter(code="handed_over").count() == 15
        told = Event.objects.filter(kind="parcel.handed_over")
        assert [event.actor for event in told] == ["test"] * 15
        assert all(event.data["manifest"] for event in told)


def test_a_lost_answer_to_a_pickup_is_settled_by_the_first_scan(
    owner: Merchant, client: Carrier
) -> None:
    ready_to_leave(owner, 1)
    payload = {"handover_id": leave(owner).pk}
    client.pickup_fault = AnswerLost("cut off")
    with pytest.raises(Later):
        tell_carrier(owner.pk, payload)
    with merchant(owner):
        tracked = TrackedParcel.objects.get()
    scan = NewEvent(
        source="poll", vendor="UPU_EMSEVT", code="EMC", happened_at=timezone.now(),
        vendor_event_id="s",
    )  # fmt: skip
    tell(merchant_id=owner.pk, parcel_id=tracked.pk, events=[scan])
    tell_carrier(owner.pk, payload)
    assert client.pickups == 1
    with merchant(owner):
        assert Handover.objects.get().status == "sent"


def test_a_refused_pickup_goes_to_a_person(owner: Merchant, client: Carrier) -> None:
    ready_to_leave(owner, 1)
    payload = {"handover_id": leave(owner).pk}
    client.pickup_fault = FAULTS["refused"]
    with pytest.raises(ForAPerson):
        tell_carrier(owner.pk, payload)
    with merchant(owner):
        assert Booking.objects.get().handover is not None
