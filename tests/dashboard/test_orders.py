"""Lists page by key, holds are released by those they name, exports hold what the list holds."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client

from core.events import history
from core.models import Job
from core.tenancy import merchant
from dashboard.readings.paging import PAGE_ROWS
from orders.models import Hold, Order
from tests.dashboard.conftest import Shop
from tests.factories import a_handed_over_parcel, an_order

pytestmark = pytest.mark.django_db


def hold_of(shop: Shop, order: Order, code: str = "payment") -> Hold:
    with merchant(shop.owner):
        return Hold.objects.get(order=order, code=code)


def is_open(shop: Shop, hold: Hold) -> bool:
    with merchant(shop.owner):
        return Hold.objects.filter(pk=hold.pk, released_at__isnull=True).exists()


def listed(client: Client, path: str) -> list[str]:
    """References on a page, in their order."""
    return re.findall(r'class="row-link"[^>]*>(WB\w+)<', client.get(path).content.decode())


def following(client: Client, path: str, which: str = "next") -> str:
    text = client.get(path).content.decode()
    found: list[str] = re.findall(rf'rel="{which}" href="([^"]+)"', text)
    return found[0].replace("&amp;", "&")


@pytest.mark.parametrize("sort", ["", "reference", "-reference", "value", "-placed_at", "country"])
def test_pages_hold_every_order_once_in_either_direction(shop: Shop, sort: str) -> None:
    made = {an_order(shop.owner).reference for _ in range(PAGE_ROWS + 5)}
    client, here = shop.client(), f"/orders/?sort={sort}"
    first = listed(client, here)
    onward = following(client, here)
    second = listed(client, f"/orders/{onward}")
    assert len(first) == PAGE_ROWS
    assert set(first) | set(second) == made
    assert len(first) + len(second) == len(made)
    back = following(client, f"/orders/{onward}", "prev")
    assert listed(client, f"/orders/{back}") == first


def test_a_sorted_list_is_sorted(shop: Shop) -> None:
    for _ in range(4):
        an_order(shop.owner)
    found = listed(shop.client(), "/orders/?sort=reference")
    assert found == sorted(found)


def test_a_cursor_of_another_order_begins_at_the_first_page(shop: Shop) -> None:
    for _ in range(PAGE_ROWS + 1):
        an_order(shop.owner)
    client = shop.client()
    cursor = following(client, "/orders/?sort=reference").partition("cursor=")[2]
    assert listed(client, f"/orders/?cursor={cursor}") == listed(client, "/orders/")


def test_filters_narrow_by_status_country_hold_and_beginning_of_a_number(shop: Shop) -> None:
    held, free = an_order(shop.owner, paid_at=None), an_order(shop.owner)
    client = shop.client()
    assert listed(client, "/orders/?status=held") == [held.reference]
    assert listed(client, "/orders/?hold=payment") == [held.reference]
    assert listed(client, "/orders/?hold=address") == []
    assert listed(client, f"/orders/?q={free.external_order}") == [free.reference]
    assert listed(client, f"/orders/?q={free.reference[:8].lower()}") == [free.reference]
    assert listed(client, "/orders/?country=DE") == [free.reference, held.reference]
    assert listed(client, "/orders/?country=FR") == []
    assert listed(client, "/orders/?since=2030-01-01") == []


def test_search_goes_straight_to_the_one_order_or_parcel(shop: Shop) -> None:
    order = an_order(shop.owner)
    parcel = a_handed_over_parcel(shop.owner, order)
    client = shop.client()
    found = {q: client.get("/search/", {"q": q})["Location"] for q in
             (order.reference.lower(), parcel.tracking_number, order.external_order)}  # fmt: skip
    assert found[order.reference.lower()] == f"/orders/{order.reference}/"
    assert found[parcel.tracking_number] == f"/shipments/{parcel.pk}/"
    assert found[order.external_order] == f"/orders/?q={order.external_order}"


@pytest.mark.parametrize(("role", "opens"), [("operations", True), ("finance", False)])
def test_a_hold_is_released_only_by_the_role_it_names(shop: Shop, role: str, opens: bool) -> None:
    order = an_order(shop.owner, paid_at=None)
    hold = hold_of(shop, order)
    response = shop.client(role).post(
        f"/orders/{order.reference}/holds/{hold.pk}/release/", {"note": "seen on the account"}
    )
    assert response.status_code == 302
    assert is_open(shop, hold) is opens


def test_the_last_release_sends_the_order_on_and_keeps_the_reason(shop: Shop) -> None:
    order = an_order(shop.owner, paid_at=None)
    hold = hold_of(shop, order)
    shop.client("finance").post(
        f"/orders/{order.reference}/holds/{hold.pk}/release/", {"note": "seen on the account"}
    )
    with merchant(shop.owner):
        order.refresh_from_db()
        newest = history(subject_kind="order", subject_id=order.pk)
        job = Job.objects.get(kind="allocation.allocate", key=str(order.pk))
    assert order.status == Order.Status.ACCEPTED
    assert job.status == Job.Status.QUEUED
    assert any(event.data.get("note") == "seen on the account" for event in newest)
    text = shop.client().get(f"/orders/{order.reference}/").content.decode()
    assert "Not paid: seen on the account" in text
    assert "finance@acme.example" in text


def test_a_reader_may_not_release(shop: Shop) -> None:
    order = an_order(shop.owner, paid_at=None)
    hold = hold_of(shop, order)
    client = shop.client("read_only")
    single = client.post(f"/orders/{order.reference}/holds/{hold.pk}/release/", {"note": "x"})
    many = client.post("/orders/bulk/", {"action": "release", "selected": [order.pk]})
    assert (single.status_code, many.status_code) == (403, 403)
    assert is_open(shop, hold)


def test_bulk_release_takes_what_the_role_may_and_says_what_is_left(shop: Shop) -> None:
    unpaid, both = an_order(shop.owner, paid_at=None), an_order(shop.owner, paid_at=None, phone="")
    client = shop.client("finance")
    response = client.post(
        "/orders/bulk/?status=held",
        {"action": "release", "selected": [unpaid.pk, both.pk]},
        follow=True,
    )
    assert response.redirect_chain == [("/orders/?status=held", 302)]
    assert not is_open(shop, hold_of(shop, unpaid))
    assert not is_open(shop, hold_of(shop, both))
    assert b"2 holds released." in response.content


@pytest.mark.parametrize(
    "sent",
    [{}, {"action": "release"}, {"action": "destroy", "selected": ["1"]},
     {"action": "release", "selected": ["x", "9" * 40, "-1", "٣"]}],
)  # fmt: skip
def test_bulk_with_nothing_to_do_changes_nothing(shop: Shop, sent: dict[str, list[str]]) -> None:
    order = an_order(shop.owner, paid_at=None)
    assert shop.client().post("/orders/bulk/", sent).status_code == 302
    assert is_open(shop, hold_of(shop, order))


def test_the_export_holds_the_filtered_orders_as_text_no_spreadsheet_computes(shop: Shop) -> None:
    an_order(shop.owner, external_order="=1+1")
    an_order(shop.owner, paid_at=None)
    response = shop.client().get("/orders/export.csv?status=accepted")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["external_order"] for row in rows] == ["'=1+1"]
    assert rows[0]["goods_value"] == "19.00"
    assert "attachment" in response["Content-Disposition"]


def test_the_export_reads_on_behind_the_last_row_of_a_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [an_order(shop.owner).reference for _ in range(7)]
    monkeypatch.setattr("dashboard.readings.paging.newest_first.__kwdefaults__", {"size": 3})
    response = shop.client().get("/orders/export.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [row["reference"] for row in csv.DictReader(io.StringIO(text))] == made[::-1]
