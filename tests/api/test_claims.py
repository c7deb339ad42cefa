"""Claims over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Merchant
from tests.api.conftest import Api
from tests.factories import a_booked_parcel, a_handed_over_parcel, an_order
from tracking.models import TrackedParcel

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def parcel(acme: Merchant) -> TrackedParcel:
    return a_handed_over_parcel(acme, an_order(acme))


def evidence(content: bytes = PNG, name: str = "photo.png", **fields: Any) -> dict[str, Any]:
    file = SimpleUploadedFile(name, content, "application/x-anything")
    return {"data": {"file": file, "code": "photo_of_goods", "note": "Broken", **fields}}


def test_a_claim_is_filed_for_the_value_of_the_goods(api: Api, parcel: TrackedParcel) -> None:
    body = {"tracking_number": parcel.tracking_number, "kind": "loss"}
    answer = api.post("/claims", body)
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["status"], said["amount_claimed"], said["currency"]) == ("open", "19.00", "EUR")
    assert api.get(f"/claims/{said['number']}").json() == said
    assert api.get("/claims?status=open").json()["results"][0]["number"] == said["number"]


def test_a_second_claim_of_the_kind_names_the_first(api: Api, parcel: TrackedParcel) -> None:
    body = {"tracking_number": parcel.tracking_number, "kind": "damage", "amount": "5.00"}
    first = api.post("/claims", body).json()
    answer = api.post("/claims", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_claimed")
    assert first["number"] in answer.json()["detail"]


def test_a_claim_before_the_handover_is_refused(api: Api, acme: Merchant) -> None:
    booking = a_booked_parcel(acme, an_order(acme))
    answer = api.post("/claims", {"tracking_number": booking.tracking_number, "kind": "loss"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_claimable")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "99999999999999", "lots", [], True])
def test_an_amount_that_cannot_be_is_refused(
    api: Api, parcel: TrackedParcel, amount: object
) -> None:
    body = {"tracking_number": parcel.tracking_number, "kind": "loss", "amount": amount}
    answer = api.post("/claims", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "amount"


def test_evidence_is_what_its_bytes_say_and_twice_is_once(api: Api, parcel: TrackedParcel) -> None:
    claim = api.post("/claims", {"tracking_number": parcel.tracking_number, "kind": "damage"})
    path = f"/claims/{claim.json()['number']}/evidence"
    first = api.upload(path, **evidence(name="../../etc/passwd.exe"))
    assert first.status_code == 201, first.content
    again = api.upload(path, **evidence())
    (kept,) = again.json()["evidence"]
    assert (kept["content_type"], kept["code"]) == ("image/png", "photo_of_goods")
    download = api.get(kept["url"].removeprefix("/api/v1"))
    assert download.content == PNG
    assert "passwd" not in download["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "photo.png"),
        (b"MZ\x90\x00", "invoice.pdf"),
        (b"GIF89a", "photo.gif"),
        (b"PK\x03\x04", "photo.jpg"),
    ],
)
def test_a_file_that_is_no_picture_or_pdf_is_refused_whatever_it_calls_itself(
    api: Api, parcel: TrackedParcel, content: bytes, name: str
) -> None:
    claim = api.post("/claims", {"tracking_number": parcel.tracking_number, "kind": "damage"})
    answer = api.upload(f"/claims/{claim.json()['number']}/evidence", **evidence(content, name))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_evidence")


def test_evidence_over_ten_megabytes_is_refused(api: Api, parcel: TrackedParcel) -> None:
    claim = api.post("/claims", {"tracking_number": parcel.tracking_number, "kind": "damage"})
    path = f"/claims/{claim.json()['number']}/evidence"
    answer = api.upload(path, **evidence(PNG + b"\x00" * (11 * 1024 * 1024)))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


def test_another_merchants_parcel_and_claim_do_not_exist(
    api: Api, rival_api: Api, parcel: TrackedParcel
) -> None:
    body = {"tracking_number": parcel.tracking_number, "kind": "loss"}
    assert rival_api.post("/claims", body).status_code == 422
    number = api.post("/claims", body).json()["number"]
    assert rival_api.get(f"/claims/{number}").status_code == 404
    assert rival_api.upload(f"/claims/{number}/evidence", **evidence()).status_code == 404
    assert api.get(f"/claims/{number}").json()["evidence"] == []
