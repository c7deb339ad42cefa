"""The dedicated line: booked by key, pushes believed only when signed and fresh."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.carriers.line import LARGEST_PUSH_BYTES, Line, PushRefused, parse_push, sign
from integrations.errors import Unavailable
from integrations.http import NullGate
from tests.integrations.examples import HANDOVER, NOW, booking
from tests.integrations.servers import answer, partner, reset

PARCEL = {
    "reference": "WB-2026-000123",
    "tracking_number": "EL000000001DE",
    "label_pdf": base64.b64encode(b"%PDF").decode(),
    "created_at": "2026-11-23T06:00:00+00:00",
}
SECRET = "shared-secret"
STAMP = str(int(NOW.timestamp()))
EVENT = {
    "event_id": "ev-1",
    "tracking_number": "EL000000001DE",
    "sub_status": "InTransit_PickedUp",
    "event_at": "2026-11-23T05:59:00+00:00",
    "city": "Shenzhen",
    "country": "CN",
    "description": "Parcel collected",
}
BODY = json.dumps(EVENT).encode()


def line(url: str) -> Line:
    return Line.connect(credentials={"api_key": "k"}, base_url=url, gate=NullGate())


def test_a_booking_carries_our_reference_as_its_key() -> None:
    with partner(answer(201, PARCEL)) as there:
        got = line(there.url).book(booking())
    assert (got.tracking_number, got.label) == ("EL000000001DE", b"%PDF")
    assert there.seen[0].headers["idempotency-key"] == "WB-2026-000123"
    assert "label_pdf" not in got.raw


def test_booking_again_after_a_lost_answer_sends_the_very_same() -> None:
    with partner(reset(), answer(200, PARCEL)) as there:
        with pytest.raises(Unavailable):
            line(there.url).book(booking())
        assert line(there.url).book(booking()).tracking_number == "EL000000001DE"
    assert there.seen[0].body == there.seen[1].body


@pytest.mark.parametrize(
    "broken", [{"label_pdf": "???"}, {"label_pdf": ""}, {"tracking_number": None}]
)
def test_a_parcel_without_number_or_label_is_asked_for_again(broken: dict[str, Any]) -> None:
    with partner(answer(201, PARCEL | broken)) as there, pytest.raises(Unavailable):
        line(there.url).book(booking())


def test_a_reference_is_looked_up_exactly() -> None:
    with partner(answer(200, {"parcels": [PARCEL | {"reference": "other"}, PARCEL]})) as there:
        got = line(there.url).find_by_reference("WB-2026-000123")
        assert got is not None
        assert got.label == b"%PDF"
        assert line(there.url).find_by_reference("nobody") is None


def test_a_handover_names_its_parcels() -> None:
    with partner(answer(201, {})) as there:
        assert line(there.url).hand_over(HANDOVER).confirmation == "HO-2026-0007"
    assert there.seen[0].body["tracking_numbers"] == ["1234567890", "2234567890"]


def test_events_can_be_asked_for() -> None:
    with partner(answer(404, {}), answer(200, {"events": [EVENT, {}]})) as there:
        page = line(there.url).events(numbers=["EL1", "EL000000001DE"])
    assert [event.vendor_event_id for event in page.events] == ["ev-1"]


def test_the_callback_is_registered() -> None:
    with partner(answer(200, {})) as there:
        line(there.url).register_callback(url="http://x/push", secret=SECRET)
    assert (there.seen[0].method, there.seen[0].path) == ("PUT", "/callback")


def push(
    body: bytes = BODY, *, stamp: str = STAMP, secret: str = SECRET, now: datetime = NOW
) -> Any:
    signature = sign(secret=secret, timestamp=stamp, body=body)
    headers = {"x-line-timestamp": stamp, "X-LINE-Signature": signature}
    return parse_push(headers, body, SECRET, now)


def test_a_signed_push_is_an_event() -> None:
    event = push()
    assert (event.vendor, event.code) == ("17TRACK", "InTransit_PickedUp")
    assert event.happened_at == datetime(2026, 11, 23, 5, 59, tzinfo=UTC)


def test_the_signature_is_the_published_one() -> None:
    """Computed once with `printf '1.{}' | openssl dgst -sha256 -hmac shared-secret`."""
    assert sign(secret=SECRET, timestamp="1", body=b"{}") == (
        "sha256=ca904b13daab4dddc52d8433e7e922602780c71a79cc8a683b4b8ab25ddc2a97"
    )


@pytest.mark.parametrize("late_s", [-300, 300])
def test_a_push_at_the_edge_of_the_window_counts(late_s: int) -> None:
    assert push(now=NOW + timedelta(seconds=late_s)).vendor_event_id == "ev-1"


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        ({"secret": "guessed"}, "signature"),
        ({"now": NOW + timedelta(seconds=301)}, "timestamp"),
        ({"now": NOW - timedelta(seconds=301)}, "timestamp"),
        ({"stamp": "-1"}, "timestamp"),
        ({"stamp": "١٧٦٣"}, "timestamp"),
        ({"stamp": "9" * 40}, "timestamp"),
        ({"stamp": ""}, "timestamp"),
        ({"body": b"[]"}, "unreadable"),
        ({"body": b"{"}, "unreadable"),
        ({"body": b"{}"}, "unreadable"),
        ({"body": json.dumps(EVENT | {"event_at": "yesterday"}).encode()}, "unreadable"),
        ({"body": json.dumps(EVENT | {"event_at": "2026-11-23T05:59:00"}).encode()}, "unreadable"),
        ({"body": b" " * (LARGEST_PUSH_BYTES + 1)}, "too_large"),
    ],
)
def test_a_push_that_is_not_the_lines_is_refused(attempt: dict[str, Any], code: str) -> None:
    with pytest.raises(PushRefused) as raised:
        push(**attempt)
    assert raised.value.code == code


@pytest.mark.parametrize("change", [b" ", b"x"])
def test_a_changed_body_no_longer_fits_its_signature(change: bytes) -> None:
    headers = {
        "X-Line-Timestamp": STAMP,
        "X-Line-Signature": sign(secret=SECRET, timestamp=STAMP, body=BODY),
    }
    with pytest.raises(PushRefused):
        parse_push(headers, BODY + change, SECRET, NOW)


def test_a_push_without_headers_is_refused() -> None:
    with pytest.raises(PushRefused):
        parse_push({}, BODY, SECRET, NOW)


def test_an_empty_secret_never_verifies_anything() -> None:
    with pytest.raises(ValueError, match="secret"):
        parse_push({"X-Line-Signature": ""}, BODY, "", NOW)


@given(st.text(), st.text(), st.binary(max_size=200))
def test_no_bytes_from_outside_crash_the_check(stamp: str, signature: str, body: bytes) -> None:
    headers = {"X-Line-Timestamp": stamp, "X-Line-Signature": signature}
    with pytest.raises(PushRefused):
        parse_push(headers, body, SECRET, NOW)
