"""The scheduler proposes waves from templates; a person releases or dismisses them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import across_merchants, merchant
from flows.suspension import suspend
from flows.wave_proposals import dismiss, propose_due, propose_waves, settle_together
from orders.files.orders import ParsedLine
from orders.models import Order
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_template, allocated_orders
from warehouse.models import Allocation, Parcel, Warehouse, Wave, WaveRun, WaveTemplate
from warehouse.services.wave_templates import (
    TemplateNameTaken,
    set_template_active,
)

CUT_OFF = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""Six in the evening in Shenzhen, half an hour after NOW."""
PIECE = (ParsedLine(1, "1", "MUG-BLUE", "", 1, None),)
PAIR = (ParsedLine(1, "1", "MUG-BLUE", "", 2, None),)
SET = (ParsedLine(1, "1", "MUG-BLUE", "", 1, None), ParsedLine(2, "2", "BOWL", "", 1, None))


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


@pytest.fixture
def house(db: None) -> Warehouse:
    return a_warehouse()


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    return an_owner("acme")


def an_owner(code: str) -> Merchant:
    owner = a_merchant(code)
    for sku in ("MUG-BLUE", "BOWL"):
        a_product(owner, sku)
    return owner


def waves_of(owner: Merchant) -> list[Wave]:
    with merchant(owner):
        return list(Wave.objects.order_by("id"))


def proposed(owner: Merchant, template: WaveTemplate) -> list[Wave]:
    return propose_waves(merchant_id=owner.pk, template=template, cut_off_at=CUT_OFF, now=NOW)


def order_ids(wave: Wave) -> list[int]:
    with merchant(wave.merchant_id):
        live = Parcel.objects.filter(wave=wave).exclude(status="cancelled")
        return list(live.order_by("id").values_list("order_id", flat=True))


def test_each_kind_is_a_wave_of_its_own(acme: Merchant, house: Warehouse) -> None:
    pieces = allocated_orders(acme, 2, lines=PIECE)
    allocated_orders(acme, 1, lines=PAIR)
    allocated_orders(acme, 1, lines=SET)
    waves = proposed(acme, a_template(house))
    assert [wave.kind for wave in waves] == ["single_item", "single_product", "multi"]
    assert order_ids(waves[0]) == [order.pk for order in pieces]
    assert {wave.status for wave in waves} == {"planned"}
    assert {wave.cut_off_at for wave in waves} == {CUT_OFF}


def test_the_most_urgent_come_first_and_caps_end_a_wave(acme: Merchant, house: Warehouse) -> None:
    (late,) = allocated_orders(acme, 1, lines=PIECE, ship_by=NOW + timedelta(days=2))
    (soon,) = allocated_orders(acme, 1, lines=PIECE, ship_by=NOW + timedelta(hours=3))
    (any_day,) = allocated_orders(acme, 1, lines=PIECE)
    first, second = proposed(acme, a_template(house, max_orders=2))
    assert order_ids(first) == [soon.pk, late.pk]
    assert order_ids(second) == [any_day.pk]
    assert first.ship_by == NOW + timedelta(hours=3)


def test_weight_slots_and_kind_bind(acme: Merchant, house: Warehouse) -> None:
    allocated_orders(acme, 2, lines=SET)
    allocated_orders(acme, 1, lines=PIECE)
    template = a_template(house, kind="multi", max_slots=1)
    assert [len(order_ids(wave)) for wave in proposed(acme, template)] == [1, 1]
    assert len(proposed(acme, a_template(house, name="Light", max_weight_g=350))) == 1


def test_what_is_to_leave_later_waits(acme: Merchant, house: Warehouse) -> None:
    (soon,) = allocated_orders(acme, 1, lines=PIECE, ship_by=CUT_OFF + timedelta(hours=23))
    allocated_orders(acme, 1, lines=PIECE, ship_by=CUT_OFF + timedelta(hours=25))
    (wave,) = proposed(acme, a_template(house, ship_within_hours=24))
    assert order_ids(wave) == [soon.pk]


def test_a_carriers_template_takes_what_would_go_by_it(acme: Merchant, house: Warehouse) -> None:
    (fast,) = allocated_orders(acme, 1, lines=PIECE, service_level="Expedited")
    (slow,) = allocated_orders(acme, 1, lines=PIECE, service_level="Standard")
    (express,) = proposed(acme, a_template(house, name="Express", carrier_code="dhl_express"))
    assert order_ids(express) == [fast.pk]
    assert proposed(acme, a_template(house, name="None", carrier_code="nobody")) == []
    with merchant(acme):
        assert Allocation.objects.get(order=slow).planned_at is None


