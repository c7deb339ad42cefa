"""Settings, picking: what a merchant wants done when goods are not all there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from core.tenancy import merchant
from tests.dashboard.conftest import Shop
from warehouse.services.shorts import on_short

pytestmark = pytest.mark.django_db


def test_the_wish_is_kept_and_nonsense_refused(shop: Shop) -> None:
    client, page = shop.client(), reverse("dashboard:picking")
    assert b'value="backorder" checked' in client.get(page).content
    assert client.post(page, {"on_short": "burn"}).status_code == 400
    assert client.post(page, {"on_short": "hold"}).status_code == 302
    assert b'value="hold" checked' in client.get(page).content
    with merchant(shop.owner):
        assert on_short() == "hold"


def test_who_only_reads_changes_nothing(shop: Shop) -> None:
    client: Client = shop.client("read_only")
    page = reverse("dashboard:picking")
    assert b"disabled" in client.get(page).content
    assert client.post(page, {"on_short": "hold"}).status_code == 403
