"""Every screen opens for those whose role allows it, and shows what the merchant has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.tenancy import merchant
from orders.models import Hold
from tests.dashboard.conftest import ROLES, Shop
from tests.factories import a_handed_over_parcel, an_order

pytestmark = pytest.mark.django_db

LISTS = ("/", "/orders/", "/products/", "/shipments/", "/customs/", "/claims/", "/billing/")
OWNER_ONLY = ("/settings/team/", "/settings/keys/")
EXPORTS = tuple(f"/{name}/export.csv" for name in
                ("orders", "products", "shipments", "customs", "claims", "billing"))  # fmt: skip
Page = Callable[..., str]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", [*LISTS, *EXPORTS])
def test_every_role_may_read_every_list(shop: Shop, path: str, role: str) -> None:
    assert shop.client(role).get(path).status_code == 200


@pytest.mark.parametrize("path", OWNER_ONLY)
def test_settings_are_the_owners(shop: Shop, path: str) -> None:
    assert shop.client("owner").get(path).status_code == 200
    for role in ("operations", "finance", "read_only"):
        assert shop.client(role).get(path).status_code == 403


@pytest.mark.parametrize("path", [*LISTS, *EXPORTS, *OWNER_ONLY, "/upload/", "/merchants/"])
def test_without_a_login_every_page_asks_for_one(path: str, shop: Shop) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_first_login_shows_what_to_do_first(page: Page) -> None:
    text = page("/")
    assert "Ready to ship in these steps" in text
    assert "Nothing waits for you" in text


def test_today_counts_holds_by_their_code(shop: Shop, page: Page) -> None:
    an_order(shop.owner, phone="", paid_at=None)
    an_order(shop.owner, paid_at=None)
    text = page("/")
    assert "Orders on hold: Not paid" in text
    assert "/orders/?hold=payment" in text


def test_an_order_shows_its_lines_its_journey_and_its_history(shop: Shop, page: Page) -> None:
    order = an_order(shop.owner)
    text = page(f"/orders/{order.reference}/")
    for words in (order.external_order, "MUG-BLUE", "19.00", "Heidestraße 17", "Accepted"):
        assert words in text


def test_a_shipped_order_leads_to_its_shipment_and_the_buyers_page(shop: Shop, page: Page) -> None:
    order = an_order(shop.owner)
    parcel = a_handed_over_parcel(shop.owner, order)
    text = page(f"/orders/{order.reference}/")
    assert f"/shipments/{parcel.pk}/" in text
    assert f"/t/{parcel.link_token}/" in text
    assert "holds every line" in text
    shipment = page(f"/shipments/{parcel.pk}/")
    assert parcel.tracking_number in shipment
    assert "The carrier has reported nothing yet" in shipment


def test_a_held_order_names_the_fault_the_remedy_and_who_may_release(
    shop: Shop, page: Page
) -> None:
    order = an_order(shop.owner, paid_at=None)
    text = page(f"/orders/{order.reference}/", "operations")
    assert "The order is not marked as paid." in text
    assert "finance or an owner of your team" in text
    assert "Release this hold" not in text
    assert "Release this hold" in page(f"/orders/{order.reference}/", "finance")


def test_another_merchants_objects_do_not_exist(shop: Shop, other_shop: Shop) -> None:
    order = an_order(other_shop.owner, paid_at=None)
    parcel = a_handed_over_parcel(other_shop.owner, an_order(other_shop.owner))
    with merchant(other_shop.owner):
        hold = Hold.objects.get(order=order)
    client = shop.client("owner")
    assert client.get(f"/orders/{order.reference}/").status_code == 404
    assert client.get(f"/shipments/{parcel.pk}/").status_code == 404
    assert client.get("/orders/?q=X-").content.count(order.reference.encode()) == 0
    released = client.post(
        f"/orders/{order.reference}/holds/{hold.pk}/release/", {"note": "let it go"}
    )
    assert released.status_code == 404
    client.post("/orders/bulk/", {"action": "release", "selected": [order.pk]})
    with merchant(other_shop.owner):
        hold.refresh_from_db()
        assert hold.released_at is None


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%ff", "status=nonsense", "country=%00%00", "since=2026-99-99", "cursor=abc",
        "sort=-nonsense", "sort=-value", "sort=reference", "hold=%27%3B--", "q=" + "9" * 500,
    ],
)  # fmt: skip
def test_a_damaged_query_is_no_fault_of_ours(shop: Shop, query: str) -> None:
    an_order(shop.owner)
    client = shop.client()
    for path in LISTS:
        assert client.get(f"{path}?{query}").status_code == 200
    for path in EXPORTS:
        assert b"".join(client.get(f"{path}?{query}").streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path",
    [
        "/orders/WBNOTHERE/", "/shipments/99999999999999999999999/", "/claims/C00001/",
        "/documents/1/", "/documents/99999999999999999999999/", "/uploads/1/",
        "/uploads/1/progress/", "/uploads/1/rejected.csv", "/upload/template/other/",
        "/orders/%00/", "/claims/%00/",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(shop: Shop, path: str) -> None:
    assert shop.client().get(path).status_code == 404
