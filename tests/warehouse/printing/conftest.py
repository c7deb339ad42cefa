"""A warehouse with a printer and an agent, and parcels with and without their labels."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse
from tests.floor import a_released_wave, label_for, parcels_of
from warehouse.models import Parcel, PrintAgent, Printer, PrintJob, Warehouse
from warehouse.services.print_agents import NewAgent, create_agent


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are rows; nobody is woken."""
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


@pytest.fixture
def house(db: None) -> Warehouse:
    return a_warehouse("szx1")


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    owner = a_merchant("acme")
    a_product(owner, gtin="4006381333931")
    return owner


@pytest.fixture
def printer(house: Warehouse) -> Printer:
    return a_printer(house)


@pytest.fixture
def made(house: Warehouse) -> NewAgent:
    return create_agent(warehouse=house, name="box 1", actor=ACTOR, now=NOW)


@pytest.fixture
def agent(made: NewAgent) -> PrintAgent:
    return made.agent


@pytest.fixture
def parcel(acme: Merchant, house: Warehouse) -> Parcel:
    """A parcel with its label."""
    parcel = parcels_of(acme, a_released_wave(acme, house))[0]
    label_for(acme, parcel)
    return parcel


def a_printer(house: Warehouse, name: str = "Zebra 1", **fields: Any) -> Printer:
    values = {
        "kind": "raw9100", "accepts": "pdf", "address": "127.0.0.1", "port": 9100, **fields,
    }  # fmt: skip
    return Printer.objects.create(warehouse=house, name=name, **values)


def reread(owner: Merchant, job: PrintJob) -> PrintJob:
    with merchant(owner):
        return PrintJob.objects.get(pk=job.pk)
