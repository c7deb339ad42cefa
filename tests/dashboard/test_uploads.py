"""A file goes in, is read by a worker, and comes back with its result row by row."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.jobs import drain_queue
from core.tenancy import merchant
from orders.models import Import, Order, Product
from tests.dashboard.conftest import Shop
from tests.factories import an_order

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "samples"
PRODUCTS = (SAMPLES / "products.csv").read_bytes()


def send(client: Client, content: bytes, kind: str = "products", name: str = "p.csv") -> str:
    response = client.post("/upload/", {"kind": kind, "file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.content[:300]
    return response["Location"]


def test_products_are_read_by_a_worker_and_listed_with_their_stock(shop: Shop) -> None:
    client = shop.client("operations")
    detail = send(client, PRODUCTS)
    waiting = client.get(detail).content.decode()
    assert "Waiting for a free worker" in waiting
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    done = client.get(f"{detail}progress/").content.decode()
    assert "hx-trigger" not in done
    assert "Show what came in" in done
    with merchant(shop.owner):
        sku = Product.objects.exclude(sku="MUG-BLUE").values_list("sku", flat=True)[0]
    assert sku in client.get(f"/products/?q={sku}").content.decode()


def test_rejected_rows_say_what_would_be_right_on_the_page_and_in_the_file(shop: Shop) -> None:
    rows = list(csv.reader(io.StringIO(PRODUCTS.decode("utf-8-sig"))))
    rows[1][rows[0].index("weight_g")] = "heavy"
    text = io.StringIO()
    csv.writer(text).writerows(rows[:3])
    client = shop.client()
    detail = send(client, text.getvalue().encode())
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    page = client.get(detail).content.decode()
    assert "heavy" in page
    assert "This is not a whole number." in page
    response = client.get(f"{detail}rejected.csv")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    told = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["waybridge: column"], row["weight_g"]) for row in told] == [("weight_g", "heavy")]


def test_a_read_file_says_what_came_of_it_and_leads_to_the_orders_it_made(shop: Shop) -> None:
    client = shop.client()
    earlier = an_order(shop.owner)
    orders = (SAMPLES / "orders_amazon_unshipped.txt").read_bytes()
    detail = send(client, b"\n".join(orders.split(b"\n")[:4]), kind="orders", name="o.txt")
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    page = client.get(detail).content.decode()
    assert re.search(r"The file is read\. \d orders? came in\.", page)
    link = re.findall(r'href="(/orders/\?upload=\d+)"', page)[0]
    listed = client.get(link).content.decode()
    with merchant(shop.owner):
        made = Order.objects.exclude(pk=earlier.pk).values_list("reference", flat=True)
        assert made
        assert all(reference in listed for reference in made)
    assert earlier.reference not in listed
    assert earlier.reference not in client.get("/orders/?upload=999999").content.decode()


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.csv"), (b"\x00\x01\x02\xff" * 50, "p.bin"), (b"\xff\xd8\xff\xe0", "p.jpg"),
     (b"PK\x03\x04broken", "p.xlsx"), ("名字\n".encode(), "名字\x00\n.csv")],
)  # fmt: skip
def test_a_file_that_is_no_table_gets_one_sentence_and_changes_nothing(
    shop: Shop, content: bytes, name: str
) -> None:
    client = shop.client()
    response = client.post(
        "/upload/", {"kind": "orders", "file": SimpleUploadedFile(name, content)}, follow=True
    )
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    with merchant(shop.owner):
        uploads = list(Import.objects.all())
    if uploads:
        text = client.get(f"/uploads/{uploads[0].pk}/").content.decode()
        assert "Nothing was changed." in text
    else:
        assert response.status_code == 400
        assert "Nothing was changed." in response.content.decode()


@pytest.mark.parametrize("sent", [{}, {"kind": "orders"}, {"kind": "nonsense"}])
def test_a_form_without_a_file_says_what_is_missing(shop: Shop, sent: dict[str, str]) -> None:
    response = shop.client().post("/upload/", sent)
    assert response.status_code == 400
    assert b'role="alert"' in response.content


def test_a_file_above_the_limit_is_refused_before_it_is_stored(
    shop: Shop, settings: pytest.FixtureRequest
) -> None:
    settings.UPLOAD_MAX_BYTES = 10  # type: ignore[attr-defined]
    response = shop.client().post(
        "/upload/", {"kind": "products", "file": SimpleUploadedFile("p.csv", PRODUCTS)}
    )
    assert response.status_code == 400
    with merchant(shop.owner):
        assert not Import.objects.exists()


@pytest.mark.parametrize("role", ["finance", "read_only"])
def test_only_those_who_edit_may_upload(shop: Shop, role: str) -> None:
    client = shop.client(role)
    assert client.get("/upload/").status_code == 403
    sent = {"kind": "products", "file": SimpleUploadedFile("p.csv", PRODUCTS)}
    assert client.post("/upload/", sent).status_code == 403
    with merchant(shop.owner):
        assert not Import.objects.exists()


def test_another_merchants_upload_does_not_exist(shop: Shop, other_shop: Shop) -> None:
    detail = send(other_shop.client(), PRODUCTS)
    for path in (detail, f"{detail}progress/", f"{detail}rejected.csv"):
        assert shop.client().get(path).status_code == 404


@pytest.mark.parametrize("kind", ["orders", "products"])
def test_the_offered_template_is_recognised_when_it_comes_back(shop: Shop, kind: str) -> None:
    client = shop.client()
    template = client.get(f"/upload/template/{kind}/")
    name = re.findall(r'filename="([^"]+)"', template["Content-Disposition"])[0]
    detail = send(client, template.content, kind, name)
    drain_queue(merchant_id=shop.owner.pk, queue="flow")
    assert "has a header line but no rows below it" in client.get(detail).content.decode()


def test_a_body_beyond_every_limit_is_refused_before_anything_reads_it(db: None) -> None:
    # The check against forged forms reads a form whole before a view asks who sent it.
    for path in ("/accounts/login/", "/upload/", "/api/schema/"):
        response = Client().post(path, {"file": "x"}, CONTENT_LENGTH=str(10**12))
        assert response.status_code == 413
