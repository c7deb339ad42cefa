"""An order is taken out of its wave while somebody closes its parcel: one of the two happens."""

from __future__ import annotations

from functools import partial

import pytest
from django.db.models import F

from core.models import Merchant
from core.tenancy import merchant
from flows.closing import Closing, close_parcel
from flows.fulfilment import pick
from flows.leaving import take_out
from orders.models import Order
from shipping.models import Booking
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, label_for, parcels_of
from tests.flows.racing import at_once
from warehouse.models import Parcel, ParcelItem, StockMove, Warehouse
from warehouse.services.differences import find_differences

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 4


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    return a_warehouse("szx1")


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    owner = a_merchant("acme")
    a_product(owner)
    return owner


def ready(owner: Merchant, house: Warehouse) -> Parcel:
    """A parcel that is picked, labelled and scanned: only its weight is missing."""
    wave = a_released_wave(owner, house)
    (parcel,) = parcels_of(owner, wave)
    pick(merchant_id=owner.pk, wave_id=wave.pk, task_ids=None, actor=ACTOR, now=NOW)
    label_for(owner, parcel)
    with merchant(owner):
        ParcelItem.objects.filter(parcel=parcel).update(scanned=F("quantity"))
    return parcel


def leave(owner: Merchant, parcel: Parcel, *, keeps_stock: bool) -> bool:
    return take_out(
        merchant_id=owner.pk, wave_id=parcel.wave_id or 0, parcel_id=parcel.pk,
        keeps_stock=keeps_stock, reason="race", actor=ACTOR, now=NOW,
    )  # fmt: skip


def close(owner: Merchant, parcel: Parcel) -> Closing:
    return close_parcel(
        merchant_id=owner.pk, parcel_reference=parcel.reference, weight_g=None, actor=ACTOR,
        now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("keeps_stock", [True, False])
def test_it_leaves_or_it_is_packed_and_never_both(
    acme: Merchant, house: Warehouse, keeps_stock: bool
) -> None:
    for _ in range(TIMES):
        parcel = ready(acme, house)
        left, closed = at_once(
            [partial(leave, acme, parcel, keeps_stock=keeps_stock), partial(close, acme, parcel)]
        )
        with merchant(acme):
            order = Order.objects.get(pk=parcel.order_id)
            status = Parcel.objects.get(pk=parcel.pk).status
            booking = Booking.objects.get(parcel=parcel)
            packed = StockMove.objects.filter(reason="packed", reference__contains=parcel.reference)
            waits = "allocated" if keeps_stock else "accepted"
            went = (type(left).__name__, type(closed).__name__, status, order.status,
                    booking.status, packed.exists())  # fmt: skip
            assert went in (
                ("bool", "NotPackable", "cancelled", waits, "voided", False),
                ("bool", "LabelNotReady", "cancelled", waits, "voided", False),
                ("CannotLeave", "Closing", "packed", "packed", "booked", True),
            )
            assert find_differences().rows == ()
