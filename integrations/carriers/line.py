"""EastLine, the dedicated line, by our own reading of a consolidator's API (docs/stand-ins.md).

Credentials: `api_key`. Booking is idempotent by our reference and handover by our handover id, so
every call may be repeated. Events are pushed to us and signed; asking per parcel is the fallback.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from integrations.answers import as_dict, as_list, file_bytes, instant, parse_json, text
from integrations.carriers.base import (
    BookingAnswer,
    BookingRequest,
    EventPage,
    Handover,
    HandoverAnswer,
    VendorEvent,
)
from integrations.errors import PartnerError
from integrations.http import Answer, Credentials, Door, Gate, segment, utc_now
from integrations.parties import amount, party

logger = logging.getLogger(__name__)

VENDOR = "17TRACK"
PUSH_TOLERANCE_S = 300
LARGEST_PUSH_BYTES = 64 * 1024


class PushRefused(PartnerError):
    """A push that is not the line's: `code` is signature, timestamp, too_large or unreadable.

    Answer it with 401 (signature, timestamp) or 400, and change nothing.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, partner="line", operation="push")
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """Our account at the dedicated line. Keeps the `Carrier` protocol."""

    door: Door
    vendor: str = VENDOR
    events_by: Literal["number", "feed"] = "number"

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        clock: Callable[[], datetime] = utc_now,
    ) -> Line:
        return cls(
            Door(
                partner="line",
                base_url=base_url,
                account="line",
                credentials=Credentials.bearer(credentials["api_key"]),
                gate=gate,
                clock=clock,
            )
        )

    def book(self, request: BookingRequest) -> BookingAnswer:
        """Book one parcel under our reference. The same again gives the same answer.

        The same reference with other contents is `Refused` (409).
        """
        answer = self.door.call(
            "POST",
            "/parcels",
            operation="book",
            repeatable=True,
            headers={"Idempotency-Key": request.reference},
            json=parcel(request),
        )
        return _booking(answer, answer.fields)

    def find_by_reference(self, reference: str) -> BookingAnswer | None:
        """The parcel booked under our reference, label included; None where there is none."""
        answer = self.door.call(
            "GET",
            "/parcels",
            operation="find",
            repeatable=True,
            params={"reference": reference},
        )
        for found in map(as_dict, as_list(answer.fields.get("parcels"))):
            if text(found, "reference") == reference:
                return _booking(answer, found)
        return None

    def void(self, number: str) -> None:
        """Take a booking back. May be repeated; `Refused` (409) once the parcel is handed over."""
        self.door.call(
            "DELETE",
            f"/parcels/{segment(number, field='tracking_number')}",
            operation="void",
            repeatable=True,
        )

    def hand_over(self, handover: Handover) -> HandoverAnswer:
        """Tell the line which parcels it has been given. May be repeated."""
        answer = self.door.call(
            "POST",
            "/handovers",
            operation="handover",
            repeatable=True,
            json={
                "handover_id": handover.handover_id,
                "tracking_numbers": [parcel.tracking_number for parcel in handover.parcels],
            },
        )
        return HandoverAnswer(confirmation=handover.handover_id, raw=answer.fields)

    def events(self, *, numbers: Sequence[str] = (), cursor: str = "") -> EventPage:
        """Events of the given parcels, one call each: the fallback for pushes that never came."""
        del cursor
        return EventPage(tuple(event for number in numbers for event in self._track(number)), "")

    def _track(self, number: str) -> list[VendorEvent]:
        answer = self.door.call(
            "GET",
            f"/parcels/{segment(number, field='tracking_number')}/events",
            operation="events",
            repeatable=True,
            also={404},
        )
        if answer.status == 404:
            return []
        events = []
        for raw in map(as_dict, as_list(answer.fields.get("events"))):
            try:
                events.append(read_event({"tracking_number": number, **raw}))
            except ValueError as error:
                logger.warning("line: an event of %s left out: %s", number, error)
        return events

    def register_callback(self, *, url: str, secret: str) -> None:
        """Tell the line where to push events and with which secret to sign them."""
        self.door.call(
            "PUT",
            "/callback",
            operation="callback",
            repeatable=True,
            json={"url": url, "secret": secret},
        )


