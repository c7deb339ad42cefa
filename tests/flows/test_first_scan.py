"""Signed for and never scanned: found after dated hours, and over with the first scan."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from flows.first_scan import judge_first_scan, unscanned_parcels
from flows.transit import tell
from shipping.models import Booking, Handover
from tests.factories import (
    a_handed_over_parcel,
    a_merchant,
    a_product,
    a_warehouse,
    an_order,
)
from tracking.models import FeedCursor, ParcelException, TrackedParcel
from tracking.services import OURS, NewEvent, save_feed_cursor

pytestmark = pytest.mark.django_db


def handed_over(owner: Merchant, hours_ago: float) -> TrackedParcel:
    """A postal parcel whose handover was some hours ago."""
    parcel = a_handed_over_parcel(owner, an_order(owner))
    at = timezone.now() - timedelta(hours=hours_ago)
    with merchant(owner):
        booking = Booking.objects.select_related("parcel").get(pk=parcel.booking_id)
        handover = Handover.objects.create(
            number=f"H{parcel.pk}", carrier_code=booking.carrier_code,
            warehouse=booking.parcel.warehouse, parcel_count=1, weight_g=800, signed_by="Driver",
            handed_over_at=at,
        )  # fmt: skip
        Booking.objects.filter(pk=booking.pk).update(handover=handover)
    tell(
        merchant_id=owner.pk, parcel_id=parcel.pk,
        events=[NewEvent("waybridge", OURS, "handed_over", at, vendor_event_id="h")],
    )  # fmt: skip
    with merchant(owner):
        return TrackedParcel.objects.get(pk=parcel.pk)


@pytest.fixture
def owner(db: None) -> Merchant:
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    return owner


def heard(owner: Merchant, parcel: TrackedParcel) -> None:
    """The carrier told everything it knows just now."""
    now = timezone.now()
    save_feed_cursor(feed=parcel.carrier_code, cursor="1", now=now)
    with merchant(owner):
        TrackedParcel.objects.filter(pk=parcel.pk).update(polled_at=now)


def test_it_becomes_an_exception_once_and_the_first_scan_ends_it(owner: Merchant) -> None:
    parcel = handed_over(owner, 80)
    assert unscanned_parcels(now=timezone.now()) == [(owner.pk, parcel.pk)]
    # Not heard yet since then: our own outage opens nothing.
    assert not judge_first_scan(merchant_id=owner.pk, parcel_id=parcel.pk)
    heard(owner, parcel)
    assert judge_first_scan(merchant_id=owner.pk, parcel_id=parcel.pk)
    assert not judge_first_scan(merchant_id=owner.pk, parcel_id=parcel.pk)
    assert unscanned_parcels(now=timezone.now()) == []
    with merchant(owner):
        found = ParcelException.objects.get(closed_at__isnull=True)
        assert found.kind == "not_received"
        stands = TrackedParcel.objects.get(pk=parcel.pk)
        assert (stands.milestone, stands.problem) == ("handed_over", "not_received")
        before = parcel.last_event_at
        assert before is not None
        # The clock of silence runs on from the handover.
        assert stands.last_event_at == before + timedelta(seconds=1)
    scan = NewEvent("test", OURS, "export_declared", timezone.now(), vendor_event_id="s")
    tell(merchant_id=owner.pk, parcel_id=parcel.pk, events=[scan])
    with merchant(owner):
        assert not ParcelException.objects.filter(closed_at__isnull=True).exists()


def test_a_parcel_within_its_hours_or_scanned_is_left_alone(owner: Merchant) -> None:
    fresh = handed_over(owner, 20)
    heard(owner, fresh)
    assert unscanned_parcels(now=timezone.now()) == []
    assert not judge_first_scan(merchant_id=owner.pk, parcel_id=fresh.pk)
    scanned = handed_over(owner, 90)
    code = NewEvent("feed", "UPU_EMSEVT", "EMC", timezone.now(), vendor_event_id="c")
    tell(merchant_id=owner.pk, parcel_id=scanned.pk, events=[code])
    heard(owner, scanned)
    assert not judge_first_scan(merchant_id=owner.pk, parcel_id=scanned.pk)
    assert FeedCursor.objects.count() == 1
