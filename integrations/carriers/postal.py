"""The post's small packets, by our own reading of a postal operator's API (docs/stand-ins.md).

We number the items ourselves (UPU S10) and print label and CN22/CN23 ourselves, so a booking only
announces the item, in the manner of an ITMATT message. `PUT` by our number is idempotent: every
call here may be repeated. Credentials: `api_key`. Events are one feed for all items.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from integrations.answers import as_dict, as_list, instant, text
from integrations.carriers.base import (
    BookingAnswer,
    BookingRequest,
    EventPage,
    Handover,
    HandoverAnswer,
    VendorEvent,
)
from integrations.errors import Refused
from integrations.http import Credentials, Door, Gate, segment, utc_now
from integrations.parties import amount, party

logger = logging.getLogger(__name__)

PAGE_SIZE = 500
SALE_OF_GOODS = "32"
"""Nature of transaction "sale of goods" (UPU code list 136, also printed on CN22/CN23): our
reading."""


@dataclass(frozen=True, slots=True)
class Postal:
    """One customer's account at the post. Keeps the `Carrier` protocol."""

    door: Door
    vendor: str = "UPU_EMSEVT"
    events_by: Literal["number", "feed"] = "feed"

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        clock: Callable[[], datetime] = utc_now,
    ) -> Postal:
        return cls(
            Door(
                partner="postal",
                base_url=base_url,
                account="postal",
                credentials=Credentials.bearer(credentials["api_key"]),
                gate=gate,
                clock=clock,
            )
        )

    def book(self, request: BookingRequest) -> BookingAnswer:
        """Announce the item under `request.number`, its S10 number. May be repeated.

        No label comes back: we print it. The same number with other contents is `Refused` (409).
        """
        if not request.number:
            raise Refused("number", "required", "a postal item needs its S10 number from us")
        answer = self.door.call(
            "PUT",
            f"/items/{segment(request.number, field='number')}",
            operation="book",
            repeatable=True,
            json=item(request),
        )
        return BookingAnswer(request.number, None, "", answer.fields)

    def find_by_reference(self, reference: str) -> BookingAnswer | None:
        """The item of that S10 number; None where the post does not know it.

        The number is ours and is the reference here; the look-up by another reference finds none.
        """
        answer = self.door.call(
            "GET",
            f"/items/{segment(reference, field='number')}",
            operation="find",
            repeatable=True,
            also={404},
        )
        if answer.status == 404:
            return None
        return BookingAnswer(reference, None, "", answer.fields)

    def hand_over(self, handover: Handover) -> HandoverAnswer:
        """Tell the post that these items are in one dispatch. May be repeated."""
        answer = self.door.call(
            "POST",
            "/dispatches",
            operation="dispatch",
            repeatable=True,
            json={
                "dispatch_id": handover.handover_id,
                "items": [parcel.tracking_number for parcel in handover.parcels],
                "handed_over_at": handover.at.astimezone(UTC).isoformat(),
            },
        )
        return HandoverAnswer(confirmation=handover.handover_id, raw=answer.fields)

    def events(self, *, numbers: Sequence[str] = (), cursor: str = "") -> EventPage:
        """The feed of all items after `cursor` ("" is the beginning), at most 500 events.

        Store the events and `next_cursor` together; an unchanged cursor is the end for now.
        """
        del numbers
        answer = self.door.call(
            "GET",
            "/events",
            operation="events",
            repeatable=True,
            params={"after": cursor, "limit": str(PAGE_SIZE)},
        )
        read = [_event(as_dict(raw)) for raw in as_list(answer.fields.get("events"))]
        return EventPage(
            events=tuple(event for event in read if event is not None),
            next_cursor=text(answer.fields, "next_cursor") or cursor,
        )


def item(request: BookingRequest) -> dict[str, Any]:
    """The announcement of one item; money as decimal text, weights in grams."""
    return {
        "reference": request.reference,
        "sender": party(request.sender),
        "recipient": party(request.recipient),
        "gross_weight_g": request.weight_g,
        "nature_of_transaction": SALE_OF_GOODS,
        "declared_value": amount(request.declared_value),
        "currency": request.currency,
        "pieces": [
            {
                "description": line.description,
                "quantity": line.quantity,
                "net_weight_g": line.net_weight_g * line.quantity,
                "value": amount(line.unit_value * line.quantity),
                "currency": line.currency,
                "hs6": line.hs_code[:6],
                "origin": line.origin_country,
            }
            for line in request.contents
        ],
        "customs_scheme_ref": request.tax_scheme_id,
    }


def _event(raw: dict[str, Any]) -> VendorEvent | None:
    try:
        happened_at = instant(text(raw, "event_at"))
    except ValueError as error:
        logger.warning("postal: event %s left out: %s", text(raw, "event_id"), error)
        return None
    return VendorEvent(
        vendor="UPU_EMSEVT",
        code=text(raw, "event_code"),
        tracking_number=text(raw, "item_id"),
        happened_at=happened_at,
        city=text(raw, "city"),
        country=text(raw, "country"),
        description=" ".join(filter(None, (text(raw, "office"), text(raw, "reason")))),
        vendor_event_id=text(raw, "event_id"),
        raw=raw,
    )
