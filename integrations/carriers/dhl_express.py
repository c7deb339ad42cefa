"""DHL Express by the MyDHL API contract 3.1.1 (see `dhl_express_requests` for the bodies).

Credentials: `username`, `password` (Basic) and `account_number` (the shipper's).
POST /shipments is not idempotent and the contract has no void: a lost answer is looked up by our
reference through GET /tracking, then read again through get-image.
Answers are read tolerantly: the vendor's own examples break their schemas.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from integrations.answers import as_dict, as_list, file_bytes, instant, text
from integrations.carriers import dhl_express_requests as requests
from integrations.carriers.base import (
    BookingAnswer,
    BookingRequest,
    EventPage,
    Handover,
    HandoverAnswer,
    Proof,
    VendorEvent,
)
from integrations.errors import Refused
from integrations.http import Answer, Credentials, Door, Gate, segment, utc_now

logger = logging.getLogger(__name__)

API_VERSION = "3.1.0"
LOOK_BACK = timedelta(days=60)
"""How far back a reference is searched: the contract asks for a period."""

CONTENT_TYPES = {"PDF": "application/pdf", "PNG": "image/png", "TIFF": "image/tiff"}
_POINTER = re.compile(r"#/([\w/]+)")
_CODE = re.compile(r"\s*(\d{3,6})\s*:")


def explain(status: int, body: Any) -> tuple[str, str, str]:
    """(field, code, message) of DHL's {title, detail, message, additionalDetails, status}.

    The field is the JSON pointer in the text ("#/content/packages/0/weight"), the code the number
    the text begins with ("7008: ..."), where there is one.
    """
    problem = as_dict(body)
    parts = [text(problem, "detail"), *map(str, as_list(problem.get("additionalDetails")))]
    message = "; ".join(part for part in parts if part) or text(problem, "message")
    pointer, code = _POINTER.search(message), _CODE.match(message)
    return (
        pointer[1].replace("/", ".") if pointer else "",
        code[1] if code else f"http_{status}",
        message or f"refused without a reason ({status})",
    )


@dataclass(frozen=True, slots=True)
class DhlExpress:
    """A shipper's account at DHL Express. Keeps the `Carrier` protocol."""

    door: Door
    account_number: str
    vendor: str = "DHL_EXPRESS"
    events_by: Literal["number", "feed"] = "number"

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        clock: Callable[[], datetime] = utc_now,
    ) -> DhlExpress:
        account = credentials["account_number"]
        return cls(
            door=Door(
                partner="dhl_express",
                base_url=base_url,
                account=f"dhl_express:{account}",
                credentials=Credentials.pair(credentials["username"], credentials["password"]),
                gate=gate,
                explain=explain,
                headers={"x-version": API_VERSION},
                message_header="Message-Reference",
                clock=clock,
            ),
            account_number=account,
        )

    def book(self, request: BookingRequest) -> BookingAnswer:
        """Book one parcel. Not repeatable: `AnswerLost` means look the reference up first.

        The label may be None in a good answer (booked, but no label came with it): fetch it with
        `waybill`. Raises the errors of `integrations.errors`.
        """
        body = requests.shipment(request, account=self.account_number, now=self.door.clock())
        answer = self.door.call("POST", "/shipments", operation="book", repeatable=False, json=body)
        number = text(answer.fields, "shipmentTrackingNumber")
        if not number:
            raise answer.unusable("booked without a tracking number")
        label, content_type = _document(answer, "label")
        return BookingAnswer(number, label, content_type, _without_files(answer.fields))

    def find_by_reference(self, reference: str) -> BookingAnswer | None:
        """The shipment booked under our reference, with its archived waybill as label.

        None where DHL knows none (yet: a booking may take a moment to be seen). Raises `Refused`
        ("reference", "ambiguous") where several carry it: a person must look.
        """
        today = self.door.clock().astimezone(UTC).date()
        answer = self.door.call(
            "GET",
            "/tracking",
            operation="find",
            repeatable=True,
            params={
                "shipmentReference": reference,
                "shipmentReferenceType": "CU",
                "shipperAccountNumber": self.account_number,
                "dateRangeFrom": (today - LOOK_BACK).isoformat(),
                "dateRangeTo": (today + timedelta(days=1)).isoformat(),
                "trackingView": "shipment-details-only",
            },
            also={404},
        )
        if answer.status == 404:
            return None
        found = {
            text(shipment, "shipmentTrackingNumber"): shipment
            for shipment in map(as_dict, as_list(answer.fields.get("shipments")))
            if text(shipment, "shipmentTrackingNumber") and _carries(shipment, reference)
        }
        if not found:
            return None
        if len(found) > 1:
            message = f"{len(found)} shipments carry the reference: {', '.join(sorted(found))}"
            raise Refused("reference", "ambiguous", message, partner="dhl_express")
        number, shipment = next(iter(found.items()))
        # "2026-11-23T..." or nothing: the month is only a hint for the archive.
        month = text(shipment, "shipmentTimestamp")[:7] or f"{today:%Y-%m}"
        label, content_type = self.waybill(number, month=month)
        return BookingAnswer(number, label, content_type, shipment)

    def waybill(self, number: str, *, month: str) -> tuple[bytes | None, str]:
        """(bytes, content type) of the archived waybill; `month` is "YYYY-MM" of the shipping.

        (None, "") where DHL has none.
        """
        answer = self.door.call(
            "GET",
            f"/shipments/{segment(number, field='tracking_number')}/get-image",
            operation="label",
            repeatable=True,
            params={
                "shipperAccountNumber": self.account_number,
                "typeCode": "waybill",
                "pickupYearAndMonth": month,
                "encodingFormat": "pdf",
            },
            also={404},
        )
        return _document(answer, "waybill") if answer.status != 404 else (None, "")

    def track(self, number: str) -> tuple[VendorEvent, ...]:
        """All checkpoints of one shipment, in the order given; () where DHL knows nothing yet."""
        answer = self.door.call(
            "GET",
            f"/shipments/{segment(number, field='tracking_number')}/tracking",
            operation="track",
            repeatable=True,
            # Without the offset a checkpoint's local time names no instant.
            params={
                "trackingView": "all-checkpoints",
                "levelOfDetail": "shipment",
                "requestGMTOffsetPerEvent": "true",
            },
            also={404},
        )
        if answer.status == 404:
            return ()
        events = [
            _event(number, as_dict(event))
            for shipment in as_list(answer.fields.get("shipments"))
            if text(as_dict(shipment), "shipmentTrackingNumber") in {"", number}
            for event in as_list(as_dict(shipment).get("events"))
        ]
        return tuple(event for event in events if event is not None)

    def events(self, *, numbers: Sequence[str] = (), cursor: str = "") -> EventPage:
        """Checkpoints of the given shipments, one call each; DHL keeps no cursor."""
        del cursor
        return EventPage(tuple(event for number in numbers for event in self.track(number)), "")

    def proof_of_delivery(self, number: str) -> Proof | None:
        """Who signed and DHL's proof document; None before delivery."""
        answer = self.door.call(
            "GET",
            f"/shipments/{segment(number, field='tracking_number')}/proof-of-delivery",
            operation="proof",
            repeatable=True,
            params={"shipperAccountNumber": self.account_number, "content": "epod-summary"},
            also={404},
        )
        if answer.status == 404:
            return None
        document, content_type = _document(answer, None)
        delivery = next((e for e in reversed(self.track(number)) if e.code == "OK"), None)
        return Proof(
            signed_by=text(delivery.raw, "signedBy") if delivery else "",
            delivered_at=delivery.happened_at if delivery else None,
            latitude=None,
            longitude=None,
            document=document,
            document_content_type=content_type,
            raw=_without_files(answer.fields),
        )

    def request_pickup(self, handover: Handover) -> HandoverAnswer:
        """Ask for the courier to take these parcels; at most 999.

        Not repeatable and the contract cannot look a pickup up: after `AnswerLost` the first
        courier's scan settles it, and asking again risks a second courier, not a second parcel.
        """
        body = requests.pickup(handover, account=self.account_number, now=self.door.clock())
        answer = self.door.call("POST", "/pickups", operation="pickup", repeatable=False, json=body)
        confirmations = as_list(answer.fields.get("dispatchConfirmationNumbers"))
        if not confirmations or not isinstance(confirmations[0], str):
            raise answer.unusable("a pickup without a confirmation number")
        return HandoverAnswer(confirmation=confirmations[0], raw=answer.fields)

    hand_over = request_pickup


