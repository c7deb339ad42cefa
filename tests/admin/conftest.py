"""One person of each role, and a merchant with orders."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import Merchant
from tests.factories import a_merchant, a_product, a_warehouse
from tests.floor import a_staff_member, logged_in
from warehouse.models import Warehouse


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
    a_product(owner)
    return owner


@pytest.fixture
def staff(house: Warehouse) -> Callable[[str], Client]:
    """A browser of a person of the given role."""
    return lambda role: logged_in(a_staff_member(role, house))