def test_the_timer_asks_each_merchant_once_per_turn(acme: Merchant, house: Warehouse) -> None:
    rival = an_owner("rival")
    an_owner("idle")
    template = a_template(house)
    for owner in (acme, rival):
        allocated_orders(owner, 1, lines=PIECE)
    assert propose_due(now=CUT_OFF - timedelta(minutes=121)) == 0
    assert propose_due(now=NOW) == 2
    assert propose_due(now=NOW + timedelta(minutes=14)) == 0
    with merchant(acme):
        job = Job.objects.get(kind="waves.propose")
    assert job.payload == {"template_id": template.pk, "cut_off_at": CUT_OFF.isoformat()}
    assert propose_due(now=NOW + timedelta(minutes=15)) == 2
    assert propose_due(now=CUT_OFF) == 0
    assert WaveRun.objects.get().cut_off_at == CUT_OFF


def test_the_job_plans_and_does_so_once(
    acme: Merchant, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    allocated_orders(acme, 1, lines=PIECE)
    a_template(house)
    propose_due(now=NOW)
    monkeypatch.setattr("flows.wave_proposals.timezone.now", lambda: NOW)
    drain_queue(merchant_id=acme.pk, queue="flow")
    (wave,) = waves_of(acme)
    assert wave.status == "planned"
    with merchant(acme):
        assert Job.objects.get(kind="waves.propose").status == "done"
    propose_due(now=NOW + timedelta(minutes=15))
    drain_queue(merchant_id=acme.pk, queue="flow")
    assert waves_of(acme) == [wave]


def test_suspended_merchants_and_inactive_templates_are_left_out(
    acme: Merchant, house: Warehouse
) -> None:
    allocated_orders(acme, 1, lines=PIECE)
    template = a_template(house)
    set_template_active(template_id=template.pk, is_active=False, actor=ACTOR, now=NOW)
    assert propose_due(now=NOW) == 0
    assert set_template_active(template_id=template.pk, is_active=True, actor=ACTOR, now=NOW)
    suspend(merchant_id=acme.pk, reason="test", actor=ACTOR, now=NOW)
    assert propose_due(now=NOW) == 0


def test_dismissed_orders_wait_again_but_not_for_this_cut_off(
    acme: Merchant, house: Warehouse
) -> None:
    (order,) = allocated_orders(acme, 1, lines=PIECE)
    template = a_template(house)
    (wave,) = proposed(acme, template)
    assert dismiss(merchant_id=acme.pk, wave_id=wave.pk, actor=ACTOR, now=NOW) == 1
    assert dismiss(merchant_id=acme.pk, wave_id=wave.pk, actor=ACTOR, now=NOW) is None
    assert order_ids(wave) == []
    assert proposed(acme, template) == []
    monday = CUT_OFF + timedelta(days=3)
    (again,) = propose_waves(
        merchant_id=acme.pk, template=template, cut_off_at=monday, now=NOW + timedelta(days=2)
    )
    assert order_ids(again) == [order.pk]
    with merchant(acme):
        references = Parcel.objects.order_by("id").values_list("reference", flat=True)
        assert list(references) == [f"{order.reference}-1", f"{order.reference}-2"]
        assert Order.objects.get(pk=order.pk).status == "allocated"


def test_waves_of_several_merchants_are_settled_together(acme: Merchant, house: Warehouse) -> None:
    rival = an_owner("rival")
    template = a_template(house)
    waves = []
    for owner in (acme, rival):
        allocated_orders(owner, 1, lines=PIECE)
        waves += [(owner.pk, wave.pk) for wave in proposed(owner, template)]
    assert settle_together(waves=waves, is_release=True, actor=ACTOR, now=NOW) == 2
    assert settle_together(waves=waves, is_release=False, actor=ACTOR, now=NOW) == 0
    with across_merchants("A test looks at all waves."):
        assert set(Wave.objects.values_list("status", flat=True)) == {"released"}


def test_two_templates_of_a_warehouse_differ_in_name(house: Warehouse) -> None:
    a_template(house)
    with pytest.raises(TemplateNameTaken):
        a_template(house)