def parcel(request: BookingRequest) -> dict[str, Any]:
    """Body of POST /parcels. Holds nothing that changes between two tries of one booking."""
    return {
        "reference": request.reference,
        "service": request.service_code,
        "sender": party(request.sender),
        "recipient": party(request.recipient),
        "weight_g": request.weight_g,
        "length_mm": request.length_mm,
        "width_mm": request.width_mm,
        "height_mm": request.height_mm,
        "declared_value": amount(request.declared_value),
        "currency": request.currency,
        "incoterm": request.incoterm,
        "tax_scheme_id": request.tax_scheme_id,
        "invoice_number": request.invoice_number,
        "battery": request.battery,
        "contents": [
            {
                "sku": line.sku,
                "description": line.description,
                "quantity": line.quantity,
                "unit_value": amount(line.unit_value),
                "currency": line.currency,
                "net_weight_g": line.net_weight_g,
                "hs_code": line.hs_code,
                "origin_country": line.origin_country,
            }
            for line in request.contents
        ],
    }


def parse_push(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> VendorEvent:
    """The event in a push, after its signature and age are checked.

    `X-Line-Signature: sha256=HEX(HMAC-SHA256(secret, X-Line-Timestamp + "." + body))`, the
    timestamp in Unix seconds, at most 300 s away from `now` either way (a captured push cannot be
    played again later). Raises `PushRefused`. The same event may be pushed twice and out of order:
    `vendor_event_id` and `happened_at` tell.
    """
    named = {name.lower(): value for name, value in headers.items()}
    if len(body) > LARGEST_PUSH_BYTES:
        raise PushRefused("too_large", f"a push may hold {LARGEST_PUSH_BYTES} bytes")
    timestamp = named.get("x-line-timestamp", "")
    if not hmac.compare_digest(
        sign(secret=secret, timestamp=timestamp, body=body).encode(),
        named.get("x-line-signature", "").encode("utf-8", "replace"),
    ):
        raise PushRefused("signature", "the signature does not match")
    # Signed by the line, so a number; ten digits keep a broken clock from being a huge one.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 10):
        raise PushRefused("timestamp", "X-Line-Timestamp is not Unix seconds")
    if abs(now.astimezone(UTC).timestamp() - int(timestamp)) > PUSH_TOLERANCE_S:
        raise PushRefused("timestamp", "the push is too old or from the future")
    parsed, is_json = parse_json(body)
    if not is_json or not isinstance(parsed, dict):
        raise PushRefused("unreadable", "the push is not a JSON object")
    try:
        return read_event(parsed)
    except ValueError as error:
        raise PushRefused("unreadable", str(error)) from error


def sign(*, secret: str, timestamp: str, body: bytes) -> str:
    """The signature header the line sends with a push."""
    if not secret:
        raise ValueError("a push secret may not be empty")
    told = timestamp.encode("utf-8", "replace") + b"." + body
    return "sha256=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def read_event(raw: dict[str, Any]) -> VendorEvent:
    """One event as pushed or polled. Raises `ValueError` naming what is missing."""
    for key in ("event_id", "tracking_number", "sub_status", "event_at"):
        if not text(raw, key):
            raise ValueError(f"the event has no {key}")
    return VendorEvent(
        vendor=VENDOR,
        code=text(raw, "sub_status"),
        tracking_number=text(raw, "tracking_number"),
        happened_at=instant(text(raw, "event_at")),
        city=text(raw, "city"),
        country=text(raw, "country"),
        description=text(raw, "description"),
        vendor_event_id=text(raw, "event_id"),
        raw=raw,
    )


def _booking(answer: Answer, fields: dict[str, Any]) -> BookingAnswer:
    number = text(fields, "tracking_number")
    if not number:
        raise answer.unusable("a parcel without a tracking number")
    try:
        label = file_bytes(text(fields, "label_pdf"))
    except ValueError as error:
        raise answer.unusable(f"a parcel without a readable label: {error}") from error
    raw = {key: value for key, value in fields.items() if key != "label_pdf"}
    return BookingAnswer(number, label, "application/pdf", raw)
