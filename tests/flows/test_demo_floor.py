"""The demonstration has something for every station, and making it twice changes nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.demo import seed
from flows.demo_floor import bring_goods
from flows.replenishing import propose
from warehouse.models import (
    Inbound,
    Location,
    PutWallSlot,
    ReplenishTask,
    StockBalance,
    Warehouse,
    WaveTemplate,
)

pytestmark = pytest.mark.django_db


def test_every_station_has_something_and_twice_is_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    for _ in range(2):
        seed(now=timezone.now())
        bring_goods(now=timezone.now())
    house = Warehouse.objects.get(code="SZX1")
    assert PutWallSlot.objects.filter(wall__warehouse=house).count() == 12
    kinds = WaveTemplate.objects.filter(warehouse=house).values_list("kind", flat=True)
    assert sorted(kinds) == ["multi", "single_item"]
    assert Location.objects.filter(warehouse=house, use="reserve").count() == 6
    assert Location.objects.get(warehouse=house, code="D-01").zone == "DAMAGED"
    assert propose(warehouse=house, now=timezone.now()) == 1
    with across_merchants("A test finds the demonstration's merchant."):
        owner = Merchant.objects.get(code="brightpeak")
    with merchant(owner):
        lying = StockBalance.objects.filter(product__sku="DESK-LAMP", on_hand__gt=0)
        assert sorted(lying.values_list("on_hand", flat=True)) == [4, 120]
        assert Inbound.objects.get().status == "announced"
        assert ReplenishTask.objects.get().quantity == 36
