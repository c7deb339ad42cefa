"""The body of a fulfilment by the contract's prose, and how a told parcel is recognised. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integrations.answers import as_dict, as_list, instant, text
from integrations.channels import facts
from integrations.channels.base import ShipmentNotice
from integrations.errors import Refused, Unavailable

OTHER = "Other"
"""eBay's own code for any carrier it does not list."""

_LABEL_GAPS = re.compile(r"[ \u00a0-]")


def body_of(notice: ShipmentNotice, *, now: datetime) -> dict[str, Any]:
    """What createShippingFulfillment takes.

    A parcel without a tracking number is told without a carrier: eBay wants both or neither.
    Raises `Refused` for what eBay would not take, `Unavailable` for a parcel that by our clock
    leaves later (its instant must stay the same, so it is not moved to now).
    """
    if notice.shipped_at > now:
        reason = "the parcel has not left yet"
        raise Unavailable(reason, partner="ebay", operation="ship")
    lines: dict[str, int] = {}
    for line in notice.lines:
        if line.quantity < 1 or not line.external_line:
            raise _refused("lineItems", "each line has an id and at least one piece")
        lines[line.external_line] = lines.get(line.external_line, 0) + line.quantity
    if not lines:
        raise _refused("lineItems", "a parcel holds at least one line")
    body: dict[str, Any] = {
        "lineItems": [{"lineItemId": key, "quantity": n} for key, n in lines.items()],
        "shippedDate": _stamp(notice.shipped_at),
    }
    if notice.tracking_number.strip():
        code = facts.carrier_code("ebay", notice.carrier, on=now.astimezone(UTC).date())
        body["shippingCarrierCode"] = code.channel_code if code else OTHER
        body["trackingNumber"] = tracking_number(notice.tracking_number)
    return body


def tracking_number(number: str) -> str:
    """Without the spaces and hyphens that labels print. Raises `Refused` for any other sign."""
    bare = _LABEL_GAPS.sub("", number)
    if not bare.isascii() or not bare.isalnum():
        raise _refused("trackingNumber", "eBay takes letters and digits only")
    return bare


def matching(
    fulfilments: Sequence[Mapping[str, Any]], body: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The told fulfilment that is this parcel, or None.

    With a number: the same number and all our lines. Without: the same lines and the very instant
    of shipping, which is ours and stays the same. Raises `Refused` where the number was told of
    other lines.
    """
    number = str(body.get("trackingNumber", ""))
    for fulfilment in map(dict, fulfilments):
        told = text(fulfilment, "shipmentTrackingNumber")
        if number and told.casefold() == number.casefold():
            if not _covers(fulfilment, body):
                reason = f"{number} was told to eBay with other lines of this order"
                raise Refused("trackingNumber", "told_otherwise", reason, partner="ebay")
            return fulfilment
        is_same_instant = _same_instant(text(fulfilment, "shippedDate"), str(body["shippedDate"]))
        if not number and not told and is_same_instant and _covers(fulfilment, body):
            return fulfilment
    return None


def _covers(fulfilment: dict[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether it holds all our lines; a line without a quantity says nothing of the pieces."""
    told = {
        text(line, "lineItemId"): text(line, "quantity")
        for line in map(as_dict, as_list(fulfilment.get("lineItems")))
    }
    return all(
        line["lineItemId"] in told
        and (
            not told[line["lineItemId"]].isdecimal()
            or int(told[line["lineItemId"]]) >= line["quantity"]
        )
        for line in body["lineItems"]
    )


def _same_instant(one: str, other: str) -> bool:
    try:
        return instant(one) == instant(other)
    except ValueError:
        return False


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refused(field: str, reason: str) -> Refused:
    return Refused(field, "unsendable", reason, partner="ebay", operation="ship")
