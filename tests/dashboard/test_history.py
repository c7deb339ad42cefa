"""History says each change once, in words, with the direction of a declaration."""

from __future__ import annotations

import pytest
from django.utils import translation

from core.models import Event
from core.tenancy import merchant
from customs.models import Declaration
from dashboard.readings.shipment import _badge
from dashboard.readings.words import event_words, history_of
from tests.dashboard.conftest import Shop
from tests.factories import NOW, a_booked_parcel, an_order
from tracking.models import TrackedParcel
from warehouse.models import Parcel


def events(*kinds: str, **data: str) -> list[Event]:
    """Events newest first."""
    return [
        Event(pk=100 - place, kind=kind, actor="test", at=NOW, data=data)
        for place, kind in enumerate(kinds)
    ]


def test_a_stage_that_order_parcel_and_carrier_tell_is_told_once() -> None:
    told = history_of(
        events(
            "order.delivered", "parcel.delivered", "parcel.in_transit", "parcel.handed_over",
            "order.shipped", "parcel.handed_over", "order.packed", "parcel.packed",
            "order.accepted",
        )
    )  # fmt: skip
    assert [entry.words for entry in told] == [
        "Delivered", "In transit", "Handed over", "Packed", "Accepted",
    ]  # fmt: skip


def test_an_order_whose_parcel_said_nothing_keeps_its_own_word() -> None:
    assert [entry.words for entry in history_of(events("order.packed"))] == ["Packed"]


def test_the_telling_with_the_manifest_stays() -> None:
    newer, older = events("parcel.handed_over", "parcel.handed_over")
    older.data = {"manifest": "H-000001"}
    assert [entry.detail for entry in history_of([newer, older])] == ["H-000001"]


@pytest.mark.parametrize("language", ["es", "zh-hans"])
@pytest.mark.parametrize("status", Declaration.Status.values)
def test_a_declarations_event_has_words_and_a_direction(language: str, status: str) -> None:
    [export] = events(f"declaration.{status}", direction="export")
    [import_] = events(f"declaration.{status}", direction="import")
    assert event_words(export).startswith("Export declaration: ")
    with translation.override(language):
        said = {event_words(export), event_words(import_)}
        assert len(said) == 2
        assert all("declaration" not in words for words in said)


@pytest.mark.django_db
def test_a_booked_parcel_is_not_called_packed(shop: Shop) -> None:
    booking = a_booked_parcel(shop.owner, an_order(shop.owner))
    related = "booking__parcel__order"
    with merchant(shop.owner):
        tracked = TrackedParcel.objects.select_related(related).get(booking=booking)
        assert _badge(tracked).label == "Booked"
        Parcel.objects.filter(pk=booking.parcel_id).update(packed_at=NOW)
        tracked = TrackedParcel.objects.select_related(related).get(booking=booking)
        assert _badge(tracked).label == "Packed"
