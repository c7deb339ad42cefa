"""Settings, cartons: the operator's list until there is an own one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.tenancy import merchant
from tests.dashboard.conftest import Shop
from tests.walls.routes import CARTON
from warehouse.models import CartonType

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_operators_list_then_the_own_one(shop: Shop) -> None:
    client, page = shop.client(), reverse("dashboard:cartons")
    assert "These are the operator" in client.get(page).content.decode()
    form = {**CARTON, "code": "MUG", "name": "Mug box"}
    assert client.post(page, {**form, "outer_height_mm": 20}).status_code == 400
    assert client.post(page, form).status_code == 302
    shown = client.get(page).content.decode()
    assert ("Mug box" in shown, "Padded mailer small" in shown) == (True, False)
    with merchant(shop.owner):
        carton = CartonType.objects.get()
    client.post(reverse("dashboard:carton_retire", args=[carton.pk]))
    client.post(reverse("dashboard:cartons_copy"))
    with merchant(shop.owner):
        assert CartonType.objects.filter(is_active=True).count() == 10
        assert not CartonType.objects.get(code="MUG").is_active
