"""Shipments, documents and tracking over the API."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from core.documents import store
from core.models import Document, Merchant
from core.tenancy import merchant
from tests.api.conftest import Api
from tests.factories import NOW, a_booked_parcel, a_handed_over_parcel, an_order
from tracking.services import NewEvent, record_events


def a_document(owner: Merchant, content_type: str = "application/pdf") -> Document:
    return store(
        merchant_id=owner.pk, kind="label", number="L-1", subject_kind="order", subject_id=1,
        content=b"%PDF-1.7 label", content_type=content_type, now=NOW,
    )  # fmt: skip


def test_a_booked_parcel_is_a_shipment_with_its_label(api: Api, acme: Merchant) -> None:
    label = a_document(acme)
    order = an_order(acme)
    booking = a_booked_parcel(acme, order, label)
    said = api.get(f"/shipments/{booking.reference}").json()
    assert said["tracking_number"] == booking.tracking_number
    assert said["order"] == order.reference
    assert said["service_reason"]
    assert said["invoice"] is None
    assert said["label"]["sha256"] == label.sha256
    assert api.get("/shipments").json()["results"] == [said]


def test_shipments_are_found_by_number_order_and_carrier(api: Api, acme: Merchant) -> None:
    order, _other = an_order(acme), an_order(acme)
    booking = a_booked_parcel(acme, order)
    for query, found in (
        (f"tracking_number={booking.tracking_number}", 1),
        (f"order={order.reference}", 1),
        ("carrier=postal", 1),
        ("carrier=line", 0),
    ):
        assert len(api.get(f"/shipments?{query}").json()["results"]) == found, query


def test_a_documents_bytes_are_a_download_of_exactly_what_was_stored(
    api: Api, acme: Merchant
) -> None:
    document = a_document(acme)
    answer = api.get(f"/documents/{document.pk}/content")
    assert hashlib.sha256(answer.content).hexdigest() == document.sha256
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="label-L-1.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_document_of_an_unlisted_type_is_mere_bytes(api: Api, acme: Merchant) -> None:
    document = a_document(acme, "text/html")
    answer = api.get(f"/documents/{document.pk}/content")
    assert answer["Content-Type"] == "application/octet-stream"


def test_tracking_shows_milestone_events_trouble_window_and_the_buyers_link(
    api: Api, acme: Merchant
) -> None:
    parcel = a_handed_over_parcel(acme, an_order(acme))
    with merchant(acme):
        record_events(
            parcel_id=parcel.pk,
            events=[
                NewEvent("poll", "UPU_EMSEVT", "EMA", NOW, "Shenzhen", "CN"),
                NewEvent("poll", "UPU_EMSEVT", "EMH", NOW + timedelta(days=5), "Berlin", "DE"),
            ],
            now=NOW + timedelta(days=6),
        )
    said = api.get(f"/tracking/{parcel.tracking_number}").json()
    assert [event["city"] for event in said["events"]] == ["Berlin", "Shenzhen"]
    assert said["exception"]["kind"]
    assert said["expected_to"]
    assert said["buyer_link"].endswith(f"/t/{parcel.link_token}/")
    assert said["proof"] is None


def test_another_merchants_parcel_and_papers_do_not_exist(
    api: Api, rival_api: Api, acme: Merchant
) -> None:
    document = a_document(acme)
    booking = a_booked_parcel(acme, an_order(acme), document)
    for path in (
        f"/shipments/{booking.reference}",
        f"/tracking/{booking.tracking_number}",
        f"/documents/{document.pk}/content",
    ):
        assert api.get(path).status_code == 200, path
        assert rival_api.get(path).status_code == 404, path
    assert rival_api.get("/shipments").json()["results"] == []
