"""The line's pushes: signed, kept once, and answered so that the line stops repeating them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from integrations.carriers.line import LARGEST_PUSH_BYTES, sign
from tests.factories import a_handed_over_parcel, a_merchant, a_product, a_warehouse, an_order
from tracking.models import ParcelLookup, TrackedParcel, TrackingEvent

pytestmark = pytest.mark.django_db
NUMBER = "EL000000001CN"


@pytest.fixture
def owner(db: None) -> Merchant:
    a_warehouse()
    made = a_merchant("acme")
    a_product(made)
    parcel = a_handed_over_parcel(made, an_order(made))
    ParcelLookup.objects.filter(tracked_parcel_id=parcel.pk).update(
        carrier_code="line", tracking_number=NUMBER
    )
    with merchant(made):
        TrackedParcel.objects.filter(pk=parcel.pk).update(
            carrier_code="line", tracking_number=NUMBER
        )
    return made


def event(**fields: Any) -> dict[str, Any]:
    return {
        "event_id": "e-1", "tracking_number": NUMBER, "sub_status": "InTransit_PickedUp",
        "event_at": timezone.now().isoformat(), "city": "Shenzhen", "country": "CN",
        "description": "Picked up", **fields,
    }  # fmt: skip


def push(
    body: bytes, *, secret: str | None = None, age_s: int = 0, **headers: str
) -> tuple[int, dict[str, str]]:
    timestamp = str(int(timezone.now().timestamp()) - age_s)
    secret = settings.PARTNERS["line"]["push_secret"] if secret is None else secret
    signed = {
        "HTTP_X_LINE_TIMESTAMP": timestamp,
        "HTTP_X_LINE_SIGNATURE": sign(secret=secret, timestamp=timestamp, body=body),
    }
    answer = Client(enforce_csrf_checks=True).post(
        "/push/line/",
        body,
        content_type="application/json",
        **{**signed, **headers},  # type: ignore[arg-type]
    )
    return answer.status_code, answer.json()


def events_of(owner: Merchant) -> list[str]:
    with merchant(owner):
        return list(TrackingEvent.objects.values_list("code", flat=True))


def test_a_new_event_is_accepted_and_the_same_again_is_known(owner: Merchant) -> None:
    body = json.dumps(event()).encode()
    assert push(body) == (202, {"code": "accepted"})
    assert push(body) == (200, {"code": "known"})
    assert events_of(owner) == ["InTransit_PickedUp"]


def test_a_code_nobody_mapped_is_kept_all_the_same(owner: Merchant) -> None:
    assert push(json.dumps(event(sub_status="Brand_New")).encode())[0] == 202
    assert events_of(owner) == ["Brand_New"]


def test_a_number_that_is_not_ours_ends_the_repetition(owner: Merchant) -> None:
    body = json.dumps(event(tracking_number="EL999999999CN")).encode()
    assert push(body) == (202, {"code": "not_ours"})
    assert events_of(owner) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"secret": "other"}, 401), ({"age_s": 301}, 401), ({"age_s": -301}, 401),
     ({"HTTP_X_LINE_SIGNATURE": ""}, 401), ({"HTTP_X_LINE_SIGNATURE": "sha256=é"}, 401),
     ({"HTTP_X_LINE_TIMESTAMP": "0"}, 401), ({"HTTP_X_LINE_TIMESTAMP": ""}, 401)],
)  # fmt: skip
def test_what_is_not_the_lines_is_refused_and_changes_nothing(
    owner: Merchant, fields: dict[str, Any], status: int
) -> None:
    # A clock that stands still: a second's turn between signing and reading would move the limit.
    with time_machine.travel(timezone.now(), tick=False):
        assert push(json.dumps(event()).encode(), **fields)[0] == status
    assert events_of(owner) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"{", b"\xff\xfe", json.dumps({"event_id": "e"}).encode(),
     json.dumps(event(event_at="yesterday")).encode(),
     json.dumps(event(event_at="0001-01-01T00:00:00+14:00")).encode(),
     json.dumps(event(city="a\x00b")).encode(),
     json.dumps(event(tracking_number="a\x00b")).encode(),
     json.dumps(event(sub_status={"a": 1})).encode(),
     b"[" * 60_000],
)  # fmt: skip
def test_a_signed_push_that_is_no_event_is_never_our_fault(owner: Merchant, body: bytes) -> None:
    assert push(body)[0] in (400, 202)
    assert [code for code in events_of(owner) if code != "InTransit_PickedUp"] == []


def test_a_huge_push_is_not_read(owner: Merchant) -> None:
    assert push(b" " * (LARGEST_PUSH_BYTES + 1)) == (413, {"code": "too_large"})


def test_only_post_is_answered() -> None:
    assert Client().get("/push/line/").status_code == 405
