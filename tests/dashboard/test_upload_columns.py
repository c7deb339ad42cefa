"""A file that no layout knows: its columns are chosen, tried on its first rows, and kept."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.jobs import drain_queue
from core.tenancy import merchant
from orders.models import ColumnPreset, Import, Order
from tests.dashboard.conftest import Shop

pytestmark = pytest.mark.django_db
FILE = (
    "Auftrag;Kunde;Artikelnr.;Stk;Einzelpreis;Anschrift;Stadt;PLZ;Bestelldatum\n"
    "A-1;Erika Muster;MUG-BLUE;2;1.299,50;Heidestraße 1;Berlin;10557;05/10/2026\n"
    "A-2;Jörg Köhler;MUG-BLUE;zwei;9,50;Allee 2;Köln;50667;06/10/2026\n"
)
CHOSEN = {
    "column-external_order": "Auftrag", "column-recipient_name": "Kunde",
    "column-sku": "Artikelnr.", "column-quantity": "Stk", "column-unit_price": "Einzelpreis",
    "column-street_1": "Anschrift", "column-city": "Stadt", "column-postal_code": "PLZ",
    "column-placed_at": "Bestelldatum", "constant-country": "DE", "constant-currency": "EUR",
    "dates": "dmy", "zone": "Europe/Berlin",
}  # fmt: skip


def send(shop: Shop, client: Client, text: str = FILE) -> str:
    file = SimpleUploadedFile("auftraege.csv", text.encode())
    response = client.post("/upload/", {"kind": "orders", "file": file})
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    return str(response["Location"])


def test_columns_are_guessed_tried_and_read_as_chosen(shop: Shop) -> None:
    client = shop.client("operations")
    detail = send(shop, client)
    assert f"{detail}columns/" in client.get(detail).content.decode()
    form = client.get(f"{detail}columns/").content.decode()
    assert re.search(r'<option value="Auftrag" selected>', form)
    tried = client.post(f"{detail}columns/", {**CHOSEN, "act": "try"}).content.decode()
    assert "2599.00 EUR" in tried
    assert "2026-10-04 22:00" in tried
    assert "zwei" in tried
    with merchant(shop.owner):
        assert not Order.objects.filter(external_order="A-1").exists()
    sent = client.post(f"{detail}columns/", {**CHOSEN, "act": "read", "preset": "Unser Laden"})
    assert (sent.status_code, sent["Location"]) == (302, detail)
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    with merchant(shop.owner):
        order = Order.objects.get(external_order="A-1")
        upload = Import.objects.get()
    assert (order.country, str(order.goods_value), order.currency) == ("DE", "2599.00", "EUR")
    assert (upload.status, upload.layout, upload.preview, upload.rows_rejected) == (
        "done", "chosen", [], 1,
    )  # fmt: skip
    again = client.post(f"{detail}columns/", {**CHOSEN, "act": "read"})
    assert again["Location"] == detail


def test_the_next_file_with_these_columns_is_read_without_asking(shop: Shop) -> None:
    client = shop.client()
    detail = send(shop, client)
    client.post(f"{detail}columns/", {**CHOSEN, "act": "read", "preset": "Unser Laden"})
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    rejected = b"".join(client.get(f"{detail}rejected.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert rejected.splitlines()[0].startswith("Auftrag,Kunde,Artikelnr.,Stk,")
    corrected = rejected.replace("zwei", "2")
    page = client.get(send(shop, client, corrected)).content.decode()
    assert "Unser Laden" in page
    with merchant(shop.owner):
        assert Order.objects.filter(external_order="A-2").count() == 1
        preset = ColumnPreset.objects.get()
    listed = client.get("/upload/").content.decode()
    assert "Unser Laden" in listed
    assert client.post(f"/upload/presets/{preset.pk}/remove/").status_code == 302
    assert client.post(f"/upload/presets/{preset.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"column-sku": ""}, {"column-sku": "No such column"}, {"dates": "", "column-sku": "Auftrag"}],
)
def test_a_choice_that_cannot_be_read_changes_nothing(shop: Shop, change: dict[str, str]) -> None:
    client = shop.client()
    detail = send(shop, client)
    response = client.post(f"{detail}columns/", {**CHOSEN, **change, "act": "read"})
    assert response.status_code == 400
    assert b"Nothing was changed." in response.content
    with merchant(shop.owner):
        assert Import.objects.get().status == "refused"


def test_another_merchants_preset_reads_nothing(shop: Shop, other_shop: Shop) -> None:
    theirs = other_shop.client()
    detail = send(other_shop, theirs)
    theirs.post(f"{detail}columns/", {**CHOSEN, "act": "read", "preset": "Theirs"})
    client = shop.client()
    mine = send(shop, client)
    with merchant(shop.owner):
        assert Import.objects.get().refusal_code in {"columns_missing", "columns_unknown"}
    assert "Theirs" not in client.get(mine).content.decode()
    assert client.get(f"{detail}columns/").status_code == 404


def test_a_file_that_no_choice_can_mend_is_not_offered_one(shop: Shop) -> None:
    client = shop.client()
    detail = send(shop, client, "sku,quantity\nA,=1+1\n")
    assert "columns/" not in client.get(detail).content.decode()
    assert client.get(f"{detail}columns/")["Location"] == detail
