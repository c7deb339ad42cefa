"""CityDrop, the last mile of the dedicated line, by our own reading (docs/stand-ins.md).

Credentials: `api_key`. Consigning is idempotent by our reference.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from integrations.answers import as_dict, as_list, file_bytes, instant, text
from integrations.carriers.base import Address, Proof, VendorEvent
from integrations.http import Answer, Credentials, Door, Gate, segment, utc_now
from integrations.parties import amount, party

logger = logging.getLogger(__name__)

VENDOR = "CITYDROP"
"""Code set of its events: the consignment's statuses."""

Status = Literal["received", "out_for_delivery", "attempted", "delivered", "lost"]
STATUSES: dict[str, Status] = {
    "received": "received",
    "out_for_delivery": "out_for_delivery",
    "attempted": "attempted",
    "delivered": "delivered",
    "lost": "lost",
}


@dataclass(frozen=True, slots=True)
class CashOnDelivery:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Consignment:
    """Where a consignment stands; `proof` once it is delivered."""

    reference: str
    status: Status
    attempts: int
    events: tuple[VendorEvent, ...]
    proof: Proof | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CityDrop:
    """Our account at the delivery partner."""

    door: Door

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        clock: Callable[[], datetime] = utc_now,
    ) -> CityDrop:
        return cls(
            Door(
                partner="delivery",
                base_url=base_url,
                account="delivery",
                credentials=Credentials.bearer(credentials["api_key"]),
                gate=gate,
                clock=clock,
            )
        )

    def consign(
        self,
        *,
        reference: str,
        tracking_number: str,
        recipient: Address,
        weight_g: int,
        cod: CashOnDelivery | None = None,
    ) -> Consignment:
        """Give one parcel to the partner under our reference; may be repeated.

        Another body under a used reference is `Refused` (409).
        """
        body: dict[str, Any] = {
            "reference": reference,
            "tracking_number": tracking_number,
            "recipient": party(recipient),
            "weight_g": weight_g,
        }
        if cod is not None:
            body["cod"] = {"amount": amount(cod.amount), "currency": cod.currency}
        answer = self.door.call(
            "POST", "/consignments", operation="consign", repeatable=True, json=body
        )
        return _consignment(answer, reference)

    def status(self, reference: str) -> Consignment | None:
        """Where the consignment stands; None where the partner does not know the reference."""
        answer = self.door.call(
            "GET",
            f"/consignments/{segment(reference, field='reference')}",
            operation="status",
            repeatable=True,
            also={404},
        )
        return None if answer.status == 404 else _consignment(answer, reference)


def _consignment(answer: Answer, reference: str) -> Consignment:
    fields = answer.fields
    status = STATUSES.get(text(fields, "status"))
    if status is None or text(fields, "reference") != reference:
        raise answer.unusable("a consignment without our reference or a known status")
    number, attempts = text(fields, "tracking_number"), fields.get("attempts")
    events = [_event(number, as_dict(raw)) for raw in as_list(fields.get("events"))]
    try:
        proof = _proof(as_dict(fields.get("proof")))
    except ValueError as error:
        raise answer.unusable(f"an unreadable proof: {error}") from error
    told = as_dict(fields.get("proof"))
    return Consignment(
        reference=reference,
        status=status,
        attempts=attempts if isinstance(attempts, int) else 0,
        events=tuple(event for event in events if event is not None),
        proof=proof,
        raw={**fields, "proof": {k: v for k, v in told.items() if k != "signature_png"}},
    )


def _proof(told: dict[str, Any]) -> Proof | None:
    if not told:
        return None
    signature = text(told, "signature_png")
    return Proof(
        signed_by=text(told, "signed_by"),
        delivered_at=instant(text(told, "delivered_at")),
        latitude=_degrees(told, "latitude", 90),
        longitude=_degrees(told, "longitude", 180),
        document=file_bytes(signature) if signature else None,
        document_content_type="image/png" if signature else "",
        raw={key: value for key, value in told.items() if key != "signature_png"},
    )


def _degrees(told: dict[str, Any], key: str, most: int) -> float | None:
    value = told.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise ValueError(f"{key} is not in degrees")
    return float(value)


def _event(number: str, raw: dict[str, Any]) -> VendorEvent | None:
    try:
        happened_at = instant(text(raw, "at"))
    except ValueError as error:
        logger.warning("delivery: an event of %s left out: %s", number, error)
        return None
    code = text(raw, "status")
    return VendorEvent(
        vendor=VENDOR,
        code=code,
        tracking_number=number,
        happened_at=happened_at,
        city=text(raw, "city"),
        country=text(raw, "country"),
        description=text(raw, "description"),
        vendor_event_id=text(raw, "event_id") or f"{number}:{code}:{happened_at.isoformat()}",
        raw=raw,
    )
