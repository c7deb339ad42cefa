"""Two tablets, two agents, a label that comes while a scan waits for it: at the same moment."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.printing import jobs_for, lock_for_label, print_waiting
from flows.singles import Desk, claim_by_scan
from orders.files.orders import ParsedLine
from shipping.models import Booking
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, label_for, parcels_of
from tests.flows.racing import at_once
from warehouse.models import Printer, PrintJob, SinglePiece, Warehouse
from warehouse.rules.presses import Press
from warehouse.services.print_agents import create_agent

pytestmark = pytest.mark.django_db(transaction=True)
ONE = (ParsedLine(1, "1", "MUG-BLUE", "", 1, Decimal("9.50")),)


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    return a_warehouse("szx1")


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    owner = a_merchant("acme")
    a_product(owner)
    return owner


@pytest.fixture
def printer(house: Warehouse) -> Printer:
    return Printer.objects.create(
        warehouse=house, name="Z", kind="raw9100", accepts="pdf", address="10.0.0.9", port=9100
    )


def claim(house: Warehouse, printer: Printer, client_id: str) -> str:
    """Scan a mug; return the parcel claimed, or why none was."""
    desk = Desk(
        warehouse_id=house.pk, station="T", printer_id=printer.pk, merchant_id=None, actor=ACTOR,
        now=NOW,
    )  # fmt: skip
    scan = Press(client_id=client_id, sequence=1, raw="MUG-BLUE")
    answer, _state = claim_by_scan(scan=scan, desk=desk)
    return str(answer.get("parcel", answer["code"]))


def test_eight_tablets_at_once_claim_five_orders_once_each(
    acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    parcels = parcels_of(acme, a_released_wave(acme, house, orders=5, lines=ONE))
    got = at_once([partial(claim, house, printer, f"press-{number}") for number in range(8)])
    assert sorted(got) == sorted([*(each.reference for each in parcels), "none", "none", "none"])
    with merchant(acme):
        assert PrintJob.objects.count() == 5


def test_one_press_sent_by_four_requests_at_once_claims_one_order(
    acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    a_released_wave(acme, house, orders=4, lines=ONE)
    got = at_once([partial(claim, house, printer, "the same press")] * 4)
    assert len(set(got)) == 1
    with across_merchants("The test counts."):
        assert SinglePiece.objects.filter(claimed_at__isnull=False).count() == 1


def test_label_that_comes_during_the_claim_is_printed_and_never_waits_for_ever(
    acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    for number in range(6):
        (parcel,) = parcels_of(acme, a_released_wave(acme, house, lines=ONE))
        booking = label_for(acme, parcel)
        with merchant(acme):
            label_id = Booking.objects.get(pk=booking.pk).label_id
            Booking.objects.filter(pk=booking.pk).update(label=None)

        def bring(booking_id: int = booking.pk, label_id: int | None = label_id) -> None:
            with merchant(acme):
                lock_for_label(booking_id=booking_id)
                Booking.objects.filter(pk=booking_id).update(label_id=label_id)
                print_waiting(booking_id=booking_id, now=NOW)

        got = at_once([partial(claim, house, printer, f"race-{number}"), bring])
        assert got == [parcel.reference, None]
    with merchant(acme):
        assert set(PrintJob.objects.values_list("status", flat=True)) == {"queued"}


def test_two_agents_of_a_building_never_get_one_job(
    acme: Merchant, house: Warehouse, printer: Printer
) -> None:
    agents = [create_agent(warehouse=house, name=name, actor=ACTOR, now=NOW).agent for name in "ab"]
    for parcel in parcels_of(acme, a_released_wave(acme, house, orders=3, lines=ONE)):
        label_for(acme, parcel)
    for number in range(3):
        claim(house, printer, f"p-{number}")
    got = at_once([partial(jobs_for, agent=agent, now=NOW) for agent in agents * 2])
    given = [each.job.pk for batch in got for each in batch]
    assert len(given) == 1, "one printer, one job at a time"