def _carries(shipment: dict[str, Any], reference: str) -> bool:
    given = [text(as_dict(item), "value") for item in as_list(shipment.get("shipperReferences"))]
    return not given or reference in given


def _document(answer: Answer, kind: str | None) -> tuple[bytes | None, str]:
    """First document of the kind (any, where None) that can be read, else (None, "")."""
    for document in map(as_dict, as_list(answer.fields.get("documents"))):
        if kind is None or text(document, "typeCode") == kind:
            form = text(document, "imageFormat") or text(document, "encodingFormat") or "PDF"
            try:
                content = file_bytes(text(document, "content"))
            except ValueError as error:
                # The booking stands all the same; the caller sees that no file came.
                logger.warning("dhl_express: unreadable %s: %s", kind or "document", error)
                continue
            return content, CONTENT_TYPES.get(form.upper(), "application/octet-stream")
    return None, ""


def _without_files(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in {"documents", "packages"}}


def _event(number: str, raw: dict[str, Any]) -> VendorEvent | None:
    code, local = text(raw, "typeCode"), f"{text(raw, 'date')}T{text(raw, 'time')}"
    area = next(map(as_dict, as_list(raw.get("serviceArea"))), {})
    try:
        # An event without an offset is taken as GMT: the order within the parcel stays right.
        happened_at = instant(local + (text(raw, "GMTOffset") or "+00:00"))
    except ValueError as error:
        logger.warning("dhl_express: a checkpoint of %s left out: %s", number, error)
        return None
    if not code:
        logger.warning("dhl_express: a checkpoint of %s left out: it has no code", number)
        return None
    city, _, country = text(area, "description").rpartition("-")
    return VendorEvent(
        vendor="DHL_EXPRESS",
        code=code,
        tracking_number=number,
        happened_at=happened_at,
        city=(city or text(area, "description")).strip(),
        country=country.strip() if re.fullmatch("[A-Z]{2}", country.strip()) else "",
        description=text(raw, "description"),
        # DHL numbers no checkpoints: its own facts tell one from another.
        vendor_event_id=f"{number}:{code}:{happened_at:%Y%m%dT%H%M%SZ}:{text(area, 'code')}",
        raw=raw,
    )
