"""A merchant announces goods, sees what came of them, and prints product labels."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from core.models import Document, Job, Merchant
from core.tenancy import merchant
from flows.inbound_papers import inbound_label, product_labels
from flows.inbounds import SaidLine, read_text
from tests.factories import a_product
from tests.floor import a_staff_member, logged_in
from tests.inbounds import Dock, an_inbound
from warehouse.models import Inbound, InboundLine, Warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(shop: Any) -> Merchant:
    owner: Merchant = shop.owner
    a_product(owner)
    a_product(owner, "BOWL-RED", title="Stoneware bowl, red", gtin="4006381333931")
    return owner


def lines_of(owner: Merchant) -> list[tuple[str, int, str, date | None]]:
    with merchant(owner):
        rows = InboundLine.objects.select_related("product").order_by("id")
        return [(row.product.sku, row.expected, row.lot, row.expires_on) for row in rows]


def said(**fields: Any) -> dict[str, Any]:
    return {"warehouse": "szx1", "reference": "PO-77", "lines": "MUG-BLUE, 10", **fields}


def test_announced_by_typing_changed_and_cancelled(shop: Any, own: Merchant) -> None:
    client = shop.client()
    made = client.post(
        reverse("dashboard:inbound_new"),
        said(expected_on="2026-12-01", cartons="3",
             lines="MUG-BLUE\t10\nBOWL-RED, 4, L-7, 2027-05-31\n"),
    )  # fmt: skip
    assert made["Location"] == "/inbounds/IB00001/"
    assert lines_of(own) == [("MUG-BLUE", 10, "", None), ("BOWL-RED", 4, "L-7", date(2027, 5, 31))]
    page = client.get("/inbounds/IB00001/").content.decode()
    assert "PO-77" in page
    assert "L-7" in page
    edit = client.get("/inbounds/IB00001/edit/").content.decode()
    assert "BOWL-RED, 4, L-7, 2027-05-31" in edit
    client.post("/inbounds/IB00001/edit/", said(lines="MUG-BLUE, 12"))
    assert lines_of(own) == [("MUG-BLUE", 12, "", None)]
    client.post("/inbounds/IB00001/cancel/")
    with merchant(own):
        assert Inbound.objects.get().status == "cancelled"
    assert client.post("/inbounds/IB00001/edit/", said())["Location"] == "/inbounds/IB00001/"
    assert lines_of(own) == [("MUG-BLUE", 12, "", None)]


def test_rows_that_cannot_be_read_are_explained_and_nothing_is_announced(
    shop: Any, own: Merchant
) -> None:
    text = "MUG-BLUE, 10\nNOPE, 3\nBOWL-RED, two\nMUG-BLUE, 1\nBOWL-RED, 1, L, 31.5.2027"
    answer = shop.client().post(reverse("dashboard:inbound_new"), said(lines=text))
    page = answer.content.decode()
    assert answer.status_code == 400
    for words in (
        "No product of your list has this SKU", "This is not a whole number of pieces",
        "Row 1 has the same SKU in the same lot", "This is not a day",
    ):  # fmt: skip
        assert words in page
    with merchant(own):
        assert not Inbound.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_announced_by_file(shop: Any, own: Merchant, kind: str) -> None:
    rows: list[list[Any]] = [["SKU", "Qty", "Batch", "Expiry"], ["MUG-BLUE", 10, "", ""],
            ["BOWL-RED", 4, "L-7", date(2027, 5, 31)]]  # fmt: skip
    content = ";".join(map(str, rows[0])) + "\n"
    content += "\n".join(";".join(map(str, row)) for row in rows[1:])
    data = content.encode()
    if kind == "xlsx":
        book, buffer = Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(buffer)
        data = buffer.getvalue()
    file = SimpleUploadedFile(f"goods.{kind}", data)
    answer = shop.client().post(reverse("dashboard:inbound_new"), said(lines="", file=file))
    assert answer.status_code == 302, answer.content.decode()
    assert lines_of(own) == [("MUG-BLUE", 10, "", None), ("BOWL-RED", 4, "L-7", date(2027, 5, 31))]
    with merchant(own):
        assert Inbound.objects.get().source == "file"


@pytest.mark.parametrize(
    "typed",
    [
        "MUG-BLUE 20 L42 2027-05-31\nBOWL-RED 5",
        "MUG-BLUE;20;L42;2027-05-31\nBOWL-RED;5",
        "MUG-BLUE\t20\tL42\t2027-05-31\nBOWL-RED\t5",
    ],
)
def test_goods_are_typed_with_any_mark_between(own: Merchant, typed: str) -> None:
    with merchant(own):
        lines = read_text(typed).lines
    assert [(line.sku, line.quantity) for line in lines] == [("MUG-BLUE", 20), ("BOWL-RED", 5)]
    assert (lines[0].lot, str(lines[0].expires_on)) == ("L42", "2027-05-31")


def test_file_that_is_no_table_is_refused_in_words(shop: Any, own: Merchant) -> None:
    file = SimpleUploadedFile("goods.csv", b"%PDF-1.7")
    answer = shop.client().post(reverse("dashboard:inbound_new"), said(lines="", file=file))
    assert answer.status_code == 400
    assert "is not a table but a PDF document" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"lines": ""}, "Say which goods come."),
        ({"warehouse": "nope"}, "nope"),
        ({"cartons": "0"}, "1"),
        ({"file": SimpleUploadedFile("a.csv", b"sku,quantity\nMUG-BLUE,1")}, "Give the goods once"),
    ],
)
def test_form_says_what_is_missing(
    shop: Any, own: Merchant, fields: dict[str, Any], words: str
) -> None:
    answer = shop.client().post(reverse("dashboard:inbound_new"), said(**fields))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    with merchant(own):
        assert not Inbound.objects.exists()


def test_result_is_shown_noted_and_stands_on_today_until_then(shop: Any, own: Merchant) -> None:
    house = Warehouse.objects.get(code="szx1")
    inbound = an_inbound(own, house, SaidLine("MUG-BLUE", 10), SaidLine("BOWL-RED", 5))
    floor = logged_in(a_staff_member("floor", house))
    Dock(floor, f"/stations/receive/{inbound.pk}/scans/").scan(
        "MUG-BLUE", "12", "WB:C:DAMAGED", "BOWL-RED", "NOPE-1", "WB:C:ASIDE", "teapot",
        "WB:C:CLOSE",
    )  # fmt: skip
    client = shop.client()
    page = client.get(f"/inbounds/{inbound.number}/").content.decode()
    for words in ("2 over", "4 short", "1 damaged or expired", "1 unknown", "NOPE-1", "teapot"):
        assert words in page
    assert "Inbounds that differ from what you announced" in client.get("/").content.decode()
    listed = client.get("/inbounds/?differing=1").content.decode()
    assert inbound.number in listed
    client.post(f"/inbounds/{inbound.number}/seen/")
    assert "Inbounds that differ" not in client.get("/").content.decode()
    assert inbound.number not in client.get("/inbounds/?differing=1").content.decode()


def test_what_the_dock_counts_is_not_shown_while_it_counts(shop: Any, own: Merchant) -> None:
    house = Warehouse.objects.get(code="szx1")
    inbound = an_inbound(own, house)
    floor = logged_in(a_staff_member("floor", house))
    Dock(floor, f"/stations/receive/{inbound.pk}/scans/").scan("MUG-BLUE", "7")
    client = shop.client()
    page = client.get(f"/inbounds/{inbound.number}/").content.decode()
    assert "Damaged or expired" not in page
    client.post(f"/inbounds/{inbound.number}/cancel/")
    with merchant(own):
        assert Inbound.objects.get().status == "receiving"


def test_carton_label_is_made_and_made_anew_when_it_changes(shop: Any, own: Merchant) -> None:
    client = shop.client()
    client.post(reverse("dashboard:inbound_new"), said())
    with merchant(own):
        job = Job.objects.get(kind="papers.inbound_label")
    inbound_label(own.pk, job.payload)
    inbound_label(own.pk, job.payload)
    client.post("/inbounds/IB00001/edit/", said(reference="PO-78"))
    inbound_label(own.pk, job.payload)
    with merchant(own):
        numbers = list(Document.objects.filter(kind="inbound_label").values_list("number"))
    assert len(numbers) == 2
    page = client.get("/inbounds/IB00001/").content.decode()
    assert all(number in page for (number,) in numbers)


def test_product_labels_are_asked_for_and_listed(shop: Any, own: Merchant) -> None:
    client, page = shop.client(), reverse("dashboard:product_labels")
    assert 'value="MUG-BLUE"' in client.get(page, {"sku": "MUG-BLUE"}).content.decode()
    asked = {"sku": "MUG-BLUE", "copies": "3", "layout": "sheet"}
    assert client.post(page, asked)["Location"] == f"{page}?sku=MUG-BLUE"
    with merchant(own):
        job = Job.objects.get(kind="papers.product_labels")
    product_labels(own.pk, job.payload)
    assert "PLB00001" in client.get(page).content.decode()
    wrong = client.post(page, {**asked, "sku": "NOPE"})
    assert "There is no product of this SKU" in wrong.content.decode()
