"""Whatever a carrier's line does, a parcel is booked once, charged once and followed once."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.jobs import ForAPerson, Later
from core.models import Merchant
from core.tenancy import merchant
from flows import partners
from flows.booking import book_parcel
from integrations.http import Limits
from shipping.models import Booking
from tests.flows.parcels import BOOKING, CARRIERS, booked, parcels_for
from tests.sandbox.program import Program


def book_until_done(owner: Merchant, parcel_id: int, *, tries: int = 8) -> int:
    """Do the job as workers would, waiting as told; return how often it was tried."""
    for number in range(1, tries + 1):
        try:
            book_parcel(owner.pk, {"parcel_id": parcel_id})
        except Later as later:
            time.sleep(min(later.seconds, 1))
        else:
            return number
    raise AssertionError(f"not booked in {tries} tries")


def assert_all_once(owner: Merchant, stand_ins: Program, parcels: int) -> None:
    """Once at the carrier, one label (the post's is printed by us), one charge, one way."""
    seen = booked(owner, stand_ins)
    assert len(seen.at_carriers) == parcels
    assert set(seen.at_carriers.values()) == {1}
    assert seen.bookings == Counter(booked=parcels)
    with merchant(owner):
        carriers = list(Booking.objects.values_list("carrier_code", flat=True))
    assert seen.labels == parcels - carriers.count("postal")
    assert (seen.charges, seen.ledger_rows) == (parcels, parcels)
    assert (seen.tracked, seen.lookups) == (parcels, parcels)


@pytest.mark.parametrize("kind", ["lost_answer", "reset", "429", "500"])
def test_a_fault_of_the_line_books_once(
    house: Merchant, connected: Program, settings: Any, kind: str
) -> None:
    settings.LOOK_UP_AFTER_SECONDS = 0.5
    for carrier_code in CARRIERS:
        [parcel_id] = parcels_for(house, carrier_code)
        connected.fault(
            partner=carrier_code, operation=BOOKING[carrier_code], kind=kind, seconds=0.2
        )
        assert book_until_done(house, parcel_id) > 1
        with merchant(house):
            assert Booking.objects.get(parcel_id=parcel_id).carrier_code == carrier_code
    assert_all_once(house, connected, parcels=3)


def test_an_answer_after_the_read_timeout_books_once(
    house: Merchant, connected: Program, settings: Any
) -> None:
    settings.LOOK_UP_AFTER_SECONDS = 1
    for carrier_code in CARRIERS:
        [parcel_id] = parcels_for(house, carrier_code)
        client: Any = partners.carrier(carrier_code)
        impatient = replace(client, door=replace(client.door, limits=Limits(read_s=0.2)))
        connected.fault(
            partner=carrier_code, operation=BOOKING[carrier_code], kind="slow", seconds=0.6
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("flows.booking.carrier", lambda _, client=impatient: client)
            with pytest.raises(Later):
                book_parcel(house.pk, {"parcel_id": parcel_id})
        book_until_done(house, parcel_id)
    assert_all_once(house, connected, parcels=3)


def test_a_refusal_goes_to_a_person_and_books_nothing(house: Merchant, connected: Program) -> None:
    parcel_ids = [parcels_for(house, carrier_code)[0] for carrier_code in CARRIERS]
    for carrier_code, parcel_id in zip(CARRIERS, parcel_ids, strict=True):
        connected.fault(partner=carrier_code, operation=BOOKING[carrier_code], kind="refuse")
        with pytest.raises(ForAPerson):
            book_parcel(house.pk, {"parcel_id": parcel_id})
    seen = booked(house, connected)
    assert seen.bookings == Counter(refused=3)
    assert (seen.labels, seen.charges, seen.tracked) == (0, 0, 0)
    assert not seen.at_carriers
    for parcel_id in parcel_ids:
        book_until_done(house, parcel_id)
    seen = booked(house, connected)
    assert seen.bookings == Counter(refused=3, booked=3)
    assert seen.charges == 3


def test_a_refused_look_up_is_unclear_and_not_a_refusal(
    house: Merchant, connected: Program, settings: Any
) -> None:
    settings.LOOK_UP_AFTER_SECONDS = 0
    [parcel_id] = parcels_for(house, "dhl_express")
    connected.fault(partner="dhl_express", operation="book", kind="lost_answer")
    with pytest.raises(Later):
        book_parcel(house.pk, {"parcel_id": parcel_id})
    connected.fault(partner="dhl_express", operation="*", kind="refuse")
    with pytest.raises(ForAPerson):
        book_parcel(house.pk, {"parcel_id": parcel_id})
    assert booked(house, connected).bookings == Counter(unclear=1)
    with pytest.raises(ForAPerson):
        book_parcel(house.pk, {"parcel_id": parcel_id})
    assert set(booked(house, connected).at_carriers.values()) == {1}


def test_an_unknown_reference_is_not_believed_while_a_call_may_be_on_its_way(
    house: Merchant, connected: Program, settings: Any
) -> None:
    """Another worker asks while the first one's call hangs at the carrier."""
    settings.LOOK_UP_AFTER_SECONDS = 60
    [parcel_id] = parcels_for(house, "dhl_express")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.booking._ask", _die)
        with pytest.raises(SystemExit):
            book_parcel(house.pk, {"parcel_id": parcel_id})
    with pytest.raises(Later) as later:
        book_parcel(house.pk, {"parcel_id": parcel_id})
    assert 50 < later.value.seconds <= 60
    assert not booked(house, connected).at_carriers
    with merchant(house):
        Booking.objects.update(sending_since=timezone.now() - timedelta(seconds=61))
    book_parcel(house.pk, {"parcel_id": parcel_id})
    assert_all_once(house, connected, parcels=1)


def _die(_: Any) -> None:
    raise SystemExit
