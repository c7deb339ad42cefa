"""Old answers of stations go, young ones stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.tenancy import merchant
from tests.factories import ACTOR, NOW, a_merchant, a_warehouse
from tests.floor import a_template
from warehouse.models import StationDesk, StationScan, WaveRun
from warehouse.services import retention
from warehouse.services.retention import purge_floor
from warehouse.services.station_scans import keep_desk
from warehouse.services.stations import begin_scan

pytestmark = pytest.mark.django_db


def test_old_rows_of_stations_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    house, owner = a_warehouse(), a_merchant("acme")
    template = a_template(house)
    for age in (200, 150, 100, 1):
        then = NOW - timedelta(days=age)
        begin_scan(
            client_id=f"s-{age}", station="single", warehouse_id=house.pk, sequence=age, raw="x",
            actor=ACTOR, now=then,
        )  # fmt: skip
        with merchant(owner):
            keep_desk(station="count", subject_id=age, actor=ACTOR, said={}, now=then)
        WaveRun.objects.create(template=template, cut_off_at=then, next_at=then)
    assert purge_floor(now=NOW, batches=1) == 6
    assert purge_floor(now=NOW) == 3
    assert purge_floor(now=NOW) == 0
    assert [scan.pk for scan in StationScan.objects.all()] == ["s-1"]
    assert WaveRun.objects.count() == 1
    with merchant(owner):
        assert StationDesk.objects.get().subject_id == 1
