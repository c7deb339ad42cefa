"""Files over the API: stored, read by a worker, explained row by row."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job, Merchant
from core.tenancy import merchant
from flows.files import read_file
from orders.models import Import
from tests.api.conftest import Api

HEADER = "sku,title,weight_g,length_mm,width_mm,height_mm,unit_value,currency,battery,stock\n"
GOOD = "CUP-1,Cup,300,90,90,100,5.00,EUR,none,3\n"
BAD = "=CUP-2,Cup,heavy,90,90,100,5.00,EUR,none,3\n"


def upload(api: Api, content: str = HEADER + GOOD, kind: str = "products", **options: Any) -> Any:
    file = SimpleUploadedFile("products.csv", content.encode(), "text/csv")
    return api.upload("/imports", data={"file": file, "kind": kind}, **options)


def read(owner: Merchant, import_id: int) -> None:
    read_file(owner.pk, {"import_id": import_id})


def test_a_file_is_taken_and_its_progress_can_be_followed(api: Api, acme: Merchant) -> None:
    answer = upload(api)
    assert answer.status_code == 202, answer.content
    said = answer.json()
    assert (said["status"], said["file_name"]) == ("waiting", "products.csv")
    with merchant(acme):
        assert Job.objects.filter(kind="intake.read_file", key=str(said["id"])).exists()
    read(acme, said["id"])
    done = api.get(f"/imports/{said['id']}").json()
    assert (done["status"], done["entries_created"], done["rows_rejected"]) == ("done", 1, 0)
    assert api.get("/products/CUP-1").json()["stock"]["on_hand"] == 3


def test_rejected_rows_come_back_as_a_file_without_live_formulas(api: Api, acme: Merchant) -> None:
    import_id = upload(api, HEADER + GOOD + BAD).json()["id"]
    read(acme, import_id)
    answer = api.get(f"/imports/{import_id}/rejected.csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"] == f'attachment; filename="rejected-{import_id}.csv"'
    header, row = csv.reader(io.StringIO(content))
    columns = HEADER.strip().split(",")
    assert header[: len(columns)] == columns
    assert header[len(columns)] == "waybridge: row"
    assert row[:2] == ["'=CUP-2", "Cup"]
    assert row[len(columns) : len(columns) + 3] == ["3", "weight_g", "heavy"]


def test_a_file_that_is_no_table_is_refused_with_one_sentence(api: Api, acme: Merchant) -> None:
    import_id = upload(api, "").json()["id"]
    read(acme, import_id)
    said = api.get(f"/imports/{import_id}").json()
    assert said["status"] == "refused"
    assert "empty" in said["refusal"]


def test_the_same_upload_under_one_key_is_one_import_whatever_its_boundary(
    api: Api, acme: Merchant
) -> None:
    headers = {"Idempotency-Key": "file-1"}
    first, again = upload(api, headers=headers), upload(api, headers=headers)
    other = upload(api, HEADER + GOOD + GOOD, headers=headers)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    with merchant(acme):
        assert Import.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": {"kind": "orders"}}, 400),
        ({"data": {"file": "no file", "kind": "orders"}}, 400),
        ({"data": b"{}", "content_type": "application/json"}, 415),
        ({"data": b"--x", "content_type": "multipart/form-data"}, 400),
        ({"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"}, 400),
        ({"data": b"x", "content_type": "multipart/form-data; boundary=x",
          "CONTENT_LENGTH": str(2**31)}, 413),
    ],
)  # fmt: skip
def test_what_is_no_upload_is_refused(api: Api, options: dict[str, Any], status: int) -> None:
    answer = api.upload("/imports", **options)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_kind_is_refused(api: Api) -> None:
    answer = upload(api, kind="customers")
    assert answer.json()["errors"][0]["field"] == "kind"


def test_another_merchants_file_does_not_exist(api: Api, rival_api: Api) -> None:
    import_id = upload(api).json()["id"]
    assert rival_api.get(f"/imports/{import_id}").status_code == 404
    assert rival_api.get(f"/imports/{import_id}/rejected.csv").status_code == 404
    assert rival_api.get("/imports").json()["results"] == []
