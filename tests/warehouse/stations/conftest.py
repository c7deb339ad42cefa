"""Two merchants' goods in one warehouse, and a person who works there."""

from __future__ import annotations

import pytest
from django.test import Client

from core.models import Merchant
from tests.factories import a_merchant, a_product, a_warehouse
from tests.floor import a_staff_member, logged_in
from warehouse.models import Warehouse

BOWL = "BOWL-RED"


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
    a_product(owner, BOWL, title="Stoneware bowl, red", unit_value="12.00")
    return owner


@pytest.fixture
def rival(acme: Merchant) -> Merchant:
    owner = a_merchant("rival")
    a_product(owner)
    return owner


@pytest.fixture
def floor(house: Warehouse) -> Client:
    return logged_in(a_staff_member("floor", house))


@pytest.fixture
def supervisor(house: Warehouse) -> Client:
    return logged_in(a_staff_member("supervisor", house))


@pytest.fixture
def elsewhere(house: Warehouse) -> Client:
    """A floor person of another warehouse."""
    return logged_in(a_staff_member("floor", email="far@operator.example"))
