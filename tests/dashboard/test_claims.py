"""Claims are filed for parcels that left the house, with evidence that is what it says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Claim, ClaimEvidence
from core.tenancy import merchant
from flows.aftersales import decide_claim
from tests.dashboard.conftest import Shop
from tests.factories import NOW, a_booked_parcel, a_handed_over_parcel, an_order
from tracking.models import TrackedParcel

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def claims_of(shop: Shop) -> list[Claim]:
    with merchant(shop.owner):
        return list(Claim.objects.order_by("id"))


def form(parcel: TrackedParcel | None = None, **fields: Any) -> dict[str, Any]:
    number = parcel.tracking_number if parcel else ""
    return {"tracking_number": number, "kind": "loss", "photo_kind": "photo_of_goods", **fields}


def test_a_claim_asks_for_the_value_of_the_goods_when_no_amount_is_given(shop: Shop) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    response = shop.client("finance").post(
        "/claims/new/", form(parcel, statement="No scan since\nFriday"), follow=True
    )
    (claim,) = claims_of(shop)
    assert claim.amount_claimed == Decimal("19.00")
    text = response.content.decode()
    assert claim.number in text
    assert "No scan since<br>Friday" in text
    assert "finance@acme.example" in text


def test_the_form_opened_from_a_parcel_names_it_and_the_limit(shop: Shop) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    text = shop.client().get(f"/claims/new/?parcel={parcel.tracking_number}").content.decode()
    assert f"for {parcel.tracking_number}" in text
    assert f'value="{parcel.tracking_number}"' in text


@pytest.mark.parametrize(
    ("field", "value"),
    [("tracking_number", "UNKNOWN"), ("tracking_number", ""), ("tracking_number", "a\x00b"),
     ("kind", "delay"), ("amount", "0"), ("amount", "-5"), ("amount", "a lot"),
     ("amount", "9" * 30), ("amount", "NaN"), ("statement", "x" * 2001)],
)  # fmt: skip
def test_a_wrong_field_is_explained_and_nothing_is_filed(
    shop: Shop, field: str, value: str
) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    response = shop.client().post("/claims/new/", form(parcel, **{field: value}))
    assert response.status_code == 400
    assert 'class="errorlist"' in response.content.decode()
    assert claims_of(shop) == []


def test_a_parcel_in_the_house_cannot_be_claimed_for(shop: Shop) -> None:
    booking = a_booked_parcel(shop.owner, an_order(shop.owner))
    with merchant(shop.owner):
        parcel = TrackedParcel.objects.get(booking=booking)
    response = shop.client().post("/claims/new/", form(parcel))
    assert response.status_code == 400
    assert "has not been handed to the carrier" in response.content.decode()


def test_a_second_claim_of_the_kind_leads_to_the_first(shop: Shop) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    client = shop.client()
    first = client.post("/claims/new/", form(parcel))
    second = client.post("/claims/new/", form(parcel))
    assert second["Location"] == first["Location"]
    assert len(claims_of(shop)) == 1


def test_another_merchants_parcel_cannot_be_claimed_for(shop: Shop, other_shop: Shop) -> None:
    parcel = a_handed_over_parcel(other_shop.owner, an_order(other_shop.owner))
    response = shop.client().post("/claims/new/", form(parcel))
    assert response.status_code == 400
    assert claims_of(other_shop) == []


def test_evidence_is_attached_and_can_be_downloaded_as_it_was(shop: Shop) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    client = shop.client()
    here = client.post("/claims/new/", form(parcel, photo=SimpleUploadedFile("photo.png", PNG)))[
        "Location"
    ]
    with merchant(shop.owner):
        evidence = ClaimEvidence.objects.select_related("document").get()
    assert evidence.code == "photo_of_goods"
    assert f"/documents/{evidence.document_id}/" in client.get(here).content.decode()
    got = client.get(f"/documents/{evidence.document_id}/")
    assert got.content == PNG
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"].startswith('attachment; filename="claim_evidence-')
    assert got["Content-Disposition"].endswith('.png"')


@pytest.mark.parametrize("content", [b"<html>", b"\x89PNG" + b"\x00" * (10 * 1024 * 1024), b""])
def test_a_file_that_is_no_evidence_is_refused(shop: Shop, content: bytes) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    client = shop.client()
    here = client.post("/claims/new/", form(parcel))["Location"]
    sent = {"code": "photo_of_goods", "file": SimpleUploadedFile("photo.png", content)}
    response = client.post(f"{here}evidence/", sent, follow=True)
    assert response.status_code in (200, 400)
    with merchant(shop.owner):
        assert not ClaimEvidence.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"code": "photo_of_goods"}, {"code": "nonsense"}])
def test_an_evidence_form_that_lacks_something_says_so(shop: Shop, sent: dict[str, str]) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    client = shop.client()
    here = client.post("/claims/new/", form(parcel))["Location"]
    response = client.post(f"{here}evidence/", sent)
    assert response.status_code == 400
    assert 'class="errorlist"' in response.content.decode()


def test_a_reader_sees_claims_and_files_none(shop: Shop) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    here = shop.client().post("/claims/new/", form(parcel))["Location"]
    reader = shop.client("read_only")
    assert reader.get(here).status_code == 200
    assert "Add evidence" not in reader.get(here).content.decode()
    assert reader.get("/claims/new/").status_code == 403
    assert reader.post("/claims/new/", form(parcel, kind="damage")).status_code == 403
    assert reader.post(f"{here}evidence/", {}).status_code == 403
    assert len(claims_of(shop)) == 1


def test_a_decided_claim_shows_its_reasons_and_a_missing_proof_shows_on_today(shop: Shop) -> None:
    parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
    client = shop.client()
    here = client.post("/claims/new/", form(parcel))["Location"]
    (claim,) = claims_of(shop)
    decide_claim(merchant_id=shop.owner.pk, claim_number=claim.number, actor="staff:x", now=NOW)
    text = client.get(here).content.decode()
    assert "Needs evidence" in text
    assert "Proof is missing" in text
    assert "Waybridge staff" in text
    assert "Claims that wait for evidence" in client.get("/").content.decode()


def test_another_merchants_claim_does_not_exist(shop: Shop, other_shop: Shop) -> None:
    parcel = a_handed_over_parcel(other_shop.owner, an_order(other_shop.owner))
    here = other_shop.client().post("/claims/new/", form(parcel))["Location"]
    assert shop.client().get(here).status_code == 404
    sent = {"code": "photo_of_goods", "file": SimpleUploadedFile("photo.png", PNG)}
    assert shop.client().post(f"{here}evidence/", sent).status_code == 404
